"""The line in the lists of mail programs, and the words of the studio around it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.web import studio_wording as wording
from mailer.web.answers import initials
from mailer.web.listing import LISTS, cut, listed

SUBJECT = "Am Werktisch ist noch Platz: Wege zu neuen Fachkräften und Aufträgen im ganzen Land"
PREHEADER = (
    "Meisterprämie, Validierung, Rat für die Suche im Ausland: fünf Angebote für Ihren Betrieb, gut erklärt."
)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("kurz", 4, "kurz"),
        ("kürzer", 4, "kür…"),
        ("zwei  Wörter\n", 11, "zwei Wörter"),
        ("ab cd", 4, "ab…"),
        ("", 3, ""),
        ("a", 0, "…"),
    ],
)
def test_a_text_is_cut_with_an_ellipsis(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


@given(st.text(max_size=200), st.integers(1, 120))
def test_a_cut_text_never_is_longer_than_its_line(text: str, width: int) -> None:
    assert len(cut(text, width)) <= width


def test_each_list_cuts_in_its_own_way() -> None:
    rows = {row["client"]: row for row in listed("Kammer Musterland", SUBJECT, PREHEADER, "de")}

    assert [*rows] == [*LISTS]
    assert rows["iPhone Mail"]["subject"] == "Am Werktisch ist noch Platz: Wege zu…"
    assert rows["GMX · WEB.DE (Web)"]["preheader"] == ""
    together = rows["Gmail (Web)"]
    assert len(together["subject"]) + 3 + len(together["preheader"]) <= 105
    assert all(row["says"].startswith("Annäherung: ") for row in rows.values())


def test_the_labels_speak_english_too() -> None:
    german, english = (listed("Kammer", SUBJECT, PREHEADER, language) for language in ("de", "en"))

    assert all(here["says"] != there["says"] for here, there in zip(german, english, strict=True))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Handwerkskammer Musterland", "HM"),
        ("Verband für das Bauen", "VB"),
        ("IHK", "I"),
        ("ver.di", "VD"),
        ("Ärztekammer-Nord e. V.", "ÄV"),
        ("123", ""),
        ("", ""),
    ],
)
def test_initials_are_those_of_the_words_with_capitals(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_numbers_and_moments_are_written_as_in_the_country() -> None:
    at = datetime(2025, 10, 7, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))

    assert wording.moment(at, "de") == "Di 7.\u00a010., 9:30"
    assert wording.moment(at, "en") == "Tue 2025-10-07, 09:30"
    assert wording.people(4812, "de") == "4.812\u00a0Empfänger"
    assert wording.people(1, "en") == "1\u00a0recipient"
    assert wording.words_changed(1, "de") == "1 Wort geändert"
    assert wording.caught(2, "de") == "2 Briefe gefangen"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", wording.REASONS)
def test_every_reason_is_a_sentence_in_both_languages(name: str, language: str) -> None:
    at = datetime(2025, 10, 7, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    values = {"count": 2, "at": at, "by": "kim", "segment": "alle", "now": 2, "shown": 3, "sentence": "Nein."}

    said = wording.reason(name, language, "2025-10", values)

    assert said == "" if name == "" else said.endswith(".")
    assert "{" not in said
