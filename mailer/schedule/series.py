"""A newsletter's series: its next date in the database, derived from the rule, advanced by compare-and-set.

The row is the only truth about "when"; whoever changes it names what was read, so that of several schedulers
one wins. A process that was started with another rule than the row's leaves it alone: the newest start holds.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select, update

from mailer.delivery.schema import mailing, occurrence, series
from mailer.schedule.calendar import Calendar
from mailer.schedule.choosing import key_of, months_in
from mailer.schedule.newsroom import Terms
from subscribers.database import reading
from subscribers.errors import Problem
from subscribers.upsert import insert_new

log = logging.getLogger("rundbrief.schedule")

LONGEST = 600  # dates in a row that a rule may skip because their months had their turn
CLOCKS_APART = timedelta(hours=12)  # so far the clocks of several machines never are
REMEMBERED = 60  # passed dates that are looked at for months that had their turn


@dataclass(frozen=True, slots=True)
class Due:
    """One date of a series: its months and its instant."""

    months: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The row of a series; `due` is None while it rests."""

    newsletter: str
    rule: str
    due: Due | None
    rev: int


def find_series(connection: Connection, newsletter: str) -> Standing | None:
    """The series of a newsletter, if one was ever begun."""
    row = connection.execute(select(series).where(series.c.newsletter == newsletter)).one_or_none()
    if row is None:
        return None
    return Standing(
        row.newsletter, row.rule, Due(row.months, row.next_due) if row.next_due else None, row.rev
    )


def owned(connection: Connection, terms: Terms) -> Standing | None:
    """The series as long as it follows these terms, and only then."""
    found = find_series(connection, terms.newsletter)
    return found if found and found.due and terms.calendar and found.rule == terms.rule else None


def settle(engine: Engine, terms: Terms, now: datetime) -> None:
    """Make the series follow the configured rule: begin it, let it rest, or derive its next date again.

    A date that has passed meanwhile stays, so that it is accounted for by `passed`. What is planned and not
    approved moves along; what is approved stays, and is named.
    """
    with engine.begin() as connection:
        found = find_series(connection, terms.newsletter)
        if terms.calendar is None:
            _write(connection, terms, found, None)
            return
        due = _derived(connection, terms, terms.calendar, found, now)
        changed = _write(connection, terms, found, due)
        moved = _move_planned(connection, terms, terms.calendar, now)
    if changed and due:
        log.info("series %s: the next date is %s for %s", terms.newsletter, _local(terms, due.at), due.months)
    for line in moved:
        log.warning("series %s: %s", terms.newsletter, line)


def _derived(
    connection: Connection, terms: Terms, calendar: Calendar, found: Standing | None, now: datetime
) -> Due:
    """The next date as the rule has it now."""
    if found and found.due:
        if found.due.at <= now:
            return found.due
        if found.rule == terms.rule:  # the time zone's or the holidays' data may have changed
            return _date_for(calendar, found.due.months) or found.due
    return following(calendar, now, served(connection, terms.newsletter))


def served(connection: Connection, newsletter: str) -> set[str]:
    """The months that had their turn."""
    query = (
        select(occurrence.c.months)
        .where(occurrence.c.newsletter == newsletter, occurrence.c.passed_at.is_not(None))
        .order_by(occurrence.c.due_at.desc())
        .limit(REMEMBERED)
    )
    return {month for key in connection.scalars(query) for month in months_in(key)}


def following(calendar: Calendar, after: datetime, had: set[str]) -> Due:
    """The first date after a moment with a month that had not its turn yet.

    Raises:
        Problem: the calendar has none.
    """
    for _ in range(LONGEST):
        date = calendar.next_due(after)
        if not set(date.months) <= had:
            return Due(key_of(date.months), date.at)
        after = date.at
    raise Problem("The rule names no date that was not served.", place="config.toml: send")


def _date_for(calendar: Calendar, months: str) -> Due | None:
    """The date that the rule has for these months, None when it has none."""
    for month in sorted(months_in(months)):
        year, _, number = month.partition("-")
        if date := calendar.occurrence(int(year), int(number)):
            return Due(key_of(date.months), date.at)
    return None


