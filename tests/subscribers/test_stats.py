"""The numbers add up, month by month, and can be read by everybody."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import SECRET
from sqlalchemy import Engine

from subscribers.address import parse_address
from subscribers.chart import bars, svg
from subscribers.consent import Consent
from subscribers.roster import Added, add, unsubscribe
from subscribers.stats import Month, Stats, numbers
from subscribers.suppression import key_hash, suppress

ZONE = "Europe/Berlin"
OCTOBER, NOVEMBER = datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)


@pytest.fixture
def join(engine: Engine) -> Callable[..., Added]:
    def join_one(address: str, at: datetime, newsletter: str = "report", source: str = "Messe") -> Added:
        said = Consent("confirmed", at, source)
        with engine.begin() as connection:
            return add(
                connection, parse_address(address), {}, newsletter, secret=SECRET, now=at, consent=said
            )

    return join_one


def count(engine: Engine, now: datetime, newsletter: str | None = None, months: int = 12) -> Stats:
    with engine.connect() as connection:
        return numbers(connection, now, ZONE, newsletter, months)


def test_people_come_and_go_in_their_months(
    engine: Engine, join: Callable[..., Added], put: Callable[..., Added], now: datetime
) -> None:
    join("alt@example.org", datetime(2019, 1, 1, tzinfo=UTC))
    gone = join("weg@example.org", OCTOBER)
    join("laut@example.org", OCTOBER)
    join("neu@example.org", NOVEMBER, source="Formular")
    waiting = put("wartet@example.org", pending=True)
    with engine.begin() as connection:
        unsubscribe(connection, gone.subscription_id, "link", NOVEMBER, "zu viel")
        unsubscribe(connection, waiting.subscription_id, "link", NOVEMBER)
        suppress(connection, key_hash(SECRET, "laut@example.org"), "complaint", "Postfach", NOVEMBER)

    found = count(engine, now, months=3)

    assert [(one.month, one.joined, one.left, one.stopped, one.active) for one in found.months] == [
        ("2026-09", 0, 0, 0, 1),
        ("2026-10", 2, 0, 0, 3),
        ("2026-11", 1, 1, 1, 2),
    ]
    assert found.states["report"] == {
        "pending": 0,
        "active": 2,
        "paused": 0,
        "unsubscribed": 2,
        "suppressed": 1,
    }
    assert (found.people, found.suppressed_hashes) == (5, 1)
    assert found.sources == (("Messe", 3), ("Formular", 1))
    assert found.reasons == (("", 1), ("zu viel", 1))


def test_a_month_begins_at_midnight_in_the_zone(
    engine: Engine, join: Callable[..., Added], now: datetime
) -> None:
    join("a@example.org", datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC))
    join("b@example.org", datetime(2026, 10, 31, 23, 0, 0, tzinfo=UTC))

    found = count(engine, now, months=2)

    assert [one.joined for one in found.months] == [1, 1]


def test_one_newsletter_is_counted_alone(engine: Engine, join: Callable[..., Added], now: datetime) -> None:
    join("a@example.org", OCTOBER)
    join("a@example.org", NOVEMBER, "presse", source="Formular")

    found = count(engine, now, "presse", months=2)

    assert [one.joined for one in found.months] == [0, 1]
    assert set(found.states) == {"presse"}
    assert found.sources == (("Formular", 1),)


def test_an_empty_book_has_its_months_too(engine: Engine, now: datetime) -> None:
    found = count(engine, now)

    assert len(found.months) == 12
    assert all(one.active == 0 for one in found.months)
    assert len(list(bars(found.months))) == 13
    assert ElementTree.fromstring(svg(found.months, "report")).tag.endswith("svg")


def months() -> st.SearchStrategy[list[Month]]:
    number = st.integers(0, 2_000_000)
    one = st.builds(Month, st.just("2026-11"), number, number, number, number)
    return st.lists(one, max_size=24)


@given(months())
def test_the_chart_fits_eighty_columns_and_hides_nothing(some: list[Month]) -> None:
    head, *lines = bars(some, 80)

    assert all(len(line) <= 80 for line in (head, *lines))
    for one, line in zip(some, lines, strict=True):
        assert re.match(rf"2026-11 +\+{one.joined} +-{one.left + one.stopped} +{one.active}\b", line)
        assert ("#" in line) == bool(one.joined)


@given(months())
def test_the_picture_says_each_number_in_words(some: list[Month]) -> None:
    drawn = ElementTree.fromstring(svg(some, "Müller & <Söhne>"))

    names = {"s": "http://www.w3.org/2000/svg"}
    assert drawn.get("role") == "img"
    assert drawn.findtext("s:title", namespaces=names) == "Müller & <Söhne>: growth by the month"
    words = drawn.findtext("s:desc", namespaces=names) or ""
    assert all(f"{one.joined} came, {one.left + one.stopped} went" in words for one in some)
    assert "prefers-color-scheme:dark" in (drawn.findtext("s:style", namespaces=names) or "")
    for bar in drawn.findall("s:rect", names)[1:]:
        assert float(bar.get("height", "0")) <= 150


def test_growth_over_years_is_that_of_the_counts(
    engine: Engine, join: Callable[..., Added], now: datetime
) -> None:
    for number in range(30):
        added = join(f"p{number}@example.org", now - timedelta(days=20 * number))
        if number % 3 == 0:
            with engine.begin() as connection:
                unsubscribe(connection, added.subscription_id, "link", now - timedelta(days=10 * number))

    found = count(engine, now, months=36)

    assert sum(one.joined - one.left - one.stopped for one in found.months) == found.months[-1].active == 20
    assert all(one.active >= 0 for one in found.months)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (("2025-12", "2026-11"), "Nobody came, went or was on it in 2025-12 to 2026-11."),
        (("2026-11",), "Nobody came, went or was on it in 2026-11."),
    ],
)
def test_a_picture_of_nobody_says_so(keys: tuple[str, ...], sentence: str) -> None:
    drawn = ElementTree.fromstring(svg([Month(key, 0, 0, 0, 0) for key in keys], "report"))

    texts = ["".join(one.itertext()) for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    described = drawn.findtext("{http://www.w3.org/2000/svg}desc")
    assert texts[-1] == sentence
    assert described is not None
    assert described.startswith(sentence.removesuffix("."))
    assert "0" not in texts


def test_a_picture_of_people_who_only_stayed_has_its_columns() -> None:
    drawn = svg([Month("2026-11", 0, 0, 0, 7)], "report")

    assert ">7</text>" in drawn
    assert "Nobody" not in drawn
