"""The books of a mailing add up: candidates are the planned and the excluded, whoever comes and goes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, update

from mailer.cli.office import clock
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from subscribers.schema import subscriber, subscription
from subscribers.suppression import suppress
from tests.delivery.press import Press

NAMES = [f"p{number:02}" for number in range(40)]


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, database_url)
        yield made
        made.office.engine.dispose()


def shuffle(press: Press, random: Random, names: list[str]) -> None:
    """Some leave, pause, object, lose their proof or learn another trade."""
    with press.office.engine.begin() as connection:
        for name in names:
            row = connection.execute(
                select(subscriber).where(subscriber.c.email_key == f"{name}@example.org")
            ).one()
            mine = update(subscription).where(subscription.c.subscriber_id == row.id)
            fate = random.choice(("stays",) * 4 + ("leaves", "pauses", "objects", "unproven", "learns"))
            if fate in ("leaves", "pauses"):
                state = {"leaves": "unsubscribed", "pauses": "paused"}[fate]
                connection.execute(mine.values(state=state))
            elif fate == "objects":
                suppress(connection, row.suppression_key, "objected", "", clock())
            elif fate == "unproven":
                connection.execute(mine.values(basis="unclear"))
            elif fate == "learns":
                values = {"gewerk": "Tischler", "gewerk_key": "tischler"}
                connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(**values))


def painters(press: Press) -> int:
    with reading(press.office.engine) as connection:
        query = select(func.count()).where(subscriber.c.gewerk_key == "maler")
        return connection.scalar(query) or 0


def check(books: dict[str, Any], candidates: int) -> None:
    states = ("queued", "sent", "deferred", "failed", "skipped", "in_doubt", "to_come")
    assert books["candidates"] == candidates
    assert books["candidates"] == books["planned"] + sum(books["excluded"].values())
    assert books["planned"] == sum(books[name] for name in states)
    assert books["skipped"] == sum(books["skipped_reasons"].values())
    assert all(books["excluded"].values())


@pytest.mark.parametrize("seed", range(4))
def test_candidates_are_planned_and_excluded_before_during_and_after(press: Press, seed: int) -> None:
    random = Random(seed)
    press.people(NAMES)
    press.people(["other"], gewerk="Tischler")
    shuffle(press, random, NAMES)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    before = press.read("mailing", "show", 1)
    named = painters(press)
    press.approve(1, before["to_come"])

    press.tick()
    books = press.sender().ledger
    books.look()
    books.expand(briefly=False)
    books.close()
    during = press.read("mailing", "show", 1)
    shuffle(press, random, random.sample(NAMES, 10))
    press.send()
    after = press.read("mailing", "show", 1)

    for each in (before, during, after):
        check(each, named)
    assert before["planned"] == during["planned"] == after["planned"]
    assert after["sent"] == len(press.caught())


@pytest.mark.parametrize("seed", range(2))
def test_late_joiners_get_the_issue_once_and_the_sums_hold(press: Press, seed: int) -> None:
    random = Random(seed)
    press.people(NAMES)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, len(NAMES))
    press.send()
    shuffle(press, random, random.sample(NAMES, 20))
    late = [f"late{number}" for number in range(10)]
    press.people(late)
    shuffle(press, random, late)

    planned = press.read("mailing", "plan", "--late-joiners", "2025-10")
    before = press.read("mailing", "show", 2)
    press.approve(2, before["to_come"])
    press.send()
    after = press.read("mailing", "show", 2)
    again = press.refuse("mailing", "plan", "2025-10", "--late-joiners")

    assert (planned["kind"], planned["segment"]) == ("late", "maler")
    assert planned["recipients"] == before["to_come"] == after["sent"]
    for each in (before, after):
        check(each, painters(press))
    assert after["excluded"]["has this edition already"] > 0
    assert len(press.caught()) == len(NAMES) + after["sent"]
    assert all(len(letters) == 1 for letters in press.caught().values())
    assert "have issue 2025-10 or will get it" in again


def test_a_person_who_was_skipped_and_came_back_is_late_as_well(press: Press) -> None:
    press.people(["ada", "bo"])
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 2)
    with press.office.engine.begin() as connection:
        bo = select(subscriber.c.id).where(subscriber.c.email_key == "bo@example.org").scalar_subquery()
        mine = update(subscription).where(subscription.c.subscriber_id == bo)
        connection.execute(mine.values(state="paused"))
    press.send()
    with press.office.engine.begin() as connection:
        connection.execute(mine.values(state="active", changed_at=clock() + timedelta(seconds=1)))

    press.call("mailing", "plan", "2025-10", "--late-joiners")
    press.approve(2, 1)
    press.send()

    assert {name: len(letters) for name, letters in press.caught().items()} == {"ada": 1, "bo": 1}
