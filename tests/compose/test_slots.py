from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compose.mjml import render_mjml
from mailer.compose.slots import SlotProblem, cut, fill, mark_for, placeholder
from tests.letters import HEAD, VALUES, compiled, make_issue

MARK = mark_for("rundbrief/2025-10")
HOSTILE = [
    '"><script>{{7*7}}</mj-text>%%abmelden%%',
    "{{ greeting }}{% for x in y %}",
    f"{MARK}.unsubscribe.",
    "</td></table><h1>Kim</h1>",
    'O\'Neill & Söhne "GmbH" <boss@example.org>',
    "\\u{a0} \\1 \\g<0> $1",
]
TYPED = (
    "Er schrieb {{ 7*7 }} und {% if x %} und %%name%% und </mj-text> und <script>alert(1)</script> und &amp;."
)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]) | st.just(" "), max_size=40)


def letter(greeting: str, url: str) -> str:
    return (
        '<mjml lang="de"><mj-body><mj-section><mj-column><mj-text>'
        f'<p title="{greeting}">{greeting}</p><a href="{url}">Abbestellen</a>'
        "</mj-text></mj-column></mj-section></mj-body></mjml>"
    )


@given(lines.map(lambda text: " ".join(text.split())))
def test_filling_equals_rendering_with_the_value_itself(name: str) -> None:
    compiled_once = render_mjml(letter(placeholder(MARK, "greeting"), placeholder(MARK, "unsubscribe")))

    filled = fill(cut(compiled_once, MARK), {**VALUES, "greeting": name}, html=True)

    assert filled.count(escape(name)) >= 2
    direct = render_mjml(letter("GRUSS", "https://example.org/u/abc"))
    assert filled == direct.replace("GRUSS", escape(name))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    variant = compiled(make_issue())

    html = variant.fill_html({**VALUES, "greeting": name})
    plain = variant.fill_text({**VALUES, "greeting": name})

    assert html.count(escape(name)) == 1
    assert html.replace(escape(name), "X") == variant.fill_html({**VALUES, "greeting": "X"})
    assert plain.replace(name, "X") == variant.fill_text({**VALUES, "greeting": "X"})


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags, self.texts = set[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_what_an_author_types_comes_out_as_typed() -> None:
    plain_tags = Words()
    plain_tags.feed(compiled(make_issue()).html)
    variant = compiled(make_issue(body=TYPED, title=TYPED, lead=TYPED, kicker=TYPED, preheader=TYPED))
    reader = Words()

    reader.feed(variant.fill_html(VALUES))
    plain = " ".join(variant.fill_text(VALUES).split())

    in_markdown = TYPED.replace("&amp;", "&")
    assert reader.texts.count(TYPED) == 4
    assert in_markdown in reader.texts
    assert reader.tags <= plain_tags.tags
    assert plain.count(TYPED) == 3
    assert in_markdown in plain


def test_an_unknown_slot_is_found_when_the_letter_is_cut() -> None:
    with pytest.raises(SlotProblem, match=r"no slot called 'vorname'; there are greeting, unsubscribe"):
        cut(f"<p>{MARK}.vorname.</p>", MARK)


@pytest.mark.parametrize("name", ["greeting", "unsubscribe"])
def test_a_missing_value_is_refused(name: str) -> None:
    variant = compiled(make_issue())
    values = {key: value for key, value in VALUES.items() if key != name}

    for fill_part in (variant.fill_html, variant.fill_text):
        with pytest.raises(SlotProblem, match=f"no value for the slot '{name}'"):
            fill_part(values)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "example.org/u/1",
        "https://",
        "https://exa mple.org/",
        "https://bücher.example/",
    ],
)
def test_a_url_slot_takes_web_addresses_only(url: str) -> None:
    variant = compiled(make_issue())

    with pytest.raises(SlotProblem, match="needs a web address"):
        variant.fill_html({**VALUES, "unsubscribe": url})


def test_a_url_with_quotes_and_ampersands_is_escaped_in_html_and_plain_in_text() -> None:
    variant = compiled(make_issue())
    url = "https://example.org/u?a=1&b=\"'<x>"

    html = variant.fill_html({**VALUES, "unsubscribe": url})

    assert f'href="{escape(url)}"' in html
    assert url in variant.fill_text({**VALUES, "unsubscribe": url})


def test_a_value_with_line_breaks_becomes_one_line() -> None:
    variant = compiled(make_issue())

    plain = variant.fill_text({**VALUES, "greeting": "Guten Tag,\r\n\r\nBcc: x@example.org\u2028y"})

    assert "\nGuten Tag, Bcc: x@example.org y\n" in plain


def test_the_mark_is_the_same_for_each_compile_and_another_for_each_issue() -> None:
    assert mark_for("rundbrief/2025-10") == MARK
    assert mark_for("rundbrief/2025-11") != MARK
    assert compiled(make_issue()).mark == mark_for(f"{HEAD.key}/2025-10")
