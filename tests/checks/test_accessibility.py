"""The list of the Email Markup Consortium: each rule with a letter that passes and one that fails."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer import shipped
from mailer.checks.accessibility import check_accessibility
from mailer.checks.finding import Finding
from mailer.cli import rundbrief
from mailer.compose.edition import Variant
from tests.everything import everything
from tests.letters import HEAD, compiled, make_issue
from tests.small_workspace import make_office

THEMES = sorted(file.stem for file in (shipped.templates() / "themes").glob("*.toml"))
OPENING = '<html lang="de" dir="ltr"><head><title>Brief</title></head><body>'


def findings(html: str) -> list[Finding]:
    return list(check_accessibility(Variant("standard", "", "", "slot0123456789ab", html, ""), "2025-10"))


def inside(content: str, style: str = "") -> list[tuple[str, str]]:
    """Rule and severity of what is found in a letter that has this in its body."""
    head = OPENING.replace("</head>", f"<style>{style}</style></head>")
    html = f'{head}<div lang="de" dir="ltr">{content}</div></body></html>'
    return [(each.rule, each.severity) for each in findings(html)]


def test_a_letter_that_keeps_every_rule_has_no_finding() -> None:
    assert inside('<h1>Titel</h1><p>Text mit <a href="https://example.org/">Wegweiser</a></p>') == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("greeting", ["personal", "collective", "none"])
def test_what_the_templates_make_has_no_findings(theme: str, language: str, greeting: str) -> None:
    head = replace(HEAD, theme=theme, language=language, greeting=greeting)

    for issue in (everything(), make_issue()):
        assert list(check_accessibility(compiled(issue, head), "2025-10")) == []


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        (OPENING.replace(' lang="de"', "") + '<p lang="de" dir="ltr">a</p>', "access.language"),
        (OPENING.replace('"de"', '"und"') + '<p lang="de" dir="ltr">a</p>', "access.language"),
        (OPENING.replace('"de"', '"deutsch, bitte"') + '<p lang="de" dir="ltr">a</p>', "access.language"),
        (OPENING + '<p dir="ltr">a</p>', "access.language"),
        (OPENING + '<p lang="" dir="ltr">a</p>', "access.language"),
        (OPENING.replace(' dir="ltr"', "") + '<p lang="de" dir="ltr">a</p>', "access.direction"),
        (OPENING + '<p lang="de">a</p>', "access.direction"),
        (OPENING + '<p lang="de" dir="auto">a</p>', "access.direction"),
        (OPENING + '<p lang="de" dir="ltr">a</p><p dir="ltr">b</p>', "access.language"),
        (OPENING.replace("Brief", " ") + '<p lang="de" dir="ltr">a</p>', "access.title"),
        (OPENING.replace("<title>Brief</title>", "") + '<p lang="de" dir="ltr">a</p>', "access.title"),
    ],
)
def test_language_direction_and_title(html: str, rule: str) -> None:
    assert [(each.rule, each.severity) for each in findings(html)] == [(rule, "error")]


def test_what_nobody_sees_needs_no_language() -> None:
    hidden = '<div style="display:none">Vorschau</div>'

    assert findings(f'{OPENING}{hidden}<p lang="de-AT" dir="rtl">a</p></body></html>') == []


def test_a_fragment_says_nothing_of_itself() -> None:
    assert [each.rule for each in findings("<p>a</p>")] == [
        "access.language",
        "access.direction",
        "access.title",
    ]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ('<table role="presentation"><tr><td>a</td></tr></table>', []),
        ('<table role="none"><tr><td>a</td></tr></table>', []),
        ('<table><tr><th scope="col">a</th><th scope="col">b</th></tr></table>', []),
        ('<table><tr><th scope="row">a</th><td>b</td></tr></table>', []),
        ("<table><tr><td>a</td></tr></table>", ["access.table"]),
        ('<table><tr><th scope="col">a</th><th>b</th></tr></table>', ["access.table"]),
        (
            '<table><tr><td><table><tr><th scope="col">a</th></tr></table></td></tr></table>',
            ["access.table"],
        ),
        ('<table role="table"><tr><td>a</td></tr></table>', ["access.table"]),
    ],
)
def test_tables_are_layout_or_say_what_their_heads_head(table: str, found: list[str]) -> None:
    assert inside(table) == [(rule, "error") for rule in found]


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        ("1223344", []),
        ("12321", []),
        ("1", []),
        ("13", ["access.heading_order"]),
        ("1242", ["access.heading_order"]),
        ("21", ["access.heading_order"]),
        ("3", ["access.heading_order"]),
    ],
)
def test_headings_leave_out_no_level(levels: str, found: list[str]) -> None:
    html = "".join(f"<h{level}>Titel</h{level}>" for level in levels)

    assert inside(html) == [(rule, "warning") for rule in found]


@pytest.mark.parametrize(
    ("image", "found"),
    [
        ('<img src="cid:x" alt="Zwei am Tisch">', []),
        ('<img src="cid:x" alt="">', []),
        ('<img src="cid:x" alt />', []),
        ('<img src="cid:x">', ["access.alt"]),
        ('<a href="https://example.org/"><img src="cid:x" title="Bild"></a>', ["access.alt"]),
    ],
)
def test_a_picture_has_an_alternative_text(image: str, found: list[str]) -> None:
    assert inside(image) == [(rule, "error") for rule in found]


LINK = '<a href="https://example.org/" style="{}">Wegweiser</a>'


@pytest.mark.parametrize(
    ("content", "style", "found"),
    [
        ("<p>Text " + LINK.format("") + "</p>", "", []),
        ("<p>Text " + LINK.format("text-decoration:underline") + "</p>", "a{text-decoration:none}", []),
        ("<p><u>Text " + LINK.format("text-decoration:none") + "</u></p>", "", []),
        ('<p><a href="x:" style="text-decoration:none"><u>Wegweiser</u></a></p>', "", []),
        (LINK.format("text-decoration:none;background:#12436d;color:#fff"), "", []),
        (
            '<table role="presentation"><tr><td bgcolor="#12436d">'
            + LINK.format("text-decoration:none;color:#fff")
            + "</td></tr></table>",
            "",
            [],
        ),
        ('<a href="x:" style="text-decoration:none"><img src="cid:x" alt="Wegweiser"></a>', "", []),
        ("<p>Text " + LINK.format("text-decoration:none") + "</p>", "", ["access.underline"]),
        ("<p>" + LINK.format("") + "</p>", "p a{text-decoration:none}", ["access.underline"]),
        ("<p>" + LINK.format("") + "</p>", "a{text-decoration:none!important}", ["access.underline"]),
        (
            '<div style="background:#eee">Text ' + LINK.format("text-decoration:none") + "</div>",
            "",
            ["access.underline"],
        ),
    ],
)
def test_a_link_is_known_without_its_colour(content: str, style: str, found: list[str]) -> None:
    assert inside(content, style) == [(rule, "error") for rule in found]


@pytest.mark.parametrize(
    ("drawing", "found"),
    [
        ('<v:rect alt="Ein Muster"><v:fill src="x" /><v:textbox>a</v:textbox></v:rect>', []),
        ('<v:rect><v:fill src="x" /></v:rect>', [("access.vml", "error")]),
        ('<v:image src="x" />', [("access.vml", "error")]),
        ('<v:rect alt="a" href="https://example.org/"></v:rect>', [("access.vml", "error")]),
        ('<v:rect alt="a"><a href="https://example.org/">b</a></v:rect>', [("access.vml", "error")]),
        ('<v:rect alt="a"><h2>b</h2></v:rect>', [("access.vml", "warning")]),
        (
            '<v:rect alt="a"><v:textbox><![endif]--><p>'
            + LINK.format("")
            + "</p><!--[if mso]></v:textbox></v:rect>",
            [("access.vml", "error")],
        ),
        (
            '<v:rect alt="a"><v:textbox><![endif]--><!--[if !mso]><!--><p>'
            + LINK.format("")
            + "</p><!--<![endif]--><!--[if mso]></v:textbox></v:rect>",
            [],
        ),
    ],
)
def test_drawings_for_outlook(drawing: str, found: list[tuple[str, str]]) -> None:
    assert inside(f"<!--[if mso | IE]>{drawing}<![endif]-->") == found


def test_a_drawing_inside_a_described_one_needs_no_words_of_its_own() -> None:
    assert inside('<!--[if mso]><v:group alt="a"><v:rect></v:rect></v:group><![endif]-->') == []


def test_a_template_of_the_workspace_is_looked_at(tmp_path: Path) -> None:
    make_office(tmp_path)
    blocks = tmp_path / "templates" / "blocks"
    blocks.mkdir(parents=True)
    imprint = (shipped.templates() / "blocks" / "imprint.mjml").read_text("utf-8")
    blocks.joinpath("imprint.mjml").write_text(
        imprint.replace(
            "<p>{{ responsible }}",
            '<h4>Impressum</h4><table><tr><td>a</td></tr></table><img src="cid:x" />'
            '<p style="color:#999999">{{ responsible }}',
        ),
        "utf-8",
    )

    result = CliRunner().invoke(
        rundbrief, ["--config", str(tmp_path / "config.toml"), "issue", "check", "2025-10", "--json"]
    )

    found = json.loads(result.stdout)["findings"]
    assert result.exit_code != 0
    assert {(each["rule"], each["severity"]) for each in found if each["rule"].startswith("access.")} == {
        ("access.heading_order", "warning"),
        ("access.table", "error"),
        ("access.alt", "error"),
        ("access.contrast", "error"),
    }
    assert all("issues/2025-10, variant" in each["place"] for each in found if each["severity"] == "error")
