"""Contrast: colours as CSS writes them, the rules that win, and what is found in both schemes."""

import pytest

from mailer.checks.colours import Colour, contrast, parse_colour
from mailer.checks.contrast import check_contrast
from mailer.checks.document import read_document
from mailer.checks.looks import Look, looks
from mailer.checks.reading import Reading

DARK = "@media (prefers-color-scheme: dark) {{ {} }}"
SHEET = ":root { color-scheme: light dark }"


def found(content: str, style: str = "", rule: str = "access.contrast") -> list[str]:
    html = f"<html><head><style>{style}</style></head><body>{content}</body></html>"
    seen = check_contrast(Reading(html), "hier")
    return [each.message for each in seen if each.rule == rule and each.case != "plain"]


def look(content: str, style: str = "", scheme: str = "light") -> Look:
    """How the element with the id `x` looks."""
    document = read_document(f"<html><head><style>{style}</style></head><body>{content}</body></html>")
    return next(seen for node, seen in looks(document, scheme) if node.attributes.get("id") == "x")


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("#fff", "#ffffff"),
        ("#1B2733", "#1b2733"),
        ("#12436dff", "#12436d"),
        ("rgb(18, 67, 109)", "#12436d"),
        ("rgb(18 67 109 / 100%)", "#12436d"),
        ("rgba(100%,0%,0%,1)", "#ff0000"),
        ("hsl(120, 100%, 25%)", "#008000"),
        ("RebeccaPurple", "#663399"),
    ],
)
def test_a_colour_is_read_as_css_writes_it(written: str, colour: str) -> None:
    assert str(parse_colour(written)) == colour


@pytest.mark.parametrize(
    "written", ["", "#12", "#ggg", "rgb(1,2)", "rgb(a,b,c)", "var(--ink)", "grün", "rgb(1,2,3,4,5)"]
)
def test_what_is_no_colour_is_none(written: str) -> None:
    assert parse_colour(written) is None


def test_the_contrast_is_reckoned_as_in_wcag() -> None:
    black, white = Colour(0, 0, 0), Colour(255, 255, 255)

    assert contrast(black, white) == pytest.approx(21)
    assert contrast(Colour(0x77, 0x77, 0x77), white) == pytest.approx(4.48, abs=0.01)
    assert contrast(white, white) == 1
    assert str(Colour(0, 0, 0, 0.5).over(white)) == "#808080"


@pytest.mark.parametrize(
    ("style", "passes"),
    [
        ("color:#767676", True),
        ("color:#777777", False),
        ("color:#777777;font-size:24px", True),
        ("color:#777777;font-size:18px;font-weight:bold", False),
        ("color:#777777;font:700 19px/24px Arial", True),
        ("color:#777777;font:400 19px/24px Arial", False),
        ("color:#959595;font-size:24px", False),
        ("color:#777777;font-size:18pt", True),
        ("color:#fff;background:#12436d", True),
        ("color:#fff;background-color:#eee", False),
        ("color:#fff;background:url(x.png) #12436d no-repeat", True),
        ("color:rgba(0,0,0,.4)", False),
        ("color:#fff;display:none", True),
        ("color:#fff;visibility:hidden", True),
        ("color:#fff;font-size:0", True),
    ],
)
def test_text_in_the_light_scheme(style: str, passes: bool) -> None:
    # A letter that knows no dark scheme looks the same in both; each pair is told once a scheme.
    assert len(found(f'<p style="{style}">Hallo</p>')) == (0 if passes else 2)


def test_a_finding_names_words_scheme_colours_and_what_is_needed() -> None:
    dark = DARK.format("p { color: #52606d !important; background: #1b2229 !important }")

    (message,) = found(
        '<p style="color:#000">Guten Tag</p><p style="color:#000">noch einer</p>', SHEET + dark
    )

    assert message == (
        "“Guten Tag” is hard to read in the dark scheme: #52606d on #1b2229"
        " has a contrast of 2.5:1, 4.5:1 is needed."
    )


@pytest.mark.parametrize(
    ("dark", "messages"),
    [
        ("p { color: #eee !important }", 0),
        ("p { color: #eee }", 1),
        (".a > p { color: #eee !important }", 0),
        (".b > p { color: #eee !important }", 1),
        (".b p:first-child { color: #eee !important }", 0),
        (".b p:last-child { color: #eee !important }", 1),
        ("P.c, td { color: #eee !important }", 0),
        ("[data-ogsc] p { color: #eee !important }", 1),
        ("p:hover { color: #eee !important }", 1),
        ("#nein, p { color: #eee !important }", 0),
    ],
)
def test_rules_of_the_dark_scheme_reach_whom_they_name(dark: str, messages: int) -> None:
    letter = (
        '<div class="b" style="background:#16181c"><div class="a"><p class="c" style="color:#111">Hallo</p>'
        '<p style="color:#eee">du</p></div></div>'
    )
    light = "div { background: #fff !important }"

    assert len(found(letter, DARK.format(dark + " .b { background: #16181c !important }"))) == messages + 1
    assert found(letter.replace("#eee", "#111"), light) == []


def test_among_rules_the_heavier_and_then_the_later_wins() -> None:
    style = "p.a { color: red } p { color: blue } .a { color: green } td { color: #111 }"

    assert str(look('<p id="x" class="a">a</p>', style).colour) == "#ff0000"
    assert str(look('<p id="x" class="b">a</p>', style + " p { color: lime }").colour) == "#00ff00"
    assert str(look('<p id="x" class="a" style="color:#222">a</p>', style).colour) == "#222222"
    assert str(look('<p id="x" style="color:#222">a</p>', "p{color:#333!important}").colour) == "#333333"


def test_a_shorthand_takes_back_its_parts_and_a_part_goes_before_its_shorthand() -> None:
    style = "p { background-color: red; font-size: 30px }"

    assert str(look('<p id="x" style="background:#222">a</p>', style).ground) == "#222222"
    assert look('<p id="x" style="font:12px Arial">a</p>', style).size == 12
    assert look('<p id="x" style="font:12px Arial;font-size:2em">a</p>', style).size == 32
    assert str(look('<p id="x" style="background:#222;background-color:#333">a</p>').ground) == "#333333"


def test_size_weight_and_colour_come_from_above() -> None:
    inner = look('<div style="font:700 20px Arial;color:#123456"><h2><span id="x">a</span></h2></div>')

    assert (inner.size, inner.weight, str(inner.colour)) == (30, 700, "#123456")
    assert str(look('<table bgcolor="#123456"><tr><td id="x">a</td></tr></table>').ground) == "#123456"
    assert (
        str(look('<p style="color:red"><a id="x" href="y:" style="color:inherit">a</a></p>').colour)
        == "#ff0000"
    )


def test_a_letter_that_knows_the_dark_begins_dark() -> None:
    assert str(look('<p id="x">a</p>', SHEET, "dark").ground) == "#121212"
    assert str(look('<p id="x">a</p>', "", "dark").ground) == "#ffffff"
    assert str(look('<a id="x" href="y:">a</a>').colour) == "#0000ee"


def test_a_colour_that_cannot_be_read_is_told_and_not_guessed() -> None:
    assert found('<p style="color:var(--ink)">a</p>', rule="access.colour") == [
        f"The colour “var(--ink)” cannot be read in the {scheme} scheme;"
        " many mail programs cannot read it either."
        for scheme in ("light", "dark")
    ]
    assert found('<p style="background:none;color:currentColor">a</p>', rule="access.colour") == []
