"""The mailing of a date: planned by the series when the date comes into view, or by a person before.

A date has one row in the books, whoever looks first; what stands there is never planned a second time, not
even after a person cancelled it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, case, or_, select, update

from mailer.checks.finding import blocking
from mailer.delivery import mailing as room
from mailer.delivery import release
from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import mailing, occurrence, series
from mailer.schedule.approvals import LATE
from mailer.schedule.choosing import Choice, choose
from mailer.schedule.newsroom import Found, Newsroom, Terms
from mailer.schedule.occasions import PASSED, Occasion, queue
from mailer.schedule.series import Due, advance, owned, passed
from subscribers.database import reading
from subscribers.errors import Problem, Refused
from subscribers.rules import to_tree
from subscribers.segments import get_segment
from subscribers.upsert import insert_new

log = logging.getLogger("rundbrief.schedule")

BY = "series"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the books say of a date."""

    mailing_id: int | None
    note: str


def plan_coming(engine: Engine, newsroom: Newsroom, terms: Terms, now: datetime) -> None:
    """Plan the next date's mailing once it is `plan_days` away; nothing without exactly one issue.

    What it says then is kept as its release 0, and it is `checked` when no finding stands in the way.
    """
    with reading(engine) as connection:
        found = owned(connection, terms)
        if found is None or found.due is None or not now < found.due.at <= now + _days(terms.plan_days):
            return
        due = found.due
        kept = find_kept(connection, terms.newsletter, due.months)
    if kept is None or kept.mailing_id is None:
        _plan_date(engine, newsroom, terms, due, kept, now)
    _keep_as_planned(engine, newsroom, terms, due)


def _plan_date(
    engine: Engine, newsroom: Newsroom, terms: Terms, due: Due, kept: Kept | None, now: datetime
) -> None:
    choice = choose(newsroom.issues(terms.newsletter), due.months)
    with reading(engine) as connection:
        existing = adoptable(connection, terms, due, choice.issue)
    if kept and existing is None and kept.note == choice.sentence() != "":
        return  # known, and nothing to do about it
    with engine.begin() as connection:
        # Its row is held until the mailing is written: the rule may be changed in the same moment.
        same = (series.c.newsletter == terms.newsletter) & (series.c.next_due == due.at)
        if connection.scalar(select(series.c.rev).where(same).with_for_update()) is not None:
            _attach(connection, terms, due, choice, now)


def _keep_as_planned(engine: Engine, newsroom: Newsroom, terms: Terms, due: Due) -> None:
    """Release 0 of what the series planned for this date, once; not of an issue that cannot be read."""
    with reading(engine) as connection:
        kept = find_kept(connection, terms.newsletter, due.months)
        if newsroom.as_planned is None or kept is None or kept.mailing_id is None:
            return
        planned = room.find(connection, str(kept.mailing_id))
        if not _is_new(connection, planned):
            return
    try:
        said = newsroom.as_planned(planned)
        red = any(blocking(newsroom.check(planned.issue, terms.newsletter)))
    except Problem as problem:
        log.debug("mailing %d cannot be looked at yet: %s", planned.id, problem)
        return
    with engine.begin() as connection:
        own = select(mailing.c.id).where(mailing.c.id == planned.id).with_for_update()
        if connection.scalar(own) is None or not _is_new(connection, room.find(connection, str(planned.id))):
            return  # another scheduler was faster, or a person
        release.keep(connection, planned.id, 0, said)
        if not red:
            room.move(connection, planned.id, "draft", "checked")


def _is_new(connection: Connection, planned: Mailing) -> bool:
    """Whether a series planned it, and nothing was kept of it yet."""
    new = (planned.planned_by, planned.state, planned.release) == (BY, "draft", 0)
    return new and not release.releases(connection, planned.id)


