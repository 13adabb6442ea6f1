"""The chain of consents shows a changed byte and a missing link."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update

from subscribers.consent import Consent, Statement, record, record_all, verify
from subscribers.errors import Problem
from subscribers.roster import Added
from subscribers.schema import consent_event


@pytest.fixture
def chain(engine: Engine, put: Callable[..., Added], now: datetime) -> list[int]:
    """The ids of the four events of one person, beside another person's."""
    person = put("kim@example.org").subscriber_id
    put("eva@example.org")
    with engine.begin() as connection:
        for day, kind in enumerate(("changed", "withdrawn", "asked"), start=1):
            said = Consent(kind, now + timedelta(days=day, microseconds=7), "Brief", "Wörtlich „so“")
            record(connection, person, "report", said, now)
        mine = consent_event.c.subscriber_id == person
        return list(connection.scalars(select(consent_event.c.id).where(mine).order_by(consent_event.c.id)))


def test_an_untouched_chain_is_whole(engine: Engine, chain: list[int]) -> None:
    with engine.connect() as connection:
        assert len(chain) == 4
        assert verify(connection) == []


@pytest.mark.parametrize(
    "change",
    [
        {"wording": "Wörtlich „So“"},
        {"source": "brief"},
        {"kind": "confirmed"},
        {"wording_sha256": "0" * 64},
        {"digest": "0" * 64},
        {"newsletter": "andere"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_changed_value_shows(engine: Engine, chain: list[int], change: dict[str, Any]) -> None:
    with engine.begin() as connection:
        connection.execute(update(consent_event).where(consent_event.c.id == chain[1]).values(change))

        assert chain[1] in verify(connection)


def test_a_changed_moment_shows(engine: Engine, chain: list[int], now: datetime) -> None:
    with engine.begin() as connection:
        second = update(consent_event).where(consent_event.c.id == chain[1])
        connection.execute(second.values(at=now + timedelta(days=1, microseconds=8)))

        assert verify(connection) == [chain[1]]


def test_a_removed_event_shows_in_the_next_one(engine: Engine, chain: list[int]) -> None:
    with engine.begin() as connection:
        connection.execute(delete(consent_event).where(consent_event.c.id == chain[1]))

        assert verify(connection) == [chain[2]]


def test_many_events_at_once_make_the_same_chains(
    engine: Engine, put: Callable[..., Added], now: datetime
) -> None:
    people = [put(f"person{number}@example.org").subscriber_id for number in range(3)]
    said = [
        Statement(person, "report", Consent("changed", now, "Liste")) for person in people for _ in range(300)
    ]

    with engine.begin() as connection:
        record_all(connection, said, now)

        assert verify(connection) == []


def test_a_consent_names_its_source(now: datetime) -> None:
    with pytest.raises(Problem, match="source"):
        Consent("imported", now, "  ")
    with pytest.raises(ValueError, match="kind"):
        Consent("guessed", now, "Liste")
