"""The studio's switches, keys, drawers and languages in a real browser, and a server that goes away."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from studiopage import looking
from studiosite import KEY, TOKEN, StudioSite, open_studio, wait_for

from mailer.web.preview import make_app
from tests.chromium import NEEDS_CHROMIUM
from tests.ports import held_port
from tests.web.serving import running

SECOND = '+++\ntitle = "November"\n+++\nein Absatz.\n'
WHITE = "rgb(255, 255, 255)"
VIEWS = {
    "2": ("text", "Ein kurzer Brief"),
    "3": ("source", "Content-Type: multipart"),
    "4": ("headers", "List-Unsubscribe"),
    "5": ("inbox", "Kammer Musterland"),
    "6": ("compare", "Es gibt noch keine Freigabe"),
}
# Whether the focus can be seen: on the element, beside a hidden switch, or around a whole finding.
RINGED = """() => {
  const it = document.activeElement;
  const ringed = (each, part) => each && getComputedStyle(each, part).outlineStyle !== 'none';
  const switched = ['radio', 'checkbox'].includes(it.type) ? it.nextElementSibling : it;
  return ['BODY', 'IFRAME'].includes(it.tagName) || ringed(switched) || ringed(it, '::after');
}"""
pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


@pytest.fixture
def studio(serve: Callable, tmp_path: Path) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "workspace", database=False) as studio:
        yield studio


def ground(page: Any, wanted: Callable[[str], bool] = bool) -> str:
    """The colour behind the letter's headline, as soon as it is a wanted one."""
    assert wait_for(lambda: wanted(_ground(page)))
    return _ground(page)


def _ground(page: Any) -> str:
    return page.heading().evaluate(
        """it => {
          const clear = each => getComputedStyle(each).backgroundColor === 'rgba(0, 0, 0, 0)';
          while (it.parentElement && clear(it)) it = it.parentElement;
          return getComputedStyle(it).backgroundColor;
        }"""
    )


def delete(issue: Path) -> None:
    """Gone at once: a folder without its files would be an issue that is not there yet."""
    gone = issue.rename(issue.parents[1] / issue.name)
    shutil.rmtree(gone)


def come_to_rest(page: Any, heard: list[float]) -> None:
    """What is asked for in the moment of a deletion is rightly missing: wait for a quiet second."""
    while time.monotonic() - heard[-1] < 1:
        page.wait_for_timeout(50)


def test_numbers_turn_to_the_views_and_mail_programs(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.heading()).to_be_visible()
        for key, (name, words) in VIEWS.items():
            page.keyboard.press(key)
            expect(page.locator(f"#plain.{name}")).to_contain_text(words)
            expect(page.locator("#stage")).to_be_hidden()
            expect(page.locator(f"#views input[value={name}]")).to_be_checked()
        for key, client in {"7": "plain", "8": "outlook", "9": "noimages"}.items():
            page.keyboard.press(key)
            expect(page.locator(f"#clients input[value={client}]")).to_be_checked()
            expect(page.heading()).to_be_visible()
            expect(page.locator("#says")).not_to_be_empty()
        page.keyboard.press("7")
        expect(page.letter(640).locator("style")).to_have_count(0)
        page.keyboard.press("1")
        expect(page.locator("#clients input[value=standard]")).to_be_checked()
        expect(page.letter(640).locator("style")).not_to_have_count(0)


def test_a_key_right_after_a_dialog_is_not_lost(browser: Any, studio: StudioSite) -> None:
    """The search field still has the focus when its dialog has just gone."""
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.heading()).to_be_visible()
        for _ in range(20):
            page.keyboard.press("/")
            expect(page.locator("#people-query")).to_be_focused()
            page.keyboard.press("Escape")
            page.keyboard.press("?")
            expect(page.locator("#help")).to_be_visible()
            page.keyboard.press("Escape")


def test_d_turns_the_letter_dark_and_back(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.heading()).to_be_visible()
        light = ground(page)
        page.keyboard.press("d")
        expect(page.locator("#schemes input[value=dark]")).to_be_checked()
        dark = ground(page, lambda colour: colour != WHITE)
        page.reload()
        expect(page.locator("#status")).to_contain_text("Stand")

        assert (light, ground(page)) == (WHITE, dark)
        page.locator("#schemes input[value=light]").click()
        assert ground(page, lambda colour: colour == WHITE)


