"""Tells the team: what is missing before a date, and what became of a mailing; each reader once.

A row is claimed before its mail leaves. After a crash in between it stays claimed: one mail too few to a
colleague is harmless, the same one twice is not asked for.
"""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from mailer.delivery import mailing as room
from mailer.delivery.schema import occurrence, reminder
from mailer.delivery.transport import Receipt, RelayDown
from mailer.schedule.approvals import LATE, UNAPPROVED, VOID
from mailer.schedule.newsroom import Newsroom, Notice, Refusal, Terms, Text
from mailer.schedule.notices import write_before, write_lost, write_passed, write_refused
from mailer.schedule.occasions import (
    BEFORE,
    PASSED,
    REFUSED,
    REPORT,
    Occasion,
    day_before,
    is_known,
    may_tell,
    queue,
    read_occasion,
    reader_of,
)
from mailer.schedule.outlook import OPEN, look_ahead
from mailer.schedule.series import Due, owned
from subscribers.database import reading
from subscribers.errors import Problem

log = logging.getLogger("rundbrief.schedule")

GIVE_UP = timedelta(days=3)  # a notice that could not be handed over for so long is of no use


def remind(engine: Engine, newsroom: Newsroom, terms: Terms, now: datetime) -> None:
    """Lay the reminders of today ready: once for each configured day before the next date, or once a month
    that the rule cannot be followed.
    """
    if not may_tell(terms, now) or not terms.team.addresses:
        return
    if terms.refusal:
        refused = _refused(terms, terms.refusal, now)
        with engine.begin() as connection:
            queue(connection, _not_told_by_others(newsroom, terms), refused, now)
        return
    with reading(engine) as connection:
        found = owned(connection, terms)
        if found is None or found.due is None or found.due.at <= now:
            return
        due, day = found.due, day_before(terms.team, found.due, terms, now)
        if day is None:
            return
        occasion = Occasion(BEFORE, due.months, str(day))
        if is_known(connection, terms.newsletter, occasion):
            return
    outlook = look_ahead(engine, newsroom, terms, due)
    with engine.begin() as connection:
        number = outlook.mailing.id if outlook.mailing else None
        state = "waiting" if outlook.state in OPEN else "needless"
        queue(connection, terms, occasion, now, number, state=state)


def _not_told_by_others(newsroom: Newsroom, terms: Terms) -> Terms:
    """The team without those who hear it for a newsletter before this one: two of them meet in one minute."""
    before = newsroom.terms[: [each.newsletter for each in newsroom.terms].index(terms.newsletter)]
    told = {
        address for each in before if each.refusal and _same(each, terms) for address in each.team.addresses
    }
    rest = tuple(each for each in terms.team.addresses if each not in told)
    return replace(terms, team=replace(terms.team, addresses=rest))


def _same(one: Terms, other: Terms) -> bool:
    """Whether one sentence says why both are refused."""
    sentences = [each.refusal.sentence if each.refusal and each.refusal.at else "" for each in (one, other)]
    return sentences[0] == sentences[1] != ""


def _refused(terms: Terms, refusal: Refusal, now: datetime) -> Occasion:
    """The occasion of this month; another sentence is another one."""
    digest = hashlib.sha256(refusal.sentence.encode()).hexdigest()[:16]
    return Occasion(REFUSED, digest, f"{now.astimezone(terms.zone):%Y-%m}")


def deliver(engine: Engine, newsroom: Newsroom, now: datetime) -> None:
    """Send what lies ready; what the relay does not take now waits for the next call."""
    known = {terms.newsletter: terms for terms in newsroom.terms}
    with reading(engine) as connection:
        waiting = connection.execute(
            select(reminder).where(reminder.c.state == "waiting").order_by(reminder.c.id)
        ).all()
    texts = dict[tuple[str, str], Text | None]()
    for row in waiting:
        if (terms := known.get(row.newsletter)) is None:
            _book(engine, row, "waiting", "needless")
            continue
        if not may_tell(terms, now):
            continue
        key = (row.newsletter, row.occasion)
        if key not in texts:
            texts[key] = _write(engine, newsroom, terms, row, now)
        address = next(
            (each for each in terms.team.addresses if reader_of(terms.newsletter, each) == row.reader), None
        )
        if address is None or (text := texts[key]) is None:
            _book(engine, row, "waiting", "needless")
        elif now - row.made_at > GIVE_UP:
            _book(engine, row, "waiting", "failed", reason="the relay took it on none of three days")
        elif not _send(engine, newsroom, row, _notice(terms, row, address, text), now):
            return


