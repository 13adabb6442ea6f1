import contextlib
from calendar import monthrange
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.schedule.calendar import NTH, WEEKDAYS, Monthly, next_due, parse_rule, read_instant
from subscribers.errors import BadUsage, Problem

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    BERLIN,
    UTC,
    *(ZoneInfo(name) for name in ("America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")),
]
START = datetime(2026, 1, 1, tzinfo=UTC)
rules = st.one_of(
    st.builds(Monthly, st.sampled_from(list(NTH.values())), st.integers(0, 6), st.times()),
    st.builds(Monthly, st.integers(1, 31), st.none(), st.times()),
)


def dates(rule: Monthly, zone: ZoneInfo, months: int) -> list[datetime]:
    found, after = [], START
    for _ in range(months):
        after = next_due(rule, after, zone)
        found.append(after)
    return found


@pytest.mark.parametrize(
    "text", ["first tuesday 02:30", "last sunday 02:30", "fourth friday 23:59", "31st 02:30", "15th 00:00"]
)
def test_over_twenty_years_there_is_one_date_a_month_on_the_right_day(text: str) -> None:
    rule = parse_rule(text)

    found = [each.astimezone(BERLIN) for each in dates(rule, BERLIN, 240)]

    assert found == sorted(set(found))
    assert [(each.year, each.month) for each in found] == [(2026 + n // 12, n % 12 + 1) for n in range(240)]
    for each in found:
        if rule.weekday is None:
            assert each.day == min(rule.nth, monthrange(each.year, each.month)[1])
        else:
            assert each.weekday() == rule.weekday
            days = monthrange(each.year, each.month)[1]
            assert each.day > days - 7 if rule.nth < 0 else (each.day - 1) // 7 == rule.nth - 1


@given(rules, st.timedeltas(timedelta(0), timedelta(days=7_000)), st.sampled_from(ZONES))
def test_the_next_date_is_after_and_nothing_lies_between(
    rule: Monthly, later: timedelta, zone: ZoneInfo
) -> None:
    after = START + later

    due = next_due(rule, after, zone)

    assert after < due <= after + timedelta(days=63)
    assert next_due(rule, due - timedelta(microseconds=1), zone) == due
    assert next_due(rule, after + (due - after) / 2, zone) == due


def test_the_wall_time_holds_in_winter_and_summer() -> None:
    found = dates(parse_rule("first tuesday 09:30"), BERLIN, 12)

    assert {each.astimezone(BERLIN).time() for each in found} == {time(9, 30)}
    assert {each.hour for each in found} == {7, 8}


def test_the_month_is_the_one_of_the_zone() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # already November in Berlin

    assert next_due(parse_rule("1st 00:15"), late, BERLIN) == datetime(2026, 11, 30, 23, 15, tzinfo=UTC)


def test_the_month_is_the_one_of_a_zone_far_behind_too() -> None:
    early = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)  # still 22:00 on 31 October in New York

    due = next_due(parse_rule("31st 23:00"), early, ZoneInfo("America/New_York"))

    assert due == datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_comes_an_hour_later() -> None:
    due = next_due(parse_rule("last sunday 02:30"), datetime(2027, 3, 1, tzinfo=UTC), BERLIN)

    assert due == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert due.astimezone(BERLIN).time() == time(3, 30)


def test_a_time_that_comes_twice_is_used_once() -> None:
    due = next_due(parse_rule("last sunday 02:30"), datetime(2026, 10, 1, tzinfo=UTC), BERLIN)

    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_due(parse_rule("last sunday 02:30"), due, BERLIN) > due + timedelta(days=20)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("first tuesday 09:30", Monthly(1, 1, time(9, 30))),
        ("  Last   FRIDAY 7:05 ", Monthly(-1, 4, time(7, 5))),
        ("15th 08:00", Monthly(15, None, time(8))),
        ("1st 0:00", Monthly(1, None, time(0))),
        *(
            (f"{nth} {day} 12:00", Monthly(number, index, time(12)))
            for nth, number in NTH.items()
            for index, day in enumerate(WEEKDAYS)
        ),
    ],
)
def test_a_rule_in_words(text: str, rule: Monthly) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tuesday 09:30",
        "fifth tuesday 09:30",
        "0th 09:30",
        "32nd 09:30",
        "first tuesday",
        "first tuesday 24:00",
        "15th 08:60",
        "erster Dienstag 09:30",
        "first tuesday 09:30 x",
    ],
)
def test_what_is_no_rule_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(Problem, match="is no rule for sending") as caught:
        parse_rule(text)

    assert "first tuesday 09:30" in (caught.value.hint or "")


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
