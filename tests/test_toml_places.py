"""Every key and comment of a TOML text knows its line."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.toml import parse_toml, toml_string
from subscribers.errors import Problem

TEXT = '''\
# oben
title = "a # kein Kommentar"  # am Titel
"quoted key" = 'x'
long = """
[[nothing]]
fake = 1
"""
list = [
  "eins",  # am ersten
  "zwei",
]
inline = { value = "6 %", label = "x" }
a.b.c = 2025-10-01
[[cards]]
name = "x"
[cards.figure]
value = "y"
[[cards]]
name = "z"
[cards.figure]
value = "w"
'''


def test_lines_of_keys_in_all_forms() -> None:
    document = parse_toml(TEXT, "x.toml", above=10)

    expected = {
        ("title",): 2,
        ("quoted key",): 3,
        ("long",): 4,
        ("list",): 8,
        ("list", 1): 10,
        ("inline", "label"): 12,
        ("a", "b", "c"): 13,
        ("cards", 0, "name"): 15,
        ("cards", 0, "figure", "value"): 17,
        ("cards", 1): 18,
        ("cards", 1, "figure", "value"): 21,
        ("cards", 1, "figure", "missing"): 20,
        ("nothing",): 1,
    }
    assert {where: document.place(where) for where in expected} == {
        where: f"x.toml:{line + 10}" for where, line in expected.items()
    }


def test_comments_belong_to_the_key_on_their_line() -> None:
    comments = parse_toml(TEXT, "x.toml").comments

    assert [(each.line, each.text, each.where) for each in comments] == [
        (1, "oben", ()),
        (2, "am Titel", ("title",)),
        (9, "am ersten", ("list",)),
    ]


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = ?\n", 2), ("a = 1\na = 2\n", 2), ("a = 2025-02-30\n", 1), ('a = "x', 1)]
)
def test_a_mistake_is_named_with_the_line_of_the_file(text: str, line: int) -> None:
    with pytest.raises(Problem) as caught:
        parse_toml(text, "x.toml", above=1)

    assert caught.value.place == f"x.toml:{line + 1}"


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_string_reads_back_as_the_same_text(text: str) -> None:
    assert tomllib.loads(f"x = {toml_string(text)}")["x"] == text


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.dictionaries(st.text(min_size=1), st.one_of(st.text(), st.lists(st.text(), max_size=3)), max_size=4)
)
def test_every_key_that_is_read_has_a_line(data: dict[str, str | list[str]]) -> None:
    clean = {toml_string(key): value for key, value in data.items() if _writable(key)}
    lines = []
    for key, value in clean.items():
        values = value if isinstance(value, list) else [value]
        written = ", ".join(toml_string(each) for each in values if _writable(each))
        lines.append(f"{key} = [{written}]  # bitte")

    document = parse_toml("\n".join(lines), "x")

    assert [document.lines[(key,)] for key in document.data] == list(range(1, len(document.data) + 1))
    assert len(document.comments) == len(lines)


def _writable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
