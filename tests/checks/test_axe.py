"""axe-core in a real browser: no violation in any theme, scheme, language and greeting."""

import base64
import re
from dataclasses import replace
from typing import Any

import pytest

from mailer import shipped
from mailer.checks.colours import parse_colour
from mailer.checks.document import read_document
from mailer.checks.looks import looks
from tests.chromium import NEEDS_CHROMIUM
from tests.everything import everything
from tests.letters import DOT, HEAD, VALUES, compiled, make_issue

THEMES = sorted(file.stem for file in (shipped.templates() / "themes").glob("*.toml"))
# A mail program shows the letter inside a page of its own, which has the landmarks.
FOR_WEB_PAGES = ["landmark-one-main", "region"]
# Own text, colour, ground and size of each element that is seen, as the browser draws it.
DRAWN = """scheme => [...document.body.querySelectorAll('*')].filter(each => each.checkVisibility(
    {visibilityProperty: true}) && parseFloat(getComputedStyle(each).fontSize)
    && [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())
  ).map(each => {
    const style = getComputedStyle(each);
    let ground = each;
    const clear = node => getComputedStyle(node).backgroundColor === 'rgba(0, 0, 0, 0)';
    while (ground && clear(ground)) ground = ground.parentElement;
    const canvas = scheme === 'dark' ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)';
    const below = ground ? getComputedStyle(ground).backgroundColor : canvas;
    return [each.tagName.toLowerCase(), style.color, below, parseFloat(style.fontSize), +style.fontWeight];
  })"""
pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


def letter(theme: str, language: str, greeting: str) -> str:
    head = replace(HEAD, theme=theme, language=language, greeting=greeting)
    html = compiled(everything(), head).fill_html(VALUES)
    return re.sub(r'cid:[^"]+', f"data:image/gif;base64,{base64.b64encode(DOT).decode()}", html)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("language", "greeting"), [("de", "personal"), ("de", "collective"), ("de", "none"), ("en", "personal")]
)
def test_axe_finds_nothing(
    context: Any, axe: str, theme: str, language: str, scheme: str, greeting: str
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 640, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.set_content(letter(theme, language, greeting))
    page.evaluate(axe)

    result = page.evaluate(
        "rules => runBriefly({rules})", {rule: {"enabled": False} for rule in FOR_WEB_PAGES}
    )

    page.close()
    assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in result["violations"]] == []
    # axe gives up on a ground that it cannot make out; then there would be nothing to find.
    assert [each["nodes"][0]["html"] for each in result["incomplete"] if each["id"] == "color-contrast"] == []
    checked = {each["id"] for each in result["passes"]}
    assert {"color-contrast", "image-alt", "link-name", "html-has-lang", "document-title"} <= checked


def test_axe_sees_what_is_wrong(context: Any, axe: str) -> None:
    page = context.new_page()
    page.set_content('<html><body><p style="color:#aaa">blass</p><img src="x"></body></html>')
    page.evaluate(axe)

    result = page.evaluate("runBriefly()")

    page.close()
    assert {"color-contrast", "image-alt", "html-has-lang"} <= {each["id"] for each in result["violations"]}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_own_reckoning_of_colours_is_the_browsers(context: Any, theme: str, scheme: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 640, "height": 900})
    page.emulate_media(color_scheme=scheme)
    html = letter(theme, "de", "collective")
    page.set_content(html)

    drawn = page.evaluate(DRAWN, scheme)

    page.close()
    ours = [
        (node.tag, str(look.colour), str(look.ground), look.size, look.weight)
        for node, look in looks(read_document(html), scheme)
        if look.size and "".join(each for each in node.children if isinstance(each, str)).strip()
    ]
    theirs = [(tag, str(parse_colour(one)), str(parse_colour(two)), *font) for tag, one, two, *font in drawn]
    assert len(ours) > 60
    assert ours == theirs


def test_a_letter_of_words_alone_passes_as_well(context: Any, axe: str) -> None:
    page = context.new_page()
    page.set_content(compiled(make_issue(salutation=(), closing="", lead="", kicker="")).fill_html(VALUES))
    page.evaluate(axe)

    result = page.evaluate(
        "rules => runBriefly({rules})", {rule: {"enabled": False} for rule in FOR_WEB_PAGES}
    )

    page.close()
    assert [each["id"] for each in result["violations"]] == []
