"""Lists that prove the same consent: whichever are taken back, who stands in one that is left stays on it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import SECRET
from sqlalchemy import Engine, delete, select, update

from subscribers import undo
from subscribers.cells import Terms
from subscribers.chain import verify
from subscribers.importing import import_list
from subscribers.listfile import read_list
from subscribers.roster import unsubscribe
from subscribers.schema import import_batch, import_change, subscriber, subscription

FAIR = Terms("Messe", datetime(2025, 3, 1, tzinfo=UTC), "Ja, gern.")
FORM = Terms("Formular", datetime(2026, 5, 4, tzinfo=UTC), "Ja, bitte.")
PEOPLE = ("kim@example.org", "eva@example.org", "ida@example.org")
Row = tuple[str, str]
Bring = Callable[..., int]

ROWS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["", "Hamm", "Soest"])),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row[0],
)
LISTS = st.lists(st.tuples(st.sampled_from([FAIR, FAIR, FORM, Terms()]), ROWS), min_size=2, max_size=4)


@pytest.fixture
def bring(engine: Engine, tmp_path: Path, now: datetime) -> Bring:
    """Import rows of address and town a day after the list before: `bring(FAIR, [("a@example.org", "")])`."""
    days = iter(range(1, 10_000))

    def bring_one(terms: Terms, rows: list[Row]) -> int:
        path = tmp_path / "liste.csv"
        path.write_text("\n".join(("E-Mail;Ort", *map(";".join, rows))), encoding="utf-8")
        moment = now + timedelta(days=next(days))
        report = import_list(engine, read_list(path), "report", secret=SECRET, now=moment, terms=terms)
        return report.batch or 0

    return bring_one


def take_back(engine: Engine, batch: int, now: datetime) -> undo.Undone:
    undone = undo.undo_import(engine, batch, {}, now + timedelta(days=20_000))
    with engine.connect() as connection:
        assert verify(connection) == []
    return undone


def states(engine: Engine) -> dict[str, str]:
    query = select(subscriber.c.email, subscription.c.state).join_from(subscriber, subscription)
    with engine.connect() as connection:
        return {row.email: row.state for row in connection.execute(query)}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LISTS, st.data())
@pytest.mark.usefixtures("quick")
def test_who_is_proven_by_a_list_that_is_left_is_active(
    engine: Engine, bring: Bring, now: datetime, brought: list[tuple[Terms, list[Row]]], data: st.DataObject
) -> None:
    with engine.begin() as connection:
        for table in (subscriber, import_batch):
            connection.execute(delete(table))
    left = {bring(terms, rows): (terms, rows) for terms, rows in brought}

    for batch in data.draw(st.permutations([*left])):
        take_back(engine, batch, now)
        del left[batch]

        proven = {email for terms, rows in left.values() if terms.source for email, _ in rows}
        assert {email for email, state in states(engine).items() if state == "active"} == proven

    assert states(engine) == {}
    with engine.connect() as connection:
        assert connection.execute(select(import_change)).all() == []


def test_the_command_names_the_list_that_keeps_or_does_not_prove(
    bring: Bring, engine: Engine, run: Callable[..., Result]
) -> None:
    first = bring(FAIR, [("kim@example.org", ""), ("eva@example.org", "")])
    second = bring(FAIR, [("kim@example.org", "Hamm")])
    third = bring(Terms(), [("eva@example.org", "Hamm")])

    undone = run("subscribers", "import", "--undo", str(first))

    assert f"1 person stays, because batch {second} proves this person, too." in undone.stderr
    assert f"1 thing stays, because import {third} brought it, too." in undone.stderr
    assert "somebody" not in undone.stderr
    assert states(engine) == {"kim@example.org": "active", "eva@example.org": "pending"}


def test_a_change_by_hand_is_told_as_one(
    bring: Bring, engine: Engine, run: Callable[..., Result], now: datetime
) -> None:
    bring(FAIR, [("kim@example.org", "")])
    second = bring(FAIR, [("kim@example.org", "Hamm")])
    with engine.begin() as connection:
        connection.execute(update(subscriber).values(ort="Unna", changed_at=now + timedelta(days=9)))

    undone = run("subscribers", "import", "--undo", str(second))

    assert "1 thing stays, because somebody changed it since." in undone.stderr


def test_a_consent_from_before_a_no_is_not_said_again(bring: Bring, engine: Engine, now: datetime) -> None:
    first, second = (bring(FAIR, [("kim@example.org", town)]) for town in ("", "Hamm"))
    with engine.begin() as connection:
        place = connection.scalar(select(subscription.c.id))
        assert place is not None
        unsubscribe(connection, place, "Link", now + timedelta(days=5))

    for batch in (first, second):
        take_back(engine, batch, now)

    assert states(engine) == {"kim@example.org": "unsubscribed"}
