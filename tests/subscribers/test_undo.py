"""An import is taken back exactly; what somebody did since stays, and nobody's no is forgotten."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from invented import SECRET
from sqlalchemy import Engine, func, select, update

from subscribers.address import parse_address
from subscribers.attributes import attributes_of, set_attributes
from subscribers.card import Card
from subscribers.cells import Terms
from subscribers.chain import verify
from subscribers.errors import BadUsage, Refused
from subscribers.fields import Field
from subscribers.importing import Meaning, Report, import_list
from subscribers.labels import add_labels, labels_of
from subscribers.listfile import read_list
from subscribers.people import find
from subscribers.person import with_twins
from subscribers.roster import Added, unsubscribe
from subscribers.schema import attribute, import_batch, label, subscriber, subscription, suppression
from subscribers.suppression import is_suppressed, key_hash
from subscribers.undo import Undone, undo_import

FIELDS = {"mitglied_seit": Field("mitglied_seit", "date"), "betriebsnr": Field("betriebsnr", "text")}
TERMS = Terms("Anmeldeliste Messe", datetime(2026, 3, 1, tzinfo=UTC), "Ja, gern.")
TABLES = (subscriber, subscription, label, attribute, suppression)
Take = Callable[..., Report]


@pytest.fixture
def bring(engine: Engine, now: datetime) -> Take:
    """Import a file in slices, with declared fields."""

    def bring_one(path: Path, terms: Terms = TERMS) -> Report:
        return import_list(
            engine,
            read_list(path),
            "report",
            secret=SECRET,
            now=now + timedelta(hours=1),
            terms=terms,
            meaning=Meaning(fields=FIELDS),
        )

    return bring_one


@pytest.fixture
def undo(engine: Engine, now: datetime) -> Callable[[int], Undone]:
    return lambda batch: undo_import(engine, batch, FIELDS, now + timedelta(hours=2))


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything but ids and the moment of the last change."""
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (
                    tuple(row)
                    for row in connection.execute(
                        select(*(c for c in table.c if c.name not in ("id", "changed_at")))
                    )
                ),
                key=repr,
            )
            for table in TABLES
        }


def test_everything_is_as_before(
    engine: Engine,
    put: Callable[..., Added],
    bring: Take,
    undo: Callable[[int], Undone],
    write: Callable[..., Path],
    now: datetime,
) -> None:
    kim, _ = put("kim@example.org", ort="Hamm"), put("eva@example.org", newsletter="presse")
    with engine.begin() as connection:
        add_labels(connection, kim.subscriber_id, "tag", ["Alt"], now)
        set_attributes(connection, kim.subscriber_id, {"betriebsnr": "0001"}, FIELDS, now)
    before = contents(engine)
    path = write(
        "E-Mail;Ort;Firma;Tags;Themen;Mitglied seit;Betriebsnr;Abgemeldet",
        "kim@example.org;Soest;Holz;Alt, Neu;Energie;01.02.2020;0002;",
        "eva@example.org;Soest;;Neu;;;;",
        "neu@example.org;Soest;;Neu;Energie;01.02.2020;;",
        "weg@example.org;;;;;;;ja",
    )

    report = bring(path)
    between = contents(engine)
    undone = undo(report.batch or 0)

    assert between != before
    assert contents(engine) == before
    assert (undone.removed, undone.restored, undone.lifted, undone.kept) == (1, 2, 1, ())
    with engine.connect() as connection:
        assert verify(connection) == []


def test_twice_is_refused(bring: Take, undo: Callable[[int], Undone], write: Callable[..., Path]) -> None:
    batch = bring(write("E-Mail", "kim@example.org")).batch or 0
    undo(batch)

    with pytest.raises(Refused, match="was taken back on"):
        undo(batch)
    with pytest.raises(BadUsage, match="no import 4711"):
        undo(4711)


