"""Links: words that are an address lead there, and the editor's own links are told."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.checks.content import check_content
from tests.checks.kept import BLOCKS, LINES, findings, keep_original, letter

ADDRESS = "https://www.example.org/werkbank?a=1"


def swapped(old: str, new: str) -> Sequence[str]:
    return [each.replace(old, new) for each in BLOCKS]


@pytest.mark.parametrize(
    ("words", "target", "wrong"),
    [
        ("https://www.vergabe.example/fair?a=1", "https://boese.example/", True),
        ("www.example.org", "https://www.example.org.boese.example/", True),
        ("example.bank", "https://boese.example/", True),
        ("info@example.org", "mailto:x@y.example", True),
        ("02000 123-0", "tel:+499", True),
        ("Tel. 02000 123-0", "https://boese.example/", True),
        ("www.example.org", "https://example.org/werkbank?a=1", False),
        ("info@example.org", "mailto:info@example.org?subject=x", False),
        ("02000 123-0", "tel:+4920001230", False),
        ("+49 (0)30 1234567", "tel:+49301234567", False),
        ("Anlage.pdf", "https://example.org/1", False),
        ("2025/2026", "https://example.org/1", False),
        ("zur Anmeldung", "https://example.org/1", False),
    ],
)
def test_words_that_are_an_address_lead_there(tmp_path: Path, words: str, target: str, wrong: bool) -> None:
    issue = replace(letter(tmp_path / "issues" / "2025-10", [f"Hier: [{words}]({target})."]))

    found = [each.severity for each in check_content(issue) if each.rule == "content.target"]

    assert found == ["error"] * wrong


def test_a_link_on_words_of_the_original_is_a_warning(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(folder)

    (found,) = findings(letter(folder, swapped("die Nachfrage", "die [Nachfrage](https://boese.example/)")))

    assert (found.rule, found.severity) == ("fidelity.added", "warning")
    assert "https://boese.example/" in found.message


def test_a_link_in_the_place_of_another_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    linked = [each.replace("die Nachfrage", "die [Nachfrage](https://example.org/a)") for each in LINES]
    keep_original(folder, linked, "original.md")

    kept = findings(letter(folder, swapped("die Nachfrage", "die [Nachfrage](https://example.org/a)")))
    other = findings(letter(folder, swapped("die Nachfrage", "die [Nachfrage](https://boese.example/)")))

    assert kept == []
    assert "error" in [each.severity for each in other]


@pytest.mark.parametrize(
    ("preheader", "wrong"), [("Schon 9000 Prämien", True), ("Fast 7.000 Prämien", False)]
)
def test_a_new_figure_in_the_inbox_is_a_warning(tmp_path: Path, preheader: str, wrong: bool) -> None:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(folder)

    found = check_content(letter(folder, preheader=preheader))

    assert [each.severity for each in found if each.rule == "content.figure"] == ["warning"] * wrong


@pytest.mark.parametrize(
    "fields",
    [
        {"author": "Tannert Wiebke"},
        {"role": "Werkstatt der Leiterin"},
        {"role": "Leiterin Werkstatt der"},
    ],
)
def test_words_of_the_byline_keep_their_order(tmp_path: Path, fields: dict[str, str]) -> None:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(folder)
    said = {
        "author": "Wiebke Tannert",
        "role": "Leiterin der Werkstatt",
        "salutation": ("Liebe Mitglieder,",),
    }

    assert findings(letter(folder, **said)) == []
    assert [each.severity for each in findings(letter(folder, **(said | fields)))] == ["error"]
