"""Fields that config.toml declares: refused with their line, known to people, rules and cards."""

from datetime import datetime
from pathlib import Path

import pytest
from small_workspace import CONFIG, make_office

from mailer.cli.office import Office
from mailer.settings import read_settings
from subscribers.address import parse_address
from subscribers.attributes import set_attributes
from subscribers.consent import Consent
from subscribers.errors import BadUsage, Problems
from subscribers.roster import add
from subscribers.segments import count, parse

DECLARED = '\n[subscribers.fields]\nmitglied_seit = "date"\nrolle = ["Inhaber", "Gast"]\n'
CARDS = """
[[highlights]]
title = "Für lange Mitglieder"
teaser = "Ein Abend für alle, die schon lange dabei sind."
only_for = "mitglied_seit < 2000-01-01"
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = make_office(tmp_path)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text("utf-8") + DECLARED, "utf-8")
    return made


def test_the_address_book_knows_the_declared_fields(office: Office) -> None:
    book = office.open_book()

    assert {name: field.kind for name, field in book.fields.items()} == {
        "mitglied_seit": "date",
        "rolle": "choice",
    }


def test_a_card_may_ask_for_a_declared_field(office: Office, tmp_path: Path) -> None:
    (tmp_path / "issues" / "2025-10" / "highlights.toml").write_text(CARDS, "utf-8")

    edition = office.compile(office.read_issue("2025-10"))

    assert len(edition.variants) == 2


def test_a_rule_counts_by_a_declared_field(office: Office, now: datetime) -> None:
    book = office.open_book()
    consent = Consent("confirmed", now, "Anmeldeformular")
    with book.engine.begin() as connection:
        for name, since in (("kim", "1998-05-01"), ("eva", "2020-05-01"), ("uli", "")):
            address = parse_address(f"{name}@example.org")
            added = add(connection, address, {}, "rundbrief", secret=book.secret, now=now, consent=consent)
            set_attributes(connection, added.subscriber_id, {"mitglied_seit": since}, book.fields, now)

        assert count(connection, parse("mitglied_seit < 2000-01-01", book.fields), "rundbrief") == 1
        with pytest.raises(BadUsage, match="no field"):
            parse("mitglied_seit < 2000-01-01")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('alter = "numbr"', "did you mean number"),
        ('kreis = "text"', "has a meaning already"),
        ("rolle = []", "needs a list"),
        ('"mit glied" = "text"', "cannot name a field"),
    ],
)
def test_a_declaration_that_does_not_work_names_its_line(tmp_path: Path, line: str, words: str) -> None:
    text = CONFIG.format(database="sqlite:///var/x.db", port=1, timeout=5) + f"[subscribers.fields]\n{line}\n"
    config = tmp_path / "config.toml"
    config.write_text(text, "utf-8")

    with pytest.raises(Problems) as caught:
        read_settings(config)

    assert words in str(caught.value)
    assert f"config.toml:{text.splitlines().index('[subscribers.fields]') + 1}" in str(caught.value)
