"""Approving from the studio's page: what stands in the way is said, and only what was shown is approved."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from studiopage import StudioPage, looking, plan, state
from studiosite import StudioSite, open_studio

from tests.chromium import NEEDS_CHROMIUM
from tests.small_workspace import add_people

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


@pytest.fixture
def studio(serve: Callable, tmp_path: Path, now: datetime) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "workspace", database=True) as studio:
        studio.write(", mit {{ geschweiften }} Klammern", "")
        add_people(studio.office, ["ada@example.org", "ben@example.org", "cem@example.org"], now)
        yield studio


def open_dialog(page: StudioPage) -> None:
    from playwright.sync_api import expect

    expect(page.locator("#approve")).to_have_attribute("aria-disabled", "false")
    page.locator("#approve").click()
    expect(page.locator("#approval")).to_be_visible()


def answer(page: StudioPage, number: str) -> None:
    page.locator("#approval-number").fill(number)
    page.locator("#approval-go").click()


def test_a_letter_is_approved(browser: Any, studio: StudioSite, now: datetime) -> None:
    from playwright.sync_api import expect

    number = plan(studio, now)

    with looking(browser, studio.site) as page:
        open_dialog(page)
        expect(page.locator("#approval-facts")).to_contain_text("Empfänger3")
        expect(page.locator("#approval-number")).to_be_focused()
        answer(page, "4")
        expect(page.locator("#approval-refused")).to_contain_text("nicht die Zahl der Empfänger")
        assert state(studio, number) == "draft"
        answer(page, "3")
        expect(page.locator("#approval-granted")).not_to_be_empty()
        expect(page.locator("#approval-go")).to_be_hidden()
        page.locator("#approval-close").click()
        expect(page.locator("#issues .state")).to_contain_text("freigegeben")

    assert state(studio, number) == "approved"


def test_without_a_plan_the_button_says_the_next_step(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    with looking(browser, studio.site) as page:
        button = page.locator("#approve")
        expect(page.locator("#why")).to_contain_text("mailing plan")
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(page.locator("#why")).to_be_hidden()
        button.hover()
        expect(page.locator("#why")).to_be_visible()
        page.mouse.move(300, 500)
        expect(page.locator("#why")).to_be_hidden()
        button.focus()
        expect(page.locator("#why")).to_be_visible()
        assert button.get_attribute("aria-describedby") == "why"
        page.keyboard.press("Enter")
        expect(page.locator("#approval")).to_be_hidden()
        page.keyboard.press("Escape")
        expect(page.locator("#why")).to_be_hidden()


def test_a_finding_that_blocks_keeps_the_button_off(browser: Any, studio: StudioSite, now: datetime) -> None:
    from playwright.sync_api import expect

    plan(studio, now)

    with looking(browser, studio.site) as page:
        expect(page.locator("#approve")).to_have_attribute("aria-disabled", "false")
        studio.write("Und dies", "[Zahl noch prüfen] Und dies")

        expect(page.locator("#approve")).to_have_attribute("aria-disabled", "true")
        expect(page.locator("#why")).to_contain_text("Hindernis")
        studio.write("[Zahl noch prüfen] ", "")
        expect(page.locator("#approve")).to_have_attribute("aria-disabled", "false")


def test_what_changes_under_the_open_dialog_is_not_approved(
    browser: Any, studio: StudioSite, now: datetime
) -> None:
    from playwright.sync_api import expect

    number = plan(studio, now)

    with looking(browser, studio.site) as page:
        open_dialog(page)
        page.locator("#approval-number").fill("3")
        studio.write("Ein kurzer Brief", "Ein anderer Brief")

        expect(page.locator("#approval-refused")).to_contain_text("hat sich eben geändert")
        expect(page.locator("#approval-go")).to_be_hidden()
        page.keyboard.press("Escape")
        open_dialog(page)
        answer(page, "3")
        expect(page.locator("#approval-granted")).not_to_be_empty()

    assert state(studio, number) == "approved"


def test_the_server_refuses_what_the_page_did_not_notice(
    browser: Any, studio: StudioSite, now: datetime
) -> None:
    from playwright.sync_api import expect

    number = plan(studio, now)

    with looking(browser, studio.site) as page:
        open_dialog(page)
        add_people(studio.office, ["dora@example.org"], now)  # the address book is not watched
        answer(page, "3")

        expect(page.locator("#approval-refused")).not_to_be_empty()
        expect(page.locator("#approval-granted")).to_be_empty()

    assert state(studio, number) == "draft"


def test_the_dialog_sums_up_all_variants_and_says_why_it_is_asked_again(
    browser: Any, studio: StudioSite, now: datetime
) -> None:
    from playwright.sync_api import expect

    studio.add_cards()
    plan(studio, now)
    cards = studio.editorial.parent / "highlights.toml"

    with looking(browser, studio.site) as page:
        open_dialog(page)
        expect(page.locator("#approval-facts")).to_contain_text("noch nicht freigegeben")
        answer(page, "3")
        expect(page.locator("#approval-granted")).not_to_be_empty()
        page.locator("#approval-close").click()
        expect(page.locator("#issues .state")).to_contain_text("freigegeben · Versand")
        cards.write_text(cards.read_text("utf-8").replace("zahlt einen Teil", "trägt einen Teil"), "utf-8")
        expect(page.locator("#issues .state")).to_contain_text("geändert seit der Freigabe · Versand")
        expect(page.locator("#variant-rows .current")).to_contain_text("unverändert")
        open_dialog(page)

        facts = page.locator("#approval-facts")
        expect(facts).to_contain_text("gilt nicht mehr: seither geändert")
        expect(facts).to_contain_text("1 Wort geändert (A), übrige unverändert")
        expect(facts).not_to_contain_text("nichts seit der letzten Freigabe")


def test_what_changed_since_the_approval_is_compared(browser: Any, studio: StudioSite, now: datetime) -> None:
    from playwright.sync_api import expect

    plan(studio, now)

    with looking(browser, studio.site) as page:
        open_dialog(page)
        answer(page, "3")
        expect(page.locator("#approval-granted")).not_to_be_empty()
        page.locator("#approval-close").click()
        page.keyboard.press("6")
        expect(page.locator("#plain.compare")).to_contain_text("kein Wort geändert")
        studio.write("der erste Absatz", "der zweite Absatz")

        expect(page.locator("#plain del")).to_contain_text("erste")
        expect(page.locator("#plain ins")).to_contain_text("zweite")
        expect(page.locator("#plain del .sign")).to_have_text("−")
        expect(page.locator("#plain ins .sign")).to_have_text("+")
        expect(page.locator("#variant-rows .current")).to_contain_text("geändert")
