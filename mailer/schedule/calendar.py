"""The calendar of a newsletter: rule, zone, free days, and the next date after an instant; it has no state.

The wall time holds in the zone: where the clocks jump over it the mailing goes out as much later (02:30
becomes 03:30), in the doubled hour at the first of the two. Each period (a month, or the two of a double
issue) has one date, and later periods have later ones: four weeks without a working day are refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from mailer.schedule.holidays import LAST_YEAR, free_days, require_free_day, require_region
from mailer.schedule.rule import WEEKDAYS, Rule, parse_rule
from subscribers.errors import BadUsage, Problem

__all__ = ["Calendar", "Meeting", "Occurrence", "meetings", "parse_rule", "read_instant"]

CLOCKS = "the clocks go forward"
_LONGEST_GAP = 26  # so many free days lie between the 15ths of the shortest month: no two dates ever meet
_ENDLESS = "Look at `free_days`; a month without an issue stands in `skip`."


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a newsletter.

    Attributes:
        at: the instant, in UTC.
        shifted: it is not the day, or not the time, that the rule names.
        reason: why the day named is free, such as `Allerheiligen` or `Saturday`; with `on_free_day = "none"`
            there is a reason and no shift.
        months: what the issue is for, such as `("2026-07", "2026-08")`: the months in which the rule names
            the day, whatever the shift; of `3 working days before the 1st` the month of that 1st.
    """

    at: datetime
    shifted: bool
    reason: str
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a newsletter goes out.

    Attributes:
        free_days: the newsletter's own, as `12-24`, `2027-02-08` or a name such as `rosenmontag`.
        on_free_day: `after` is the next working day, `before` the previous one, `none` sends all the same.
        skip: months without an issue.
        double: pairs of months with one issue, which goes out in the first of the two.

    Raises:
        Problem: the region, a free day or a month is none; the place is the name of the attribute.
    """

    rule: Rule
    zone: ZoneInfo
    country: str = "DE"
    state: str = ""
    free_days: tuple[str, ...] = ()
    on_free_day: str = "after"
    skip: frozenset[int] = frozenset()
    double: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.on_free_day not in ("after", "before", "none"):
            hint = 'Write "after", "before" or "none".'
            raise Problem(f"{self.on_free_day!r} is nothing to do.", place="on_free_day", hint=hint)
        require_region(self.country, self.state)
        for entry in self.free_days:
            require_free_day(entry)
        _require_months(self.skip, self.double)

    def next_due(self, after: datetime) -> Occurrence:
        """The first date after `after`.

        Raises:
            Problem: the free days leave four weeks without a working day, or the tables of holidays end.
        """
        local = after.astimezone(self.zone)
        # A shift leads into the next month at most, ten working days around closed weeks lead farther.
        months = 12 if self.rule.away else 1
        for number in count(local.year * 12 + local.month - 1 - months):
            found = self.occurrence(number // 12, number % 12 + 1)
            if found and found.at > after:
                return found
        raise AssertionError("a calendar has a date every year")

    def dates(self, after: datetime, number: int) -> Iterator[Occurrence]:
        """So many dates after `after`. Raises Problem as `next_due` does."""
        for _ in range(number):
            found = self.next_due(after)
            after = found.at
            yield found

    def occurrence(self, year: int, month: int) -> Occurrence | None:
        """The date of this month's issue; None where it is left out, or the second of a double issue."""
        if month in self.skip or any(month == second for _, second in self.double):
            return None
        if year > LAST_YEAR:
            raise Problem(f"No holidays are known after {LAST_YEAR}.", hint="Name an earlier date.")
        named = self._named(year, month)
        day, reason = self._shift(named)
        wall = datetime.combine(day, self.rule.at)
        at = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        moved = at.astimezone(self.zone).replace(tzinfo=None) != wall
        reason = ", ".join(filter(None, (reason, CLOCKS if moved else "")))
        two = (month, month % 12 + 1) in self.double
        numbers = range(year * 12 + month - 1, year * 12 + month + two)
        months = tuple(f"{number // 12}-{number % 12 + 1:02}" for number in numbers)
        return Occurrence(at, moved or (not self.rule.away and day != named), reason, months)

    def _named(self, year: int, month: int) -> date:
        """The day that the rule names in this month, before any shift."""
        first = date(year, month, 1)
        length = (date(year + month // 12, month % 12 + 1, 1) - first).days
        days = [first + timedelta(days=number) for number in range(length)]
        if self.rule.kind == "weekday":
            days = [day for day in days if day.weekday() == self.rule.weekday]
        elif self.rule.kind == "working":
            days = [day for day in days if not self.why_free(day)]
            if not days:
                raise Problem(f"{first:%Y-%m} has no working day.", place="free_days", hint=_ENDLESS)
        nth = self.rule.nth
        return days[max(nth, -len(days))] if nth < 0 else days[min(nth, len(days)) - 1]

    def why_free(self, day: date) -> str:
        """Why nobody works on this day; empty for a working day."""
        own = free_days(self.country, self.state, self.free_days, day.year).get(day, "")
        return own or (WEEKDAYS[day.weekday()].capitalize() if day.weekday() > 4 else "")

    def _shift(self, named: date) -> tuple[date, str]:
        """The day on which it goes out instead, and why."""
        rule = self.rule
        if rule.away:
            return self._walk(named, rule.away), ""
        reason = self.why_free(named)
        if rule.kind == "weekday" and not rule.turn and reason == WEEKDAYS[rule.weekday].capitalize():
            return named, ""  # who names a Saturday means it
        turn = rule.turn or self.on_free_day
        if not reason or turn == "none":
            return named, reason
        return self._walk(named, 1 if turn == "after" else -1), reason

    def _walk(self, day: date, steps: int) -> date:
        """The working day so many steps on; negative steps go back."""
        start, direction, gap = day, 1 if steps > 0 else -1, 0
        while steps:
            day += timedelta(days=direction)
            if not self.why_free(day):
                steps, gap = steps - direction, 0
            elif (gap := gap + 1) > _LONGEST_GAP:
                raise Problem(
                    f"Around {start} no working day is left for four weeks.", place="free_days", hint=_ENDLESS
                )
        return day


def _require_months(skip: frozenset[int], double: tuple[tuple[int, int], ...]) -> None:
    if wrong := sorted(month for month in skip if not 1 <= month <= 12):
        raise Problem(f"There is no month {wrong[0]}.", place="skip", hint="Write 1 to 12.")
    if len(skip) == 12:
        hint = "Leave `send` away where nothing goes out by a rule."
        raise Problem("All months are left out, the rule would never fire.", place="skip", hint=hint)
    months = [month for pair in double for month in pair]
    for pair in double:
        if not 1 <= pair[0] <= 12 or pair[1] != pair[0] % 12 + 1:
            hint = "Write two months in a row, such as [[7, 8]] or [[12, 1]]."
            raise Problem(f"{list(pair)} is no double issue.", place="double", hint=hint)
    if twice := sorted(month for month in {*months} if months.count(month) > 1 or month in skip):
        hint = "A month is skipped, or in one double issue, or has an issue of its own."
        raise Problem(f"Month {twice[0]} is named twice.", place="double", hint=hint)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two newsletters whose next common minute this is."""

    one: str
    other: str
    at: datetime


def meetings(calendars: Mapping[str, Calendar], after: datetime, dates: int) -> Iterator[Meeting]:
    """Every two newsletters that meet in a minute, among so many coming dates of each."""
    taken: dict[datetime, list[str]] = {}
    known = set[tuple[str, str]]()
    for key, calendar in calendars.items():
        for each in calendar.dates(after, dates):
            for other in taken.setdefault(each.at, []):
                if (other, key) not in known:
                    known.add((other, key))
                    yield Meeting(other, key, each.at)
            taken[each.at].append(key)


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """`2027-01-05 09:30` in the given zone, as UTC.

    Raises:
        BadUsage: it does not exist, such as 30 February, or 02:30 on the day summer time begins.
    """
    if not (found := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)[ T](\d\d?):(\d\d)", text.strip())):
        raise BadUsage(f"{text!r} is no time.", hint='Write it like "2027-01-05 09:30".')
    try:
        wall = datetime(*(int(part) for part in found.groups()), tzinfo=zone)  # type: ignore[arg-type,misc]
        instant = wall.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadUsage(f"{text!r} does not exist: {error}.") from None
    if instant.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise BadUsage(f"{text!r} does not exist in {zone.key}: the clocks jump over it.")
    return instant
