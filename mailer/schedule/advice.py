"""What deserves a second look in a calendar: times that the clocks jump over, hours when nobody is there."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from mailer.schedule.calendar import Calendar

EARLY, LATE = time(7), time(18)
_DAYS = 400  # both changes of the clocks, wherever in the year one begins


def advice(calendar: Calendar, now: datetime) -> Iterator[str]:
    """Sentences about the time of a rule; none for a time in the day."""
    at = calendar.rule.at
    if changes := list(islice(_changes(calendar, now), 2)):
        yield f"{at:%H:%M} {' and '.join(changes)}; another hour is safe."
    if not EARLY <= at <= LATE:
        hours = f"{EARLY:%H:%M}–{LATE:%H:%M}"
        yield f"{at:%H:%M} lies outside {hours}, when people read and somebody of the team is there."


def _changes(calendar: Calendar, now: datetime) -> Iterator[str]:
    """The coming days on which the wall time of the rule exists not at all, or twice."""
    first = now.astimezone(calendar.zone).date()
    for day in (first + timedelta(days=number) for number in range(_DAYS)):
        wall = datetime.combine(day, calendar.rule.at, tzinfo=calendar.zone)
        if wall.utcoffset() == wall.replace(fold=1).utcoffset():
            continue
        there = wall.astimezone(UTC).astimezone(calendar.zone).time() == calendar.rule.at
        yield (
            f"comes twice on {day} (the first counts)"
            if there
            else f"does not exist on {day} (later by the gap)"
        )
