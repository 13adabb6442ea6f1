"""What is exported is safe in Excel and comes back as it was."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import SECRET
from openpyxl import load_workbook
from sqlalchemy import Connection, Engine, delete, select, update

from mailer.migrations import upgrade
from subscribers.address import parse_address
from subscribers.attributes import attributes_of, set_attributes
from subscribers.cells import Terms
from subscribers.chain import verify
from subscribers.consent import Consent
from subscribers.database import open_database
from subscribers.errors import Problem
from subscribers.exporting import export_rows, header, write_export
from subscribers.fields import Field, one_line
from subscribers.importing import Meaning, apply_import
from subscribers.labels import add_labels, labels_of
from subscribers.listfile import read_list
from subscribers.people import list_people
from subscribers.person import Person
from subscribers.roster import Added, add, unsubscribe
from subscribers.schema import consent_event, subscriber, subscription, suppression
from subscribers.suppression import suppress

FIELDS = {
    "mitglied_seit": Field("mitglied_seit", "date"),
    "betriebsnr": Field("betriebsnr", "text"),
    "quelle": Field("quelle", "text"),
}
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
WORDS = [
    "Holz",
    "=1+1",
    "+49",
    "-",
    "@x",
    "'",
    "'=x",
    "ÄÖ ß",
    "a;b",
    'sagt "ja"',
    "01067",
    "k. A.",
    "Fr.",
    "=",
]
TEXT = st.one_of(st.sampled_from(WORDS), st.text(max_size=12)).map(one_line)
LABEL = TEXT.map(lambda text: "".join(letter for letter in text if letter not in ';,|"')).filter(str.strip)
PEOPLE = st.fixed_dictionaries(
    {
        "anrede": st.sampled_from(["", "Herr", "Fr.", "k. A.", "Frau Dr."]),
        "titel": TEXT,
        "vorname": TEXT,
        "nachname": TEXT,
        "firma": TEXT,
        "plz": st.sampled_from(["", "1067", "33330", "D-33330"]),
        "ort": st.sampled_from(["", "Dresden", "Hamm"]),
        "language": st.sampled_from(["", "de", "en"]),
    }
)
HANGING = st.fixed_dictionaries(
    {
        "topic": st.lists(LABEL, max_size=3),
        "tag": st.lists(LABEL, max_size=3),
        "attributes": st.fixed_dictionaries(
            {
                "mitglied_seit": st.sampled_from(["", "2020-02-01"]),
                "betriebsnr": TEXT,
                "quelle": TEXT,
            }
        ),
        "state": st.sampled_from(["unknown", "asked", "active", "paused", "unsubscribed", "suppressed"]),
        "source": TEXT.filter(str.strip),
        "wording": TEXT,
    }
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    crowd=st.lists(st.tuples(PEOPLE, HANGING), min_size=1, max_size=4), kind=st.sampled_from(["csv", "xlsx"])
)
def test_export_wipe_and_import_give_the_same_people(
    book: Engine, tmp_path: Path, crowd: list[tuple[dict[str, str], dict[str, Any]]], kind: str
) -> None:
    path = tmp_path / f"alle.{kind}"
    with book.connect() as connection, connection.begin() as transaction:
        for number, (person, hanging) in enumerate(crowd):
            invent(connection, f"+person{number}@example.org", person, hanging)
        before = everything(connection)
        write_export(path, header(FIELDS), export_rows(connection, "report", None, FIELDS))
        for table in (subscriber, suppression):
            connection.execute(delete(table))
        apply_import(
            connection,
            read_list(path),
            "report",
            secret=SECRET,
            now=NOW + timedelta(days=1),
            terms=Terms(),
            meaning=Meaning(fields=FIELDS),
        )
        after, flaws = everything(connection), verify(connection)
        transaction.rollback()

    assert after == before
    assert flaws == []


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One database for all examples, which are rolled back."""
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('book')}/rundbrief.db")
    upgrade(made)
    return made


