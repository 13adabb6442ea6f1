"""Everything that is kept about one person, in one answer (DSGVO Art. 15, 20)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from subscribers.address import Address
from subscribers.binding import unbound
from subscribers.chain import verify
from subscribers.errors import Problem
from subscribers.people import person_row_of, show
from subscribers.post import NoPostOffice, PostOffice
from subscribers.schema import import_batch, import_change, subscriber, subscription
from subscribers.segments import condition, list_segments
from subscribers.suppression import entry_of, key_hash
from subscribers.words import TEXT_FIELDS


def everything(
    connection: Connection, address: Address, *, secret: bytes, now: datetime, post: PostOffice | None = None
) -> dict[str, Any]:
    """All that is known of the person behind an address; the keys are stable.

    Raises:
        Problem: nobody has this address, and it is not on the suppression list.
    """
    row = person_row_of(connection, address)
    hashed = key_hash(secret, address.key)
    entry = entry_of(connection, hashed)
    if row is None and entry is None:
        hint = "rundbrief subscribers show finds people by name."
        raise Problem(f"Nothing is kept about {address.email}.", hint=hint)
    answer = {
        "address": row.email if row is not None else address.email,
        "as_of": now,
        "suppression": asdict(entry) if entry else None,
        "same_mailbox": _same_mailbox(connection, hashed, address.key),
    }
    return {
        **answer,
        **(_kept(connection, row, address, secret, post or NoPostOffice()) if row is not None else _NOTHING),
    }


_NOTHING: dict[str, Any] = {
    "person": None,
    "topics": [],
    "tags": [],
    "attributes": {},
    "segments": [],
    "subscriptions": [],
    "consents": [],
    "proof": {"intact": True, "flaws": []},
    "imports": [],
    "letters": [],
}


def _kept(
    connection: Connection, row: Row[Any], address: Address, secret: bytes, post: PostOffice
) -> dict[str, Any]:
    card = show(connection, address)
    assert card is not None  # the row was read in this transaction
    broken = [*verify(connection, row.id), *unbound(connection, secret, row.id)]
    flaws = [{"place": one.place, "what": one.what} for one in broken]
    moments = {"created_at": row.created_at, "changed_at": row.changed_at}
    rest = card.as_dict()
    return {
        "person": {"email": row.email, **{name: row._mapping[name] for name in TEXT_FIELDS}, **moments},
        "topics": rest["topics"],
        "tags": rest["tags"],
        "attributes": rest["attributes"],
        "segments": _segments(connection, row.id),
        "subscriptions": rest["subscriptions"],
        "consents": rest["consents"],
        "proof": {"intact": not flaws, "flaws": flaws},
        "imports": _imports(connection, row.id, rest["consents"]),
        "letters": post.letters_to(connection, row.id),
    }


def _same_mailbox(connection: Connection, hashed: str, key: str) -> list[str]:
    """Other entries for one mailbox: `kim+brief@` beside `kim@`."""
    others = (subscriber.c.suppression_key == hashed) & (subscriber.c.email_key != key)
    return [*connection.scalars(select(subscriber.c.email).where(others).order_by(subscriber.c.email))]


def _segments(connection: Connection, subscriber_id: int) -> list[str]:
    """The saved rules that hold for this person now."""
    people = subscriber.join(subscription, subscription.c.subscriber_id == subscriber.c.id)
    mine = select(subscriber.c.id).select_from(people).where(subscriber.c.id == subscriber_id).limit(1)
    return [
        one.name
        for one in list_segments(connection)
        if connection.scalar(mine.where(condition(one.rule))) is not None
    ]


def _imports(
    connection: Connection, subscriber_id: int, consents: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The lists this person came with, and what they changed as far as it is still kept."""
    changes = import_change.c.subscriber_id == subscriber_id
    kept = {
        row.batch_id: {"before": row.before, "after": row.after}
        for row in connection.execute(select(import_change).where(changes))
    }
    batches = {*kept, *(one["batch_id"] for one in consents if one["batch_id"] is not None)}
    columns = (
        import_batch.c.id.label("batch"),
        import_batch.c.file,
        import_batch.c.newsletter,
        import_batch.c.at,
        import_batch.c.undone_at,
    )
    query = select(*columns).where(import_batch.c.id.in_(batches)).order_by(import_batch.c.id)
    return [
        {**row, **kept.get(row["batch"], {"before": None, "after": None})}
        for row in connection.execute(query).mappings()
    ]