def test_a_light_letter_stays_light_on_a_dark_machine(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site, scheme="dark") as page:
        expect(page.heading()).to_be_visible()

        assert ground(page) == WHITE
        assert page.locator("aside").evaluate("it => getComputedStyle(it).backgroundColor") != WHITE


def test_arrows_walk_through_the_issues_and_nothing_fires_while_typing(
    browser: Any, studio: StudioSite
) -> None:
    from playwright.sync_api import expect

    (studio.folder / "issues" / "2025-11").mkdir()
    (studio.folder / "issues" / "2025-11" / "editorial.md").write_text(SECOND, "utf-8")

    with looking(browser, studio.site, f"#{KEY}") as page:
        expect(page.heading()).to_have_text("Ein kurzer Brief")
        page.keyboard.press("ArrowUp")
        expect(page.heading()).to_have_text("November")
        assert page.url.endswith("#2025-11")
        page.heading().click()
        page.keyboard.press("2")  # the keys work after a click into the letter, too
        expect(page.locator("#plain.text")).to_contain_text("November")
        page.keyboard.press("1")
        page.locator("#issues [aria-current]").click()
        page.keyboard.press("ArrowDown")
        expect(page.heading()).to_have_text("Ein kurzer Brief")
        expect(page.locator("#issues [aria-current]")).to_be_focused()

        page.keyboard.press("Control+d")
        page.keyboard.press("/")
        page.keyboard.type("d2?/")
        expect(page.locator("#people-query")).to_have_value("d2?/")
        page.keyboard.press("Escape")
        expect(page.locator("#people")).to_be_hidden()
        expect(page.locator("#schemes input[value=light]")).to_be_checked()
        expect(page.locator("#views input[value=letter]")).to_be_checked()
        page.keyboard.press("?")
        expect(page.locator("#help")).to_contain_text("hell oder dunkel")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Escape")
        expect(page.heading()).to_have_text("Ein kurzer Brief")


def test_everything_can_be_reached_by_tab(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.locator("#status")).to_contain_text("Stand")
        seen = []
        for _ in range(30):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.id || document.activeElement.name || ''"))
            if seen[-1] == "approve":
                assert page.locator("#why").is_visible()
            assert page.evaluate(RINGED)

    wanted = {"approve", "width", "scheme", "client", "view", "person", "stage", "variants", "open-help"}
    assert wanted <= set(seen)


