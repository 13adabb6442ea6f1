"""What still proves a subscription when an import is taken back: the events of people and of other lists."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from subscribers.layers import Layer
from subscribers.schema import consent_event, import_batch, subscriber, subscription
from subscribers.words import GONE_STATES


def standing_events(
    connection: Connection,
    people: Collection[int],
    batch: Row[Any],
    beside: Mapping[int, Sequence[Layer]],
) -> dict[int, list[Row[Any]]]:
    """The events of the batch's newsletter that stand without it, the oldest first; not mere changes.

    Those of an import that was taken back do not stand, nor those of one that is just being taken back and
    has this person behind it.
    """
    query = (
        select(consent_event, import_batch.c.undone_at, import_batch.c.counts)
        .outerjoin(import_batch, import_batch.c.id == consent_event.c.batch_id)
        .where(
            consent_event.c.subscriber_id.in_(people),
            consent_event.c.newsletter == batch.newsletter,
            consent_event.c.kind != "changed",
        )
        .order_by(consent_event.c.id)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query):
        theirs = {one.batch for one in beside.get(row.subscriber_id, ())}
        half_undone = row.batch_id is not None and "undoing" in row.counts and row.batch_id not in theirs
        if row.batch_id != batch.id and row.undone_at is None and not half_undone:
            found.setdefault(row.subscriber_id, []).append(row)
    return found


def brought_events(
    connection: Connection, people: Collection[int], batch: Row[Any]
) -> dict[int, list[Row[Any]]]:
    """Every consent and no that the batch recorded of these people, the oldest first."""
    mine = consent_event.c.subscriber_id.in_(people) & (consent_event.c.batch_id == batch.id)
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(select(consent_event).where(mine).order_by(consent_event.c.id)):
        found.setdefault(row.subscriber_id, []).append(row)
    return found


def touched(connection: Connection, people: Collection[int]) -> set[int]:
    """Those who said something themselves, or on whom somebody worked: no import explains what they have."""
    theirs = subscription.c.subscriber_id == subscriber.c.id
    said = consent_event.c.subscriber_id == subscriber.c.id
    no_of_a_list = and_(
        subscription.c.state.in_(GONE_STATES),
        exists().where(
            consent_event.c.subscriber_id == subscription.c.subscriber_id,
            consent_event.c.newsletter == subscription.c.newsletter,
            consent_event.c.kind == "withdrawn",
            consent_event.c.batch_id.is_not(None),
        ),
    )
    by_hand = ~_moment_of_an_import(subscription.c.changed_at) & ~no_of_a_list
    query = select(subscriber.c.id).where(
        subscriber.c.id.in_(people),
        or_(
            ~_moment_of_an_import(subscriber.c.changed_at),
            exists().where(theirs, by_hand),
            exists().where(said, consent_event.c.batch_id.is_(None)),
        ),
    )
    return set(connection.scalars(query))


def moved(connection: Connection, people: Collection[int], batch: Row[Any]) -> set[int]:
    """Those who got another address since; their old one is suppressed, so that no list brings them back."""
    query = select(consent_event.c.subscriber_id).where(
        consent_event.c.subscriber_id.in_(people),
        consent_event.c.kind == "changed",
        consent_event.c.recorded_at >= batch.at,
    )
    return set(connection.scalars(query))


def _moment_of_an_import(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return exists().where(import_batch.c.at == column)
