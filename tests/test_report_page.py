"""The page of a report: whole in one file, without script, address or request, readable by everybody."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.cli.office import Office
from mailer.report import naming
from mailer.report.books import people
from mailer.report.chart import Group, columns, strip
from mailer.report.figures import BLANK, Figures
from mailer.report.message import report_message
from mailer.report.page import Head, report_page
from mailer.report.report import Report, choose, make_report
from mailer.report.wording import TABLES
from subscribers.database import reading
from tests.chromium import NEEDS_CHROMIUM
from tests.months_past import Past, write_past
from tests.small_workspace import add_people, make_office

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 10, 7, 0, tzinfo=UTC)
DEAD = "550 5.1.1 <kim3@example.org>: User unknown"
HEADS = {each: Head("Rundbrief", "Kammer Musterland", each, ZONE) for each in ("de", "en")}
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
VOID = {"meta", "br", "link", "img", "input"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Thirteen months, then a correction and late joiners."""
    made = make_office(tmp_path_factory.mktemp("w"))
    start = datetime(2025, 1, 1, tzinfo=UTC)
    add_people(made, [f"kim{number}@example.org" for number in range(30)], start)
    add_people(made, [f"lee{number}@example.com" for number in range(7)], start + timedelta(days=400))
    for month in range(12):
        year, number = divmod(2025 * 12 + 11 + month, 12)
        at = datetime(year, number + 1, 1, 8, 30, tzinfo=UTC)
        write_past(made, Past(f"{year}-{number + 1:02}", at, 20, {DEAD: month % 3}, left=month % 2))
    at = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    answers = {DEAD: 2, "554 5.7.1 blocked using a list": 1}
    states = {"in_doubt": 1, "skipped": 3, "deferred": 2, "queued": 1}
    excluded = {"subscription unsubscribed": 4, "said by kim9@example.org": 1}
    write_past(made, Past("2026-12", at, 21, answers, states, left=1, state="sending", excluded=excluded))
    write_past(made, Past("2026-12", at + timedelta(days=2), 5, kind="late"))
    write_past(made, Past("2026-12", at + timedelta(days=3), 9, kind="correction", spread=timedelta(days=2)))
    yield made
    made.engine.dispose()


def report(office: Office, which: str = "13") -> Report:
    with reading(office.engine) as connection:
        return make_report(connection, choose(connection, which), NOW, ZONE)


