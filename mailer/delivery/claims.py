"""What waits in the outbox and who may take it: claims, each with a token, a worker and a lease."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, func, literal_column, select, text, update

from mailer.delivery import worker
from mailer.delivery.schema import delivery, mailing
from subscribers.schema import subscriber, subscription, suppression

CLAIM_LEASE = timedelta(seconds=60)
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

    Mailings come in the order in which they are due; with `relay` only those that go through it.
    """
    running = (
        select(mailing.c.id).where(mailing.c.state.in_(UNDER_WAY)).order_by(mailing.c.due_at, mailing.c.id)
    )
    if relay is not None:
        running = running.where(mailing.c.relay == relay)
    ids: list[int] = []
    for number in connection.scalars(running).all():
        if len(ids) < size:
            ids += _take(connection, number, size - len(ids), token, now)
    claims = _read_claims(connection, ids, token) if ids else []
    if len(claims) < len(ids):
        skip_refusing(connection, token)
    return claims


def _take(connection: Connection, number: int, size: int, token: str, now: datetime) -> Sequence[int]:
    """Mark up to `size` deliveries of one mailing as ours."""
    # One mailing at a time, along the index of what waits: a held mailing in front is not walked through.
    pick = (
        select(delivery.c.id)
        .where(delivery.c.mailing_id == number, WAITING, delivery.c.not_before <= now)
        .order_by(delivery.c.not_before, delivery.c.id)
        .limit(size)
    )
    if connection.dialect.name == "postgresql":
        # Without MATERIALIZED a nested-loop plan ran the sub-select for each row and claimed 200 for 20.
        picked = pick.with_for_update(skip_locked=True, of=delivery).cte("pick").prefix_with("MATERIALIZED")
    else:
        picked = pick.cte("pick")
    taken = connection.execute(
        update(delivery)
        .where(delivery.c.id == picked.c.id)
        .values(
            state="claimed",
            token=token,
            worker=worker.own_name(),
            lease_until=now + CLAIM_LEASE,
            attempts=delivery.c.attempts + 1,
        )
        .returning(delivery.c.id)
    )
    return taken.scalars().all()


def skip_refusing(connection: Connection, token: str) -> int:
    """Claimed rows of people who said no meanwhile become skipped; how many."""
    changed = connection.execute(
        held(token)
        .where(~may_get())
        .values(state="skipped", reason="unsubscribed or suppressed meanwhile", token=None, lease_until=None)
    )
    return changed.rowcount


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


def _read_claims(connection: Connection, ids: Sequence[int], token: str) -> list[Claim]:
    rows = connection.execute(
        select(
            delivery.c.id,
            delivery.c.mailing_id,
            delivery.c.release,
            delivery.c.variant,
            delivery.c.attempts,
            subscription.c.token,
            *(subscriber.c[name] for name in Reader._fields),
        )
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .join(
            subscription,
            and_(
                subscription.c.subscriber_id == subscriber.c.id,
                subscription.c.newsletter == mailing.c.newsletter,
            ),
        )
        .where(_among(connection, ids), delivery.c.token == token, delivery.c.state == "claimed")
        .where(subscription.c.state == "active", ~_is_suppressed(delivery.c.subscriber_id))
        .order_by(delivery.c.id)
    )
    return [
        Claim(which, number, release, variant, attempts, Reader._make(reader), token_of)
        for which, number, release, variant, attempts, token_of, *reader in rows
    ]


def _among(connection: Connection, ids: Sequence[int]) -> ColumnElement[bool]:
    if connection.dialect.name == "sqlite":  # one value instead of some hundred
        return delivery.c.id.in_(select(func.json_each(json.dumps(ids)).table_valued("value").c.value))
    return delivery.c.id.in_(ids)


def word(value: str) -> ColumnElement[str]:
    """A constant, written out: the statements below bind nothing but what their rows give."""
    return literal_column(f"'{value}'")