def _notice(terms: Terms, row: Row[Any], address: str, text: Text) -> Notice:
    identity = f"notice.{row.id}.{row.reader[:16]}"
    return Notice(terms.newsletter, address, text.subject, text.body, identity, text.enclosure)


def _write(engine: Engine, newsroom: Newsroom, terms: Terms, row: Row[Any], now: datetime) -> Text | None:
    """The notice as things stand now; None when there is nothing left to tell."""
    occasion = read_occasion(row.occasion)
    if occasion.kind == BEFORE:
        return _before(engine, newsroom, terms, occasion, now)
    if occasion.kind == REFUSED:
        same = terms.refusal and _refused(terms, terms.refusal, now).about == occasion.about
        return write_refused(terms, terms.refusal) if terms.refusal and same else None
    with reading(engine) as connection:
        if occasion.kind == PASSED:
            due = _passed(connection, terms, occasion.about)
            return write_passed(terms, due) if due else None
        planned = room.find(connection, occasion.about)
    if occasion.kind == REPORT:
        return newsroom.report(planned, now) if newsroom.report else None
    telling = {VOID: ("draft", "checked"), LATE: ("missed",), UNAPPROVED: ("missed",)}[occasion.kind]
    return write_lost(terms, planned, occasion.kind, row.reason) if planned.state in telling else None


def _before(
    engine: Engine, newsroom: Newsroom, terms: Terms, occasion: Occasion, now: datetime
) -> Text | None:
    with reading(engine) as connection:
        found = owned(connection, terms)
    if found is None or found.due is None or found.due.months != occasion.about or found.due.at <= now:
        return None
    if str(day_before(terms.team, found.due, terms, now)) != occasion.which:
        return None  # it waited so long that a nearer day has come
    outlook = look_ahead(engine, newsroom, terms, found.due)
    return write_before(terms, outlook, now) if outlook.state in OPEN else None


def _passed(connection: Connection, terms: Terms, months: str) -> Due | None:
    own = (occurrence.c.newsletter == terms.newsletter) & (occurrence.c.months == months)
    row = connection.execute(select(occurrence).where(own)).one_or_none()
    return Due(months, row.due_at) if row and row.mailing_id is None else None


def _send(engine: Engine, newsroom: Newsroom, row: Row[Any], notice: Notice, now: datetime) -> bool:
    """Claim, hand over, book; False when the relay takes nothing now."""
    if not _book(engine, row, "waiting", "claimed"):
        return True  # somebody else was faster
    try:
        receipt = newsroom.post(notice, now)
    except (RelayDown, Problem) as why:
        # Neither sentence holds an address of the team.
        log.warning("notice %d to the team waits: %s", row.id, why)
        _book(engine, row, "claimed", "waiting")
        return False
    if receipt.outcome == "sent":
        _book(engine, row, "claimed", "sent", sent_at=now)
        log.info("notice %d to the team is sent: %s", row.id, row.occasion)
    elif receipt.outcome == "deferred":
        _book(engine, row, "claimed", "waiting", reason=row.reason)
    elif receipt.outcome == "failed":
        _book(engine, row, "claimed", "failed", reason=_code(receipt))
        log.warning("notice %d to the team is refused: %s", row.id, _code(receipt))
    return True


def _code(receipt: Receipt) -> str:
    """The answer without its words, which may repeat the address."""
    return f"{receipt.code} {receipt.enhanced}".strip()


def _book(engine: Engine, row: Row[Any], expected: str, state: str, **values: Any) -> bool:
    """Change the state of a row if it is still the one expected."""
    with engine.begin() as connection:
        own = (reminder.c.id == row.id) & (reminder.c.state == expected)
        return connection.execute(update(reminder).where(own).values(state=state, **values)).rowcount == 1
