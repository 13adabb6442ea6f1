"""Thirty rules over twenty years, against dates that are found in another way.

The other way knows no rule in words: it looks days up in one sorted list of all working days, has the
holidays of North Rhine-Westphalia from the law (FeiertagsG NW § 2), the clock from the Union (2000/84/EC).
"""

from bisect import bisect_left, bisect_right
from calendar import Calendar as Weeks
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from mailer.schedule.calendar import Calendar, Occurrence, parse_rule

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = 2026, 2045
OWN = ("12-24", "12-31", "rosenmontag", "2031-06-02")
DAY = timedelta(days=1)


def easter_of(year: int) -> date:
    """The Sunday after the first full moon of spring; Meeus, Astronomical Algorithms, chapter 8."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def free_in(year: int) -> set[date]:
    fixed = [(1, 1), (5, 1), (10, 3), (11, 1), (12, 24), (12, 25), (12, 26), (12, 31)]
    moved = [-48, -2, 1, 39, 50, 60]
    return {date(year, *each) for each in fixed} | {easter_of(year) + days * DAY for days in moved}


FREE = set[date].union(*(free_in(year) for year in range(FIRST - 1, LAST + 2))) | {date(2031, 6, 2)}
WORKING = [
    day
    for number in range(date(FIRST - 1, 1, 1).toordinal(), date(LAST + 2, 1, 1).toordinal())
    if (day := date.fromordinal(number)).isoweekday() <= 5 and day not in FREE
]


def following(day: date) -> date:
    return WORKING[bisect_left(WORKING, day)]


def preceding(day: date) -> date:
    return WORKING[bisect_right(WORKING, day) - 1]


def before(day: date, number: int) -> date:
    return WORKING[bisect_left(WORKING, day) - number]


def behind(day: date, number: int) -> date:
    return WORKING[bisect_right(WORKING, day) + number - 1]


def weekday(year: int, month: int, nth: int, which: int) -> date:
    weeks = [week[which] for week in Weeks().monthdatescalendar(year, month)]
    return [day for day in weeks if day.month == month][nth]


def working(year: int, month: int, nth: int) -> date:
    return [day for day in WORKING if (day.year, day.month) == (year, month)][nth]


def end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - DAY


RULES = {
    "first monday 09:30": lambda y, m: following(weekday(y, m, 0, 0)),
    "first tuesday 09:30": lambda y, m: following(weekday(y, m, 0, 1)),
    "2nd wednesday 02:30": lambda y, m: following(weekday(y, m, 1, 2)),
    "third thursday 23:59": lambda y, m: following(weekday(y, m, 2, 3)),
    "fourth friday 00:00": lambda y, m: following(weekday(y, m, 3, 4)),
    "last friday 10:00": lambda y, m: following(weekday(y, m, -1, 4)),
    "second last friday 10:00": lambda y, m: following(weekday(y, m, -2, 4)),
    "vorletzter montag 10:00": lambda y, m: following(weekday(y, m, -2, 0)),
    "viertletzter donnerstag 07:15": lambda y, m: following(weekday(y, m, -4, 3)),
    "first monday or previous working day 09:30": lambda y, m: preceding(weekday(y, m, 0, 0)),
    "last sunday or next working day 02:30": lambda y, m: following(weekday(y, m, -1, 6)),
    "last sunday or previous working day 02:30": lambda y, m: preceding(weekday(y, m, -1, 6)),
    "1st working day 08:00": lambda y, m: working(y, m, 0),
    "2nd working day 08:00": lambda y, m: working(y, m, 1),
    "15. arbeitstag 02:15": lambda y, m: working(y, m, 14),
    "last working day 10:00": lambda y, m: working(y, m, -1),
    "third last working day 10:00": lambda y, m: working(y, m, -3),
    "1st 09:00": lambda y, m: following(date(y, m, 1)),
    "15th 08:00": lambda y, m: following(date(y, m, 15)),
    "15th or next working day 08:00": lambda y, m: following(date(y, m, 15)),
    "15. oder vorheriger arbeitstag 08:00": lambda y, m: preceding(date(y, m, 15)),
    "31st 12:00": lambda y, m: following(end(y, m)),
    "31st or previous working day 12:00": lambda y, m: preceding(end(y, m)),
    "last day or previous working day 02:00": lambda y, m: preceding(end(y, m)),
    "second last day 02:59": lambda y, m: following(end(y, m) - DAY),
    "3 working days before the 1st 09:00": lambda y, m: before(date(y, m, 1), 3),
    "1 working day before the 15th 09:00": lambda y, m: before(date(y, m, 15), 1),
    "10 working days before the last friday 09:00": lambda y, m: before(weekday(y, m, -1, 4), 10),
    "2 arbeitstage nach dem 31. 09:00": lambda y, m: behind(end(y, m), 2),
    "10 working days after the 25th 09:00": lambda y, m: behind(date(y, m, 25), 10),
}


def to_utc(day: date, text: str) -> datetime:
    """The instant of a wall time in Germany: summer time from the last Sunday of March to that of October."""
    wall = datetime.fromisoformat(f"{day} {text}")
    summer, winter = (weekday(day.year, month, -1, 6) for month in (3, 10))
    changes = [datetime.fromisoformat(f"{day} 03:00") for day in (summer, winter)]
    ahead = 2 if changes[0] <= wall < changes[1] else 1
    return (wall - timedelta(hours=ahead)).replace(tzinfo=UTC)


def twenty_years(text: str, on_free_day: str = "after") -> list[Occurrence]:
    """All dates of the issues of twenty years, by steps from one to the next."""
    made = Calendar(parse_rule(text), BERLIN, "DE", "NW", OWN, on_free_day)
    found = list(made.dates(datetime(FIRST - 1, 10, 1, tzinfo=UTC), 12 * (LAST - FIRST + 1) + 6))
    return [each for each in found if f"{FIRST}-01" <= each.months[0] <= f"{LAST}-12"]


def test_there_are_thirty_rules() -> None:
    assert len({parse_rule(text) for text in RULES}) == 30


@pytest.mark.parametrize("text", RULES)
def test_twenty_years_agree_with_the_list_of_all_working_days(text: str) -> None:
    months = [(year, month) for year in range(FIRST, LAST + 1) for month in range(1, 13)]

    found = twenty_years(text)

    assert [each.months for each in found] == [(f"{year}-{month:02}",) for year, month in months]
    assert [each.at for each in found] == [to_utc(RULES[text](*month), text[-5:]) for month in months]
    assert all(one.at < next_one.at for one, next_one in pairwise(found))
    assert {each.at.astimezone(BERLIN).date() for each in found} <= {*WORKING}


@pytest.mark.parametrize("text", [text for text in RULES if "or" not in text.split() and "day" in text])
def test_what_is_shifted_says_why(text: str) -> None:
    for each in twenty_years(text):
        assert each.shifted == bool(each.reason)


@pytest.mark.parametrize("which", range(5))
@pytest.mark.parametrize(
    ("on_free_day", "moved"), [("after", following), ("before", preceding), ("none", None)]
)
def test_a_free_day_is_left_the_way_the_newsletter_wants(which: int, on_free_day: str, moved: object) -> None:
    name = ("monday", "tuesday", "wednesday", "thursday", "friday")[which]

    found = twenty_years(f"third {name} 09:30", on_free_day)

    for each, (year, month) in zip(
        found, ((y, m) for y in range(FIRST, LAST + 1) for m in range(1, 13)), strict=True
    ):
        named, day = weekday(year, month, 2, which), each.at.astimezone(BERLIN).date()
        assert day == (moved(named) if callable(moved) else named)
        assert each.shifted == (day != named)
        assert bool(each.reason) == (named in FREE)


def test_both_days_of_the_clocks_are_right_every_year() -> None:
    gaps = list(
        Calendar(parse_rule("last sunday 02:30"), BERLIN).dates(datetime(FIRST, 1, 1, tzinfo=UTC), 240)
    )

    march = [each for each in gaps if each.months[0].endswith("-03")]
    october = [each for each in gaps if each.months[0].endswith("-10")]
    rest = [each for each in gaps if each not in march and each not in october and not each.shifted]

    assert {(each.at.hour, f"{each.at.astimezone(BERLIN):%H:%M %z}") for each in march} == {
        (1, "03:30 +0200")
    }
    assert {(each.at.hour, f"{each.at.astimezone(BERLIN):%H:%M %z}") for each in october} == {
        (0, "02:30 +0200")
    }
    assert {each.reason for each in march} == {"the clocks go forward"}
    assert {f"{each.at.astimezone(BERLIN):%H:%M}" for each in rest} == {"02:30"}
    assert (len(march), len(october)) == (20, 20)