def pass_dates(
    engine: Engine, newsroom: Newsroom, terms: Terms, now: datetime, grace: timedelta
) -> list[Due]:
    """Put the series on its next date when one has passed; the dates that passed, of this call only.

    What was never planned is planned now, so that it is seen: as `missed` when it is later than `grace`.
    """
    if (gone := passed(engine, terms, now)) is None:
        return []
    if newsroom.trouble():
        return []
    found, dates, coming = gone
    issues = _readable(newsroom, terms)
    with engine.begin() as connection:
        if not advance(connection, found, coming):
            return []
        for due in dates:
            late = now - due.at
            missed = f"due {late} before anybody looked" if late > grace else ""
            _attach(connection, terms, due, choose(issues, due.months), now, missed)
            own = (occurrence.c.newsletter == terms.newsletter) & (occurrence.c.months == due.months)
            connection.execute(update(occurrence).where(own).values(passed_at=now))
            if (kept := find_kept(connection, terms.newsletter, due.months)) and kept.mailing_id is None:
                queue(connection, terms, Occasion(PASSED, due.months), now)
    return dates


def _readable(newsroom: Newsroom, terms: Terms) -> Sequence[Found]:
    try:
        return newsroom.issues(terms.newsletter)
    except OSError as error:
        log.error("series %s: the issues cannot be read: %s", terms.newsletter, error.strerror)
        return ()


def find_kept(connection: Connection, newsletter: str, months: str) -> Kept | None:
    """What the books say of a date, if they know it."""
    columns = select(occurrence.c.mailing_id, occurrence.c.note)
    own = (occurrence.c.newsletter == newsletter) & (occurrence.c.months == months)
    row = connection.execute(columns.where(own)).one_or_none()
    return Kept(row.mailing_id, row.note) if row else None


def adoptable(connection: Connection, terms: Terms, due: Due, issue: str) -> int | None:
    """The mailing that a person planned for this date or for its issue; rather one that was not cancelled.

    One to another segment than the newsletter's is none: the others would be left out in silence.
    """
    fits = or_(mailing.c.due_at == due.at, mailing.c.issue == issue)
    own = (mailing.c.newsletter == terms.newsletter) & (mailing.c.segment == terms.segment)
    query = select(mailing.c.id).where(own, mailing.c.kind == "issue", fits)
    cancelled = case((mailing.c.state == "cancelled", 1), else_=0)
    number: int | None = connection.scalar(query.order_by(cancelled, mailing.c.id).limit(1))
    return number


def _attach(
    connection: Connection, terms: Terms, due: Due, choice: Choice, now: datetime, missed: str = ""
) -> None:
    """Give the date its mailing, in the one row that it has; a new one is `missed` if there is a reason."""
    row = {"newsletter": terms.newsletter, "months": due.months, "due_at": due.at, "note": ""}
    connection.execute(insert_new(connection, occurrence).values(row))
    own = (occurrence.c.newsletter == terms.newsletter) & (occurrence.c.months == due.months)
    kept = connection.execute(select(occurrence).where(own).with_for_update()).one()
    if kept.mailing_id is not None:
        return
    number, note = adoptable(connection, terms, due, choice.issue), choice.sentence()
    if number is not None:
        note = ""
        log.info("series %s: mailing %d is the one for %s", terms.newsletter, number, due.months)
    elif choice.issue:
        number, note = _plan(connection, terms, due, choice.issue, now)
        if number is not None and missed and room.move(connection, number, "draft", "missed", reason=missed):
            queue(connection, terms, Occasion(LATE, str(number)), now, number)
    if note and note != kept.note:
        log.warning("series %s: nothing is planned: %s", terms.newsletter, note)
    values: dict[str, Any] = {"mailing_id": number, "note": note, "due_at": due.at}
    connection.execute(update(occurrence).where(own).values(**values))


def _plan(
    connection: Connection, terms: Terms, due: Due, issue: str, now: datetime
) -> tuple[int | None, str]:
    """A new mailing in state draft, or why there can be none."""
    try:
        rule = get_segment(connection, terms.segment).rule
    except Problem as problem:
        return None, f"segment {terms.segment}: {problem}"
    try:
        number = room.plan(
            connection,
            newsletter=terms.newsletter,
            issue=issue,
            segment=terms.segment,
            rule=to_tree(rule),
            due_at=due.at,
            by=BY,
            now=now,
            relay=terms.relay,
            stale_hours=terms.stale_hours,
        )
    except Refused:  # a person was faster, and it is what they planned
        return adoptable(connection, terms, due, issue), ""
    when = due.at.astimezone(terms.zone)
    log.info("series %s: mailing %d planned, %s on %s", terms.newsletter, number, issue, f"{when:%Y-%m-%d}")
    return number, ""


def _days(count: int) -> timedelta:
    return timedelta(days=count)
