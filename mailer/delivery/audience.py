"""The audience of a mailing: whom it would reach, and the rows in which it is frozen when it is due."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, select, update

from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import delivery, mailing
from subscribers.rules import Rule, from_tree
from subscribers.schema import subscriber, subscription, suppression
from subscribers.segments import condition, recipients
from subscribers.upsert import insert_new
from subscribers.words import UNCLEAR

SLICE = 20_000  # ids per expansion step: 62 ms of write lock at most (measured)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a segment names: those who would get the letter, and those who have this edition already."""

    recipients: int
    already: int

    def __str__(self) -> str:
        more = f", {self.already} more have this edition already" if self.already else ""
        return f"{self.recipients} {'person' if self.recipients == 1 else 'people'}{more}"


def audience(connection: Connection, rule: Rule, newsletter: str, edition: str) -> Audience:
    """How many people a mailing of this edition would reach now, and how many have it (or will) already."""
    people = recipients(rule, newsletter).subquery()
    has_it = exists().where(
        delivery.c.subscriber_id == people.c.id, delivery.c.edition == edition, delivery.c.state != "skipped"
    )
    matching = select(func.count()).select_from(people)
    return Audience(
        connection.scalar(matching.where(~has_it)) or 0, connection.scalar(matching.where(has_it)) or 0
    )


def count_variants(
    connection: Connection,
    rule: Rule,
    newsletter: str,
    selection: Mapping[str, Any],
    without: str = "",
) -> dict[str, int]:
    """How many people would get each variant now, without those who have the edition `without` already."""
    people = recipients(rule, newsletter).add_columns(variant_of(selection).label("variant")).subquery()
    has_it = exists().where(
        delivery.c.subscriber_id == people.c.id, delivery.c.edition == without, delivery.c.state != "skipped"
    )
    counted = select(people.c.variant, func.count()).where(~has_it).group_by(people.c.variant)
    return {row[0]: row[1] for row in connection.execute(counted)}


def variant_of(selection: Mapping[str, Any] | None) -> ColumnElement[str]:
    """The key of a person's variant, over the same tables as `recipients`.

    The first voice whose rule the person fits is theirs; within it the answers to the rules of the cards
    decide. A mailing that was approved before there were variants has one.
    """
    if not selection:
        return literal("standard")
    *others, own = selection["voices"]
    decided = _by_cards(own)
    if not others:
        return decided
    voices = [(condition(from_tree(each["where"])), _by_cards(each)) for each in others]
    return case(*voices, else_=decided)


def _by_cards(voice: Mapping[str, Any]) -> ColumnElement[str]:
    """The variant of a person who gets this voice."""
    keys = voice["keys"]
    if len(set(keys.values())) == 1:
        return literal(next(iter(keys.values())))
    bits = [case((condition(from_tree(tree)), "1"), else_="0") for tree in voice["rules"]]
    return case(keys, value=reduce(operator.add, bits))


def expand(
    connection: Connection, planned: Mailing, after: int, now: datetime, size: int = SLICE
) -> int | None:
    """Freeze the next slice of recipients: one row per person, with their variant. The last id of the slice,
    None at the end.

    Repeating a slice adds nobody. Who has this edition from another mailing already gets a `skipped` row that
    says so: everybody the segment names is in the books, and the sums add up. A mailing that was held or
    cancelled meanwhile gets no further row.
    """
    state = select(mailing.c.state).where(mailing.c.id == planned.id).with_for_update()
    if connection.execute(state).scalar_one() != "expanding":
        return None
    # A slice of all people, matching or not: to find the next who match, SQLite would sort all of them.
    following = select(subscriber.c.id).where(subscriber.c.id > after).order_by(subscriber.c.id)
    slice_ids = following.limit(size).subquery("slice")
    last = connection.execute(select(func.max(slice_ids.c.id))).scalar_one()
    if last is None:
        counts = _excluded(connection, planned)
        connection.execute(update(mailing).where(mailing.c.id == planned.id).values(excluded=counts))
        return None
    within = and_(subscriber.c.id > after, subscriber.c.id <= last)
    ids = recipients(from_tree(planned.rule), planned.newsletter).where(within)
    chosen = ids.add_columns(variant_of(planned.selection).label("variant"))
    _insert(connection, planned, chosen, now, "queued", "")
    _insert(connection, planned, chosen, now, "skipped", "has this edition already")
    return int(last)


def _excluded(connection: Connection, planned: Mailing) -> dict[str, int]:
    """Whom the rule names and the mailing leaves out, counted by reason, when its list is complete.

    Together with the rows of the mailing these are all people of the newsletter that the rule names.
    """
    listed = exists().where(suppression.c.key_hash == subscriber.c.suppression_key)
    has_row = exists().where(delivery.c.mailing_id == planned.id, delivery.c.subscriber_id == subscriber.c.id)
    reason = case(
        (listed, "on the suppression list"),
        (subscription.c.state != "active", literal("subscription ") + subscription.c.state),
        (subscription.c.basis == UNCLEAR, "no proof of a consent"),
        else_="joined while the list was made",
    )
    query = (
        select(reason, func.count())
        .select_from(subscriber)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(subscription.c.newsletter == planned.newsletter, condition(from_tree(planned.rule)), ~has_row)
        .group_by(reason)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _insert(
    connection: Connection, planned: Mailing, chosen: Select[int, str], now: datetime, state: str, reason: str
) -> None:
    people = chosen.subquery()
    columns = {
        "mailing_id": literal(planned.id),
        "subscriber_id": people.c.id,
        "variant": people.c.variant,
        "edition": literal(planned.edition),
        "state": literal(state),
        "reason": literal(reason),
        "not_before": literal(now, type_=delivery.c.not_before.type),
        "attempts": literal(0),
        "reply": literal(""),
    }
    # The WHERE is for SQLite, which otherwise reads ON CONFLICT as the ON of a join.
    rows = select(*columns.values()).where(people.c.id.is_not(None))
    connection.execute(insert_new(connection, delivery).from_select(list(columns), rows))
