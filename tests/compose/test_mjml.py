import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compose.mjml import MjmlProblem, prepare, render_mjml

AWKWARD = {
    "no-break blank": "6\u00a0%",
    "soft hyphen": "Fach\u00adkräfte",
    "narrow blank": "z.\u202fB.",
    "joined emoji": "👩‍👩‍👧",
    "variation selector": "❤\ufe0f",
    "combining mark": "e\u0301",
    "backslash": "C:\\neu\\u{a0}",
    "double quote": 'er sagte "ja"',
    "single quote": "Rock 'n' Roll",
    "angle brackets": "a < b > c",
    "ampersand": "A & B &amp; C",
}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def attribute(html: str, tag: str, name: str) -> str | None:
    reader = Reader()
    reader.feed(html)
    return next(attributes[name] for found, attributes in reader.found if found == tag and name in attributes)


def document(body: str, head: str = "") -> str:
    return (
        f'<mjml lang="de" dir="ltr"><mj-head>{head}</mj-head><mj-body><mj-section><mj-column>'
        f"{body}</mj-column></mj-section></mj-body></mjml>"
    )


def escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


@pytest.mark.parametrize("value", AWKWARD.values(), ids=AWKWARD)
def test_an_attribute_reaches_the_reader_as_it_was_written(value: str) -> None:
    image = f'<mj-image src="cid:x" alt="{escaped(value)}" />'
    link = f'<mj-text><a href="https://example.org/" title="{escaped(value)}">x</a></mj-text>'

    html = render_mjml(document(image + link))

    assert attribute(html, "img", "alt") == value
    assert attribute(html, "a", "title") == value
    assert "\\u{" not in html.replace(escaped(AWKWARD["backslash"]).replace("\\", "&#92;"), "")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=60))
def test_any_text_survives_in_an_attribute(value: str) -> None:
    html = render_mjml(document(f'<mj-image src="cid:x" alt="{escaped(value)}" />'))

    assert attribute(html, "img", "alt") == value


@pytest.mark.parametrize("gap", ["\n", "\t", "\r\n", "\n        "])
def test_a_line_break_in_an_attribute_becomes_a_blank(gap: str) -> None:
    html = render_mjml(
        document(f'<mj-text><p style="color:red;{gap}margin:0" title="a{gap}b">x</p></mj-text>')
    )

    assert attribute(html, "p", "title") == "a b"
    assert attribute(html, "p", "style") == "color:red; margin:0"


def test_a_value_in_single_quotes_cannot_break_out() -> None:
    html = render_mjml(
        document("""<mj-text><a href='https://example.org/' title='a" onclick="x'>x</a></mj-text>""")
    )

    assert attribute(html, "a", "title") == 'a" onclick="x'


def test_crlf_is_read_like_lf() -> None:
    source = document(
        "\n<mj-text>\nHallo\n</mj-text>\n",
        "\n<mj-title>x</mj-title>\n<mj-attributes>\n<mj-all />\n</mj-attributes>\n",
    )

    assert render_mjml(source.replace("\n", "\r\n")) == render_mjml(source)
    assert prepare("\ufeff" + source) == prepare(source)


@pytest.mark.parametrize(
    "residue", [" ", "   \n", "\t\n  ", "\n   \n\n", " <!-- Notiz --> ", "<!-- Notiz -->  \n"]
)
def test_blanks_left_by_a_condition_in_the_head_do_no_harm(residue: str) -> None:
    head = f"{residue}<mj-title>Titel</mj-title>{residue}<mj-preview>Vorschau</mj-preview>{residue}"

    html = render_mjml(document("<mj-text>Hallo</mj-text>", head))

    assert "<title>Titel</title>" in html
    assert "Vorschau" in html
    assert "Notiz" not in html


def test_blanks_between_words_and_links_stay() -> None:
    html = render_mjml(
        document('<mj-text>eins <b>zwei</b> <a href="https://example.org/">drei</a> vier</mj-text>')
    )

    assert 'eins <b>zwei</b> <a href="https://example.org/">drei</a> vier' in html


def test_notes_of_editors_are_dropped_and_what_outlook_reads_is_kept() -> None:
    html = render_mjml(
        document(
            "<mj-text>a<!-- Notiz -->b</mj-text><mj-raw><!--[if mso]><i>Outlook</i><![endif]--></mj-raw>"
        )
    )

    assert "Notiz" not in html
    assert "<!--[if mso]><i>Outlook</i><![endif]-->" in html


def test_nothing_is_loaded_from_a_font_server() -> None:
    html = render_mjml(document('<mj-text font-family="Ubuntu, Roboto, Inter">Hallo</mj-text>'))

    assert "googleapis" not in html
    assert "mailjet.com" not in html
    assert "@import" not in html


@pytest.mark.parametrize("padding", ["0 40px", "0 40px 18px", "10px 40px 18px 40px"])
def test_outlook_gets_the_width_that_the_padding_leaves(padding: str) -> None:
    html = render_mjml(
        f'<mjml><mj-body width="640px"><mj-section padding="{padding}"><mj-column><mj-text>x</mj-text>'
        "</mj-column></mj-section></mj-body></mjml>"
    )

    assert re.findall(r'<td [^>]*style="vertical-align:top;width:(\d+)px;">', html) == ["560"]


def test_deep_nesting_is_refused_before_it_ends_the_process() -> None:
    deep = "<div>" * 30_000 + "</div>" * 30_000

    with pytest.raises(MjmlProblem, match="nested 30005 deep; 200 is the limit"):
        render_mjml(document(f"<mj-text>{deep}</mj-text>"))


def test_nesting_up_to_the_limit_is_rendered() -> None:
    html = render_mjml(document(f"<mj-text>{'<i>' * 190}Tiefe{'</i>' * 190}<br>{'<img>' * 300}</mj-text>"))

    assert "Tiefe" in html


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("<mjml>\n<mj-head>\n  <mj-nichts />\n</mj-head>\n</mjml>", 3, 3),
        ('<mjml lang="ü">\n<mj-head>\n<mj-title>ÄÖÜ</mj-title>\n  <mj-nichts />\n</mj-head></mjml>', 4, 3),
        ('<mjml><mj-head><mj-title>äöü „€“</mj-title><mj-nichts a="ö" /></mj-head></mjml>', 1, 44),
        ('<mjml\n  lang="é\n  ü">\r\n<mj-head> \n  <mj-nichts /></mj-head></mjml>', 5, 3),
    ],
)
def test_an_error_names_the_line_and_column_of_the_text_as_it_was_written(
    source: str, line: int, column: int
) -> None:
    written = source.replace("\r\n", "\n").split("\n")[line - 1]
    assert written[column - 1 :].startswith("<mj-")

    with pytest.raises(MjmlProblem) as caught:
        render_mjml(source, name="templates/letter.mjml")

    assert caught.value.place == f"templates/letter.mjml (after filling), line {line}, column {column}"
    assert "position" not in caught.value.message


@pytest.mark.parametrize(
    "source",
    [
        "",
        "Hallo",
        "<mjml><mj-body>",
        document("<mj-text>5 < 6</mj-text>"),
        document("<mj-text>\udc80</mj-text>"),
    ],
)
def test_what_is_no_mjml_is_a_problem_and_no_crash(source: str) -> None:
    with pytest.raises(MjmlProblem, match=r"The MJML is not valid"):
        render_mjml(source)
