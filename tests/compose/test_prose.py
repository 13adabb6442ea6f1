from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.compose.prose import links, parse, split_after_quote, to_html


def html(source: str) -> str:
    return str(to_html(parse(source, "de")))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# Titel", "<h2>Titel</h2>\n"),
        ("## Titel", "<h2>Titel</h2>\n"),
        ("### Titel", "<h3>Titel</h3>\n"),
        ("###### Titel", "<h4>Titel</h4>\n"),
    ],
)
def test_headings_begin_below_the_title(source: str, expected: str) -> None:
    assert html(source) == expected


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found = set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


pieces = st.sampled_from(
    [
        "<script>",
        "</mj-text>",
        "<mj-raw>",
        "<!--",
        "-->",
        "<b",
        ">",
        "&lt;",
        "&#60;i>",
        "<?x",
        "\n",
        "\n\n",
        "a",
    ]
)


@given(st.lists(pieces, max_size=12).map("".join))
@example("<script>alert(1)</script>\n\n<div>\n<mj-raw>x</mj-raw>")
def test_raw_html_comes_out_as_typed(source: str) -> None:
    assert Tags(html(source)).found <= {"p", "blockquote"}


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_a_dangerous_link_stays_text(target: str) -> None:
    assert "<a" not in html(f"[Wort]({target})")


def test_typography_is_set_in_words_and_not_in_code_or_addresses() -> None:
    shown = html("Es sind 6 % - siehe `6 %` und <https://example.org/6...7>.")

    assert "6\u00a0% – siehe" in shown
    assert "<code>6 %</code>" in shown
    assert 'href="https://example.org/6...7"' in shown


def test_four_blanks_are_no_program() -> None:
    assert "<pre" not in html("    eingerückt")


def test_the_split_stands_behind_the_first_pull_quote() -> None:
    tokens = parse("eins\n\n> zwei\n>\n> drei\n\nvier\n\n> fünf", "de")

    opening, rest = split_after_quote(tokens)

    assert str(to_html(opening)) + str(to_html(rest)) == str(to_html(tokens))
    assert "drei" in str(to_html(opening))
    assert "vier" not in str(to_html(opening))


def test_without_a_pull_quote_everything_is_opening() -> None:
    tokens = parse("eins\n\n- > nur im Punkt\n\nzwei", "de")

    opening, rest = split_after_quote(tokens)

    assert list(opening) == tokens
    assert list(rest) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("1. a\n   - b", "<ol>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>\n"),
    ],
)
def test_an_ordered_list_is_a_real_one_and_keeps_its_first_number(source: str, expected: str) -> None:
    assert html(source) == expected


def test_links_are_listed_once_in_their_order() -> None:
    tokens = parse(
        "[b](https://example.org/b) und [a](https://example.org/a) und [B](https://example.org/b)", "de"
    )

    assert links(tokens) == ["https://example.org/b", "https://example.org/a"]
