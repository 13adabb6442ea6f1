"""The calendar: a rule in readable words, and the next instant after a given one; no clock, no state.

A rule is `first tuesday 09:30`, `last friday 10:00` or `15th 08:00`. The wall time holds in its zone: where
the clocks jump over it the mailing goes out as much later (02:30 becomes 03:30), in the doubled hour at the
first of the two.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from subscribers.errors import BadUsage, Problem

NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RULE = re.compile(
    rf"(?:(?P<nth>{'|'.join(NTH)})\s+(?P<weekday>{'|'.join(WEEKDAYS)})|(?P<day>\d\d?)(?:st|nd|rd|th))"
    r"\s+(?P<hour>\d\d?):(?P<minute>\d\d)"
)


@dataclass(frozen=True, slots=True)
class Monthly:
    """Once a month: the nth weekday, or a day of the month (the last one where the month is shorter)."""

    nth: int  # -1 is the last
    weekday: int | None  # 0 = Monday; None: `nth` is a day of the month
    at: time

    def on(self, year: int, month: int) -> date:
        """The day in this month."""
        first = date(year, month, 1)
        after = date(year + month // 12, month % 12 + 1, 1)
        days = [first + timedelta(days=number) for number in range((after - first).days)]
        if self.weekday is not None:
            days = [day for day in days if day.weekday() == self.weekday]
        return days[-1] if self.nth < 0 else days[min(self.nth, len(days)) - 1]


def parse_rule(text: str) -> Monthly:
    """The rule in words.

    Raises:
        Problem: it is none; the message shows the forms.
    """
    found = _RULE.fullmatch(" ".join(text.lower().split()))
    try:
        if found:
            at = time(int(found["hour"]), int(found["minute"]))
            if found["weekday"]:
                return Monthly(NTH[found["nth"]], WEEKDAYS.index(found["weekday"]), at)
            if 1 <= (day := int(found["day"])) <= 31:
                return Monthly(day, None, at)
    except ValueError:
        pass  # 25:00 and the like: the sentence below says it all
    raise Problem(
        f"{text!r} is no rule for sending.", hint='Write it like "first tuesday 09:30" or "15th 08:00".'
    )


def next_due(rule: Monthly, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of the rule after `after`, in UTC."""
    local = after.astimezone(zone)
    year, month = local.year, local.month
    while True:
        naive = datetime.combine(rule.on(year, month), rule.at)
        due = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if due > after:
            return due
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


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
