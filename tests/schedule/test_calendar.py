import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailer.schedule.calendar import Calendar, meetings, parse_rule, read_instant
from mailer.schedule.rule import WEEKDAYS
from subscribers.errors import BadUsage, Problem

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    BERLIN,
    *(ZoneInfo(name) for name in ("UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")),
]
START = datetime(2026, 1, 1, tzinfo=UTC)

days = st.one_of(
    st.builds("{}. {}".format, st.integers(1, 4), st.sampled_from([*WEEKDAYS, "arbeitstag"])),
    st.builds("last {}".format, st.sampled_from([*WEEKDAYS, "working day", "day"])),
    st.builds("{}.".format, st.integers(1, 31)),
)
sides = st.builds("{} workdays {} ".format, st.integers(1, 10), st.sampled_from(["before", "after"]))
rules = st.builds("{}{} {:%H:%M}".format, st.just("") | sides, days, st.times())


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar but those that leave out a month and put it together with another at once."""
    left_out = draw(st.sampled_from([frozenset(), frozenset({8}), frozenset({2, 3, 4, 5, 6, 9, 10, 11})]))
    double = draw(st.sampled_from([(), ((7, 8),), ((12, 1),)]))
    assume(not any(month in left_out for pair in double for month in pair))
    return Calendar(
        parse_rule(draw(rules)),
        draw(st.sampled_from(ZONES)),
        state=draw(st.sampled_from(["", "NW", "BY"])),
        free_days=draw(
            st.sampled_from([(), ("12-24", "rosenmontag"), tuple(f"08-{day}" for day in range(10, 29))])
        ),
        on_free_day=draw(st.sampled_from(["after", "before", "none"])),
        skip=left_out,
        double=double,
    )


def made(text: str, **rest: object) -> Calendar:
    return Calendar(parse_rule(text), BERLIN, **rest)  # type: ignore[arg-type]


def local(calendar: Calendar, number: int, after: datetime = START) -> list[str]:
    """The dates as people read them, with the months and the reason."""
    return [
        f"{each.at.astimezone(calendar.zone):%a %Y-%m-%d %H:%M} {'+'.join(each.months)} {each.reason}".strip()
        for each in calendar.dates(after, number)
    ]


@given(calendars(), st.timedeltas(timedelta(0), timedelta(days=7_000)))
def test_the_next_date_is_after_and_nothing_lies_between(calendar: Calendar, later: timedelta) -> None:
    after = START + later

    due = calendar.next_due(after)

    assert after < due.at
    assert calendar.next_due(due.at - timedelta(microseconds=1)) == due
    assert calendar.next_due(after + (due.at - after) / 2) == due


@given(calendars())
def test_every_month_has_its_issue_once_or_is_left_out(calendar: Calendar) -> None:
    found = list(calendar.dates(START, 60))

    months = [month for each in found for month in each.months]
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (months[0], months[-1]))
    every = [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, last + 1)]
    assert months == [month for month in every if int(month[5:]) not in calendar.skip]
    assert sorted({each.at for each in found}) == [each.at for each in found]


def test_the_wall_time_holds_in_winter_and_summer() -> None:
    found = list(made("first tuesday 09:30").dates(START, 12))

    assert {f"{each.at.astimezone(BERLIN):%H:%M}" for each in found} == {"09:30"}
    assert {each.at.hour for each in found} == {7, 8}
    assert all(each.at.tzinfo is UTC for each in found)


def test_the_month_is_the_one_of_the_zone() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # already November in Berlin

    assert made("2nd 00:15").next_due(late).at == datetime(2026, 11, 1, 23, 15, tzinfo=UTC)


def test_the_month_is_the_one_of_a_zone_far_behind_too() -> None:
    early = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # still 30 November in New York

    due = Calendar(parse_rule("31st 23:00"), ZoneInfo("America/New_York")).next_due(early)

    assert (due.at, due.months) == (datetime(2026, 12, 1, 4, 0, tzinfo=UTC), ("2026-11",))


def test_a_time_that_the_clocks_jump_over_comes_an_hour_later_and_says_so() -> None:
    due = made("last sunday 02:30").next_due(datetime(2027, 3, 1, tzinfo=UTC))

    assert due.at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert (due.shifted, due.reason) == (True, "the clocks go forward")


def test_a_time_that_comes_twice_is_used_once() -> None:
    calendar = made("last sunday 02:30")

    due = calendar.next_due(datetime(2026, 10, 1, tzinfo=UTC))

    assert (due.at, due.shifted) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), False)
    assert calendar.next_due(due.at).at > due.at + timedelta(days=20)


@pytest.mark.parametrize(
    ("on_free_day", "expected"),
    [
        ("after", "Tue 2027-11-02 09:30 2027-11 Allerheiligen"),
        ("before", "Fri 2027-10-29 09:30 2027-11 Allerheiligen"),
        ("none", "Mon 2027-11-01 09:30 2027-11 Allerheiligen"),
    ],
)
def test_a_holiday_is_left_in_the_direction_that_is_wanted(on_free_day: str, expected: str) -> None:
    calendar = made("first monday 09:30", state="NW", on_free_day=on_free_day)

    after = datetime(2027, 10, 15, tzinfo=UTC)

    assert local(calendar, 1, after) == [expected]
    assert calendar.next_due(after).shifted == (on_free_day != "none")


def test_the_words_of_the_rule_win_over_the_newsletters_habit() -> None:
    calendar = made("15th or previous working day 08:00", on_free_day="after")

    assert local(calendar, 1, datetime(2027, 5, 1, tzinfo=UTC)) == ["Fri 2027-05-14 08:00 2027-05 Saturday"]


def test_who_names_a_sunday_means_it_but_not_a_holiday() -> None:
    calendar = made("last sunday 10:00", state="NW")

    assert local(calendar, 2, datetime(2027, 11, 1, tzinfo=UTC)) == [
        "Sun 2027-11-28 10:00 2027-11",
        "Mon 2027-12-27 10:00 2027-12 Zweiter Weihnachtstag",
    ]


def test_a_shift_into_the_next_month_stays_with_its_issue() -> None:
    calendar = made("last day 08:00")

    assert local(calendar, 2, datetime(2027, 1, 15, tzinfo=UTC)) == [
        "Mon 2027-02-01 08:00 2027-01 Sunday",
        "Mon 2027-03-01 08:00 2027-02 Sunday",
    ]


def test_days_before_the_first_belong_to_the_month_of_that_first() -> None:
    calendar = made("3 working days before the 1st 09:00", state="NW", free_days=("12-24", "12-31"))

    assert local(calendar, 2, datetime(2026, 12, 1, tzinfo=UTC)) == [
        "Mon 2026-12-28 09:00 2027-01",
        "Wed 2027-01-27 09:00 2027-02",
    ]


def test_a_skipped_month_has_none_and_a_double_issue_goes_out_in_the_first_of_two() -> None:
    calendar = made("first tuesday 09:30", skip=frozenset({1}), double=((7, 8),))

    assert local(calendar, 3, datetime(2026, 6, 10, tzinfo=UTC)) == [
        "Tue 2026-07-07 09:30 2026-07+2026-08",
        "Tue 2026-09-01 09:30 2026-09",
        "Tue 2026-10-06 09:30 2026-10",
    ]
    assert local(calendar, 1, datetime(2026, 12, 10, tzinfo=UTC)) == ["Tue 2027-02-02 09:30 2027-02"]
    assert calendar.occurrence(2026, 8) is None


def test_a_double_issue_may_turn_the_year() -> None:
    calendar = made("first tuesday 09:30", double=((12, 1),))

    assert local(calendar, 2, datetime(2026, 11, 10, tzinfo=UTC)) == [
        "Tue 2026-12-01 09:30 2026-12+2027-01",
        "Tue 2027-02-02 09:30 2027-02",
    ]


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        ({"state": "NRW"}, "state: There is no holiday region 'NRW' in DE."),
        ({"country": "XX"}, "country: There is no holiday region 'XX'."),
        ({"free_days": ("12-24", "32-01")}, "free_days: '32-01' names a day that does not exist."),
        ({"on_free_day": "ask"}, "on_free_day: 'ask' is nothing to do."),
        ({"skip": frozenset({0})}, "skip: There is no month 0."),
        ({"skip": frozenset(range(1, 13))}, "skip: All months are left out, the rule would never fire."),
        ({"double": ((7, 9),)}, "double: [7, 9] is no double issue."),
        ({"double": ((12, 13),)}, "double: [12, 13] is no double issue."),
        ({"double": ((7, 8), (8, 9))}, "double: Month 8 is named twice."),
        ({"double": ((7, 8),), "skip": frozenset({8})}, "double: Month 8 is named twice."),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(rest: dict[str, object], sentence: str) -> None:
    with pytest.raises(Problem) as caught:
        made("first tuesday 09:30", **rest)

    assert str(caught.value).startswith(sentence)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "1st 09:00",
        "31st or previous working day 09:00",
        "last working day 09:00",
        "1 workday before the 1st 09:00",
    ],
)
def test_four_weeks_without_a_working_day_are_refused(text: str) -> None:
    closed = tuple(f"08-{day:02}" for day in range(1, 32))
    calendar = made(text, free_days=closed)

    with pytest.raises(Problem, match="no working day") as caught:
        list(calendar.dates(START, 12))

    assert "`skip`" in (caught.value.hint or "")


def test_three_weeks_of_closed_offices_are_walked_around() -> None:
    closed = tuple(f"2027-08-{day:02}" for day in range(2, 23))

    assert local(made("1st 09:00", free_days=closed), 1, datetime(2027, 7, 20, tzinfo=UTC)) == [
        "Mon 2027-08-23 09:00 2027-08 Sunday"
    ]


def test_where_the_tables_end_the_calendar_ends() -> None:
    with pytest.raises(Problem, match="No holidays are known after 2099"):
        made("first tuesday 09:30").next_due(datetime(2099, 12, 24, tzinfo=UTC))


def test_two_newsletters_in_the_same_minute_are_refused_by_name() -> None:
    pair = {"presse": made("2nd working day 09:30"), "rundbrief": made("first tuesday 09:30")}

    (found,) = meetings(pair, START, 24)

    assert (found.one, found.other) == ("presse", "rundbrief")
    assert found.at.astimezone(BERLIN) == datetime(2026, 2, 3, 9, 30, tzinfo=BERLIN)
    assert not list(meetings({**pair, "presse": made("2nd working day 09:45")}, START, 24))


@pytest.mark.parametrize(
    "text", ["2027-01-05 09:30", "2027-1-5 9:30", "2027-01-05T09:30", " 2027-01-05 09:30 "]
)
def test_a_local_time_becomes_an_instant(text: str) -> None:
    assert read_instant(text, BERLIN) == datetime(2027, 1, 5, 8, 30, tzinfo=UTC)


def test_of_a_doubled_hour_the_first_is_meant() -> None:
    assert read_instant("2026-10-25 02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-30 09:30",
        "2027-02-29 09:30",
        "2027-13-01 09:30",
        "2027-01-05 24:00",
        "0000-01-01 00:00",
        "0001-01-01 00:00",
    ],
)
def test_a_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(BadUsage, match="does not exist"):
        read_instant(text, BERLIN)


def test_a_time_that_the_clocks_jump_over_is_refused() -> None:
    with pytest.raises(BadUsage, match="does not exist in Europe/Berlin: the clocks jump over it"):
        read_instant("2027-03-28 02:30", BERLIN)


@given(st.one_of(st.text(max_size=30), st.from_regex(r"\A\d{1,5}-\d\d?-\d\d?[ T]\d\d?:\d\d\Z")))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    for zone in (BERLIN, ZoneInfo("America/New_York")):
        with contextlib.suppress(BadUsage):
            assert read_instant(text, zone).tzinfo is UTC
