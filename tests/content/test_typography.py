"""Setting German text: what changes, what must not, and the way back."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.content.typography import plain, typeset

NB, NN = "\u00a0", "\u202f"
PIECES = st.one_of(
    st.sampled_from(
        ["6 %", "6%", "§ 7", "Dr. Müller", "7. Oktober", "z. B.", "z.B.", "u.a.", "Nr. 5", "2.500 €"]
    ),
    st.sampled_from(
        ["https://a.example/x-1 - y", "a@b.example", "www.", "`a - b`", "`", "```\n", "[x](y - z)"]
    ),
    st.sampled_from(
        [" - ", " -- ", "-", "--", "–", "...", "…", ".", ">>", "<<", "»", "«", "<", ">", "\n", " "]
    ),
    st.sampled_from(["Wort", "1", "%", "§", "(", "]", NB, NN, "\u00ad"]),
)
TEXTS = st.lists(PIECES, max_size=9).map("".join)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("nur 6 % und 12,5 %", f"nur 6{NB}% und 12,5{NB}%"),
        ('Er sagt "ja" zu "Rat & Tat".', "Er sagt „ja“ zu „Rat & Tat“."),
        ('ein Rohr von 5" und "offen', 'ein Rohr von 5" und "offen'),
        ("geht's „gut“ und »gern«", "geht’s „gut“ und »gern«"),
        ("nach § 7 Abs. 2", f"nach §{NB}7 Abs.{NB}2"),
        ("Frau Dr. Müller", f"Frau Dr.{NB}Müller"),
        ("am 7. Oktober 2025", f"am 7.{NB}Oktober 2025"),
        ("z. B. und z.B. sowie u.a.", f"z.{NN}B. und z.B. sowie u.a."),  # a blank is never added
        (">>Ein Satz.<<", "»Ein Satz.«"),
        ("Arbeit - und mehr", "Arbeit – und mehr"),
        ("und so weiter...", "und so weiter…"),
        ("2.500 € je Prüfung", f"2.500{NB}€ je Prüfung"),
        ("„So“ steht es da, 2023-2025", "„So“ steht es da, 2023-2025"),
        ("- Punkt\n- - -\n  - tiefer", "- Punkt\n- - -\n  - tiefer"),
    ],
)
def test_german_texts(typed: str, shown: str) -> None:
    assert typeset(typed, "de") == shown
    assert plain(shown) == plain(typed)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a...b?x=6%20y",
        "[Wort](https://example.org/7. Oktober)",
        "`6 % - 3`",
        "```\n6 % - 3 ...\n```",
        "gesa...x@example.org",
        "www.example.org/z.B.",
    ],
)
def test_addresses_and_code_are_left_alone(text: str) -> None:
    assert typeset(text, "de") == text


def test_other_languages_get_no_german_blanks() -> None:
    assert typeset("6 % - e.g. Dr. Smith...", "en") == "6 % – e.g. Dr. Smith…"


@settings(deadline=None)  # a busy machine is no failure
@given(TEXTS, st.sampled_from(["de", "de-AT", "en"]))
def test_setting_twice_changes_nothing(text: str, language: str) -> None:
    once = typeset(text, language)

    assert typeset(once, language) == once


@settings(deadline=None)  # a busy machine is no failure
@given(TEXTS)
def test_words_and_numbers_stay(text: str) -> None:
    shown = typeset(text, "de")

    assert re.findall(r"\w+", shown) == re.findall(r"\w+", text)
    assert plain(shown) == plain(text)
