"""The people of the address book and their subscriptions: who gets which newsletter, and who left."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, exists, func, select, update

from subscribers import consent as proof
from subscribers.address import Address
from subscribers.consent import Consent
from subscribers.errors import Problem, Refused
from subscribers.person import Person, clean_fields, person_from, person_row, with_twins
from subscribers.schema import subscriber, subscription, suppression
from subscribers.suppression import is_suppressed, key_hash
from subscribers.upsert import insert_new
from subscribers.words import CONSENTED, UNCLEAR, UNCONFIRMED

_LEAVING = ("pending", "active", "paused", "suppressed")
_ONLY_THEY = "Only the person can come back, by signing up again and confirming it."


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person's place on one newsletter; `state` says suppressed when the address is on that list.

    Args:
        since: the day of the consent, also when it was withdrawn later.
        state_since: when the present state began.
    """

    id: int
    subscriber_id: int
    newsletter: str
    state: str
    basis: str
    token: str
    since: datetime
    state_since: datetime


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: `outcome` is new, changed or unchanged; `state` is that of the subscription now."""

    subscriber_id: int
    subscription_id: int
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Card:
    """One person with everything that is kept: for `show` and for the right of access (DSGVO Art. 15)."""

    person: Person
    subscriptions: tuple[Subscription, ...]
    consents: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """The card for JSON; without tokens: whoever reads one could unsubscribe the person."""
        mine = [asdict(one) for one in self.subscriptions]
        for one in mine:
            del one["token"]
        return {
            **asdict(self.person),
            "subscriptions": mine,
            "consents": [*self.consents],
        }


def add(
    connection: Connection,
    address: Address,
    fields: Mapping[str, str],
    newsletter: str,
    *,
    secret: bytes,
    now: datetime,
    consent: Consent | None = None,
) -> Added:
    """Put a person on a newsletter, or complete what is known; an empty field never erases a known one.

    Without a consent, or with one that was only asked for, the subscription is pending and never mailed.

    Raises:
        Refused: the address is suppressed, or the person left this newsletter.
        BadUsage: a field has an unknown name or is too long.
    """
    known = clean_fields(fields)
    hashed = key_hash(secret, address.key)
    if is_suppressed(connection, hashed):
        raise Refused("This address is on the suppression list and must not be mailed.", hint=_ONLY_THEY)
    row = _row(connection, address)
    if row is not None:
        _refuse_who_left(connection, row.id, newsletter)
    person = {**person_row(address, known, hashed), "created_at": now, "changed_at": now}
    connection.execute(insert_new(connection, subscriber).values(person))
    kept = row or connection.execute(select(subscriber).where(subscriber.c.email_key == address.key)).one()
    changed = update_fields(connection, kept, known, now)
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
    if consent.kind in ("confirmed", "imported"):
        return "active", CONSENTED
    return "pending", UNCONFIRMED


def new_token() -> str:
    """128 random bits in lower-case hex: gateways that change the case of links do not break it."""
    return secrets.token_hex(16)


def find(connection: Connection, address: Address) -> Person | None:
    """The person behind any spelling of an address."""
    row = _row(connection, address)
    return None if row is None else person_from(row)


def person_by_id(connection: Connection, subscriber_id: int) -> Person | None:
    """The person of a subscription or a delivery."""
    row = connection.execute(select(subscriber).where(subscriber.c.id == subscriber_id)).one_or_none()
    return None if row is None else person_from(row)


def list_people(
    connection: Connection,
    newsletter: str | None = None,
    condition: ColumnElement[bool] | None = None,
    *,
    state: str | None = None,
    after_id: int = 0,
    limit: int | None = None,
) -> Iterator[tuple[Person, Subscription]]:
    """Subscriptions with their people in the order of the subscriptions' ids (the key of the next page)."""
    query = _with_people().where(subscription.c.id > after_id).order_by(subscription.c.id).limit(limit)
    if newsletter is not None:
        query = query.where(subscription.c.newsletter == newsletter)
    if condition is not None:
        query = query.where(condition)
    if state is not None:
        query = query.where(_effective_state() == state)
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield person_from(row), _subscription(row)


def show(connection: Connection, address: Address) -> Card | None:
    """Everything about one person; None when nobody has this address."""
    person = find(connection, address)
    if person is None:
        return None
    query = _with_people().where(subscriber.c.id == person.id).order_by(subscription.c.newsletter)
    return Card(
        person=person,
        subscriptions=tuple(_subscription(row) for row in connection.execute(query)),
        consents=tuple(dict(row._mapping) for row in proof.events_of(connection, person.id)),
    )


def subscription_by_token(connection: Connection, token: str) -> Subscription | None:
    """The subscription that a link names, also when the mail program on the way bent the token a little.

    Known bends: upper case, `=3D` left over from quoted-printable, a closing bracket or full stop that was
    taken for a part of the link.
    """
    bare = token.strip().lower().rstrip(">.),;:!\"'”“«»*_&")
    if len(bare) > 32:
        bare = bare.removeprefix("=").removeprefix("3d")
    if not re.fullmatch(r"[0-9a-f]{32}", bare):
        return None
    row = connection.execute(_with_people().where(subscription.c.token == bare)).one_or_none()
    return None if row is None else _subscription(row)


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
    left = update(subscription).where(mine).values(state="unsubscribed", changed_at=now)
    if connection.execute(left).rowcount == 0:
        return False
    said = Consent("withdrawn", now, f"{source}: {reason}" if reason else source)
    proof.record(connection, row.subscriber_id, row.newsletter, said, now)
    return True


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


def _row(connection: Connection, address: Address) -> Row[Any] | None:
    return connection.execute(select(subscriber).where(subscriber.c.email_key == address.key)).one_or_none()


def _refuse_who_left(connection: Connection, subscriber_id: int, newsletter: str) -> None:
    found = connection.execute(select(subscription).where(_place(subscriber_id, newsletter))).one_or_none()
    if found is not None and found.state in ("unsubscribed", "suppressed"):
        raise Refused(f"This person left {newsletter} on {found.changed_at:%Y-%m-%d}.", hint=_ONLY_THEY)


def _place(subscriber_id: int, newsletter: str) -> ColumnElement[bool]:
    return (subscription.c.subscriber_id == subscriber_id) & (subscription.c.newsletter == newsletter)


def _with_people() -> Select[Any]:
    """Subscriptions with their people, `state` as it is in force."""
    mine = [
        column.label(f"subscription_{column.name}") for column in subscription.c if column.name != "state"
    ]
    people = subscriber.join(subscription, subscription.c.subscriber_id == subscriber.c.id)
    on_list = select(suppression.c.since).where(suppression.c.key_hash == subscriber.c.suppression_key)
    since = func.coalesce(on_list.scalar_subquery(), subscription.c.changed_at).label("state_since")
    return select(*subscriber.c, *mine, _effective_state().label("state"), since).select_from(people)


def _effective_state() -> ColumnElement[str]:
    on_list = exists().where(suppression.c.key_hash == subscriber.c.suppression_key)
    return case((on_list, "suppressed"), else_=subscription.c.state)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.subscription_id,
        subscriber_id=row.id,
        newsletter=row.subscription_newsletter,
        state=row.state,
        basis=row.subscription_basis,
        token=row.subscription_token,
        since=row.subscription_since,
        state_since=row.state_since,
    )
