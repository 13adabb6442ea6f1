"""The preview in a real browser: it opens, redraws on save, keeps its place and obeys the keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import folderdesk
import pytest

from mailer.web.preview import make_app
from mailer.web.public import Leaving, Letterhead
from mailer.web.public import make_app as make_public_app
from mailer.web.server import LOOPBACK
from tests.chromium import NEEDS_CHROMIUM, open_browser

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2025-10.txt").write_text("Oktober\n" + "Guten Tag\n" * 80)
    (tmp_path / "2025-11.txt").write_text("November\nHallo\n")
    return tmp_path


@pytest.fixture
def address(serve: Callable, folder: Path) -> str:
    site = serve(make_app(folderdesk.FolderDesk(folder), token="geheim"))
    return f"http://{LOOPBACK}:{site.port}/geheim/"


def heading(page, width: int):
    return page.frame_locator(f"figure[data-width='{width}'] iframe:not(.incoming)").locator("h1")


def test_a_day_at_the_desk(browser, address, folder):
    from playwright.sync_api import expect

    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)

    # Both widths show the letter; its script did not run, its picture is there.
    for width in (375, 640):
        expect(heading(page, width)).to_have_text("Oktober")
        frame = page.locator(f"figure[data-width='{width}'] iframe:not(.incoming)")
        assert frame.evaluate("frame => frame.contentWindow.innerWidth") == width
        assert frame.evaluate("frame => frame.contentDocument.images[0].naturalWidth") == 1
    expect(page.locator("#sender")).to_have_text("Kammer Musterland")
    expect(page.locator("#status")).to_have_attribute("data-state", "live")

    # A saved file is redrawn, and the reader stays where he was.
    page.locator("#stage").evaluate("stage => { stage.scrollTop = 700 }")
    (folder / "2025-10.txt").write_text("Oktober, neu\n" + "Guten Abend\n" * 80)
    expect(heading(page, 640)).to_have_text("Oktober, neu")
    expect(heading(page, 375)).to_have_text("Oktober, neu")
    assert page.locator("#stage").evaluate("stage => stage.scrollTop") == 700
    assert page.locator("iframe:not(.incoming)").count() == 2

    # A slip is named with its place; the last good letter stays, dimmed.
    (folder / "2025-10.txt").write_text("Oktober\nfalsch!\n")
    expect(page.locator("#complaints .place")).to_have_text("2025-10.txt:2")
    expect(page.locator("#stale")).to_be_visible()
    expect(heading(page, 640)).to_have_text("Oktober, neu")
    expect(page.locator("body.stale figure").first).to_be_visible()
    (folder / "2025-10.txt").write_text("Oktober, heil\nGuten Tag\n")
    expect(page.locator("#problems")).to_be_hidden()
    expect(heading(page, 640)).to_have_text("Oktober, heil")

    # Keys: views and issues, even after a click into the letter.
    heading(page, 640).click()
    page.keyboard.press("2")
    expect(page.locator("#text")).to_have_text("Oktober, heil\nGuten Tag\n")
    expect(page.locator("#stage")).to_be_hidden()
    page.locator("h1").first.click()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#text")).to_have_text("November\nHallo\n")
    page.keyboard.press("3")
    expect(page.locator("#source")).to_contain_text("Subject: November")
    page.keyboard.press("1")
    expect(heading(page, 375)).to_have_text("November")
    assert page.locator("figure[data-width='375'] iframe:not(.incoming)").bounding_box()["height"] > 100
    assert page.url.endswith("#2025-11")
    assert complaints == []


def test_on_a_narrow_window_the_list_becomes_a_choice(browser, address):
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(address)

    expect(heading(page, 375)).to_have_text("Oktober")
    page.locator("#choice").select_option("2025-11")
    expect(heading(page, 375)).to_have_text("November")
    page.locator("[data-width='640'][aria-pressed]").click()
    expect(heading(page, 640)).to_be_visible()
    assert page.evaluate_handle("document.documentElement").evaluate("e => e.scrollWidth") == 375


def test_the_leave_button_works_in_a_browser(browser, serve):
    from playwright.sync_api import expect

    left: list[str] = []
    app = make_public_app(
        find=lambda token: Leaving("brief", "active"),
        leave=left.append,
        letter=lambda newsletter, issue, variant: None,
        names={"brief": Letterhead("Kammerbrief", "Kammer Musterland", ())},
    )
    page = browser.new_page(viewport={"width": 375, "height": 700})
    page.goto(f"http://{LOOPBACK}:{serve(app).port}/u/ada")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Sie sind abgemeldet")
    assert left == ["ada"]