def invent(connection: Connection, email: str, person: dict[str, str], hanging: dict[str, Any]) -> None:
    kinds = {"unknown": None, "asked": "asked"}
    kind = kinds.get(hanging["state"], "imported")
    said = Consent(kind, NOW, hanging["source"], hanging["wording"]) if kind else None
    address = parse_address(email)
    added = add(connection, address, person, "report", secret=SECRET, now=NOW, consent=said)
    for which in ("topic", "tag"):
        add_labels(connection, added.subscriber_id, which, hanging[which], NOW)
    set_attributes(connection, added.subscriber_id, hanging["attributes"], FIELDS, NOW)
    if hanging["state"] == "paused":
        mine = subscription.c.id == added.subscription_id
        connection.execute(update(subscription).where(mine).values(state="paused"))
    if hanging["state"] == "unsubscribed":
        unsubscribe(connection, added.subscription_id, "link", NOW)
    if hanging["state"] == "suppressed":
        query = select(subscriber.c.suppression_key).where(subscriber.c.id == added.subscriber_id)
        suppress(connection, connection.scalars(query).one(), "objected", "Brief", NOW)


def everything(connection: Connection) -> list[tuple[object, ...]]:
    """Each person with all that an export must bring back."""
    found: list[tuple[object, ...]] = []
    for person, place in list_people(connection, "report"):
        texts = {name: getattr(person, name) for name in Person.__slots__ if name != "id"}
        mine = labels_of(connection, [person.id]).get(person.id)
        own = attributes_of(connection, [person.id]).get(person.id, {})
        yes = select(consent_event).where(
            consent_event.c.subscriber_id == person.id, consent_event.c.kind != "withdrawn"
        )
        said = [(row.kind, row.source, row.at, row.wording) for row in connection.execute(yes)]
        found.append((texts, mine, own, place.state, place.basis, place.since if said else None, said))
    return sorted(found, key=repr)


def test_no_cell_of_an_export_is_a_formula(
    run: Callable[..., Result], put: Callable[..., Added], tmp_path: Path
) -> None:
    put("kim@example.org", firma='=HYPERLINK("http://x.example")', ort="-1", nachname="+49")
    csv_file, excel = tmp_path / "alle.csv", tmp_path / "alle.xlsx"

    run("subscribers", "export", csv_file)
    run("subscribers", "export", excel)

    text = csv_file.read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    book = load_workbook(excel)
    shown = [cell for row in book.active.iter_rows() for cell in row]
    assert '\'=HYPERLINK("http://x.example")' in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert {cell.data_type for cell in shown} <= {"s", "n", "inlineStr"}
    assert not any(str(cell.value or "").startswith(("=", "+", "-", "@")) for cell in shown)
    assert (csv_file.stat().st_mode & 0o777, csv_file.read_bytes()[:3]) == (0o600, b"\xef\xbb\xbf")


def test_a_rule_chooses_who_is_exported(
    run: Callable[..., Result], put: Callable[..., Added], tmp_path: Path
) -> None:
    put("kim@example.org", kreis="Köln")
    put("eva@example.org", kreis="Kleve")

    result = run("subscribers", "export", tmp_path / "koeln.csv", "--where", "kreis = Köln")

    assert result.exit_code == 0, result.stderr
    text = (tmp_path / "koeln.csv").read_text(encoding="utf-8-sig")
    assert "kim@example.org" in text
    assert "eva@example.org" not in text


def test_a_file_that_is_there_stays_unless_forced(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "alle.csv"
    path.write_text("meins", encoding="utf-8")

    kept = run("subscribers", "export", path)
    untouched = path.read_text(encoding="utf-8")
    forced, odd = (
        run("subscribers", "export", path, "--force"),
        run("subscribers", "export", tmp_path / "a.pdf"),
    )

    assert (kept.exit_code, untouched, forced.exit_code, odd.exit_code) == (1, "meins", 0, 2)
    assert list(tmp_path.glob(".*.part")) == []


def test_a_folder_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be written"):
        write_export(tmp_path / "fehlt" / "alle.csv", ["E-Mail"], [])
