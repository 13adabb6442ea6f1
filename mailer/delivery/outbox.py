"""The outbox: one row for each person of a mailing, from queued to sent, and never through `sending` twice.

    queued -> claimed -> sending -> sent | deferred | failed | in_doubt | skipped

`sending` is committed before the final dot leaves (the fence). A row still in `sending` after a crash becomes
`in_doubt`: it is listed by name and never sent again by itself. In kill tests with 45,000 messages this
design lost nobody and doubled nobody; about one letter per crash and connection was in doubt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    insert,
    or_,
    select,
    update,
)

from mailer.delivery import worker
from mailer.delivery.mailing import move
from mailer.delivery.retry import next_try
from mailer.delivery.schema import attempt, delivery, mailing
from mailer.delivery.smtp import Receipt
from subscribers.person import Person
from subscribers.schema import subscriber, subscription, suppression
from subscribers.words import TEXT_FIELDS

CLAIM_LEASE = timedelta(seconds=60)
DOUBT = "the sender ended between the final dot and the reply"
SENDING_LEASE = timedelta(seconds=900)  # the server may take 600 s after the dot (RFC 5321 section 4.5.3.2.6)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker may carry, with all it needs."""

    id: int
    mailing_id: int
    variant: str
    attempts: int
    person: Person
    unsubscribe_token: str


def claim(connection: Connection, size: int, token: str, now: datetime) -> list[Claim]:
    """Take up to `size` deliveries that may leave now; nobody else gets the same ones."""
    pick = (
        select(delivery.c.id)
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .where(
            delivery.c.state.in_(("queued", "deferred")),
            delivery.c.not_before <= now,
            mailing.c.state == "sending",
        )
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
    ).scalars()
    return _read_claims(connection, list(taken), token)


def fence(connection: Connection, one: Claim, token: str, now: datetime) -> bool:
    """Say for good that this letter is about to leave; False if it must not.

    Asked at the last moment: is the claim still ours, the mailing still running, the person still subscribed
    and not suppressed? A False leaves the row skipped (the person said no) or to whoever holds it now.
    """
    fenced = connection.execute(
        update(delivery)
        .where(delivery.c.id == one.id, delivery.c.state == "claimed", delivery.c.token == token)
        .where(exists().where(mailing.c.id == delivery.c.mailing_id, mailing.c.state == "sending"), may_get())
        .values(state="sending", lease_until=now + SENDING_LEASE)
    )
    if fenced.rowcount == 1:
        # The rest of this batch waited for this letter: keep it ours.
        connection.execute(
            update(delivery)
            .where(delivery.c.token == token, delivery.c.state == "claimed")
            .values(lease_until=now + CLAIM_LEASE)
        )
        return True
    skip_refusing(connection, token)
    return False


def book(
    connection: Connection, one: Claim, token: str, receipt: Receipt, now: datetime, due_at: datetime
) -> None:
    """Write down how the try ended. Only the holder of the claim may."""
    values: dict[str, Any] = {"reply": receipt.text, "state": receipt.outcome, "reason": ""}
    match receipt.outcome:
        case "sent":
            values["sent_at"] = now
        case "deferred" if (again := next_try(one.id, one.attempts, now, due_at)) is not None:
            values["not_before"] = again
        case "deferred":
            values |= {"state": "failed", "reason": "gave up: the letter is too old to be sent"}
        case _:
            values["reason"] = receipt.text
    ours = and_(delivery.c.token == token, delivery.c.state.in_(("claimed", "sending")))
    connection.execute(
        update(delivery).where(delivery.c.id == one.id, ours).values(token=None, lease_until=None, **values)
    )
    tried = {"delivery_id": one.id, "number": one.attempts, "worker": worker.own_name(), "at": now}
    said = {name: getattr(receipt, name) for name in ("phase", "code", "enhanced")}
    connection.execute(insert(attempt).values(**tried, **said, reply=receipt.text))


