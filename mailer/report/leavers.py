"""Who left after a letter, as far as the address book says; nobody is tracked for it."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, or_, select

from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import delivery, mailing
from mailer.delivery.transport import plain
from subscribers.schema import consent_event, subscriber, subscription, suppression

WINDOW = timedelta(days=14)
LINK = "link in the letter"  # the source that the page behind the link writes down
MOST_REASONS = 10
_ADDRESS = re.compile(r"\S+@\S+")  # people sign what they write
BY_LINK, OTHERWISE = "link", "otherwise"
NOTED = ("complaint", "bounced")  # on the suppression list; who is there did not leave by a word of theirs


@dataclass(frozen=True, slots=True)
class Leaving:
    """One person who left after a letter."""

    mailing: int
    person: int
    how: str  # BY_LINK, OTHERWISE, or why the address is on the suppression list
    reason: str


@dataclass(frozen=True, slots=True)
class Leavers:
    """Those who left within two weeks of their letter.

    Args:
        count: people; `by_link` of them by a link in a letter, the others told somebody.
        reasons: what they said, each with how often.
        complaints, bounced: as somebody noted it on the suppression list; None when nothing is noted there,
            because nobody read the mailbox.
        erased: accepted letters of people who were erased since: whether they left before, nobody can say.
        until: when the two weeks after the last letter are over.
    """

    count: int
    by_link: int
    reasons: tuple[tuple[str, int], ...]
    complaints: int | None
    bounced: int | None
    erased: int
    until: datetime | None


def leavers(connection: Connection, planned: Mailing, last_at: datetime | None) -> Leavers:
    """What the address book says of the readers of a mailing whose last letter was taken then."""
    found = leavings(connection, planned.newsletter, [planned.id])
    left = {each.person: each for each in reversed(found) if each.how not in NOTED}
    noted = Counter(each.how for each in found)
    said = Counter(each.reason for each in left.values() if each.reason)
    gone = (delivery.c.mailing_id == planned.id) & (delivery.c.state == "sent")
    erased = select(func.count()).where(gone, delivery.c.subscriber_id.is_(None))
    return Leavers(
        count=len(left),
        by_link=sum(each.how == BY_LINK for each in left.values()),
        reasons=tuple(said.most_common(MOST_REASONS)),
        complaints=noted["complaint"] or None,
        bounced=noted["bounced"] or None,
        erased=connection.scalar(erased) or 0,
        until=last_at + WINDOW if last_at else None,
    )


def left_after(connection: Connection, newsletter: str, numbers: Collection[int]) -> Mapping[int, int]:
    """How many people left after each of these mailings."""
    people: dict[int, set[int]] = {}
    for each in leavings(connection, newsletter, numbers):
        if each.how not in NOTED:
            people.setdefault(each.mailing, set()).add(each.person)
    return {number: len(found) for number, found in people.items()}


def leavings(connection: Connection, newsletter: str, numbers: Collection[int]) -> list[Leaving]:
    """Everybody who left within two weeks of a letter of these mailings, the earliest first.

    A person counts for the last letter they had got by then, so that months can be added up.
    """
    ours = delivery.c.mailing_id.in_(numbers) & (delivery.c.state == "sent")
    first, last = connection.execute(
        select(func.min(delivery.c.sent_at), func.max(delivery.c.sent_at)).where(ours)
    ).one()
    if first is None:
        return []
    found = list[tuple[datetime, Leaving]]()
    for query, at in (_withdrawals(newsletter), _stops()):
        last_before = _last_before(newsletter, at)
        for row in connection.execute(query.where(ours, at.between(first, last + WINDOW), *last_before)):
            if row.at < row.sent_at + WINDOW:
                reason = plain(_ADDRESS.sub("…", row.reason))
                found.append((row.at, Leaving(row.mailing_id, row.subscriber_id, row.how, reason)))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _withdrawals(newsletter: str) -> tuple[Select[Any], ColumnElement[datetime]]:
    """Who took the consent back; the moment at which they did."""
    mine = and_(
        subscription.c.subscriber_id == consent_event.c.subscriber_id,
        subscription.c.newsletter == newsletter,
        subscription.c.state == "unsubscribed",
    )
    source = consent_event.c.source
    how = case((or_(source == LINK, source.startswith(f"{LINK}: ")), BY_LINK), else_=OTHERWISE)
    query = (
        select(*_LETTER, consent_event.c.at, how.label("how"))
        .add_columns(func.coalesce(subscription.c.reason, "").label("reason"))
        .join(consent_event, consent_event.c.subscriber_id == delivery.c.subscriber_id)
        .outerjoin(subscription, mine)
        .where(consent_event.c.newsletter == newsletter, consent_event.c.kind == "withdrawn")
    )
    return query, consent_event.c.at


def _stops() -> tuple[Select[Any], ColumnElement[datetime]]:
    """Who came on the suppression list; the moment since which they are on it."""
    at = suppression.c.since
    query = (
        select(*_LETTER, at.label("at"), suppression.c.reason.label("how"), literal("").label("reason"))
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .join(suppression, suppression.c.key_hash == subscriber.c.suppression_key)
        .where(suppression.c.reason.in_(("objected", *NOTED)))
    )
    return query, at


def _last_before(newsletter: str, at: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    """The letter was the last one of its newsletter that the person had got by then."""
    later, whose = delivery.alias("later"), mailing.alias("whose")
    nearer = (
        exists()
        .where(later.c.subscriber_id == delivery.c.subscriber_id, later.c.state == "sent")
        .where(later.c.sent_at > delivery.c.sent_at, later.c.sent_at <= at)
        .where(whose.c.id == later.c.mailing_id, whose.c.newsletter == newsletter)
    )
    return delivery.c.sent_at <= at, ~nearer


_LETTER = (delivery.c.mailing_id, delivery.c.subscriber_id, delivery.c.sent_at)