def _write(connection: Connection, terms: Terms, found: Standing | None, due: Due | None) -> bool:
    """Store the date if nobody else was faster; True if it changed."""
    rule = terms.rule if due else ""
    values = {
        "rule": rule,
        "zone": terms.zone.key,
        "next_due": due.at if due else None,
        "months": due.months if due else "",
    }
    if found is None:
        if due is None:
            return False
        row = {"newsletter": terms.newsletter, "rev": 0, **values}
        return connection.execute(insert_new(connection, series).values(row)).rowcount == 1
    if (found.rule, found.due) == (rule, due):
        return False
    same = (series.c.newsletter == terms.newsletter) & (series.c.rev == found.rev)
    return connection.execute(update(series).where(same).values(rev=found.rev + 1, **values)).rowcount == 1


def _move_planned(connection: Connection, terms: Terms, calendar: Calendar, now: datetime) -> list[str]:
    """Give what is planned for later its date by the rule; what was moved or must stay, in words."""
    query = (
        select(occurrence, mailing.c.state, mailing.c.planned_by, mailing.c.due_at.label("mailed_at"))
        .join(mailing, mailing.c.id == occurrence.c.mailing_id, isouter=True)
        .where(
            occurrence.c.newsletter == terms.newsletter,
            occurrence.c.passed_at.is_(None),
            occurrence.c.due_at > now,
        )
    )
    told = []
    for row in connection.execute(query).all():
        due = _date_for(calendar, row.months)
        if due is None or due.at == row.due_at or due.at <= now:
            continue
        connection.execute(update(occurrence).where(occurrence.c.id == row.id).values(due_at=due.at))
        if row.mailing_id is None or row.mailed_at != row.due_at:
            continue  # a person chose another time for it
        if row.planned_by != "series" or row.state not in ("draft", "checked"):
            told.append(
                f"mailing {row.mailing_id} is {row.state} and stays on {_local(terms, row.mailed_at)}; "
                f"by the rule it would be {_local(terms, due.at)}"
            )
            continue
        free = (mailing.c.id == row.mailing_id) & mailing.c.state.in_(("draft", "checked"))
        connection.execute(update(mailing).where(free).values(due_at=due.at))
        told.append(f"mailing {row.mailing_id} moves to {_local(terms, due.at)}, as the rule now says")
    return told


def passed(engine: Engine, terms: Terms, now: datetime) -> tuple[Standing, list[Due], Due] | None:
    """The series, its dates until now, and the one after them; None while the next one is still to come."""
    with reading(engine) as connection:
        found = owned(connection, terms)
        if found is None or found.due is None or terms.calendar is None or found.due.at > now:
            return None
        had = served(connection, terms.newsletter)
    *gone, coming = _until(terms.calendar, found.due, now, had)
    return found, gone, coming


def _until(calendar: Calendar, first: Due, now: datetime, had: set[str]) -> Iterator[Due]:
    """From `first` on, every date until now and the one after."""
    due = first
    yield due
    while due.at <= now:
        had |= months_in(due.months)
        due = following(calendar, due.at, had)
        yield due


def advance(connection: Connection, found: Standing, coming: Due) -> bool:
    """Put the series on its next date; False if somebody else was faster."""
    assert found.due is not None
    as_read = (
        (series.c.newsletter == found.newsletter)
        & (series.c.next_due == found.due.at)
        & (series.c.rev == found.rev)
    )
    values = {"next_due": coming.at, "months": coming.months, "rev": found.rev + 1}
    return connection.execute(update(series).where(as_read).values(**values)).rowcount == 1


def go_back(engine: Engine, terms: Terms, now: datetime) -> None:
    """Take dates back that passed by a clock which was far ahead; else a series would skip them in silence.

    What was planned for them stays as it is, so that nothing goes out a second time.
    """
    own = (occurrence.c.newsletter == terms.newsletter) & occurrence.c.passed_at.is_not(None)
    ahead = own & (occurrence.c.due_at > now + CLOCKS_APART)
    with reading(engine) as connection:
        found = owned(connection, terms)
        first = connection.execute(select(occurrence).where(ahead).order_by(occurrence.c.due_at)).first()
    if found is None or first is None:
        return
    with engine.begin() as connection:
        if _write(connection, terms, found, Due(first.months, first.due_at)):
            connection.execute(update(occurrence).where(ahead).values(passed_at=None))
            log.warning("series %s: the clock was ahead, %s is still to come", terms.newsletter, first.months)


def _local(terms: Terms, at: datetime) -> str:
    return f"{at.astimezone(terms.zone):%Y-%m-%d %H:%M}"