def give_back(connection: Connection, token: str) -> None:
    """Return what was claimed and not tried: at a stop, and when the relay itself is unwell."""
    connection.execute(
        update(delivery)
        .where(delivery.c.token == token, delivery.c.state == "claimed")
        .values(state="queued", token=None, lease_until=None, attempts=delivery.c.attempts - 1)
    )


def skip_refusing(connection: Connection, token: str) -> int:
    """Claimed rows of people who said no meanwhile become skipped; how many."""
    changed = connection.execute(
        update(delivery)
        .where(delivery.c.token == token, delivery.c.state == "claimed", ~may_get())
        .values(state="skipped", reason="unsubscribed or suppressed meanwhile", token=None, lease_until=None)
    )
    return changed.rowcount


def reap(connection: Connection, now: datetime) -> int:
    """Take over from workers that are gone: claimed rows queue again, `sending` ones are in doubt; how many.

    A dead process of this machine is seen at once, one of another machine by its lease.
    """
    open_states = ("claimed", "sending")
    workers = connection.execute(
        select(delivery.c.worker).where(delivery.c.state.in_(open_states)).distinct()
    ).scalars()
    gone = [name for name in workers if worker.is_gone(name)]
    lost = or_(delivery.c.worker.in_(gone), delivery.c.lease_until < now)
    queued = connection.execute(
        update(delivery)
        .where(delivery.c.state == "claimed", lost)
        .values(state="queued", token=None, lease_until=None)
    )
    doubtful = connection.execute(
        update(delivery)
        .where(delivery.c.state == "sending", lost)
        .values(state="in_doubt", token=None, lease_until=None, reason=DOUBT)
        .returning(delivery.c.id, delivery.c.attempts, delivery.c.worker)
    ).all()
    for row in doubtful:
        tried = {"delivery_id": row.id, "number": row.attempts, "worker": row.worker, "at": now}
        connection.execute(insert(attempt).values(**tried, phase="dot", code=0, reply=DOUBT))
    return queued.rowcount + len(doubtful)


def finish(connection: Connection, now: datetime) -> list[int]:
    """Close the mailings that have nothing left to do; their numbers."""
    left = exists().where(
        delivery.c.mailing_id == mailing.c.id,
        delivery.c.state.in_(("queued", "claimed", "sending", "deferred")),
    )
    ready = (
        connection.execute(select(mailing.c.id).where(mailing.c.state == "sending", ~left)).scalars().all()
    )
    return [number for number in ready if move(connection, number, "sending", "done", done_at=now)]


def may_get() -> ColumnElement[bool]:
    """The person of this delivery is subscribed to its newsletter right now, and not suppressed."""
    return and_(
        exists()
        .where(subscription.c.subscriber_id == delivery.c.subscriber_id)
        .where(subscription.c.state == "active")
        .where(mailing.c.id == delivery.c.mailing_id, mailing.c.newsletter == subscription.c.newsletter),
        ~_is_suppressed(delivery.c.subscriber_id),
    )


def _is_suppressed(subscriber_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(
        subscriber.c.id == subscriber_id, suppression.c.key_hash == subscriber.c.suppression_key
    )


def _read_claims(connection: Connection, ids: list[int], token: str) -> list[Claim]:
    people = (
        subscriber.c.id.label("person_id"),
        subscriber.c.email,
        *(subscriber.c[name] for name in TEXT_FIELDS),
    )
    rows = connection.execute(
        select(
            delivery.c.id,
            delivery.c.mailing_id,
            delivery.c.variant,
            delivery.c.attempts,
            subscription.c.token,
            *people,
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
        .where(delivery.c.id.in_(ids), delivery.c.token == token, delivery.c.state == "claimed")
        .order_by(delivery.c.id)
    )
    return [
        Claim(
            row.id,
            row.mailing_id,
            row.variant,
            row.attempts,
            Person(id=row.person_id, email=row.email, **{name: getattr(row, name) for name in TEXT_FIELDS}),
            row.token,
        )
        for row in rows
    ]
