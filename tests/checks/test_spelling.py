"""Spelling: what a dictionary lacks is told once, with its place; without a program nothing is."""

import os
import shutil
from pathlib import Path

import pytest

from mailer.checks import hunspell
from mailer.checks.spelling import check_spelling
from mailer.checks.texts import texts_of
from mailer.checks.vocabulary import CRAFTS, belongs, folded, splits
from mailer.content.issue import Contact, Issue
from tests.letters import make_issue

REAL = hunspell.is_there("de")
needs_hunspell = pytest.mark.skipif(not REAL, reason="hunspell or its German dictionary is not installed")


def words(issue: Issue, *own: str) -> list[tuple[str, ...]]:
    found = check_spelling(issue, texts_of(issue), "de", own)
    return [each.values[0][1] for each in found]  # type: ignore[misc]


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in the place of hunspell."""
    program = folder / "hunspell"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_each_unknown_word_is_told_once_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, "grep -i nnk || :", monkeypatch)
    issue = make_issue(body="Die Bannk.\n\nNoch eine\nBannk, eine Trennk und die Bannk.")

    first, second = check_spelling(issue, texts_of(issue), "de")

    assert (first.place, first.case) == ("issues/2025-10/editorial.md:12", "")
    assert (second.place, second.values) == ("issues/2025-10/editorial.md:15", (("words", ("Trennk",)),))


def test_all_words_are_asked_for_at_once_and_never_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, f"echo >> {tmp_path}/calls; cat > {tmp_path}/asked", monkeypatch)
    issue = make_issue(body="Ein Absatz.\n\nUnd noch einer mit ganz anderen Wörtern.")

    for _ in range(3):
        assert words(issue) == []

    assert (tmp_path / "calls").read_text() == "\n"
    assert len((tmp_path / "asked").read_text("utf-8").split()) > 10


@pytest.mark.parametrize("script", ["exit 1", "sleep 5", "kill -9 $$"])
def test_a_program_that_does_not_answer_is_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(hunspell, "SECONDS", 0.1)
    stand_in(tmp_path, script, monkeypatch)

    assert words(make_issue(body="Die Bannk.")) == []
    assert not hunspell.is_there("de")


def test_without_the_program_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert words(make_issue(body="Die Bannk.")) == []
    assert hunspell.unknown_words({"Bannk"}, "de") is None


@needs_hunspell
@pytest.mark.parametrize(
    "text",
    [
        "Die Innungen und Obermeisterinnen laden zur Vollversammlung.",
        "Das Jobcenter berät zum Validierungsverfahren, zu Teilqualifizierungen und zum Bildungsscheck.",
        "Die Handwerker*innen, Kolleg:innen und Meister/-innen der HWK und des WHKT sind dabei.",
        "Frau Tannertowski aus Ravenstein und Wiebke Kwirlholz schreiben an redaktion@example.org.",
        "Arbeits- und Fachkräfte, der Ein-/Ausbau, 7000-mal, u. a. bzw. ca. 5 %, geht’s, „Knorzelwerk“.",
        "Das sagt Jens Plögermann-Kettelowski beim Speed-Dating im Welcome Center, mit Social Media.",
        "Eine Personal\u00adgewinnung über https://www.example.org/bannk und `knorzel`.",
    ],
)
def test_names_forms_and_the_words_of_crafts_are_right(text: str) -> None:
    assert words(make_issue(body=text)) == []


@needs_hunspell
def test_misspelt_words_are_found() -> None:
    text = "Der Ausbildungsplaz in unserem Betreib ist wietherhin eine gute Handwrksleistung."

    assert words(make_issue(body=text)) == [("Ausbildungsplaz", "Betreib", "wietherhin", "Handwrksleistung")]


@needs_hunspell
def test_the_house_knows_its_people_and_its_own_words() -> None:
    text = "das Knorzelwerk und die Knorzelwerke, sagt man bei den Quandeltons."
    contact = Contact("Jule Quandelton", "", "", "")

    assert words(make_issue(body=text)) == [("Knorzelwerk", "Knorzelwerke", "Quandeltons")]
    assert words(make_issue(body=text, contacts=(contact,)), "Knorzelwerk") == []


def test_house_words_have_endings_and_a_case_of_their_own() -> None:
    house = folded((*CRAFTS, "Welcome Center"))

    assert all(belongs(word, house) for word in ("welcome", "Innungen", "Jobcentern", "Gewerkes", "Azubis"))
    assert not belongs("Welkome", house)


def test_a_compound_is_cut_with_and_without_its_s() -> None:
    assert ("Innung", "mitglieder") in splits("Innungsmitglieder")
    assert ("Meister", "prämie") in splits("Meisterprämie")
    assert splits("Kammer") == []


def test_the_stand_in_is_found_before_the_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, "cat", monkeypatch)

    assert shutil.which("hunspell") == str(tmp_path / "hunspell")


@pytest.mark.skipif(not hunspell.is_there("de"), reason="hunspell and its dictionary are not installed")
def test_long_compounds_of_known_words_are_right_and_misspelt_ones_are_not() -> None:
    good = "Teilqualifizierungsmaßnahmenträger Elektromobilitätsladeinfrastrukturausbau"
    wrong = "Handwerkskamerzugehörigkeitsbescheinigung"

    assert words(make_issue(body=f"Das ist {good}.")) == []
    assert words(make_issue(body=f"Das ist eine {wrong}.")) == [(wrong,)]


@pytest.mark.skipif(not hunspell.is_there("de"), reason="hunspell and its dictionary are not installed")
def test_fields_foreign_marks_and_rivers_are_right() -> None:
    assert words(make_issue(body="An der Saale [sic] gilt {{ vorname }} und click here.")) == []
