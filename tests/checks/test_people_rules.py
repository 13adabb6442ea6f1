"""The people of a segment at the front door: counted on both databases, named by ids, never by address."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mailer.cli.check import check as issue_check
from mailer.cli.headcount import count_people
from mailer.cli.office import Office
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.database import reading
from subscribers.roster import add
from subscribers.rules import EVERYBODY
from subscribers.segments import add_segment, recipients
from tests.small_workspace import make_office, plan_and_approve, remove_database

NOW = datetime(2025, 10, 1, 8, tzinfo=UTC)
DU = '+++\ntitle = "Ein Brief für dich"\npreheader = "Damit in der Liste etwas steht, das dich meint."\n+++\n'
RIGHT = {"anrede": "Frau", "vorname": "Gesa", "nachname": "Lührs"}


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    made = make_office(tmp_path, database=database_url)
    yield made
    made.engine.dispose()


def add_all(office: Office, *people: dict[str, str]) -> list[int]:
    """Active subscribers with these fields; their ids."""
    yes = Consent("confirmed", NOW, "Formular", "Ja, gern.")
    with office.engine.begin() as connection:
        return [
            add(
                connection, parse_address(f"person.{number}@example.org"), fields, "rundbrief",
                secret=office.secret, now=NOW, consent=yes,
            ).subscriber_id
            for number, fields in enumerate(people)
        ]  # fmt: skip


def check(office: Office) -> dict[str, dict[str, str]]:
    """The findings about people, by their rules."""
    result = CliRunner().invoke(issue_check, ["2025-10", "--json"], obj=office)
    assert "example.org" not in result.output.replace("rundbrief@example.org", "")
    found = json.loads(result.stdout)["findings"]
    return {each["rule"]: each for each in found if each["rule"].startswith("people.")}


def test_people_with_names_and_firms_without_are_no_finding(office: Office) -> None:
    add_all(office, RIGHT, {"firma": "Muster GmbH"}, {"vorname": "Kim", "nachname": "Mayer"})

    assert check(office) == {}


def test_those_greeted_without_a_name_are_counted_with_all_forms(office: Office) -> None:
    add_all(office, RIGHT, {}, {"nachname": "Mayer"}, {"firma": "Muster GmbH"})

    found = check(office)["people.salutation"]

    assert found["severity"] == "warning"
    assert found["message"] == (
        "2 of 4 people are greeted without a name. All greetings: form of address or title 1, whole name 0,"
        " first name 0, “Sehr geehrte Damen und Herren” 2, no name 1."
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"nachname": "SCHMITZ"},
        {"nachname": "schmitz", "vorname": "karl"},
        {"nachname": "Schmitz 2"},
        {"nachname": "info@example"},
        {"nachname": "Schmitz GmbH"},
        {"nachname": "Muster & Co. KG"},
        {"nachname": "N.N."},
        {"vorname": "Karl", "nachname": "Karl"},
        {"anrede": "Frau Herr", "nachname": "Schmitz"},
    ],
)
def test_a_doubtful_name_is_told_by_its_id(office: Office, fields: dict[str, str]) -> None:
    _, doubtful = add_all(office, RIGHT, {"anrede": "Herr", "vorname": "Karl", **fields})

    found = check(office)["people.doubtful"]

    assert found["message"] == (f"The name or form of address of one person cannot be right: no. {doubtful}.")


@pytest.mark.parametrize(
    "fields",
    [
        {"nachname": "Müller-Lüdenscheid"},
        {"nachname": "von der Heide"},
        {"nachname": "Çelik"},
        {"nachname": "Özdemir"},
        {"nachname": "de Özal"},
        {"nachname": "Šimić"},
        {"nachname": "O’Neill"},
        {"nachname": "Li"},
        {"nachname": "AL"},
        {"nachname": "Testa"},
        {"nachname": "McKay", "titel": "Prof. Dr."},
    ],
)
def test_a_rare_name_is_not_doubtful(office: Office, fields: dict[str, str]) -> None:
    add_all(office, {"anrede": "Herr", "vorname": "Karl", **fields})

    assert check(office) == {}


def test_at_most_ten_ids_are_named(office: Office) -> None:
    ids = add_all(office, *({**RIGHT, "nachname": "LÜHRS"} for _ in range(12)))

    found = check(office)["people.doubtful"]

    assert found["message"].startswith(
        "The names or forms of address of 12 people cannot be right, the first"
    )
    assert found["message"].endswith(f"no. {', '.join(map(str, ids[:10]))}.")


def test_a_wish_that_no_version_fulfils_is_counted(office: Office) -> None:
    add_all(office, {**RIGHT, "tone": "du"}, {**RIGHT, "tone": "formal"}, RIGHT)

    before = check(office)["people.tone"]
    (office.settings.issues / "2025-10" / "editorial.du.md").write_text(
        f"{DU}Ein Absatz für dich.\n", "utf-8"
    )

    assert before["message"] == "One person wants du and would get the letter with the formal Sie."
    assert "people.tone" not in check(office)


def test_an_empty_segment_is_told_and_an_empty_list_is_not(office: Office) -> None:
    assert check(office) == {}
    add_all(office, RIGHT)
    with office.engine.begin() as connection:
        add_segment(connection, "Ausbilder", "funktion = Ausbilder", NOW)
    text = office.settings.file.read_text("utf-8")
    table = "list_id = "
    assert table in text
    office.settings.file.write_text(text.replace(table, f'segment = "Ausbilder"\n{table}', 1), "utf-8")

    afresh = office.afresh()
    found = check(afresh)["people.nobody"]
    afresh.engine.dispose()

    assert found["message"] == "The segment “Ausbilder” is empty. On the whole list: 1."
    assert found["place"] == "rundbrief, segment Ausbilder"


def test_a_newsletter_that_greets_nobody_by_name_needs_no_names(office: Office) -> None:
    add_all(office, {}, {"nachname": "SCHMITZ"})
    edition = office.compile(office.read_issue("2025-10"))
    ids = recipients(EVERYBODY, "rundbrief")

    with reading(office.engine) as connection:
        people = count_people(connection, ids, edition, segment="all", by_name=False)

    assert (people.recipients, people.forms, people.doubtful) == (2, {}, 0)


def test_without_a_database_people_are_not_looked_at_and_none_is_made(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    remove_database(office)

    assert check(office) == {}
    assert not office.has_database


def test_the_day_of_the_mailing_is_the_one_that_deadlines_are_measured_by(tmp_path: Path) -> None:
    from mailer.cli.office import clock

    office, now = make_office(tmp_path), clock()
    add_all(office, RIGHT)
    plan_and_approve(office, now.replace(year=now.year + 2), now)
    issue = office.read_issue("2025-10")

    around: Any = office.surroundings(issue, office.compile(issue))

    assert around.sends_on.year == now.year + 2
