"""A click on a finding in a real browser: the very words are marked, or the page says where they are."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from studiopage import looking
from studiosite import KEY, StudioSite, open_studio

from tests.chromium import NEEDS_CHROMIUM

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


@pytest.fixture
def studio(serve: Callable, tmp_path: Path) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "workspace", database=False) as studio:
        studio.add_cards()
        yield studio


def click(page: Any, rule: str) -> None:
    page.locator(f"#findings [data-rule='{rule}'] .point").first.click()


def words_box(page: Any, words: str, width: int = 640) -> dict[str, float]:
    """Where words stand in the letter, in the frame's own pixels, and how many lines they take."""
    return (
        page.letter(width)
        .locator("body")
        .evaluate(
            """(body, words) => {
          const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(words);
            if (at < 0) continue;
            const range = body.ownerDocument.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + words.length);
            const box = range.getBoundingClientRect();
            const lines = range.getClientRects().length;
            return { top: box.top, bottom: box.bottom, left: box.left, right: box.right, lines };
          }
        }""",
            words,
        )
    )


def marks(page: Any, width: int = 640) -> list[dict[str, float]]:
    return page.locator(f"figure[data-width='{width}']").evaluate(
        """figure => [...figure.querySelectorAll('.mark')].map(mark => {
          const scale = figure.querySelector('iframe').getBoundingClientRect().width / figure.dataset.width;
          const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = mark;
          return { left: left / scale, top: top / scale, right: (left + width) / scale,
                   bottom: (top + height) / scale };
        })"""
    )


def test_the_quoted_note_itself_is_marked(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    before = "Hier stehen zuerst viele andere Worte, damit die Notiz erst in einer späteren Zeile folgt. " * 3
    studio.write("Und dies", f"{before}[Raum noch klären] Und dies")

    with looking(browser, studio.site) as page:
        click(page, "content.note")
        expect(page.locator("#news")).to_contain_text("Im Brief markiert: Notiz im Text")
        (mark,), note = marks(page), words_box(page, "[Raum noch klären]")

    assert note["lines"] == 1
    assert abs(mark["left"] - note["left"]) < 12
    assert abs(mark["right"] - note["right"]) < 12
    assert abs(mark["top"] - note["top"]) < 12


def test_words_over_a_line_break_get_one_box_for_each_line(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    note = (
        "[Ort und Raum der Sprechstunde im November klären wir noch mit der Hausverwaltung und dem Empfang]"
    )
    studio.write("Und dies", f"Davor steht ein halber Satz {note} Und dies")

    with looking(browser, studio.site) as page:
        click(page, "content.note")
        expect(page.locator("#news")).to_contain_text("Im Brief markiert")
        found, text = marks(page), words_box(page, note)

    assert len(found) == text["lines"] > 1
    assert found[0]["left"] > text["left"] + 50  # the first line begins with other words
    assert found[-1]["right"] < text["right"] - 20  # the last one ends early
    assert all(each["bottom"] - each["top"] < 45 for each in found)


def test_from_another_view_and_variant_it_leads_to_the_letter_that_has_it(
    browser: Any, studio: StudioSite
) -> None:
    from playwright.sync_api import expect

    cards = studio.folder / "issues" / KEY / "highlights.toml"
    cards.write_text(cards.read_text("utf-8").replace("Die Kammer zahlt", "[Höhe folgt] Sie zahlt"), "utf-8")

    with looking(browser, studio.site, f"#{KEY}?view=text") as page:
        expect(page.locator("#variant-rows .current")).to_contain_text("alle übrigen")
        click(page, "content.note")

        expect(page.locator("#variant-rows .current")).to_contain_text("Maler")
        expect(page.locator("#stage")).to_be_visible()
        expect(page.locator("figure[data-width='640'] .mark")).to_have_count(1)
        expect(page.locator("#news")).to_contain_text("Im Brief markiert")
        mark, note = marks(page)[0], words_box(page, "[Höhe folgt]")
        assert abs(mark["left"] - note["left"]) < 12
        assert "variant=" in page.url


def test_what_is_not_in_the_letter_is_said_with_its_place(browser: Any, studio: StudioSite) -> None:
    from playwright.sync_api import expect

    studio.write('title = "Ein kurzer Brief"', f'title = "TODO {"sehr " * 20}langer Titel"')
    config = studio.folder / "config.toml"
    other = config.read_text("utf-8").replace('"rundbrief.example.org"', '"liste.example.net"')
    config.write_text(other, "utf-8")

    with looking(browser, studio.site) as page:
        expect(page.locator("#findings .point").first).to_be_visible()
        assert page.locator("#findings li").count() == page.locator("#findings .point").count()
        click(page, "legal.sender")
        expect(page.locator("#news")).to_contain_text("config.toml")
        expect(page.locator("#news")).not_to_contain_text("markiert")
        click(page, "content.subject")
        expect(page.locator("#inbox.pointed")).to_be_visible()
        expect(page.locator("#news")).to_contain_text("In der Zeile im Postfach markiert")
        expect(page.locator(".mark")).to_have_count(0)
        click(page, "language.leftover")
        expect(page.locator("figure[data-width='640'] .mark").first).to_be_visible()
        expect(page.locator("#inbox.pointed")).to_have_count(0)
        page.locator("#side").click(position={"x": 5, "y": 5})
        assert page.locator("#side").evaluate("it => getComputedStyle(it).outlineStyle") == "none"
