"""`rundbrief issue new`, `list` and `diff` from the front door, in a real workspace."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.cli import rundbrief
from mailer.cli.office import Office
from tests.content.paper import png
from tests.small_workspace import add_people, make_office, plan_and_approve, remove_database

EDITORIAL = """+++
title = "Ein Titel"
number = "7"
author = "Wiebke Tannert"
role = "Leiterin"
portrait = "portrait.png"
portrait_alt = "Wiebke Tannert"
salutation = ["Liebe Mitglieder,"]
closing = "Mit besten Grüßen"

[[contacts]]
name = "Jule Harmsen"
email = "harmsen@example.org"
+++
dies sind fast 7000 Prämien.
"""
CARDS = """
[[highlights]]
title = "Sprechtag"
teaser = "Jeden Monat \\"offen\\"."
recurring = true
event = 2025-10-14
figure = { value = "2", label = "Stunden" }
label = "Platz sichern"
url = "https://example.org/sprechtag"

[[highlights]]
title = "Einmalig"
teaser = "Nur im Oktober."
"""

Run = Callable[..., Result]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = make_office(tmp_path)
    folder = made.settings.issues / "2025-10"
    (folder / "editorial.md").write_text(EDITORIAL, "utf-8")
    (folder / "highlights.toml").write_text(CARDS, "utf-8")
    (folder / "portrait.png").write_bytes(png(128, 128))
    return made


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*arguments: str, color: bool = False) -> Result:
        arguments = ("--config", str(tmp_path / "config.toml"), "issue", *arguments)
        return CliRunner().invoke(rundbrief, arguments, color=color)

    return call


def test_a_new_issue_is_that_of_the_month_after_the_newest(run: Run, office: Office) -> None:
    (office.settings.issues / "2025-10").rename(office.settings.issues / "2025-12")

    assert run("new").exit_code == 0
    assert (office.settings.issues / "2026-01" / "editorial.md").is_file()


def test_a_double_issue_counts_to_its_end(run: Run, office: Office) -> None:
    (office.settings.issues / "2025-10").rename(office.settings.issues / "2025-07-08")

    run("new")

    assert (office.settings.issues / "2025-09").is_dir()


def test_a_broken_newest_issue_still_counts(run: Run, office: Office) -> None:
    (office.settings.issues / "2025-11").mkdir()

    run("new")

    assert office.read_issue("2025-12").contacts[0].name == "Jule Harmsen"


def test_the_first_issue_is_that_of_the_next_month(run: Run, tmp_path: Path) -> None:
    office = make_office(tmp_path)
    for file in (office.settings.issues / "2025-10").iterdir():
        file.unlink()
    (office.settings.issues / "2025-10").rmdir()

    assert run("new").exit_code == 0

    (made,) = office.settings.issues.iterdir()
    today = datetime.now().astimezone().date()
    first_of_next = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    assert made.name == f"{first_of_next:%Y-%m}"
    assert office.read_issue(made.name).editorial.salutation == ("Sehr geehrte Damen und Herren,",)


def test_recurring_cards_contacts_and_manners_come_along_and_are_marked(run: Run, office: Office) -> None:
    result = run("new")
    issue = office.read_issue("2025-11")

    (card,) = issue.highlights
    assert (card.title, card.teaser, card.recurring) == ("Sprechtag", 'Jeden Monat "offen".', True)
    assert (card.event, card.figure.value if card.figure else "") == (None, "2")
    assert issue.contacts == office.read_issue("2025-10").contacts
    assert (issue.number, issue.editorial.closing) == ("8", "Mit besten Grüßen")
    assert issue.editorial.salutation == ("Liebe Mitglieder,",)
    assert (issue.editorial.author, issue.editorial.portrait) == ("", None)
    notes = {mark.field: mark.note for mark in issue.unsure}
    assert notes["highlights.1.title"] == "aus Oktober 2025 übernommen"
    assert notes["contacts.1.name"] == "aus Oktober 2025 übernommen"
    assert {"number", "title", "author", "body"} < set(notes)
    text = (issue.folder / "editorial.md").read_text("utf-8")
    assert '#   author = "Wiebke Tannert"' in text
    assert "# event = 2025-10-14   (galt für Oktober 2025)" in (issue.folder / "highlights.toml").read_text(
        "utf-8"
    )
    assert "From 2025-10: 1 recurring card(s), 1 contact(s), all marked." in result.stderr


def test_an_issue_takes_from_the_one_before_it_and_not_from_a_later_one(run: Run, office: Office) -> None:
    run("new", "2026-02")

    result = run("new", "2025-09")

    assert "From" not in result.stderr
    assert office.read_issue("2025-09").contacts == ()


def test_the_list_says_the_state_and_makes_no_database(run: Run, office: Office) -> None:
    remove_database(office)
    run("new")
    (office.settings.issues / "2025-12").mkdir()

    rows = json.loads(run("list", "--json").stdout)

    assert [(row["key"], row["state"], row["mailing"]) for row in rows] == [
        ("2025-12", "unreadable (1 problem)", None),
        ("2025-11", "unsure (6 marks)", None),
        ("2025-10", "draft", None),
    ]
    assert not office.settings.var.exists()


def test_the_list_names_the_state_of_the_newest_mailing(run: Run, office: Office, now: datetime) -> None:
    add_people(office, ["kim@example.org"], now)
    plan_and_approve(office, now, now)

    (row,) = json.loads(run("list", "--json").stdout)

    assert (row["state"], row["mailing"]) == ("draft", "approved")


def test_a_database_that_cannot_be_read_does_not_hide_the_list(run: Run, office: Office) -> None:
    (office.settings.var / "rundbrief.db").write_bytes(b"no database" * 100)

    result = run("list")

    assert result.stdout.splitlines()[1] == "2025-10\tOktober 2025\tEin Titel\tdraft\t"
    assert "cannot be read" in result.stderr


def test_the_difference_of_two_letters_is_told_in_words(run: Run, office: Office) -> None:
    folder = office.settings.issues / "2025-11"
    folder.mkdir()
    label = 'label = "Oktober 2025"\nsalutation'
    (folder / "editorial.md").write_text(
        EDITORIAL.replace("fast", "über").replace("salutation", label, 1), "utf-8"
    )
    (folder / "highlights.toml").write_text(CARDS, "utf-8")
    (folder / "portrait.png").write_bytes(png(128, 128))

    plain = run("diff", "2025-10", "2025-11").stdout
    (change,) = json.loads(run("diff", "2025-10", "2025-11", "--json").stdout)
    colours = run("diff", "2025-10", "2025-11", color=True).stdout

    assert "dies sind [-fast-]{+über+} 7000 Prämien." in plain
    assert "\x1b[" not in plain
    assert "\x1b[31m[-fast-]\x1b[0m" in colours
    assert {name: change[name] for name in ("op", "old", "new")} == {
        "op": "replace",
        "old": "fast",
        "new": "über",
    }
    assert change["place"].startswith("2025-11, text line ")


def test_no_difference_is_said_and_an_unknown_issue_is_a_problem(run: Run, office: Office) -> None:
    same = run("diff", "2025-10", "2025-10")

    assert (same.exit_code, same.stdout) == (0, "")
    assert "say the same" in same.stderr
    assert "no issue `2031-01`" in str(run("diff", "2025-10", "2031-01").exception)


def test_special_issues_hand_on_nothing_unless_they_are_named(run: Run, office: Office) -> None:
    for key in ("2025-10-extra", "jubilee"):
        folder = office.settings.issues / key
        folder.mkdir()
        (folder / "editorial.md").write_text(
            EDITORIAL.replace("portrait", "# portrait").replace("Jule", key[-5:]), "utf-8"
        )

    month, named = run("new"), run("new", "2025-12", "--from", "jubilee")

    assert "issues/2025-11/editorial.md" in month.stderr
    assert "From 2025-10: " in month.stderr
    assert "From jubilee: " in named.stderr


def test_the_difference_stands_line_by_line(run: Run, office: Office) -> None:
    other = office.settings.issues / "2025-11"
    other.mkdir()
    (other / "editorial.md").write_text('+++\ntitle = "Anders"\n+++\n' + "Ganz neue Worte.\n\n" * 40, "utf-8")

    lines = run("diff", "2025-10", "2025-11").stdout.splitlines()

    assert len(lines) > 40
    assert max(map(len, lines)) < 300
