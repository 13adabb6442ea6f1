"""The studio in a real browser: it opens, redraws on save, keeps its place, shows whom one asks for."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from studiopage import LINK, looking
from studiosite import KEY, StudioSite, open_studio

from mailer.web.public import Leaving, Letterhead
from mailer.web.public import make_app as make_public_app
from mailer.web.server import LOOPBACK
from tests.chromium import NEEDS_CHROMIUM
from tests.small_workspace import add_people

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


@pytest.fixture
def studio(serve: Callable, tmp_path: Path, now: datetime) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "workspace", database=True) as studio:
        add_people(studio.office, ["ada@example.org", "ben@example.org", "cem@example.org"], now)
        yield studio


def test_it_opens_with_everything_on_one_screen(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    studio.add_cards()

    with looking(browser, studio.site) as page:
        for width in (375, 640):
            expect(page.heading(width)).to_have_text("Ein kurzer Brief")
            frame = page.locator(f"figure[data-width='{width}'] iframe")
            assert frame.evaluate("frame => frame.contentWindow.innerWidth") == width
            assert "allow-scripts" not in frame.get_attribute("sandbox")
        expect(page.locator("#sender")).to_have_text("Kammer Musterland")
        expect(page.locator("#subject")).to_have_text("Ein kurzer Brief")
        expect(page.locator("#person")).to_contain_text("Als: Dr. Gesa Lührs")
        expect(page.locator("#says")).not_to_be_empty()
        expect(page.locator("#size-words")).to_contain_text("von 102 KB")
        expect(page.locator("#greetings li")).to_have_count(1)
        expect(page.locator("#variant-rows tr")).to_have_count(2)
        expect(page.locator("#variant-sum .figure")).to_have_text("3")
        expect(page.locator("#status")).to_have_text(re.compile(r"Stand \d\d:\d\d:\d\d"))
        for part in ("#list", "#switches", "#inbox", "#stage", "#variants", "#side"):
            box = page.locator(part).bounding_box()
            assert box["y"] + box["height"] <= 900
        assert page.evaluate("[document.documentElement.scrollHeight, document.body.scrollWidth]") == [
            900,
            1440,
        ]


def test_a_saved_file_is_seen_and_the_reader_stays_where_he_was(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    studio.write("Und dies", "Ein Absatz.\n\n" * 60 + "Und dies")

    with looking(browser, studio.site) as page:
        expect(page.heading()).to_have_text("Ein kurzer Brief")
        page.locator("#stage").evaluate("stage => { stage.scrollTop = 700 }")
        for width in (375, 640):
            page.heading(width).evaluate("heading => { heading.ownerDocument.defaultView.first = heading }")
        studio.write("Ein kurzer Brief", "Ein neuer Brief")

        for width in (375, 640):
            expect(page.heading(width)).to_have_text("Ein neuer Brief")
            # The same frame and the same element: nothing was loaded anew, so nothing flickered.
            assert page.heading(width).evaluate("it => it.ownerDocument.defaultView.first === it")
        expect(page.locator("#subject")).to_have_text("Ein neuer Brief")
        expect(page.locator("#status")).to_have_text(re.compile(r"gespeichert \d\d:\d\d:\d\d"))
        assert page.locator("#stage").evaluate("stage => stage.scrollTop") == 700
        assert page.locator("iframe").count() == 2


def test_the_letter_grows_and_shrinks_in_place(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        frame = page.locator("figure[data-width='640'] iframe")
        expect(page.heading()).to_be_visible()
        small = frame.bounding_box()["height"]
        studio.write("Und dies", "Ein Absatz.\n\n" * 30 + "> „Ein Zitat.“\n\nUnd dies")
        expect(page.letter(640).locator("blockquote, .quote").first).to_contain_text("Ein Zitat.")
        large = frame.bounding_box()["height"]
        studio.write("Ein Absatz.\n\n" * 30 + "> „Ein Zitat.“\n\n", "")
        expect(page.letter(640).get_by_text("Ein Absatz.")).to_have_count(0)

        assert large > small + 500
        assert frame.bounding_box()["height"] == pytest.approx(small, abs=1)
        shown = (
            page.letter(640).locator("body").evaluate("body => body.ownerDocument.documentElement.outerHTML")
        )
        page.reload()
        expect(page.locator("#status")).to_contain_text("Stand")  # both letters are whole
        again = (
            page.letter(640).locator("body").evaluate("body => body.ownerDocument.documentElement.outerHTML")
        )
        assert shown == again


def test_a_slip_is_named_with_its_place_and_the_last_good_letter_stays(
    browser: Any, studio: StudioSite
) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.heading()).to_have_text("Ein kurzer Brief")
        studio.write("title =", "titel =")

        expect(page.locator("#complaints .place").first).to_contain_text("editorial.md")
        expect(page.locator("#stale")).to_be_visible()
        expect(page.locator("#status")).to_have_text("nicht lesbar")
        expect(page.locator("#approve")).to_have_attribute("aria-disabled", "true")
        expect(page.heading()).to_have_text("Ein kurzer Brief")
        assert float(page.locator(".sheet").first.evaluate("it => getComputedStyle(it).opacity")) < 1
        studio.write("titel =", "title =")
        expect(page.locator("#problems")).to_be_hidden()
        expect(page.locator("#status")).to_contain_text("gespeichert")


def test_a_mistake_of_the_program_is_no_complaint_about_the_text(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.heading()).to_be_visible()
        page.route("**/issues/*", lambda route: route.fulfill(status=500, body="Internal Server Error"))
        studio.write("Ein kurzer Brief", "Ein neuer Brief")
        expect(page.locator("#fault")).to_be_visible()
        page.unroute("**/issues/*")
        studio.write("Ein neuer Brief", "Ein heiler Brief")
        expect(page.locator("#fault")).to_be_hidden()
        expect(page.heading()).to_have_text("Ein heiler Brief")


def test_one_reads_as_somebody_else(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.letter(640).get_by_text("Sehr geehrte Frau Dr. Lührs,")).to_be_visible()
        page.keyboard.press("/")
        expect(page.locator("#people-found h3")).to_have_text("Schwierige Fälle")
        page.locator("#people-query").fill("ben@example")
        expect(page.locator("#people-found button")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#person-name")).to_have_text("Kim Muster1")
        page.keyboard.press("/")
        page.locator("#people-query").press_sequentially("cem@example")
        page.keyboard.press("Enter")  # before the list is drawn
        expect(page.locator("#people")).to_be_hidden()
        expect(page.locator("#person-name")).to_have_text("Kim Muster2")
        page.keyboard.press("/")
        page.locator("#people-query").fill("ben@example")
        page.keyboard.press("Enter")
        expect(page.locator("#person-name")).to_have_text("Kim Muster1")
        expect(page.letter(375).get_by_text("Guten Tag Kim Muster1,")).to_be_visible()
        assert "person=" in page.url

        page.locator("#person").click()
        page.locator("#people-query").fill("niemand dieses Namens")
        expect(page.locator("#people-none")).to_have_text("Niemand gefunden.")
        page.locator("#people-random").click()
        expect(page.locator("#people")).to_be_hidden()
        expect(page.locator("#person-name")).to_have_text(re.compile("Kim Muster[012]"))

        page.keyboard.press("/")
        page.get_by_role("button", name="divers").click()
        expect(page.letter(640).get_by_text("Guten Tag Kim Muster,")).to_be_visible()


def test_a_variant_is_chosen_in_its_table(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    studio.add_cards()

    with looking(browser, studio.site) as page:
        expect(page.locator("#variant-rows .current")).to_contain_text("alle übrigen")
        expect(page.letter(640).get_by_text("Die Prämie für Betriebe")).to_have_count(0)
        page.locator("#variant-rows tr").first.click()

        expect(page.letter(640).get_by_text("Die Prämie für Betriebe").first).to_be_visible()
        expect(page.locator("#variant-rows .current button")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#variant-rows .current")).to_contain_text("Maler")


def test_a_finding_leads_to_its_place_in_the_letter(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    long = "Hierzu steht ein Absatz.\n\n" * 60
    studio.write("Und dies", f"{long}Mehr steht {LINK}. [Zahl noch prüfen]\n\nUnd dies")

    with looking(browser, studio.site, f"#{KEY}?view=text") as page:
        note = page.locator("#findings [data-rule='content.note']")
        expect(note).to_have_attribute("data-kind", "error")
        expect(note.locator(".place")).to_contain_text("editorial.md:")
        kinds = [each.get_attribute("data-kind") for each in page.locator("#findings li").all()]
        assert kinds == sorted(kinds)  # what stands in the way comes first
        expect(page.locator("#count")).to_contain_text(re.compile(r"\d Hindernis.* · \d Hinweis"))
        page.locator("#findings [data-rule='letter.link_text'] .point").click()

        expect(page.locator("#stage")).to_be_visible()
        expect(page.locator(".mark")).to_have_count(2)
        expect(page.locator("figure[data-width='640'] .mark")).to_be_in_viewport()
        mark = page.locator("figure[data-width='640'] .mark").bounding_box()
        link = page.letter(640).get_by_role("link", name="hier", exact=True).bounding_box()
        assert mark["x"] < link["x"] < link["x"] + link["width"] < mark["x"] + mark["width"]
        assert mark["y"] < link["y"] < link["y"] + link["height"] < mark["y"] + mark["height"] + 2
        expect(page.locator("#news")).to_contain_text("Im Brief markiert")
        page.keyboard.press("Escape")
        expect(page.locator(".mark")).to_have_count(0)


def test_the_leave_button_works_in_a_browser(browser: Any, serve: Callable) -> None:
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