def test_what_was_changed_since_stays_and_is_listed(
    engine: Engine,
    put: Callable[..., Added],
    bring: Take,
    undo: Callable[[int], Undone],
    write: Callable[..., Path],
    card: Callable[[str], Card],
    now: datetime,
) -> None:
    kim = put("kim@example.org", ort="Hamm", firma="Alt")
    batch = bring(write("E-Mail;Ort;Firma", "kim@example.org;Soest;Neu")).batch or 0
    with engine.begin() as connection:
        mine = subscriber.c.id == kim.subscriber_id
        connection.execute(update(subscriber).where(mine).values(**with_twins({"ort": "Unna"})))

    undone = undo(batch)

    assert undone.kept == ({"email": "kim@example.org", "what": "ort", "import": None},)
    person = card("kim@example.org").person
    assert (person.ort, person.firma) == ("Unna", "Alt")


def test_who_left_since_stays_out(
    engine: Engine,
    bring: Take,
    undo: Callable[[int], Undone],
    write: Callable[..., Path],
    card: Callable[[str], Card],
    now: datetime,
) -> None:
    path = write("E-Mail", "kim@example.org")
    batch = bring(path).batch or 0
    place = card("kim@example.org").subscriptions[0]
    with engine.begin() as connection:
        unsubscribe(connection, place.id, "link", now + timedelta(minutes=90))

    undone = undo(batch)
    again = bring(path)

    assert [one["email"] for one in undone.kept] == ["kim@example.org"] * 2
    assert card("kim@example.org").subscriptions[0].state == "unsubscribed"
    assert (again.new, len(again.refused)) == (0, 1)


def test_a_consent_that_the_import_brought_is_withdrawn(
    engine: Engine,
    put: Callable[..., Added],
    bring: Take,
    undo: Callable[[int], Undone],
    write: Callable[..., Path],
    card: Callable[[str], Card],
) -> None:
    put("kim@example.org", pending=True)
    batch = bring(write("E-Mail", "kim@example.org")).batch or 0
    between = card("kim@example.org").subscriptions[0].state

    undo(batch)

    kim = card("kim@example.org")
    assert (between, kim.subscriptions[0].state, kim.subscriptions[0].basis) == (
        "active",
        "pending",
        "ungeklärt",
    )
    assert [event["kind"] for event in kim.consents] == ["imported", "withdrawn"]
    assert kim.consents[-1]["source"] == f"Import {batch} zurückgenommen"
    with engine.connect() as connection:
        assert verify(connection) == []


def test_an_import_taken_back_can_be_done_again(
    engine: Engine, bring: Take, undo: Callable[[int], Undone], write: Callable[..., Path]
) -> None:
    path = write("E-Mail;Tags", *(f"person{number}@example.org;Messe" for number in range(450)))
    batch = bring(path).batch or 0

    undone, again = undo(batch), bring(path)

    assert (undone.removed, again.new) == (450, 450)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(subscriber)) == 450
        undone_at = import_batch.c.undone_at.is_not(None)
        assert connection.scalars(select(import_batch.c.id).where(undone_at)).all() == [batch]
        assert find(connection, parse_address("person7@example.org")) is not None
        assert not is_suppressed(connection, key_hash(SECRET, "person7@example.org"))


def test_the_command(run: Callable[..., Result], write: Callable[..., Path]) -> None:
    path = write("E-Mail", "kim@example.org")
    batch = json.loads(run("subscribers", "import", path, "--apply", "--json").stdout)["batch"]

    undone = run("subscribers", "import", "--undo", batch, "--json")
    again = run("subscribers", "import", "--undo", batch)
    both = run("subscribers", "import", path, "--undo", batch)

    assert json.loads(undone.stdout)["removed"] == 1
    assert (again.exit_code, both.exit_code) == (5, 2)


def test_labels_and_fields_of_people_who_came_stand(
    engine: Engine, bring: Take, write: Callable[..., Path], card: Callable[[str], Card]
) -> None:
    bring(
        write(
            "E-Mail;Interessen;Kategorien;Mitglied_seit",
            '"kim@example.org";"Energie, Normen|energie";"Presse;NRW";01.02.2020',
            "eva@example.org;;;0.0.00",
            "ida@example.org;;;irgendwann",
        )
    )

    number = card("kim@example.org").person.id
    with engine.connect() as connection:
        mine = labels_of(connection, [number])[number]
        assert (mine.topics, mine.tags) == (("Energie", "Normen"), ("NRW", "Presse"))
        assert attributes_of(connection, [number]) == {number: {"mitglied_seit": "2020-02-01"}}
