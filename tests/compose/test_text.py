import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compose.prose import links, parse
from mailer.compose.text import WIDTH, Footnotes, to_text, underline, wrap
from tests.letters import VALUES, compiled, full_issue, make_issue

words = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß", min_size=1, max_size=15)
sentences = st.lists(words, min_size=1, max_size=40).map(" ".join)
blocks = st.one_of(
    sentences,
    sentences.map(lambda text: f"## {text}"),
    sentences.map(lambda text: f"> {text}"),
    st.lists(sentences, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(sentences, min_size=1, max_size=4).map(
        lambda items: "\n".join(f"{number}. {item}" for number, item in enumerate(items, 7))
    ),
    st.tuples(words, words).map(
        lambda pair: f"[{pair[0]}](https://example.org/{'x' * 80}/{pair[1].encode().hex()})"
    ),
    st.lists(st.lists(sentences, min_size=2, max_size=2), min_size=1, max_size=3).map(
        lambda rows: "| a | b |\n|---|---|\n" + "\n".join(f"| {row[0]} | {row[1]} |" for row in rows)
    ),
)


def text_of(source: str) -> str:
    return to_text(parse(source, "de"), Footnotes())


@given(st.lists(blocks, min_size=1, max_size=8))
def test_any_letter_keeps_the_width_and_names_every_link(parts: list[str]) -> None:
    body = "\n\n".join(parts)
    variant = compiled(make_issue(body=body))

    plain = variant.fill_text(VALUES)

    assert [line for line in plain.split("\n") if len(line) > WIDTH and "https://" not in line] == []
    assert [target for target in links(parse(body, "de")) if f"] {target}\n" not in plain] == []
    assert re.search(r"[ \t]\n", plain.replace("\n-- \n", "\n")) is None
    assert "\n\n\n" not in plain
    assert plain.endswith("\n")


def test_a_whole_letter_keeps_the_width_too() -> None:
    plain = compiled(full_issue()).fill_text(VALUES)

    assert [line for line in plain.split("\n") if len(line) > WIDTH] == []
    assert "\n\n\n" not in plain


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# Kopf", "Kopf\n===="),
        ("## Kopf", "Kopf\n----"),
        ("> Zitat", "> Zitat"),
        ("- a\n- b", "- a\n- b"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n  - b\n- c", "- a\n  - b\n- c"),
        ("0. a\n1. b", "0. a\n1. b"),
        ("1. a\n\n2. b", "1. a\n2. b"),
        ("9. a\n10. b\n    1. c\n       - d\n11. e", "9. a\n10. b\n    1. c\n       - d\n11. e"),
        ("- a\n\n  3. b\n  4. c", "- a\n  3. b\n  4. c"),
        ("1. a\n\n   noch a\n\n2. b", "1. a\n\n   noch a\n\n2. b"),
        ("> 7. a\n>    - b", "> 7. a\n>    - b"),
        ("*so* und **so** und ~~nicht so~~", "_so_ und *so* und ~nicht so~"),
        ("eins\\\nzwei", "eins\nzwei"),
        ("eins\nzwei", "eins zwei"),
        ("a\n\n---\n\nb", "a\n\n--------------------\n\nb"),
        ("Fach\u00adkräfte", "Fachkräfte"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a  b\n1  2"),
        ("```\ncode  da\n```", "    code  da"),
        ("-\n\nAbsatz danach", "Absatz danach"),
        ("- # Kopf\n\nAbsatz danach", "Kopf\n====\n\nAbsatz danach"),
    ],
)
def test_each_kind_of_block(source: str, expected: str) -> None:
    assert text_of(source) == expected


def test_a_folded_point_in_a_quote_keeps_its_marks() -> None:
    folded = text_of("> - " + "wort " * 20).split("\n")

    assert len(folded) > 1
    assert folded[0].startswith("> - wort")
    assert all(line.startswith(">   wort") for line in folded[1:])


def test_folded_points_hang_below_their_first_word() -> None:
    words = "wort " * 20

    folded = text_of(f"9. {words}\n10. {words}\n    1. {words}").split("\n")

    assert [line[: line.index("wort")] for line in folded] == [
        "9. ",
        "   ",
        "10. ",
        *["    "],
        "    1. ",
        " " * 7,
    ]
    assert max(map(len, folded)) <= WIDTH


def test_words_are_not_broken_at_hyphens_or_fixed_blanks() -> None:
    text = wrap("x" * 60 + " Fachkräfte-Frage 100\u00a0000\u00a0Euro")

    assert text.split("\n") == ["x" * 60, "Fachkräfte-Frage 100\u00a0000\u00a0Euro"]


def test_a_word_longer_than_the_line_is_not_broken() -> None:
    address = "https://example.org/" + "x" * 80

    assert wrap(f"Siehe {address} dort") == f"Siehe\n{address}\ndort"


def test_a_link_gets_a_number_and_the_same_target_the_same_one() -> None:
    notes = Footnotes()
    source = "[a](https://example.org/a) [b](https://example.org/b) [noch einmal](https://example.org/a)"

    text = to_text(parse(source, "de"), notes)

    assert text == "a [1] b [2] noch einmal [1]"
    assert notes.lines() == "[1] https://example.org/a\n[2] https://example.org/b"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<https://example.org/weg>", "https://example.org/weg"),
        ("[kim@example.org](mailto:kim@example.org)", "kim@example.org"),
        ("<kim@example.org>", "kim@example.org"),
        ("kim@example.org", "kim@example.org"),
        ("www.example.org", "www.example.org"),
        ("[www.example.org](https://www.example.org/)", "www.example.org"),
        ("example.org/über-uns", "example.org/über-uns"),
        ("meisterprämie.nrw", "meisterprämie.nrw"),
        ("+49 (0)2000 555-21", "+49 (0)2000 555-21"),
        ("[02000 555-21](tel:0200055521)", "02000 555-21"),
    ],
)
def test_a_link_that_shows_its_own_target_needs_no_footnote(source: str, shown: str) -> None:
    notes = Footnotes()

    text = to_text(parse(source, "de"), notes)

    assert notes.targets == []
    assert text == shown


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("[www.example.org](https://www.example.org/weg)", "https://www.example.org/weg"),
        ("[example.org](https://example.com)", "https://example.com"),
        ("[02000 555-21](tel:0200055522)", "tel:0200055522"),
    ],
)
def test_a_link_that_leads_elsewhere_than_it_says_has_its_footnote(source: str, note: str) -> None:
    notes = Footnotes()

    to_text(parse(source, "de"), notes)

    assert notes.targets == [note]


def test_a_long_heading_is_underlined_as_far_as_it_reaches() -> None:
    lines = underline("Wort " * 20, "-").split("\n")

    assert len(lines) == 3
    assert len(lines[-1]) == max(len(line) for line in lines[:-1])
