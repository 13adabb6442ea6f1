from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailer.schedule.advice import advice
from mailer.schedule.calendar import Calendar, parse_rule

NOW = datetime(2026, 9, 1, tzinfo=UTC)
HOURS = "{} lies outside 07:00–18:00, when people read and somebody of the team is there."


def sentences(at: str, zone: str = "Europe/Berlin") -> list[str]:
    return list(advice(Calendar(parse_rule(f"first tuesday {at}"), ZoneInfo(zone)), NOW))


@pytest.mark.parametrize("at", ["07:00", "09:30", "18:00"])
def test_a_time_in_the_day_needs_no_advice(at: str) -> None:
    assert sentences(at) == []


@pytest.mark.parametrize("at", ["06:59", "18:01", "00:00", "01:59", "03:00"])
def test_a_time_outside_the_day_gets_a_hint(at: str) -> None:
    assert sentences(at) == [HOURS.format(at)]


@pytest.mark.parametrize("at", ["02:00", "02:30", "02:59"])
def test_between_two_and_three_the_days_of_the_clocks_are_named(at: str) -> None:
    clocks, hours = sentences(at)

    twice, never = (
        "comes twice on 2026-10-25 (the first counts)",
        "does not exist on 2027-03-28 (later by the gap)",
    )
    assert clocks == f"{at} {twice} and {never}; another hour is safe."
    assert hours == HOURS.format(at)


def test_a_zone_without_summer_time_has_no_such_days() -> None:
    assert sentences("02:30", "UTC") == [HOURS.format("02:30")]


def test_other_zones_change_at_another_hour() -> None:
    assert "comes twice on 2026-11-01" in sentences("01:30", "America/New_York")[0]
    assert sentences("01:30") == [HOURS.format("01:30")]
