"""What waits in the outbox and who may take it: claims, each with a token, a worker and a lease."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    literal_column,
    select,
    text,
    update,
)

from mailer.delivery import worker
from mailer.delivery.prepared import Prepared, listed, stored
from mailer.delivery.schema import delivery, mailing
from subscribers.schema import subscriber, subscription, suppression

CLAIM_LEASE = timedelta(seconds=60)
CANCELLED = "mailing cancelled"
REFUSED = "unsubscribed or suppressed meanwhile"
UNDER_WAY = ("expanding", "sending")  # states of a mailing whose letters may leave

# Written out, because an index with the same words as its condition is used for nothing else. Whoever leaves
# these two states gives up the token in the same statement.
WAITING = text("delivery.state IN ('queued', 'deferred')")
TAKEN = text("(delivery.state IN ('claimed', 'sending') AND delivery.token IS NOT NULL)")
RUNNING = text("mailing.state IN ('expanding', 'sending')")  # UNDER_WAY, for statements of many rows


class Reader(NamedTuple):
    """What a letter says of its person; a whole `Person` would take longer than all the rest of a claim."""

    id: int
    email: str
    anrede: str
    titel: str
    vorname: str
    nachname: str


class Claim(NamedTuple):
    """A delivery that this worker may carry, with all it needs."""

    id: int
    mailing_id: int
    release: int  # of its mailing: what the letter has to say, see release.py
    variant: str
    attempts: int
    person: Reader
    unsubscribe_token: str


def claim(
    connection: Connection, size: int, token: str, now: datetime, relay: str | None = None
) -> list[Claim]:
    """Take up to `size` deliveries that may leave now; nobody else gets the same ones.

    Mailings come in the order in which they are due; with `relay` only those that go through it. Letters of
    people who said no meanwhile become skipped.
    """
    claims: list[Claim] = []
    for number, newsletter, way in connection.execute(_UNDER_WAY).all():
        if len(claims) < size and relay in (None, way):
            claims += _take(connection, number, newsletter, size - len(claims), token, now)
    return claims


def _take(
    connection: Connection, number: int, newsletter: str, size: int, token: str, now: datetime
) -> list[Claim]:
    """Mark up to `size` deliveries of one mailing as ours."""
    # One mailing at a time, along the index of what waits: a held mailing in front is not walked through.
    waiting = _WAITING.rows(connection, newsletter, number, stored(connection, now), size)
    claims, refusing = list[Claim](), list[int]()
    for which, release, variant, attempts, free, token_of, *reader in waiting:
        if free:
            person = Reader._make(reader)
            claims.append(Claim(which, number, release, variant, attempts + 1, person, token_of))
        else:
            refusing.append(which)
    until = stored(connection, now + CLAIM_LEASE)
    ids = listed(connection, [one.id for one in claims])
    _TAKE.run(connection, [(token, worker.own_name(), until, ids)])
    if refusing:
        connection.execute(update(delivery).where(delivery.c.id.in_(refusing)).values(skipped(REFUSED)))
    return claims


def skipped(reason: str) -> dict[str, Any]:
    """What becomes of a letter that is not sent; nobody holds it, and it does not hold its edition."""
    return {
        "state": "skipped",
        "reason": reason,
        "holds_edition": None,
        "token": None,
        "lease_until": None,
    }


def skip_refusing(connection: Connection, token: str) -> int:
    """Claimed rows of people who said no meanwhile become skipped; how many."""
    return connection.execute(held(token).where(~may_get()).values(skipped(REFUSED))).rowcount


def held(token: str) -> Any:
    """What this process holds and has not sent; along the index of what is taken."""
    mine = and_(TAKEN, delivery.c.worker == worker.own_name())
    return update(delivery).where(mine, delivery.c.token == token, delivery.c.state == "claimed")


def may_get() -> ColumnElement[bool]:
    """The person of this delivery is subscribed to its newsletter right now, and not suppressed."""
    return and_(
        exists()
        .where(subscription.c.subscriber_id == delivery.c.subscriber_id)
        .where(subscription.c.state == word("active"))
        .where(mailing.c.id == delivery.c.mailing_id, mailing.c.newsletter == subscription.c.newsletter),
        ~_is_suppressed(delivery.c.subscriber_id),
    )


def _is_suppressed(subscriber_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(
        subscriber.c.id == subscriber_id, suppression.c.key_hash == subscriber.c.suppression_key
    )


def word(value: str) -> ColumnElement[str]:
    """A constant, written out: the statements below bind nothing but what their rows give."""
    return literal_column(f"'{value}'")


_UNDER_WAY = (
    select(mailing.c.id, mailing.c.newsletter, mailing.c.relay)
    .where(RUNNING)
    .order_by(mailing.c.due_at, mailing.c.id)
)
_FREE = and_(subscription.c.state == word("active"), ~_is_suppressed(delivery.c.subscriber_id))
_WAITING = Prepared(
    select(
        *(delivery.c[name] for name in ("id", "release", "variant", "attempts")),
        _FREE,
        subscription.c.token,
        *(subscriber.c[name] for name in Reader._fields),
    )
    .select_from(delivery)
    .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
    .outerjoin(
        subscription,
        and_(
            subscription.c.subscriber_id == subscriber.c.id,
            subscription.c.newsletter == bindparam("newsletter"),
        ),
    )
    .where(delivery.c.mailing_id == bindparam("number"), WAITING, delivery.c.not_before <= bindparam("now"))
    .order_by(delivery.c.not_before, delivery.c.id)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True, of=delivery),
    *("newsletter", "number", "now", "size"),
)
_TAKE = Prepared(
    lambda ids: (
        update(delivery)
        .where(delivery.c.id.in_(ids))
        .values(
            state=word("claimed"),
            token=bindparam("own"),
            worker=bindparam("name"),
            lease_until=bindparam("until"),
            attempts=delivery.c.attempts + literal_column("1"),
        )
    ),
    *("own", "name", "until", "ids"),
)
