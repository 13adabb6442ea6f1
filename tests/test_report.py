from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import DELIVERY_STATES, attempt, delivery
from mailer.report import LISTED, doubtful, people, summary
from subscribers.schema import subscriber
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
        doubts = doubtful(connection)

    assert books["planned"] == sum(COUNTS.values())
    assert {row["address"] for found in lists.values() for row in found} == {"(erased)"}
    assert {row["address"] for row in doubts} == {"(erased)"}


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


def test_every_doubt_is_named_with_the_moment_it_arose(
    office: Office, planned: Mailing, now: datetime
) -> None:
    with office.engine.begin() as connection:
        doubt = select(delivery.c.id).where(delivery.c.state == "in_doubt")
        ids = connection.execute(doubt.order_by(delivery.c.id)).scalars().all()
        for number, minutes in ((1, 5), (2, 40)):
            tried = {"delivery_id": ids[0], "number": number, "worker": "a:1:b", "phase": "dot", "code": 0}
            connection.execute(insert(attempt).values(**tried, at=now + timedelta(minutes=minutes)))
        connection.execute(update(delivery).where(delivery.c.id == ids[0]).values(reason="Leitung weg"))
        found = doubtful(connection)

    assert [row["delivery"] for row in found] == list(ids)
    assert set(found[0]) >= {"delivery", "address", "mailing", "issue", "since", "reason"}
    assert (found[0]["mailing"], found[0]["reason"]) == (planned.id, "Leitung weg")
    assert found[0]["since"] == now + timedelta(minutes=40)
