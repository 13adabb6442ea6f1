"""The books of a mailing add up, and every reason is told."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, insert, select, update

from mailer.cli.mailing import mailing as command
from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import DELIVERY_STATES, delivery
from mailer.report import LISTED, people, summary
from subscribers.database import reading
from subscribers.schema import subscriber, subscription
from subscribers.suppression import suppress
from tests.delivery.books import add_try, expanded, letters_of, set_state
from tests.small_workspace import add_people, make_office, plan_and_approve

COUNTS = dict(zip(DELIVERY_STATES, (1, 2, 1, 5, 2, 1, 3, 2), strict=True))


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    made = make_office(tmp_path, database=database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def planned(office: Office, now: datetime) -> Mailing:
    """A mailing with letters in every state, and another one beside it."""
    states = [state for state, count in COUNTS.items() for _ in range(count)]
    add_people(office, [f"kim{number}@example.org" for number in range(len(states))], now)
    number, other = plan_and_approve(office, now, now), plan_and_approve(office, now, now)
    with office.engine.begin() as connection:
        ids = connection.execute(select(subscriber.c.id).order_by(subscriber.c.id)).scalars().all()
        for person, state in zip(ids, states, strict=True):
            row = {"mailing_id": number, "subscriber_id": person, "variant": "standard", "not_before": now}
            connection.execute(
                insert(delivery).values(
                    **row, edition="rundbrief/2025-10", state=state, reason=f"weil {state}"
                )
            )
        row = {"mailing_id": other, "subscriber_id": ids[0], "variant": "standard", "not_before": now}
        connection.execute(insert(delivery).values(**row, edition="rundbrief/2025-10", state="skipped"))
        return mailing.find(connection, str(number))


def test_the_sums_add_up(office: Office, planned: Mailing) -> None:
    with office.engine.connect() as connection:
        books = summary(connection, planned)
        lists = people(connection, planned)

    assert books["planned"] == sum(COUNTS.values()) == sum(books[name] for name in LISTED)
    assert books["queued"] == COUNTS["queued"] + COUNTS["claimed"] + COUNTS["sending"]
    assert {name: books[name] for name in LISTED[1:]} == {name: COUNTS[name] for name in LISTED[1:]}
    assert {name: len(found) for name, found in lists.items()} == {name: books[name] for name in LISTED}


def test_everybody_is_listed_once_with_the_reason(office: Office, planned: Mailing) -> None:
    with office.engine.connect() as connection:
        lists = people(connection, planned)

    addresses = [row["address"] for found in lists.values() for row in found]
    assert sorted(addresses) == sorted(f"kim{number}@example.org" for number in range(sum(COUNTS.values())))
    assert {row["reason"] for row in lists["failed"]} == {"weil failed"}
    assert all(row["next_try"] is not None for row in lists["deferred"])
    assert all(row["next_try"] is None for name in LISTED if name != "deferred" for row in lists[name])


def test_who_was_erased_still_counts(office: Office, planned: Mailing) -> None:
    with office.engine.begin() as connection:
        connection.execute(delete(subscriber))
        books, lists = summary(connection, planned), people(connection, planned)

    assert books["planned"] == sum(COUNTS.values())
    assert {row["address"] for found in lists.values() for row in found} == {"(erased)"}


def test_a_mailing_without_letters_has_empty_books(office: Office, now: datetime) -> None:
    number = plan_and_approve(office, now, now)
    with office.engine.connect() as connection:
        fresh = mailing.find(connection, str(number))
        books, lists = summary(connection, fresh), people(connection, fresh)

    assert books["planned"] == 0
    assert (books["mailing"], books["issue"], books["segment"], books["state"]) == (
        number,
        "2025-10",
        "all",
        "approved",
    )
    assert lists == {name: [] for name in LISTED}


def test_the_books_add_up_to_everybody_the_rule_names(office: Office, now: datetime) -> None:
    people_there = [f"kim{number}@example.org" for number in range(9)]
    add_people(office, people_there, now)
    with office.engine.begin() as connection:
        ids = list(connection.scalars(select(subscriber.c.id).order_by(subscriber.c.id)))
        states = {ids[0]: "pending", ids[1]: "unsubscribed", ids[2]: "unsubscribed", ids[3]: "paused"}
        for person, state in states.items():
            connection.execute(
                update(subscription).where(subscription.c.subscriber_id == person).values(state=state)
            )
        key = connection.scalar(select(subscriber.c.suppression_key).where(subscriber.c.id == ids[4]))
        suppress(connection, str(key), "complaint", "test", now)

    planned = expanded(office, [], now)

    with reading(office.engine) as connection:
        named = connection.scalar(select(func.count()).select_from(subscription))
        books = summary(connection, planned)
    assert books["excluded"] == {
        "subscription pending": 1,
        "subscription unsubscribed": 2,
        "subscription paused": 1,
        "on the suppression list": 1,
    }
    assert books["candidates"] == named == 9
    assert books["planned"] + sum(books["excluded"].values()) == 9


def test_the_failed_are_counted_by_meaning_and_the_dead_apart(office: Office, now: datetime) -> None:
    planned = expanded(office, [f"kim{number}@example.org" for number in range(5)], now)
    letters = letters_of(office, planned)
    answers = {
        letters[0]: "550 5.1.1 <kim0@example.org>: User unknown",
        letters[1]: "550 5.1.1 <kim1@example.org>: User unknown",
        letters[2]: "554 5.7.1 blocked using a list",
        letters[3]: "451 4.7.1 Greylisted",
    }
    for letter, answer in answers.items():
        add_try(office, letter, answer, now, phase="rcpt")
        set_state(office, letter, "failed", reason=answer)
    set_state(office, letters[4], "deferred", not_before=now + timedelta(minutes=5))

    with reading(office.engine) as connection:
        books, lists = summary(connection, planned), people(connection, planned)

    assert books["failed_reasons"] == {
        "the address does not exist": 2,
        "refused for policy": 1,
        "given up after repeated tries": 1,
    }
    assert (books["failed"], books["hard"]) == (4, 2)
    assert [row["hard"] for row in lists["failed"]] == [True, True, False, False]
    assert books["next_try"] == books["last_try"] == now + timedelta(minutes=5)


def test_the_report_shows_local_times_like_the_list(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)
    set_state(office, letters_of(office, planned)[0], "deferred", not_before=now + timedelta(minutes=5))

    listed = json.loads(run(office, "list", "--json"))
    books = json.loads(run(office, "report", "1", "--full", "--json"))
    shown = json.loads(run(office, "show", "1", "--json"))

    assert listed[0]["due_at"] == books["due_at"] == shown["due_at"] == "2026-11-24T09:30:00+01:00"
    assert books["next_try"] == books["deferred"][0]["next_try"] == "2026-11-24T09:35:00+01:00"
    assert books["counts"]["deferred"] == 1
    assert shown["given_up_at"] == "2026-11-27T09:30:00+01:00"
    assert "skipped_reasons" in run(office, "report", "1", "--json")


def run(office: Office, *arguments: str) -> str:
    done = CliRunner().invoke(command, list(arguments), obj=office, standalone_mode=False)
    assert done.exception is None, done.exception
    return done.stdout
