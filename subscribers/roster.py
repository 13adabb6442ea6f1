"""Who comes on a newsletter and who leaves it: every yes and no with its proof."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from subscribers import consent as proof
from subscribers.address import Address
from subscribers.card import Card, Subscription
from subscribers.consent import Consent
from subscribers.errors import Problem, Refused
from subscribers.people import (
    find,
    list_people,
    person_by_id,
    person_row_of,
    show,
    subscription_by_token,
)
from subscribers.person import clean_fields, person_row, with_twins
from subscribers.schema import subscriber, subscription
from subscribers.suppression import entry_of, key_hash
from subscribers.upsert import insert_new
from subscribers.words import CONSENTED, UNCLEAR, UNCONFIRMED, YES_KINDS

# Looking people up is part of this door.
__all__ = [
    "Added",
    "Card",
    "Subscription",
    "add",
    "advance",
    "find",
    "list_people",
    "new_token",
    "person_by_id",
    "show",
    "standing",
    "subscription_by_token",
    "unsubscribe",
    "update_fields",
]

_LEAVING = ("pending", "active", "paused", "suppressed")
_ONLY_THEY = (
    "Only the person can come back: by signing up again, or by a consent newer than that day (--again with "
    "--source and --consented-on)."
)
_MOVED = (
    "The person has a new address; `rundbrief subscribers show` finds them by name. Only if the old one is "
    "in use again, first run `rundbrief suppression remove ADDRESS`."
)
_LIFT_FIRST = "If the person asked for it, first run `rundbrief suppression remove ADDRESS`."


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: `outcome` is new, changed or unchanged; `state` is that of the subscription now."""

    subscriber_id: int
    subscription_id: int
    state: str
    outcome: str


def add(
    connection: Connection,
    address: Address,
    fields: Mapping[str, str],
    newsletter: str,
    *,
    secret: bytes,
    now: datetime,
    consent: Consent | None = None,
    again: bool = False,
) -> Added:
    """Put a person on a newsletter, or complete what is known; an empty field never erases a known one.

    Without a consent, or with one that was only asked for, the subscription is pending and never mailed.

    Args:
        again: take somebody back who left, on a consent newer than the leaving; never who is suppressed.

    Raises:
        Refused: the address is suppressed, or the person left this newsletter.
        BadUsage: a field has an unknown name or is too long.
    """
    known = clean_fields(fields)
    hashed = key_hash(secret, address.key)
    if (entry := entry_of(connection, hashed)) is not None:
        hint = _MOVED if entry.reason == "replaced" else _LIFT_FIRST
        raise Refused(
            f"This address is on the suppression list and must not be mailed ({entry.reason}).", hint=hint
        )
    row = person_row_of(connection, address)
    left = _left(connection, hashed, newsletter)
    for one in left:
        _require_newer_yes(one, consent, again)
    person = {**person_row(address, known, hashed), "created_at": now, "changed_at": now}
    connection.execute(insert_new(connection, subscriber).values(person))
    kept = row or connection.execute(select(subscriber).where(subscriber.c.email_key == address.key)).one()
    changed = update_fields(connection, kept, known, now)
    mine = next((one for one in left if one.subscriber_id == kept.id), None)
    if mine is not None and consent is not None:
        return _take_back(connection, mine, consent, now)
    return _subscribe(connection, kept.id, newsletter, consent, now, changed)


def update_fields(connection: Connection, row: Row[Any], fields: Mapping[str, str], now: datetime) -> bool:
    """Write the fields that differ; False when none does."""
    different = {name: text for name, text in fields.items() if row._mapping[name] != text}
    if different:
        values = {**with_twins(different), "changed_at": now}
        connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(values))
    return bool(different)


def standing(consent: Consent | None) -> tuple[str, str]:
    """The state and the basis that a consent gives."""
    if consent is None:
        return "pending", UNCLEAR
    if consent.kind in YES_KINDS:
        return "active", CONSENTED
    return "pending", UNCONFIRMED


def new_token() -> str:
    """128 random bits in lower-case hex: gateways that change the case of links do not break it."""
    return secrets.token_hex(16)


