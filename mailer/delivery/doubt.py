"""Letters in doubt: who may or may not have got theirs, and what a person, or the relay's log, says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from mailer.delivery.audience import renew
from mailer.delivery.claims import may_get
from mailer.delivery.correction import corrected, told_since
from mailer.delivery.mailing import find, move
from mailer.delivery.message import message_id
from mailer.delivery.schema import LOST, attempt, delivery, mailing
from subscribers.address import envelope_address
from subscribers.errors import Problem, Refused
from subscribers.schema import subscriber

ANSWERS = ("resend", "sent", "skip")
_CHUNK = 5_000  # ids of one statement


@dataclass(frozen=True, slots=True)
class Doubt:
    """One letter of which nobody knows whether it arrived."""

    delivery: int
    mailing: int
    issue: str
    address: str  # in its form for SMTP; empty when the person was erased
    since: datetime | None
    reason: str
    message_id: str  # the one that a first copy carried, and that a second one would carry


def in_doubt(connection: Connection, secret: bytes, mailing_id: int | None = None) -> list[Doubt]:
    """Everything in doubt, or that of one mailing, in the order of the books."""
    since = select(func.max(attempt.c.at)).where(attempt.c.delivery_id == delivery.c.id).scalar_subquery()
    query = (
        select(
            delivery.c.id,
            delivery.c.mailing_id,
            mailing.c.issue,
            mailing.c.envelope,
            subscriber.c.email,
            since.label("since"),
            delivery.c.reason,
        )
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(delivery.c.state == "in_doubt")
        .order_by(delivery.c.id)
    )
    if mailing_id is not None:
        query = query.where(delivery.c.mailing_id == mailing_id)
    return [_doubt(row, secret) for row in connection.execute(query)]


def count(connection: Connection, mailing_id: int) -> int:
    """How many letters of a mailing are in doubt."""
    own = (delivery.c.mailing_id == mailing_id) & (delivery.c.state == "in_doubt")
    return connection.scalar(select(func.count()).select_from(delivery).where(own)) or 0


def count_refusing(connection: Connection, letters: Sequence[int]) -> int:
    """How many of these letters are to people who left or were suppressed meanwhile."""
    parts = (letters[begin : begin + _CHUNK] for begin in range(0, len(letters), _CHUNK))
    query = select(func.count()).select_from(delivery).where(~may_get())
    return sum(connection.scalar(query.where(delivery.c.id.in_(part))) or 0 for part in parts)


def _doubt(row: Any, secret: bytes) -> Doubt:
    domain = str((row.envelope or {}).get("from_address", "")).rpartition("@")[2]
    identity = message_id(secret, row.mailing_id, row.id, domain)
    address = envelope_address(row.email) if row.email else ""
    return Doubt(row.id, row.mailing_id, row.issue, address, row.since, row.reason, identity)


def choose(doubts: Sequence[Doubt], numbers: Sequence[int]) -> list[Doubt]:
    """Those of these numbers.

    Raises:
        Problem: one of them is not in doubt.
    """
    known = {each.delivery: each for each in doubts}
    if strange := [number for number in numbers if number not in known]:
        which = ", ".join(map(str, strange))
        raise Problem(
            f"Not in doubt: {which}.", hint="`rundbrief doubt list` shows the numbers of those that are."
        )
    return [known[number] for number in dict.fromkeys(numbers)]


def resolve(connection: Connection, one: Doubt, answer: str, now: datetime, by: str) -> bool:
    """Settle one doubt; False if somebody else was faster.

    Args:
        answer: `resend` sends it again with the same Message-ID, so that a second copy can be recognised;
            `sent` takes it as arrived; `skip` gives it up.
        by: who says so, kept with the letter.

    Raises:
        Refused: it cannot be sent again, because the person or the mailing is gone.
    """
    if answer == "resend":
        return _resend(connection, one, now, by)
    if answer == "sent":
        at = one.since or now
        return _settle(connection, one, state="sent", sent_at=at, reason=f"arrived, as {by} says")
    return _settle(connection, one, state="skipped", reason=f"given up by {by}")


def book_finding(connection: Connection, one: Doubt, outcome: str, text: str, at: datetime) -> bool:
    """Settle one doubt by what the relay's log says of it (`sent` or `failed`); False if settled already."""
    if outcome == "sent":
        return _settle(connection, one, state=outcome, reply=text, reason="", sent_at=at)
    return _settle(connection, one, state=outcome, reply=text, reason=text)


def _resend(connection: Connection, one: Doubt, now: datetime, by: str) -> bool:
    if not one.address:
        raise Refused(
            f"Letter {one.delivery} cannot be sent again: the person was erased.",
            hint="Use --skip or --sent.",
        )
    # Locked, so that no sender closes the mailing at this moment: a letter queued in it would never leave.
    own = select(mailing.c.state).where(mailing.c.id == one.mailing).with_for_update()
    state = connection.execute(own).scalar_one()
    if state in ("cancelled", "missed", "draft", "checked", "approved"):
        raise Refused(
            f"Letter {one.delivery} cannot be sent again: mailing {one.mailing} is {state}.",
            hint="Use --skip or --sent.",
        )
    if against := _against(connection, one):
        raise Refused(f"Letter {one.delivery} cannot be sent again: {against}.", hint="Use --sent or --skip.")
    if not _settle(connection, one, state="queued", not_before=now, reason=f"sent again for {by}"):
        return False
    renew(connection, find(connection, str(one.mailing)), delivery.c.id == one.delivery)
    move(connection, one.mailing, "done", "sending", done_at=None)
    return True


def _against(connection: Connection, one: Doubt) -> str:
    """Why a second copy would do harm; empty when it would not."""
    planned = find(connection, str(one.mailing))
    letter = connection.execute(select(delivery).where(delivery.c.id == one.delivery)).one()
    if number := corrected(connection, planned).get(letter.variant):
        return f"it would say what mailing {number} corrects"
    told, why = told_since(planned)
    person = select(subscriber.c.id).where(subscriber.c.id == letter.subscriber_id, told)
    return f"the person {why}" if connection.scalar(person) else ""


def _settle(connection: Connection, one: Doubt, *, state: str, **values: Any) -> bool:
    values |= {"state": state, "holds_edition": None if state in LOST else True}
    doubtful = update(delivery).where(delivery.c.id == one.delivery, delivery.c.state == "in_doubt")
    return connection.execute(doubtful.values(values)).rowcount == 1