class Outline(HTMLParser):
    """The tags of a page, opened and closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.seen = list[str](), list[tuple[str, dict[str, str | None]]]()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("which", ["1", "13", "14", "15"])
def test_it_is_whole_and_asks_for_nothing(office: Office, which: str, language: str) -> None:
    html = report_page(report(office, which), HEADS[language])

    seen = Outline(html).seen
    names = {tag for tag, _ in seen}
    attributes = {name for _, some in seen for name in some}
    ids = [some["id"] for _, some in seen if "id" in some]
    assert not names & {"script", "link", "img", "iframe", "object", "base", "form", "a"}
    assert not {name for name in attributes if name.startswith("on")} | attributes & {"src", "href", "style"}
    assert not re.search(r"https?:|//|url\(|@import|data:", html.replace("<!doctype", ""))
    assert (seen[0][1]["lang"], len(ids)) == (language, len({*ids}))
    assert [tag for tag, _ in seen if re.fullmatch("h[1-6]", tag)][:2] == ["h1", "h2"]
    assert not ADDRESS.search(html)


def test_every_chart_has_its_numbers_in_words_and_in_a_table(office: Office) -> None:
    html = report_page(report(office), HEADS["de"])

    charts = [ElementTree.fromstring(each) for each in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]
    named = [each for each in charts if each.get("role") == "img"]
    assert [each.findtext("title") for each in named] == [
        "Stand der Briefe",
        "Angenommene Briefe je Minute",
        "Angenommene Briefe je Ausgabe",
        "Nicht zustellbare Briefe und Abmeldungen je Ausgabe",
    ]
    assert all(each.get("role") == "img" or each.get("aria-hidden") == "true" for each in charts)
    for each in named:
        ids = {part.get("id") for part in (each.find("title"), each.find("desc")) if part is not None}
        assert ids == {*str(each.get("aria-labelledby")).split()}
        for rect in each.iter("rect"):
            x, width = (float(str(rect.get(name, "0%")).rstrip("%")) for name in ("x", "width"))
            assert 0 <= x < x + width <= 100.01
    said = str(named[0].findtext("desc"))
    assert said.startswith("vom Mailserver angenommen: 21, wartet auf den Versand: 1, verschoben")
    cells = re.findall(
        r'<th scope="row">(?:<svg.*?</svg>\s*)?([^<]+)</th><td class="n">([^<]+)', html, re.DOTALL
    )
    assert ("Vom Mailserver angenommen", "21") in cells
    assert ("Die Adresse gibt es nicht", "2") in cells


def test_what_the_page_says_adds_up(office: Office) -> None:
    html = report_page(report(office), HEADS["de"])

    (table,) = re.findall(r'<table class="keyed">.*?</table>', html, re.DOTALL)
    *parts, whole = (int(number) for number in re.findall(r'</th><td class="n">(\d+)', table))
    assert (sum(parts), whole) == (31, 31)
    assert "Infrage kommende Abonnements: 36, davon ausgenommen: 5. Vorgesehene Briefe: 31." in html
    # Reasons in free words are counted and not told.
    assert re.search(r'Anderer Grund</th><td class="n">1<', html)
    assert "läuft noch" in html
    assert html.count("nicht ausgewertet") == 3
    history = re.findall(r'<th scope="row">(\d{4}-\d\d)</th>', html)
    assert history == [f"2026-{month:02}" for month in range(12, 0, -1)]
    assert re.search(
        r'<tr class="this"><th scope="row">2026-12</th><td>01.12.2026</td><td class="n">26<', html
    )
    assert all(word in html for word in ("Nachzügler", "Korrektur", "Alles zu dieser Ausgabe"))


def test_only_with_names_it_holds_addresses_and_only_of_those_without_a_letter(office: Office) -> None:
    with reading(office.engine) as connection:
        lists = people(connection, choose(connection, "13"))
    html = report_page(report(office), HEADS["de"], lists)

    listed = re.findall(r'<th scope="row">([^<]+@[^<]+)</th>', html)
    without = [row["address"] for state in lists if state != "sent" for row in lists[state]]
    assert sorted(listed) == sorted(without)
    assert len(listed) == 10
    assert "Diese Liste enthält Adressen." in html


def test_the_mail_says_the_same_and_holds_no_address(office: Office) -> None:
    written = report_message(report(office), HEADS["de"])

    assert written.subject == "Rundbrief, Dezember 2026: 21 von 31 Briefen angenommen"
    assert written.file == "bericht-2026-12-13.html"
    assert "  Vom Mailserver angenommen      " in written.text
    assert max(map(len, written.text.splitlines())) <= 78
    for part in (written.text, written.html, written.page):
        assert not ADDRESS.search(part)
        assert "Die Adresse gibt es nicht" in part
    Outline(written.html)
    assert "Korrektur" in report_message(report(office, "15"), HEADS["de"]).subject


def test_both_languages_have_every_sentence_with_the_same_values() -> None:
    german, english = TABLES["de"], TABLES["en"]

    assert german.keys() == english.keys()
    fields = {
        name: [
            {field for _, field, _, _ in Formatter().parse(table[name]) if field}
            for table in (german, english)
        ]
        for name in german
    }
    # A per cent sign has a blank in front in German.
    assert {name: both for name, both in fields.items() if both[0] - {"blank"} != both[1] - {"blank"}} == {}


def test_every_reason_that_the_books_write_has_a_name(office: Office) -> None:
    from mailer.delivery import audience
    from mailer.report import books

    reasons = [books.DEAD, books.POLICY, books.FULL, books.GIVEN_UP, books.FORM, books.REFUSED, books.UNMADE]
    reasons += [books.LOGGED, books.UNKNOWN, audience.HAS_IT, "given up by kim"]

    for language, other in (("de", "Anderer Grund"), ("en", "Another reason")):
        found = naming.named(dict.fromkeys(reasons, 1), language)
        assert len(found) == len(reasons)
        assert other not in dict(found)
        assert not any("kim" in name for name, _ in found)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_share_is_never_rounded_to_all_or_to_nothing(one: int, two: int) -> None:
    part, whole = sorted((one, two))

    for language in ("de", "en"):
        text = Figures(language, ZONE).share(part, whole)
        number = text.replace(BLANK, "").rstrip("%")
        assert (number == "100") == (part == whole > 0)
        assert (number == "0") == (part == 0 < whole)
        assert (number == "–") == (whole == 0)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.integers(1, 3))
def test_what_is_not_nothing_can_be_seen_and_all_fits(counts: list[int], bars: int) -> None:
    groups = [
        Group(f"{at}", "", tuple(("accepted", count, f"{count}") for _ in range(bars)))
        for at, count in enumerate(counts)
    ]
    chart = columns("c", "Titel", groups)
    parts = (
        strip("s", "Titel", [("accepted", count, f"{count}") for count in counts]) if any(counts) else None
    )

    drawn = [bar for each in chart.columns for bar in each.bars]
    assert [bool(bar.height) for bar in drawn] == [bool(count) for count in counts for _ in range(bars)]
    assert all(0 <= bar.height <= 150 and bar.x + bar.width <= 100 for bar in drawn)
    if parts:
        assert abs(sum(bar.width for bar in parts.bars) - 100) < 0.1
        assert all(bar.width > 1 for bar in parts.bars)


@pytest.mark.slow
@NEEDS_CHROMIUM
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_axe_finds_nothing_and_nothing_runs_over(
    office: Office, context: Any, axe: str, language: str, scheme: str
) -> None:
    with reading(office.engine) as connection:
        lists = people(connection, choose(connection, "13"))
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)

    for width in (375, 800, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(report_page(report(office), HEADS[language], lists))
        page.evaluate(axe)
        result = page.evaluate("runBriefly()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in result["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()
