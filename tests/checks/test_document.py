"""The tree of a letter: as the standard library's parser reads it, only faster."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import shipped
from mailer.checks.document import Node, for_outlook, read_document
from tests.everything import everything
from tests.letters import HEAD, compiled, make_issue

THEMES = sorted(file.stem for file in (shipped.templates() / "themes").glob("*.toml"))
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Events(HTMLParser):
    """What the standard library reads: start tags with attributes, end tags, text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in reversed(attrs)}))

    def handle_data(self, data: str) -> None:
        if self.found and isinstance(self.found[-1], str):
            data = f"{self.found.pop()}{data}"
        self.found.append(data)


def by_library(html: str) -> list[object]:
    reader = Events()
    reader.feed(html)
    reader.close()
    return reader.found


def by_us(html: str) -> list[object]:
    found: list[object] = []
    waiting: list[Node | str] = [read_document(html)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if found and isinstance(found[-1], str):
                each = f"{found.pop()}{each}"
            found.append(each)
        else:
            found += [(each.tag, each.attributes)] if each.tag else []
            waiting += reversed(each.children)
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_a_letter_is_read_as_the_library_reads_it(theme: str) -> None:
    for issue in (everything(), make_issue()):
        html = compiled(issue, replace(HEAD, theme=theme)).html
        for version in (html, for_outlook(html)):
            assert by_us(version) == by_library(version)


PIECES = st.sampled_from(
    [
        *("Text", " ", "&amp;", "&uuml;", "&", "a &lt; b", "„Wort“", "\n"),
        *("<p>", "</p>", "<td class='a b'>", "</td>", '<a href="https://example.org/?a=1&amp;b=2">', "</a>"),
        *("<br>", "<br/>", '<img src="a" alt="x > y" ALT="z">', "<b", "<P hidden>", "<td width=5>"),
        *("<!-- a > b -->", "<!--[if mso]><i>x</i><![endif]-->", "<!--[if !mso]><!-->", "<!--<![endif]-->"),
        *("<!doctype html>", "<style>p > a { x: '<b>' }</style>", "<script>if (a < b) c()</script>"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_pieces_in_any_order_are_read_as_the_library_reads_them(html: str) -> None:
    if "<b" in html.replace("<br", "").replace("<b>", ""):  # a tag that never ends is no tag
        read_document(html)
    else:
        assert by_us(html) == by_library(html)


@pytest.mark.parametrize("html", ["<a " + "x " * 50_000, "<" * 50_000, "<a b='" * 1_000, "</" * 50_000])
def test_what_never_ends_is_text_and_read_in_a_moment(html: str) -> None:
    assert "".join(each for each in read_document(html).children if isinstance(each, str)) == html


def test_a_comment_that_never_ends_takes_the_rest() -> None:
    assert by_us("<p>a</p>" + "<!--" * 50_000) == [("p", {}), "a"]