def unsubscribe(
    connection: Connection, which: str | int, source: str, now: datetime, reason: str = ""
) -> bool:
    """Take a person off one newsletter, by token or subscription id; False when they had left before.

    In force at once (DSGVO Art. 7 (3), RFC 8058): whoever sends asks for the state before each letter.

    Raises:
        Problem: there is no such subscription.
    """
    if isinstance(which, str):
        found = subscription_by_token(connection, which)
        if found is None:
            raise Problem(
                "This unsubscribe link belongs to nobody.", hint="Unsubscribe by the address instead."
            )
        which = found.id
    row = connection.execute(select(subscription).where(subscription.c.id == which)).one_or_none()
    if row is None:
        raise Problem(f"There is no subscription {which}.")
    mine = (subscription.c.id == which) & subscription.c.state.in_(_LEAVING)
    left = update(subscription).where(mine).values(state="unsubscribed", reason=reason, changed_at=now)
    if connection.execute(left).rowcount == 0:
        return False
    said = Consent("withdrawn", now, f"{source}: {reason}" if reason else source)
    proof.record(connection, row.subscriber_id, row.newsletter, said, now)
    return True


def _left(connection: Connection, hashed: str, newsletter: str) -> Sequence[Row[Any]]:
    """The subscriptions that somebody ended, under any tag of this mailbox."""
    gone = subscription.c.state.in_(("unsubscribed", "suppressed"))
    mine = (subscriber.c.suppression_key == hashed) & (subscription.c.newsletter == newsletter)
    people = subscription.join(subscriber, subscriber.c.id == subscription.c.subscriber_id)
    return connection.execute(select(subscription).select_from(people).where(mine, gone)).all()


def _require_newer_yes(left: Row[Any], consent: Consent | None, again: bool) -> None:
    message = f"This person left {left.newsletter} on {left.changed_at:%Y-%m-%d}."
    if not again or left.state == "suppressed":
        raise Refused(message, hint=_ONLY_THEY)
    if consent is None or consent.kind not in YES_KINDS or consent.at <= left.changed_at:
        hint = "Give the --source and the day (--consented-on) of a consent from after that moment."
        raise Refused(f"{message} No newer consent is given.", hint=hint)


def _take_back(connection: Connection, left: Row[Any], consent: Consent, now: datetime) -> Added:
    state, basis = standing(consent)
    values = {"state": state, "basis": basis, "since": consent.at, "reason": "", "changed_at": now}
    mine = (subscription.c.id == left.id) & (subscription.c.state == "unsubscribed")
    if connection.execute(update(subscription).where(mine).values(values)).rowcount == 1:
        proof.record(connection, left.subscriber_id, left.newsletter, consent, now)
    return Added(left.subscriber_id, left.id, state, "changed")


def _subscribe(
    connection: Connection,
    subscriber_id: int,
    newsletter: str,
    consent: Consent | None,
    now: datetime,
    changed: bool,
) -> Added:
    state, basis = standing(consent)
    row = {
        "subscriber_id": subscriber_id,
        "newsletter": newsletter,
        "state": state,
        "basis": basis,
        "token": new_token(),
        "since": consent.at if consent else now,
        "changed_at": now,
    }
    fresh = connection.execute(insert_new(connection, subscription).values(row)).rowcount == 1
    found = connection.execute(select(subscription).where(_place(subscriber_id, newsletter))).one()
    advanced = not fresh and consent is not None and advance(connection, found.id, consent, now)
    if consent is not None and (fresh or advanced):
        proof.record(connection, subscriber_id, newsletter, consent, now)
    outcome = "new" if fresh else "changed" if changed or advanced else "unchanged"
    return Added(subscriber_id, found.id, state if advanced else found.state, outcome)


def advance(connection: Connection, subscription_id: int, consent: Consent, now: datetime) -> bool:
    """Let a consent take a pending subscription further; False when it is not pending any more."""
    state, basis = standing(consent)
    mine = (subscription.c.id == subscription_id) & (subscription.c.state == "pending")
    values = {"state": state, "basis": basis, "changed_at": now} | (
        {"since": consent.at} if state == "active" else {}
    )
    return connection.execute(update(subscription).where(mine).values(values)).rowcount == 1


def _place(subscriber_id: int, newsletter: str) -> ColumnElement[bool]:
    return (subscription.c.subscriber_id == subscriber_id) & (subscription.c.newsletter == newsletter)
