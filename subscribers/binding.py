"""Whether the address of a person is the one their proof was recorded for."""

import hmac
from collections.abc import Iterator

from sqlalchemy import Connection, Row, select

from subscribers.address import key_of
from subscribers.chain import Flaw
from subscribers.schema import consent_event, subscriber
from subscribers.suppression import key_hash

CHANGED = "Adresse geändert: {old} → {new}"
"""The wording of the event that proves a change of address; `old` and `new` are addresses."""


def unbound(connection: Connection, secret: bytes, subscriber_id: int | None = None) -> Iterator[Flaw]:
    """Every person whose address was changed past the program, of one person or of all.

    The key and the keyed hash beside an address are written with it, and nobody makes the hash without the
    secret. Where a change of address is proven, the newest one names the address. Not to be seen: two people
    whose address, key and hash were exchanged for each other's and who never changed it before.
    """
    columns = subscriber.c.id, subscriber.c.email, subscriber.c.email_key, subscriber.c.suppression_key
    query = select(*columns).order_by(subscriber.c.id).execution_options(yield_per=1000)
    if subscriber_id is not None:
        query = query.where(subscriber.c.id == subscriber_id)
    moved = dict(_moved(connection, subscriber_id))
    for row in connection.execute(query):
        if what := _flaw(row, secret, moved.get(row.id)):
            yield Flaw(None, row.id, "all newsletters", what)


def _flaw(row: Row[int, str, str, str], secret: bytes, proven: str | None) -> str:
    hashed = key_hash(secret, row.email_key)
    if row.email_key != key_of(row.email) or not hmac.compare_digest(hashed, row.suppression_key):
        return "The address is not the one the consent was recorded for: it was changed past the program."
    if proven is not None and proven != row.email:
        return "The address is not the one that the newest proven change of address names."
    return ""


def _moved(connection: Connection, subscriber_id: int | None) -> Iterator[tuple[int, str]]:
    """The person and the new address of each proven change, the newest last."""
    beginning, _, middle = CHANGED.partition("{old}")
    before_new = middle.removesuffix("{new}")
    columns = consent_event.c.subscriber_id, consent_event.c.wording
    told = consent_event.c.wording.startswith(beginning, autoescape=True)
    query = select(*columns).where(consent_event.c.kind == "changed", told).order_by(consent_event.c.id)
    if subscriber_id is not None:
        query = query.where(consent_event.c.subscriber_id == subscriber_id)
    for row in connection.execute(query):
        yield row.subscriber_id, row.wording.rpartition(before_new)[2]
