"""What the renderer swallows is refused, each mistake with file, line and column."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mailer.cli import rundbrief
from mailer.compose import edition, environment, schema
from mailer.compose.mistakes import find_mistakes, require_valid
from mailer.compose.mjml import MjmlProblem, render_mjml
from subscribers.errors import Problem, Problems
from tests.everything import everything
from tests.letters import compiled, make_issue
from tests.small_workspace import make_office

NPM = os.environ.get("RUNDBRIEF_TEST_MJML", "")


def letter(body: str, head: str = "") -> str:
    return f'<mjml lang="de" dir="ltr"><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>'


def column(content: str, section: str = "", column: str = "", head: str = "") -> str:
    return letter(
        f"<mj-section {section}><mj-column {column}>{content}</mj-column></mj-section>",
        head,
    )


def messages(source: str) -> list[str]:
    return [each.message for each in find_mistakes(source)]


@pytest.mark.parametrize(
    "good",
    [
        column('<mj-text padding="0 1px 2.5px 3%" line-height="1.5" color="#ABC">a<br>b</mj-text>'),
        column('<mj-text font-size="18px" letter-spacing="-0.4px" color="rgba(1, 2, 3, .5)">a</mj-text>'),
        column('<mj-image src="cid:x" alt="" width="550px" height="auto" fluid-on-mobile="true" />'),
        column('<mj-button href="https://example.org/" mj-class="rot" css-class="a b">Los</mj-button>'),
        column("<mj-table cellpadding='0'><tr><th scope='col'>a</th></tr></mj-table>"),
        column(f"<mj-text>{'<i>' * 195}{'<br>' * 300}{'</i>' * 195}</mj-text>"),
        column("<mj-spacer height='1px' />", column='width="33.3%"', section='full-width="full-width"'),
        letter("<mj-raw><p>frei</p></mj-raw><!-- <mj-nichts> -->"),
        letter("<mj-wrapper><mj-section><mj-group><mj-column /></mj-group></mj-section></mj-wrapper>"),
        letter("", '<mj-title>a</mj-title><mj-preview>b</mj-preview><mj-breakpoint width="480px" />'),
        letter(
            "", '<mj-attributes><mj-all color="red" /><mj-class name="rot" width="5px" /></mj-attributes>'
        ),
        letter("", "<mj-style>.a > b { color: red }</mj-style><mj-raw><meta name='x' /></mj-raw>"),
        column('<mj-text><P title = "3 < 5" >a &amp; b > c<wbr></p><td nowrap></td></mj-text>'),
        column("<mj-text><!-- 3 < 5 <b> x=y --><!--[if mso]><td width=3><![endif]-->a</mj-text>"),
    ],
)
def test_what_is_right_has_no_mistakes(good: str) -> None:
    assert find_mistakes(good) == ()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (column("<mj-foo>a</mj-foo>"), "MJML has no element <mj-foo>."),
        (column("<p>a</p>"), "MJML has no element <p>."),
        (letter("<mj-text>a</mj-text>"), "<mj-text> may not stand in <mj-body>."),
        (letter("<mj-column />"), "<mj-column> may not stand in <mj-body>."),
        (column("<mj-section />"), "<mj-section> may not stand in <mj-column>."),
        (letter("", "<mj-text>a</mj-text>"), "<mj-text> may not stand in <mj-head>."),
        (column("<mj-text><mj-text>a</mj-text>"), "<mj-text> may not stand in <mj-text>."),
        (
            column("<mj-text><mj-button>a</mj-button></mj-text>"),
            "<mj-button> stands in <mj-text>, where only HTML may stand.",
        ),
        (column("<mj-text><p><b>a</p></mj-text>"), "<b> is never closed."),
        (column("<mj-text><b>a</mj-text>"), "<b> is never closed."),
        (column("<mj-text>a</b></mj-text>"), "</b> ends nothing."),
        (column("<mj-raw><table></mj-raw>"), "<table> is never closed."),
        (column("<mj-text>a<BR>b</mj-text>"), "<BR> is never closed."),
        (column("<mj-text>3 < 5</mj-text>"), "A bare < stands before “5”."),
        (column("<mj-text>a <b and c</mj-text>"), "A quotation mark or the > is missing in <b>."),
        (column('<mj-text><p class="a>b</p></mj-text>'), "The tag <p never ends."),
        (
            column('<mj-text><p class="a>b</p><p class="c">d</p></mj-text>'),
            "The tag <p never ends.",
        ),
        (column("<mj-text><!-- a</mj-text>"), "A comment begins and never ends."),
        (
            column("<mj-text padding=10px>a</mj-text>"),
            "The value of `padding` in <mj-text> stands without quotes.",
        ),
        (column("<mj-text><img src=x></mj-text>"), "The value of `src` in <img> stands without quotes."),
        (column('<mj-text><p a="b"c="d">x</p></mj-text>'), '“c="d"” in <p> is no attribute.'),
        (letter("", "<mj-title><b>a</b></mj-title>"), "<b> stands in <mj-title>, where only text may stand."),
        (letter("", "<mj-style>a < b</mj-style>"), "A bare < stands before “b”."),
        (column('<mj-class name="a" />'), "<mj-class> may not stand in <mj-column>."),
        (column("<mj-text>a"), "<mj-text> is never closed."),
        (column("</mj-text>"), "</mj-text> ends nothing."),
        (column("Hallo"), "The text “Hallo” stands between elements; nobody would see it."),
        (column('<mj-text farbe="red">a</mj-text>'), "<mj-text> has no attribute `farbe`."),
        (
            column('<mj-text padding="abc">a</mj-text>'),
            "`padding` of <mj-text> is “abc”, not one to four lengths in px or %, or 0.",
        ),
        (
            column('<mj-text font-size="1em">a</mj-text>'),
            "`font-size` of <mj-text> is “1em”, not a length in px, or 0.",
        ),
        (
            column('<mj-text align="middle">a</mj-text>'),
            "`align` of <mj-text> is “middle”, not one of left, right, center, justify.",
        ),
        (
            column('<mj-text color="#12">a</mj-text>'),
            "`color` of <mj-text> is “#12”, not a colour such as #12436d.",
        ),
        (
            column('<mj-image src="cid:x" alt="" fluid-on-mobile="ja" />'),
            "`fluid-on-mobile` of <mj-image> is “ja”, not true or false.",
        ),
        (
            column('<mj-table cellpadding="2px"></mj-table>'),
            "`cellpadding` of <mj-table> is “2px”, not a whole number.",
        ),
        (column('<mj-text color="red" color="blue">a</mj-text>'), "`color` is given 2 times in <mj-text>."),
        (column('<mj-text><p class="a" class="b">a</p></mj-text>'), "`class` is given 2 times in <p>."),
        (column('<mj-text mj-class="a b">a</mj-text>'), "`mj-class` of <mj-text> names several classes"),
        (column('<mj-button title="a">b</mj-button>'), "`title` of <mj-button> has no effect"),
        (column('<mj-image src="cid:x" />'), "The picture has no `alt`"),
        (letter("</mj-body><mj-body>"), "There are 2 <mj-body>; all but the last would be lost."),
        (letter("", "</mj-head><mj-head>"), "There are 2 <mj-head>; all but the last would be lost."),
        (
            column(f"<mj-text>{'<i>' * 195}{'<br>' * 9}<b>a</b>{'</i>' * 195}</mj-text>"),
            "<b> is nested deeper than 200 elements.",
        ),
        (
            letter("<mj-wrapper>" * 199 + "</mj-wrapper>" * 199),
            "<mj-wrapper> is nested deeper than 200 elements.",
        ),
        ("<mjml><mj-head></mj-head></mjml>", "There is no <mj-body>; the letter would be empty."),
        ("<mj-body></mj-body>", "An MJML document is one <mjml> element and nothing else."),
        (letter('<mj-include path="./a.mjml" />'), "<mj-include> does not work in a letter"),
        (letter("<mj-hero></mj-hero>"), "<mj-hero> does not work in a letter"),
        (
            letter("", '<mj-font name="a" href="https://example.org/" />'),
            "<mj-font> does not work in a letter",
        ),
        (letter("", '<mj-style inline="inline">a{}</mj-style>'), "`inline` of <mj-style> does not work"),
        (
            letter('<mj-section background-url="https://example.org/a.png"></mj-section>'),
            "`background-url` of <mj-section> does not work in a letter",
        ),
        (
            letter("", '<mj-attributes><mj-text fett="ja" /></mj-attributes>'),
            "<mj-text> has no attribute `fett`.",
        ),
        (
            letter("", '<mj-attributes><mj-all farbe="rot" /></mj-attributes>'),
            "<mj-all> has no attribute `farbe`.",
        ),
    ],
)
def test_a_mistake_is_named(wrong: str, message: str) -> None:
    assert any(each.startswith(message) for each in messages(wrong)), messages(wrong)


@pytest.mark.parametrize("name", sorted(schema.AVOIDED))
def test_what_breaks_a_letter_somewhere_is_refused(name: str) -> None:
    assert any(
        each.startswith(f"<{name}> does not work in a letter") for each in messages(column(f"<{name} />"))
    )


@pytest.mark.parametrize(
    ("source", "room"),
    [
        (column('<mj-image src="cid:x" alt="" width="551px" />'), 550),
        (column('<mj-image src="cid:x" alt="" width="184px" padding="0" />', column='width="150px"'), 150),
        (column('<mj-image src="cid:x" alt="" width="301px" padding="0" />', column='width="50%"'), 300),
        (
            column('<mj-image src="cid:x" alt="" width="521px" padding="0" />', section='padding="0 40px"'),
            520,
        ),
        (
            column(
                '<mj-image src="cid:x" alt="" width="521px" padding="0" />',
                section='padding="1px 60px 2px 20px"',
            ),
            520,
        ),
        (
            column(
                '<mj-image src="cid:x" alt="" width="561px" padding="0" border="10px solid red" />',
                column='padding="0 10px"',
            ),
            560,
        ),
        (
            letter(
                "<mj-section><mj-column /><mj-column>"
                '<mj-image src="cid:x" alt="" width="301px" padding="0" /></mj-column></mj-section>'
            ),
            300,
        ),
        (
            column(
                '<mj-image src="cid:x" alt="" mj-class="breit" />',
                head='<mj-attributes><mj-image padding="0 5px" />'
                '<mj-class name="breit" width="591px" /></mj-attributes>',
            ),
            590,
        ),
    ],
)
def test_a_picture_wider_than_its_column_is_a_mistake(source: str, room: int) -> None:
    (found,) = messages(source)
    fits = source.replace(f'width="{room + 1}px"', f'width="{room}px"').replace("184px", f"{room}px")

    assert found.endswith(f"its column has room for {room} px.")
    assert find_mistakes(fits) == ()


def test_places_are_those_of_the_template_not_of_the_filled_text(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "letter.mjml").write_text(
        '{# a note #}\n{% import "blocks/own.mjml" as own %}\n<mjml>\n<mj-body>\n'
        "{% for line in lines %}\n{{ own.row(line) }}\n{% endfor %}\n  <mj-section>"
        "{% if 1 <2 %}<b>x</b>{% endif %}</mj-section>\n</mj-body></mjml>\n",
        "utf-8",
    )
    (tmp_path / "blocks" / "own.mjml").write_text(
        '{% macro row(line) %}\n<mj-section>\n   <mj-column><mj-text size="{{ line }}">\n'
        "<p\n class='a' class='b'>{{ line }}</p></mj-text></mj-column></mj-section>\n{% endmacro %}\n",
        "utf-8",
    )
    values = {"lines": ["eins\n\nzwei"]}

    with pytest.raises(Problems) as caught:
        require_valid(
            environment.render("letter.mjml", tmp_path, values),
            lambda: environment.render("letter.mjml", tmp_path, values, marked=True),
        )

    assert all(isinstance(each, MjmlProblem) for each in caught.value.problems)
    assert [(each.place, each.message) for each in caught.value.problems] == [
        ("templates/blocks/own.mjml:4:1", "`class` is given 2 times in <p>."),
        ("templates/blocks/own.mjml:3:15", "<mj-text> has no attribute `size`."),
        ("templates/letter.mjml:8:28", "MJML has no element <b>."),
    ]


def test_a_text_without_marks_is_told_by_its_own_lines() -> None:
    (found,) = find_mistakes(letter("\n\n  <mj-column />"))

    assert found.place == "letter.mjml (after filling):3:3"


def test_a_wrong_template_of_the_workspace_compiles_no_letter(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "imprint.mjml").write_text(
        '<mj-section>\n  <mj-column>\n    <mj-image src="cid:x" />\n  </mj-column>\n</mj-section>\n', "utf-8"
    )

    with pytest.raises(Problem) as caught:
        compiled(make_issue(), overrides=tmp_path)

    assert str(caught.value).startswith("templates/blocks/imprint.mjml:3:5: The picture has no `alt`")


def test_the_marks_change_nothing_but_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs: list[tuple[str, str]] = []
    monkeypatch.setattr(edition, "require_valid", lambda mjml, marked: pairs.append((mjml, marked())))

    compiled(everything())

    ((plain, marked),) = pairs
    assert marked.count("\ue000templates/letter.mjml:") > 10
    assert "\ue000templates/blocks/cards.mjml:" in marked
    assert re.sub("\ue000[^\ue001]*\ue001", "", marked) == plain


@given(st.text("<>/mj-textbody= \"'\n!&\ue000\ue001", max_size=80))
def test_no_text_whatever_is_a_crash(text: str) -> None:
    assert all(each.message and each.place for each in find_mistakes(text))
    assert all(each.message and each.place for each in find_mistakes(letter(text)))


def test_issue_check_names_the_place_in_the_template(tmp_path: Path) -> None:
    make_office(tmp_path)
    (tmp_path / "templates" / "blocks").mkdir(parents=True)
    (tmp_path / "templates" / "blocks" / "imprint.mjml").write_text("<mj-section>\n  <mj-text />\n", "utf-8")

    result = CliRunner().invoke(
        rundbrief, ["--config", str(tmp_path / "config.toml"), "issue", "check", "2025-10"]
    )

    assert isinstance(result.exception, Problems)
    assert [each.place for each in result.exception.problems] == [
        "templates/blocks/imprint.mjml:1:1",
        "templates/blocks/imprint.mjml:2:3",
    ]


@pytest.mark.parametrize(
    ("block", "place", "message"),
    [
        ("<mj-text>\n  {{ issue.label }}: 3 < 5</mj-text>", ":4:24", "A bare < stands before “5”."),
        ("<mj-text><p>\n <b>a</p></mj-text>", ":4:2", "<b> is never closed."),
        (
            "<mj-text padding=10px>a</mj-text>",
            ":3:1",
            "The value of `padding` in <mj-text> stands without quotes.",
        ),
        ("<mj-text>a\n<img src=x></mj-text>", ":4:1", "The value of `src` in <img> stands without quotes."),
        ("<mj-text>{% if 1 < 2 %}<p>a{% endif %}</mj-text>", ":3:24", "<p> is never closed."),
        (
            '<mj-text><p class="a>b</p><p class="c">d</p></mj-text>',
            ":3:10",
            "The tag <p never ends.",
        ),
    ],
)
def test_issue_check_names_what_the_renderer_refuses(
    tmp_path: Path, block: str, place: str, message: str
) -> None:
    make_office(tmp_path)
    (tmp_path / "templates" / "blocks").mkdir(parents=True)
    source = f"<mj-section>\n<mj-column>\n{block}\n</mj-column>\n</mj-section>\n"
    (tmp_path / "templates" / "blocks" / "header.mjml").write_text(source, "utf-8")

    result = CliRunner().invoke(
        rundbrief, ["--config", str(tmp_path / "config.toml"), "issue", "check", "2025-10"]
    )

    assert isinstance(result.exception, Problems)
    assert [(each.place, each.message) for each in result.exception.problems] == [
        (f"templates/blocks/header.mjml{place}", message)
    ]


BALANCED = st.recursive(
    st.sampled_from(["a", "&amp;", "<br>", '<img src="x" alt="">', "<!-- < -->", "b > c"]),
    lambda inner: st.lists(inner, max_size=3).map("".join).map(lambda each: f'<p class="x">{each}</p>'),
    max_leaves=8,
)


@given(
    BALANCED, st.integers(0, 400), st.sampled_from(["", "<", ">", '"', "</p>", "<p>", "<b ", "=x", "<!--"])
)
def test_what_the_renderer_refuses_has_been_named(good: str, at: int, slip: str) -> None:
    at = min(at, len(good))
    source = column(f"<mj-text>{good[:at]}{slip}{good[at:]}</mj-text>")

    try:
        render_mjml(source)
    except MjmlProblem:
        assert find_mistakes(source)
    if not slip:
        assert find_mistakes(source) == ()


def test_a_slip_of_an_author_is_no_mistake_of_the_template() -> None:
    tricky = "</mj-text><mj-foo a='1' a='2'> \ue000x\ue001 {{ 7 * 7 }}"

    assert "mj-foo" in compiled(make_issue(title=tricky, body=tricky)).text
    assert "\ue000x\ue001" in compiled(make_issue(title=tricky, body=tricky)).html


def test_the_shipped_templates_have_no_mistakes() -> None:
    assert compiled(everything()).html
    assert compiled(make_issue()).html


def test_the_schema_holds_every_component_with_known_types() -> None:
    kinds = {kind for each in schema.components().values() for kind in each.attributes.values()}

    assert len(schema.components()) == 34
    assert all(schema.in_words(kind) for kind in kinds)
    assert all(schema.fits("0", kind) for kind in kinds if kind.startswith("unit"))
    for name, ignored in schema.IGNORED.items():
        assert ignored <= set(schema.components()[name].attributes)


@pytest.mark.skipif(not NPM, reason="RUNDBRIEF_TEST_MJML names no folder with npm mjml 5.4.1 (see .ci/run)")
def test_the_schema_is_the_one_of_npm_mjml() -> None:
    asked = """
    const { components, dependencies } = require('mjml-preset-core').default || require('mjml-preset-core');
    const found = {};
    for (const name of new Set([...Object.keys(dependencies), ...components.map(c => c.componentName)])) {
      const c = components.find(each => each.componentName === name) || {};
      found[name] = {
        ending: Boolean(c.endingTag),
        children: (dependencies[name] || []).filter(each => typeof each === 'string').sort(),
        attributes: c.allowedAttributes || {},
        defaults: c.defaultAttributes || {},
      };
    }
    console.log(JSON.stringify(found));
    """

    said = subprocess.run(["node", "-e", asked], cwd=NPM, capture_output=True, text=True, check=True).stdout

    ours = json.loads((Path(schema.__file__).parent / "mjml-schema.json").read_text("utf-8"))
    assert ours["components"] == json.loads(said)
