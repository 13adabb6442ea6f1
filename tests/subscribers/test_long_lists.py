"""A long list is read by a second process and taken over in slices; what comes of it is the same."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import SECRET
from sqlalchemy import Connection, Engine, func, select

from subscribers import ahead, bulk, importing, underway
from subscribers.binding import unbound
from subscribers.cells import Terms
from subscribers.chain import verify
from subscribers.csvfile import MAX_BROKEN, read_rows
from subscribers.database import open_database
from subscribers.errors import Problem
from subscribers.fields import Field
from subscribers.importing import Meaning, Report, import_list, plan_import
from subscribers.listfile import read_list
from subscribers.roster import Added, unsubscribe
from subscribers.schema import (
    attribute,
    consent_event,
    import_change,
    label,
    metadata,
    subscriber,
    subscription,
    suppression,
)
from subscribers.sheet import Record
from subscribers.suppression import key_hash, suppress
from subscribers.undo import undo_import

FIELDS = {"betriebsnr": Field("betriebsnr", "number")}
HEADER = "Anrede;Vorname;Nachname;PLZ;E-Mail;Quelle;Einwilligung am;Status;Tags;Betriebsnr"
Bring = Callable[..., Report]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    """An address book beside the first one."""
    made = open_database(f"sqlite:///{tmp_path}/other.db")
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def bring(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Bring:
    """Import a list, as a long one unless said otherwise; some days later."""

    def import_one(engine: Engine, path: Path, *, long: bool = True, days: int = 0) -> Report:
        monkeypatch.setattr(importing, "_LARGE", 0 if long else 1 << 30)
        how: dict[str, Any] = {"secret": SECRET, "terms": Terms(), "meaning": Meaning(fields=FIELDS)}
        return import_list(engine, read_list(path), "report", now=now + timedelta(days=days), **how)

    return import_one


def a_list(start: int = 0) -> list[str]:
    """Of everything that rows can be: plain, pending, doubtful, quoted, tagged, twice, gone, unusable."""
    rows = [
        f"Frau;Aylin;Ahlers;33330;Kim.{n}@Betrieb{n % 7}.example.org;Messe;{1 + n % 28}.03.2024;;;"
        for n in range(start, start + 120)
    ]
    rows += [f"Herrn;Kim;Köster;1067;kim{n}@example.org;;;;;" for n in range(start, start + 30)]
    rows += [f'k. A.;"Kim ""K""";"A;B";abc;q{n}@example.org;Messe;ja;;;' for n in range(20)]
    rows += [f"Frau;Özlem;Çelik;50667;t{n}@köln.example;Messe;1.2.2024;;Bau, Holz;{n}" for n in range(20)]
    rows += [f"Frau;Nele;Ahlers;50667;g{n}@example.com;;;abgemeldet;;" for n in range(5)]
    rows += [rows[3], rows[5].lower(), "", ";;;;;;;;;", "a;b", f"{rows[0]};zu;viel", "Frau;X;Y;;no mail;;;;;"]
    return [HEADER, *rows]


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in the book, without what is drawn or counted anew each time."""
    mine = {subscriber.c.id, subscription.c.id, subscription.c.token, subscription.c.subscriber_id}
    found: dict[str, list[tuple[Any, ...]]] = {}
    with engine.connect() as connection:
        for table in (subscription, consent_event, import_change, label, attribute):
            kept = [
                c for c in table.c if c.name not in ("id", "token", "subscriber_id", "digest", "previous")
            ]
            query = select(subscriber.c.email_key, *kept).join_from(subscriber, table)
            found[table.name] = sorted(map(tuple, connection.execute(query)), key=repr)
        people = select(*(column for column in subscriber.c if column not in mine))
        found["subscriber"] = sorted(map(tuple, connection.execute(people)), key=repr)
        listed = select(suppression.c.key_hash, suppression.c.reason, suppression.c.source)
        found["suppression"] = sorted(map(tuple, connection.execute(listed)), key=repr)
    return found


def refuse_some(engine: Engine, now: datetime) -> None:
    """Two people leave, and one whom nobody knows objects."""
    with engine.begin() as connection:
        places = select(subscription.c.token).join(subscriber)
        for address in ("kim.70@betrieb0.example.org", "kim.71@betrieb1.example.org"):
            token = connection.scalars(places.where(subscriber.c.email_key == address)).one()
            unsubscribe(connection, token, "Link", now)
        suppress(connection, key_hash(SECRET, "kim65@example.org"), "objected", "Brief", now)


def test_both_roads_lead_to_the_same(
    engine: Engine, other: Engine, bring: Bring, write: Callable[..., Path], now: datetime
) -> None:
    reports = []
    for book, long in ((engine, True), (other, False)):
        first = bring(book, write(*a_list()), long=long)
        refuse_some(book, now)
        second = bring(book, write(*a_list(60)), long=long, days=1)
        again = bring(book, write(*a_list(60)), long=long, days=2)
        reports.append([first, second, again])

    assert reports[0] == reports[1]
    assert (reports[0][0].new, reports[0][1].new, reports[0][2].new) == (190, 89, 0)
    assert (reports[0][1].left, reports[0][1].duplicates, reports[0][1].suppressed) == (3, 2, 0)
    assert everything(engine) == everything(other)


def test_the_proof_holds(engine: Engine, bring: Bring, write: Callable[..., Path]) -> None:
    bring(engine, write(*a_list()))
    bring(engine, write(*a_list(60)), days=1)

    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(consent_event)) == 200
        assert verify(connection) == []
        assert list(unbound(connection, SECRET)) == []


def test_it_can_be_looked_at_first(
    engine: Engine, bring: Bring, write: Callable[..., Path], now: datetime
) -> None:
    path = write(*a_list())
    how: dict[str, Any] = {"secret": SECRET, "terms": Terms(), "meaning": Meaning(fields=FIELDS)}
    with engine.connect() as connection:
        looked = plan_import(connection, read_list(path), "report", now=now, **how)
        assert connection.scalar(select(func.count()).select_from(subscriber)) == 0

    done = bring(engine, path)

    assert replace(done, batch=None) == looked


def test_it_is_taken_back(engine: Engine, bring: Bring, write: Callable[..., Path], now: datetime) -> None:
    bring(engine, write(*a_list()[:100]))
    before = everything(engine)["subscriber"]
    report = bring(engine, write(*a_list(60)), days=1)
    assert report.batch is not None

    undone = undo_import(engine, report.batch, FIELDS, now + timedelta(days=2))

    assert undone.removed == report.new
    assert everything(engine)["subscriber"] == before


def test_somebody_joins_while_it_is_written(
    engine: Engine,
    bring: Bring,
    put: Callable[..., Added],
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "_FEWEST", 40)
    taken = underway.UnderWay._slice
    joined = iter(range(1_000))

    def slice_after_somebody(self: underway.UnderWay, *given: Any) -> AbstractContextManager[Connection]:
        put(f"joined.{next(joined)}@example.org")
        return taken(self, *given)

    monkeypatch.setattr(underway, "Pace", partial(bulk.Pace, 40))
    monkeypatch.setattr(underway.UnderWay, "_slice", slice_after_somebody)
    report = bring(engine, write(*a_list()))

    with engine.connect() as connection:
        assert next(joined) > 3
        assert verify(connection) == []
        people = connection.scalar(select(func.count()).select_from(subscriber))
    assert people == report.new + next(joined) - 1


def test_what_goes_wrong_there_is_said_here(
    engine: Engine, bring: Bring, write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = write(*a_list(), *(['"a"b;c'] * (MAX_BROKEN + 1)))

    with pytest.raises(Problem, match="lines are not CSV"):
        bring(engine, path)

    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("rundbrief-")] == []


@pytest.mark.parametrize("command", ["raise SystemExit", "import sys; sys.stdin.buffer.read()"])
def test_a_process_that_ends_early_is_told_of(
    engine: Engine, bring: Bring, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(ahead, "_COMMAND", command)

    with pytest.raises(Problem, match="ended from outside") as caught:
        bring(engine, write(*a_list()))

    assert caught.value.hint


@pytest.mark.parametrize(
    ("took", "rows"), [(0.01, 6_000), (0.1, 4_000), (0.16, 2_500), (10.0, 2_000), (0.0, 6_000)]
)
def test_the_pace_follows_what_others_have_to_wait(took: float, rows: int) -> None:
    pace = bulk.Pace(4_000)

    pace.took(4_000, took)

    assert pace.rows == rows


CELLS = st.lists(st.text(st.sampled_from('ab"; \täß,'), max_size=4), min_size=2, max_size=3)


@given(st.lists(CELLS, max_size=12), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_lines_with_and_without_quotation_marks_are_read_alike(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], quoting: Any
) -> None:
    path = tmp_path_factory.mktemp("lists") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=quoting)
        writer.writerows([["E-Mail", "Ort", "Vorname"], *rows])

    read = read_rows(path).rows()

    assert [[*one.cells] for one in read if isinstance(one, Record)] == rows
