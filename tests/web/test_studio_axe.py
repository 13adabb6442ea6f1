"""axe-core on the studio's page: no violation in any state, on a desk and on a phone, light and dark."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from studiopage import LINK, StudioPage, looking, plan
from studiosite import StudioSite, open_studio

from tests.chromium import NEEDS_CHROMIUM
from tests.small_workspace import add_people

SIZES = {"desk": (1440, 900), "phone": (375, 800)}
LOOKS = [(size, scheme) for size in SIZES for scheme in ("light", "dark")]
DRAWERS = ("open-list", "open-side", "open-looks", "open-variants")
pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


@pytest.fixture
def studio(serve: Callable, tmp_path: Path, now: datetime) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "workspace", database=True) as studio:
        studio.write(", mit {{ geschweiften }} Klammern", "")
        add_people(studio.office, ["ada@example.org", "ben@example.org"], now)
        studio.add_cards()
        yield studio


@pytest.fixture(params=LOOKS, ids="-".join)
def page(request: pytest.FixtureRequest, browser: Any, studio: StudioSite) -> Iterator[StudioPage]:
    size, scheme = request.param
    width, height = SIZES[size]
    with looking(browser, studio.site, width=width, height=height, scheme=scheme) as page:
        yield page


def faults(page: StudioPage, axe: str, state: str) -> list[tuple[str, str, str]]:
    """What axe finds on the page in this state; the letter in its frames has a test of its own."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    result = page.evaluate("runBriefly({iframes: false})")
    assert {"color-contrast", "button-name", "landmark-one-main"} <= {each["id"] for each in result["passes"]}
    return [(state, each["id"], node["html"]) for each in result["violations"] for node in each["nodes"]]


def still(page: StudioPage) -> None:
    """Colours are measured where nothing fades in or out any more."""
    page.wait_for_function("document.getAnimations().every(each => each.playState === 'finished')")


def drawn(page: StudioPage, words: str = "Stand|gespeichert") -> None:
    from playwright.sync_api import expect

    expect(page.locator("#status")).to_have_text(re.compile(words))


def test_the_letter_and_every_view_of_it(page: StudioPage, axe: str) -> None:
    from playwright.sync_api import expect

    drawn(page)
    found = faults(page, axe, "letter")
    for key, view in {"2": "text", "3": "source", "4": "headers", "5": "inbox", "6": "compare"}.items():
        page.keyboard.press(key)
        expect(page.locator(f"#plain.{view}")).not_to_be_empty()
        still(page)
        found += faults(page, axe, key)

    assert found == []


def test_findings_and_a_marked_place(page: StudioPage, axe: str, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    drawn(page)
    studio.write("Und dies", f"Mehr steht {LINK}. [Zahl noch prüfen] Und dies")
    point = page.locator("[data-rule='letter.link_text'] .point")
    expect(point).to_have_count(1)
    found = faults(page, axe, "findings")
    point.evaluate("it => it.click()")
    expect(page.locator(".mark").first).to_be_visible()
    found += faults(page, axe, "marked")
    page.locator("#approve").focus()
    expect(page.locator("#why")).to_be_visible()
    found += faults(page, axe, "why")

    assert found == []


def test_the_dialogs(page: StudioPage, axe: str, studio: StudioSite, now: datetime) -> None:
    from playwright.sync_api import expect

    plan(studio, now)
    page.reload()
    drawn(page)
    found = []
    for key, dialog in {"/": "people", "?": "help"}.items():
        page.keyboard.press(key)
        expect(page.locator(f"#{dialog}")).to_be_visible()
        still(page)
        found += faults(page, axe, dialog)
        page.keyboard.press("Escape")
        expect(page.locator(f"#{dialog}")).to_be_hidden()
    page.locator("#approve").click()
    found += faults(page, axe, "approval")
    page.locator("#approval-go").click()
    expect(page.locator("#approval-refused")).not_to_be_empty()
    found += faults(page, axe, "refused")
    page.locator("#approval-number").fill("2")
    page.locator("#approval-go").click()
    expect(page.locator("#approval-granted")).not_to_be_empty()
    found += faults(page, axe, "granted")

    assert found == []


def test_the_drawers(page: StudioPage, axe: str) -> None:
    drawn(page)
    found = []
    for opener in DRAWERS:
        assert page.locator(f"#{opener}").is_visible() == (page.viewport_size["width"] == SIZES["phone"][0])
        if page.locator(f"#{opener}").is_visible():
            page.locator(f"#{opener}").click()
            found += faults(page, axe, opener)
            page.keyboard.press("Escape")

    assert found == []


def test_what_cannot_be_read_and_what_is_not_there(page: StudioPage, axe: str, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    drawn(page)
    studio.write("title =", "titel =")
    drawn(page, "nicht lesbar")
    found = faults(page, axe, "unreadable")
    for path in (studio.editorial, studio.editorial.with_name("highlights.toml")):
        path.unlink()
    studio.editorial.parent.rmdir()
    expect(page.locator("#empty")).to_be_visible()
    found += faults(page, axe, "empty")

    assert found == []


@pytest.mark.parametrize("page", LOOKS[:1], ids="-".join, indirect=True)
def test_axe_would_see_a_fault(page: StudioPage, axe: str) -> None:
    drawn(page)
    page.locator("#sender").evaluate("it => { it.style.color = '#ddd'; it.style.backgroundColor = '#fff' }")

    assert "color-contrast" in [rule for _state, rule, _html in faults(page, axe, "pale")]
