"""A second list that proves a consent, too: it is kept, and it keeps the person when the first goes."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from invented import SECRET
from sqlalchemy import Engine, func, select, update

from subscribers.card import Card
from subscribers.cells import Terms
from subscribers.chain import verify
from subscribers.importing import Report, import_list
from subscribers.listfile import read_list
from subscribers.roster import Added, unsubscribe
from subscribers.schema import consent_event, subscriber, subscription
from subscribers.stats import numbers
from subscribers.suppression import is_suppressed, key_hash
from subscribers.undo import Undone, undo_import

FAIR = Terms("Messe Hamm", datetime(2025, 3, 1, tzinfo=UTC), "Ja, gern.")
FORM = Terms("Formular auf der Website", datetime(2026, 5, 4, tzinfo=UTC), "Ja, ich möchte Post.")
Take = Callable[..., Report]


@pytest.fixture
def bring(engine: Engine, write: Callable[..., Path], now: datetime) -> Take:
    """Import lines a day after the other lists: `bring(FAIR, 1, "kim@example.org")`."""

    def bring_one(terms: Terms, days: int, *rows: str, header: str = "E-Mail") -> Report:
        sheet = read_list(write(header, *rows))
        moment = now + timedelta(days=days)
        return import_list(engine, sheet, "report", secret=SECRET, now=moment, terms=terms)

    return bring_one


@pytest.fixture
def undo(engine: Engine, now: datetime) -> Callable[[Report], Undone]:
    return lambda report: undo_import(engine, report.batch or 0, {}, now + timedelta(days=30))


def said(engine: Engine) -> Sequence[Any]:
    with engine.connect() as connection:
        assert verify(connection) == []
        columns = consent_event.c.kind, consent_event.c.source, consent_event.c.batch_id
        return connection.execute(select(*columns).order_by(consent_event.c.id)).all()


def test_an_unchanged_person_gets_the_second_proof_once(engine: Engine, bring: Take) -> None:
    first, second = bring(FAIR, 1, "kim@example.org"), bring(FORM, 2, "KIM@example.org")
    again, first_again = bring(FORM, 3, "kim@example.org"), bring(FAIR, 4, "kim@example.org")

    assert [(one.unchanged, one.proven) for one in (second, again, first_again)] == [(1, 1), (1, 0), (1, 0)]
    assert said(engine) == [
        ("imported", "Messe Hamm", first.batch),
        ("imported", "Formular auf der Website", second.batch),
    ]


def test_who_is_proven_by_a_newer_list_stays(
    engine: Engine, bring: Take, undo: Callable[[Report], Undone], card: Callable[[str], Card]
) -> None:
    first = bring(FAIR, 1, "kim@example.org", "eva@example.org")
    second = bring(FORM, 2, "kim@example.org")

    undone = undo(first)

    kim = card("kim@example.org").subscriptions[0]
    assert (undone.removed, undone.proven, undone.kept) == (1, ({"batch": second.batch, "people": 1},), ())
    assert (kim.state, kim.basis, kim.since) == ("active", "einwilligung", FORM.consented_on)
    assert len(said(engine)) == 2
    assert undo(second).removed == 1
    assert said(engine) == []


def test_the_newer_list_goes_and_the_older_proof_stands(
    engine: Engine, bring: Take, undo: Callable[[Report], Undone], card: Callable[[str], Card]
) -> None:
    first = bring(FAIR, 1, "kim@example.org")
    second = bring(FORM, 2, "kim@example.org")

    undone = undo(second)

    kim = card("kim@example.org").subscriptions[0]
    assert (undone.removed, undone.kept) == (0, ())
    assert (kim.state, kim.since) == ("active", FAIR.consented_on)
    assert undo(first).removed == 1


def test_a_newer_list_without_proof_keeps_the_person_waiting(
    engine: Engine, bring: Take, undo: Callable[[Report], Undone], card: Callable[[str], Card]
) -> None:
    first = bring(FAIR, 1, "kim@example.org")
    second = bring(Terms(), 2, "kim@example.org;Hamm", header="E-Mail;Ort")

    undone = undo(first)

    kim = card("kim@example.org")
    assert (kim.subscriptions[0].state, kim.subscriptions[0].basis) == ("pending", "ungeklärt")
    assert [one["email"] for one in undone.kept] == ["kim@example.org"]
    assert [row.kind for row in said(engine)] == ["imported", "withdrawn"]
    assert undo(second).removed == 1


def test_nobody_who_left_is_proven_or_comes_back(
    engine: Engine,
    bring: Take,
    undo: Callable[[Report], Undone],
    card: Callable[[str], Card],
    now: datetime,
) -> None:
    first, second = bring(FAIR, 1, "kim@example.org"), bring(FORM, 2, "kim@example.org")
    place = card("kim@example.org").subscriptions[0]
    with engine.begin() as connection:
        unsubscribe(connection, place.id, "Link", now + timedelta(days=3))

    third = bring(Terms("Neu", now), 4, "kim@example.org")
    for one in (first, second):
        undo(one)

    assert (third.left, third.proven) == (1, 0)
    assert card("kim@example.org").subscriptions[0].state == "unsubscribed"


def test_who_was_corrected_by_hand_stays_without_a_newsletter_and_is_shown(
    engine: Engine,
    bring: Take,
    undo: Callable[[Report], Undone],
    card: Callable[[str], Card],
    run: Callable[..., Result],
    now: datetime,
) -> None:
    first = bring(FAIR, 1, "kim@example.org")
    with engine.begin() as connection:
        changed = update(subscriber).values(changed_at=now + timedelta(days=2))
        connection.execute(changed)

    undone = undo(first)
    shown = json.loads(run("subscribers", "list", "--without-newsletter", "--json").stdout)
    table = run("subscribers", "list", "--without-newsletter").stdout
    both = run("subscribers", "list", "--without-newsletter", "--state", "active")

    assert [one["what"] for one in undone.kept] == ["the person, who has changed since"]
    assert [(one["email"], one["state"]) for one in shown] == [("kim@example.org", None)]
    assert "kim@example.org\t-\t-" in table
    assert both.exit_code == 2


def test_growth_counts_a_person_once(engine: Engine, bring: Take, now: datetime) -> None:
    bring(FAIR, 1, "kim@example.org")
    bring(FORM, 2, "kim@example.org")

    with engine.connect() as connection:
        found = numbers(connection, now + timedelta(days=3), "UTC", months=24)

    assert sum(one.joined for one in found.months) == 1
    assert [one.active for one in found.months if one.month in ("2025-02", "2025-03")] == [0, 1]


def test_the_command_names_the_batch_that_keeps(
    engine: Engine, bring: Take, run: Callable[..., Result], put: Callable[..., Added]
) -> None:
    first = bring(FAIR, 1, "kim@example.org", "eva@example.org")
    second = bring(FORM, 2, "kim@example.org", "eva@example.org")

    undone = run("subscribers", "import", "--undo", str(first.batch))

    assert f"2 people stay, because batch {second.batch} proves them, too." in undone.stderr
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(subscription)) == 2


def test_an_interrupted_import_is_completed_without_a_second_proof(engine: Engine, bring: Take) -> None:
    bring(FAIR, 1, "kim@example.org")

    whole = bring(FAIR, 1, "kim@example.org", "eva@example.org")

    assert (whole.new, whole.unchanged, whole.proven) == (1, 1, 0)
    assert len(said(engine)) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_no_that_two_lists_report_stays_whichever_is_taken_back(
    engine: Engine, bring: Take, undo: Callable[[Report], Undone], order: tuple[int, int]
) -> None:
    lists = [bring(FAIR, day, "kim@example.org;hard bounce", header="E-Mail;Status") for day in (1, 2)]
    alone = bring(FAIR, 3, "eva@example.org;hard bounce", header="E-Mail;Status")

    lifted = [undo(lists[each]).lifted for each in order]

    assert [*lifted, undo(alone).lifted] == [0, 0, 1]
    with engine.connect() as connection:
        assert is_suppressed(connection, key_hash(SECRET, "kim@example.org"))
        assert not is_suppressed(connection, key_hash(SECRET, "eva@example.org"))
