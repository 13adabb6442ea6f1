"""Words that the editor put in: what turns the meaning is an error, the rest a warning."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.checks.finding import Finding
from mailer.content.changes import Change
from tests.checks.kept import BLOCKS, PARAGRAPHS, findings, keep_original, letter


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace") / "issues" / "2025-10"
    keep_original(folder)
    return folder


def said_instead(folder: Path, old: str, new: str) -> list[Finding]:
    blocks = [each.replace(old, new) for each in BLOCKS]
    assert blocks != list(BLOCKS)
    return findings(letter(folder, blocks))


@pytest.mark.parametrize(
    ("old", "new", "added"),
    [
        ("Bisher nutzen", "Bisher nutzen nicht", "nicht"),
        ("zeigen, wie", "zeigen nie, wie", "nie"),
        ("Die Werkstatt in Hamm", "Keine Die Werkstatt in Hamm", "Keine"),
        ("Die Werkstatt in Hamm", "Die unsichere Werkstatt in Hamm", "unsichere"),
        ("sind dabei", "sind kaum dabei", "kaum"),
        ("fast 7000 Prämien", "fast 7000 Millionen Prämien", "Millionen"),
        ("fast 7000 Prämien", "fast 7000 Tausend Prämien", "Tausend"),
        ("fast 7000 Prämien", "fast 7000 Euro Prämien", "Euro"),
        ("fast 7000 Prämien", "fast 7000 Prozent Prämien", "Prozent"),
        ("das sind 2.500 €", "das sind rund 2.500 €", "rund"),
        ("das sind 2.500 €", "das sind mehr als 2.500 €", "mehr als"),
        ("das sind 2.500 €", "das sind bis zu 2.500 €", "bis zu"),
        ("und die Nachfrage", "und 12 die Nachfrage", "12"),
        ("die Betriebe und", "die zwölf Betriebe und", "zwölf"),
    ],
)
def test_a_word_that_turns_the_meaning_is_an_error(folder: Path, old: str, new: str, added: str) -> None:
    (found,) = said_instead(folder, old, new)

    assert (found.rule, found.severity) == ("fidelity.added", "error")
    assert found.message.startswith(f"“{added}” was added; the original does not say it – “")
    assert f"[{added}]" in found.message


def test_a_percent_sign_behind_a_figure_makes_another_figure(folder: Path) -> None:
    (found,) = said_instead(folder, "fast 7000 Prämien", "fast 7000 % Prämien")

    assert (found.rule, found.severity) == ("fidelity.figure", "error")


@pytest.mark.parametrize(
    "word", ["und", "unser", "unterwegs", "Union", "Not", "Nichte", "über", "Prozent", "gut"]
)
def test_a_word_that_only_looks_so_is_a_warning(folder: Path, word: str) -> None:
    (found,) = said_instead(folder, "die Betriebe und die Kammer", f"die Betriebe {word} und die Kammer")

    assert (found.rule, found.severity) == ("fidelity.added", "warning")


def test_other_words_are_one_warning_for_each_sentence(folder: Path) -> None:
    block = "Die gute Meisterin Jule Harmsen und der junge Geselle"
    blocks = [each.replace("Die Meisterin Jule Harmsen und der Geselle", block) for each in BLOCKS]
    blocks[1] = blocks[1].replace("sind dabei", "sind gern dabei").replace(". Die", ".\nDie")

    first, second = findings(letter(folder, blocks))

    assert {first.severity, second.severity} == {"warning"}
    assert first.message.startswith("“gute”, “junge” were added")
    assert "“Die [gute] Meisterin Jule Harmsen … Harmsen und der [junge] Geselle Cem Yalın”" in first.message
    assert (first.place, second.place) == ("issues/2025-10/editorial.md:14", "issues/2025-10/editorial.md:15")
    assert "[gern]" in second.message


def test_a_word_in_the_title_is_an_error(folder: Path) -> None:
    (found,) = findings(letter(folder, title="Mehr frischer Mut an der Werkbank"))

    assert (found.rule, found.severity) == ("fidelity.added", "error")
    assert found.message.startswith("“frischer” was added in the title")


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        (
            [*BLOCKS, "Die Tür der Kammer steht allen offen."],
            "A new paragraph was added: “Die Tür der Kammer",
        ),
        (
            [*BLOCKS[:-1], f"Vorweg steht hier ein Satz. {BLOCKS[-1]}"],
            "A new sentence was added: “Vorweg steht hier ein Satz”.",
        ),
        (
            [*BLOCKS[:-1], f"{BLOCKS[-1]} Und einer steht nicht davor."],
            "A new sentence was added: “Und einer steht nicht davor”.",
        ),
        (
            [BLOCKS[0].replace("begonnen. ", "begonnen. Heute hat sie viel begonnen. "), *BLOCKS[1:]],
            "A new sentence was added: “Heute hat sie viel begonnen”.",
        ),
    ],
)
def test_a_whole_sentence_is_one_warning_with_its_first_words(
    folder: Path, blocks: Sequence[str], message: str
) -> None:
    (found,) = findings(letter(folder, blocks))

    assert (found.rule, found.severity) == ("fidelity.added", "warning")
    assert found.message.startswith(message)


@pytest.mark.parametrize(("figure", "severity"), [("12", "error"), ("2023", "warning"), ("tausend", "error")])
def test_a_new_figure_in_a_new_sentence_is_an_error(folder: Path, figure: str, severity: str) -> None:
    (found,) = findings(letter(folder, [*BLOCKS, f"Dazu kommen {figure} neue Plätze im ganzen Land."]))

    assert (found.rule, found.severity) == ("fidelity.added", severity)
    assert ("does not have" in found.message) == (severity == "error")


def test_a_list_that_the_editor_numbers_has_no_new_figures(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    points = ("Die Werkstatt öffnet im ganzen Land.", "Die Kammer berät in jedem Betrieb.")
    lines = ("Ein Titel", "Liebe Mitglieder,", PARAGRAPHS[1], *(f"- {each}" for each in points))
    keep_original(folder, lines)

    blocks = [PARAGRAPHS[1], "\n".join(f"{number}. {each}" for number, each in enumerate(points, 1))]

    assert findings(letter(folder, blocks, title="Ein Titel")) == []


@pytest.mark.parametrize(
    ("old", "new", "blocks"),
    [
        (
            "Bisher nutzen",
            "Bisher nutzen nicht",
            [each.replace("Bisher nutzen", "Bisher nutzen nicht") for each in BLOCKS],
        ),
        (
            "und die Menschen tragen sie",
            "und die Menschen tragen sie. Dazu kommen 12 neue Plätze.",
            [*BLOCKS, "Dazu kommen 12 neue Plätze."],
        ),
    ],
)
def test_a_recorded_addition_is_allowed_there_and_nowhere_else(
    folder: Path, old: str, new: str, blocks: Sequence[str]
) -> None:
    change = Change(old, new, "nachgetragen", "Redaktion", "changes.toml:1")
    elsewhere = [each.replace("sind dabei", "sind nicht dabei") for each in blocks]

    allowed = findings(replace(letter(folder, blocks), changes=(change,)))
    (found,) = findings(replace(letter(folder, elsewhere), changes=(change,)))

    assert allowed == []
    assert "sind [nicht] dabei" in found.message


def test_what_stands_around_the_text_is_not_compared(folder: Path) -> None:
    issue = letter(
        folder, kicker="Das Editorial", salutation=("Liebe Mitglieder und 12 Gäste,",), preheader="Nicht 3."
    )

    (found,) = findings(issue)

    assert (found.rule, found.severity) == ("fidelity.salutation", "warning")
    assert findings(issue, greeting="collective") == []
