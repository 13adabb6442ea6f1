"""The inbox page in a real browser: mail comes in by itself, views and keys work, nothing hostile runs."""

from collections.abc import Callable
from typing import Any

import pytest
from smtpclient import client

from mailer.web.inbox import make_inbox_app
from mailer.web.server import LOOPBACK
from tests.chromium import NEEDS_CHROMIUM

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]
HOSTILE = (
    "Subject: <b>B\u00f6se</b>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head>"
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:1/'></head><body onload='document.title=1'>"
    "<script>top.document.title='1'; document.body.innerHTML='gelaufen'</script>"
    "<img src=x onerror='document.body.innerHTML=1'><img src='http://127.0.0.1:1/p.gif'>"
    "<form action='http://127.0.0.1:1/'><button>Los</button></form><h1>Ruhig</h1></body></html>\r\n"
)
TEXT = (
    "Subject: Nur Text\r\nList-Unsubscribe: <http://127.0.0.1:1/u>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nGuten Tag\r\n"
)


@pytest.fixture
def address(serve: Callable, box) -> str:
    return f"http://{LOOPBACK}:{serve(make_inbox_app(box.folder, token='geheim')).port}/geheim/inbox"


def send(box, message: str, to: str) -> None:
    with client(box) as smtp:
        smtp.sendmail("brief@example.org", [to], message.encode())


def violations(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("runBriefly()")["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def test_a_morning_at_the_inbox(browser, address, box):
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="de-DE")
    page.goto(address)
    expect(page.locator("#empty")).to_be_visible()

    # What is caught appears by itself, the newest on top; a hostile one is shown and does nothing.
    send(box, TEXT, "ada@example.org")
    send(box, HOSTILE, "bob@example.org")
    expect(page.locator("#mails .who")).to_have_text(["bob@example.org", "ada@example.org"])
    page.locator("#mails button").first.click()
    frame = page.frame_locator("#frame")
    expect(frame.locator("h1")).to_have_text("Ruhig")
    expect(page.locator("#subject")).to_have_text("<b>Böse</b>")
    expect(page.locator("#remote")).to_contain_text("1 Bild")
    assert page.title() == "Postfach · Rundbrief"
    page.get_by_role("radio", name="Bilder aus").check()
    expect(frame.locator("img")).to_have_count(0)
    expect(page.locator("#says")).to_contain_text("Kästen mit Alternativtext")
    page.get_by_role("radio", name="375").check()
    assert page.locator("#frame").bounding_box()["width"] == 375

    # Keys: the next mail, its views.
    page.keyboard.press("Escape")
    page.locator("#subject").click()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#subject")).to_have_text("Nur Text")
    expect(page.locator("#no-html")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#text")).to_have_text("Guten Tag\n")
    page.keyboard.press("3")
    expect(page.locator("#fields dt").first).to_have_text("Subject")
    page.keyboard.press("5")
    page.locator("#try").click()
    expect(page.locator("#result")).to_contain_text("antwortet niemand")
    assert page.url.endswith("#1")

    # Search, then empty it: first not, then yes.
    page.keyboard.press("/")
    page.keyboard.type("bob")
    expect(page.locator("#mails .who")).to_have_text(["bob@example.org"])
    expect(page.locator("#count")).to_have_text("1 gefunden")
    page.locator("#query").fill("")
    expect(page.locator("#mails .who")).to_have_count(2)
    page.locator("#ask-clear").click()
    page.keyboard.press("Enter")
    expect(page.locator("#mails .who")).to_have_count(2)
    page.locator("#ask-clear").click()
    page.get_by_role("button", name="Alle löschen").click()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#choose")).to_have_text("2 Briefe sind gelöscht.")
    assert [each.name for each in box.folder.iterdir()] == ["index.jsonl"]
    page.close()


def test_older_mails_follow_at_a_press_and_the_reader_keeps_the_place(browser, address, box):
    from playwright.sync_api import expect

    for n in range(60):
        send(box, f"Subject: Brief {n}\r\n\r\nx\r\n", f"p{n}@example.org")
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page.goto(address)

    expect(page.locator("#count")).to_have_text("60 mails")
    expect(page.locator("#mails li")).to_have_count(50)
    page.get_by_role("button", name="Show older ones").click()
    expect(page.locator("#mails li")).to_have_count(60)
    expect(page.locator("#mails button").nth(50)).to_be_focused()
    send(box, TEXT, "ada@example.org")
    expect(page.locator("#mails li")).to_have_count(61)
    expect(page.locator("#mails button").nth(51)).to_be_focused()
    page.close()


def test_mail_that_comes_in_while_older_ones_are_fetched_costs_none_of_them(browser, address, box):
    from playwright.sync_api import expect

    for n in range(60):
        send(box, f"Subject: Brief {n}\r\n\r\nx\r\n", f"p{n}@example.org")
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    held = []
    page.route("**/mails?*before=*", lambda route: held.append(route))
    page.goto(address)
    expect(page.locator("#mails li")).to_have_count(50)

    with page.expect_request("**/mails?*before=*"):
        page.get_by_role("button", name="Show older ones").click()
    send(box, TEXT, "ada@example.org")
    expect(page.locator("#mails li")).to_have_count(51)
    held[0].continue_()

    expect(page.locator("#mails li")).to_have_count(61)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_every_view_is_accessible_and_fits_the_window(browser, axe, address, box, scheme, width):
    send(box, TEXT, "ada@example.org")
    send(box, HOSTILE, "bob@example.org")
    page = browser.new_page(viewport={"width": width, "height": 760}, color_scheme=scheme)
    page.goto(address)
    page.wait_for_selector("#mails button")
    found = {"list": violations(page, axe)}

    page.locator("#mails button").last.click()
    page.wait_for_selector("#shown:not([hidden])")
    for name in ("letter", "text", "headers", "parts", "leave"):
        page.locator(f"#tab-{name}").click()
        found[name] = violations(page, axe)
    for opener in ("show-faults", "ask-clear"):
        page.locator(f"#{opener}").click()
        found[opener] = violations(page, axe)
        page.keyboard.press("Escape")

    assert {name: each for name, each in found.items() if each} == {}
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()