def test_two_widths_stand_side_by_side(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        expect(page.heading(375)).to_be_visible()
        page.locator("#widths input[value='800']").click()

        expect(page.heading(800)).to_be_visible()
        assert page.locator("figure:visible").count() == 2
        page.locator("#widths input[value='640']").click()
        expect(page.locator("figure:visible")).to_have_count(1)
        expect(page.locator("figure:visible figcaption")).to_have_text("800 px")


def test_on_a_narrow_window_the_panels_are_drawers(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site, width=375, height=800) as page:
        expect(page.heading(375)).to_be_visible()
        expect(page.locator("figure:visible")).to_have_count(1)
        for opener, drawer in [
            ("open-list", "list"),
            ("open-side", "side"),
            ("open-looks", "looks"),
            ("open-variants", "variants"),
        ]:
            expect(page.locator(f"#{drawer}")).to_be_hidden()
            page.locator(f"#{opener}").click()
            expect(page.locator(f"#{drawer}")).to_be_visible()
            expect(page.locator(f"#{opener}")).to_have_attribute("aria-expanded", "true")
            page.keyboard.press("Escape")
            expect(page.locator(f"#{drawer}")).to_be_hidden()
            expect(page.locator(f"#{opener}")).to_be_focused()
        page.locator("#open-looks").click()
        page.locator("#widths input[value='640']").click()
        expect(page.heading(640)).to_be_visible()
        expect(page.locator("#sentence")).to_contain_text("640 px")
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        page.page.set_viewport_size({"width": 1440, "height": 900})
        page.locator("#widths input[value='375']").click()
        expect(page.heading(375)).to_be_visible()
        expect(page.heading(640)).to_be_visible()


def test_a_window_that_grows_shows_the_second_width(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site, width=375, height=800) as page:
        expect(page.heading(375)).to_be_visible()
        expect(page.locator("iframe")).to_have_count(1)
        page.page.set_viewport_size({"width": 1440, "height": 900})

        expect(page.heading(640)).to_be_visible()
        expect(page.heading(375)).to_be_visible()


def test_the_page_speaks_english_to_an_english_browser(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site, locale="en-GB") as page:
        expect(page.locator("#list h2").first).to_have_text("Issues")
        expect(page.locator("#issues .state")).to_have_text("draft")
        assert page.locator("html").get_attribute("lang") == "en"


def test_an_old_address_falls_back_to_what_is_there(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site, f"#{KEY}?person=999&variant=fort&client=nie&widths=1") as page:
        expect(page.heading()).to_have_text("Ein kurzer Brief")
        expect(page.locator("#person-name")).to_have_text("Dr. Gesa Lührs")
        assert page.url.endswith(f"#{KEY}")

    with looking(browser, studio.site, "#1999-01") as page:
        expect(page.heading()).to_have_text("Ein kurzer Brief")


def test_an_issue_that_is_deleted_gives_way_to_the_newest(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    newest = studio.folder / "issues" / "2025-11"
    newest.mkdir()
    (newest / "editorial.md").write_text(SECOND, "utf-8")
    studio.write("Und dies", "Ein Absatz.\n\n" * 60 + "Und dies")

    with looking(browser, studio.site, f"#{KEY}") as page:
        missing, heard = list[str](), [time.monotonic()]
        page.on("response", lambda answer: answer.status == 404 and missing.append(answer.url))
        page.on("response", lambda _: heard.append(time.monotonic()))
        expect(page.heading()).to_have_text("Ein kurzer Brief")
        page.locator("#stage").evaluate("stage => { stage.scrollTop = 700 }")
        come_to_rest(page, heard)
        delete(studio.editorial.parent)

        expect(page.heading()).to_have_text("November")
        expect(page.locator("#news")).to_contain_text(f"Diese Ausgabe gibt es nicht mehr: {KEY}.")
        expect(page.locator("#issues li")).to_have_count(1)
        assert page.url.endswith("#2025-11")
        assert page.locator("#stage").evaluate("stage => stage.scrollTop") == 0
        come_to_rest(page, heard)
        delete(newest)
        expect(page.locator("#empty")).to_contain_text("rundbrief issue new")
        expect(page.locator("#news")).to_have_text("Diese Ausgabe gibt es nicht mehr: 2025-11.")
        assert missing == []


def test_an_empty_workspace_says_how_to_begin(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    studio.editorial.unlink()
    studio.editorial.parent.rmdir()

    with looking(browser, studio.site) as page:
        expect(page.locator("#empty")).to_contain_text("rundbrief issue new")
        expect(page.locator("#switches, #side, #approve").first).to_be_hidden()
        studio.editorial.parent.mkdir()
        studio.editorial.write_text(SECOND, "utf-8")
        expect(page.heading()).to_have_text("November")


def test_a_server_that_goes_away_is_said_and_comes_back(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    desk = studio.desk
    with held_port() as port, ExitStack() as first, ExitStack() as second:
        site = first.enter_context(running(make_app(desk, token=TOKEN), port))
        with looking(browser, site) as page:
            expect(page.heading()).to_have_text("Ein kurzer Brief")
            first.close()
            expect(page.locator("#status")).to_have_text("Verbindung getrennt")
            expect(page.locator("#news")).to_contain_text("geht es hier weiter; nach einem Neustart")
            expect(page.heading()).to_be_visible()
            studio.write("Ein kurzer Brief", "Ein Brief danach")
            second.enter_context(running(make_app(desk, token=TOKEN), port))
            expect(page.heading()).to_have_text("Ein Brief danach")
            expect(page.locator("#status")).to_contain_text("Stand")
            second.close()
            with running(make_app(desk, token="anders"), port):
                expect(page.locator("#status")).to_have_text("andere Adresse")
