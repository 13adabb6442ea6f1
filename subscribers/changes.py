"""What an office corrects about a person (DSGVO Art. 16): fields and address; consent and history stay."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from subscribers.address import Address
from subscribers.binding import CHANGED
from subscribers.consent import Consent, Statement, record_all
from subscribers.errors import Refused
from subscribers.person import clean_fields
from subscribers.roster import update_fields
from subscribers.schema import subscriber, subscription
from subscribers.suppression import entry_of, key_hash, suppress

_NO_OBJECTION = ("bounced", "replaced")  # the mailbox was stopped, not the person


def change_fields(
    connection: Connection, subscriber_id: int, fields: Mapping[str, str], now: datetime
) -> bool:
    """Write the fields that differ; an empty text erases what is known. False when nothing differs.

    Raises:
        BadUsage: a field has an unknown name or is too long.
    """
    wanted = {**dict.fromkeys(fields, ""), **clean_fields(fields)}
    row = connection.execute(select(subscriber).where(subscriber.c.id == subscriber_id)).one()
    return update_fields(connection, row, wanted, now)


def change_address(
    connection: Connection, subscriber_id: int, new: Address, *, secret: bytes, now: datetime, source: str
) -> bool:
    """Give a person another address; each newsletter gets an event. False when it is the one they have.

    The old address goes on the suppression list as `replaced`, else the next old list would make a second
    person of it, who gets every letter twice.

    Raises:
        Refused: the new address belongs to somebody else or is suppressed, or the person objected.
    """
    row = connection.execute(select(subscriber).where(subscriber.c.id == subscriber_id)).one()
    if row.email == new.email:
        return False
    hashed = key_hash(secret, new.key)
    if new.key != row.email_key:
        _require_free(connection, new, hashed, row.suppression_key)
    address = {"email": new.email, "email_key": new.key, "smtputf8": new.smtputf8}
    values = {**address, "suppression_key": hashed, "changed_at": now}
    connection.execute(update(subscriber).where(subscriber.c.id == subscriber_id).values(values))
    _record(connection, subscriber_id, CHANGED.format(old=row.email, new=new.email), source, now)
    if not _anybody_has(connection, row.suppression_key):
        suppress(connection, row.suppression_key, "replaced", source, now)
    return True


def _require_free(connection: Connection, new: Address, hashed: str, old_hash: str) -> None:
    if connection.scalar(select(subscriber.c.id).where(subscriber.c.email_key == new.key)) is not None:
        hint = "Look at both with `rundbrief subscribers show`, and let one of them go."
        raise Refused(f"Somebody else has the address {new.email}.", hint=hint)
    taken = entry_of(connection, hashed)
    if hashed != old_hash and taken is not None:
        hint = "If it may be mailed, first run `rundbrief suppression remove` with it."
        raise Refused(f"The address {new.email} is on the suppression list ({taken.reason}).", hint=hint)
    entry = entry_of(connection, old_hash)
    if hashed != old_hash and entry is not None and entry.reason not in _NO_OBJECTION:
        hint = "If they want letters again, first run `rundbrief suppression remove` with the old address."
        raise Refused(f"This person is on the suppression list ({entry.reason}).", hint=hint)


def _record(connection: Connection, subscriber_id: int, what: str, source: str, now: datetime) -> None:
    mine = select(subscription.c.newsletter).where(subscription.c.subscriber_id == subscriber_id)
    newsletters = connection.scalars(mine.order_by(subscription.c.newsletter)).all()
    said = Consent("changed", now, source, what)
    record_all(connection, [Statement(subscriber_id, each, said) for each in newsletters], now)


def _anybody_has(connection: Connection, hashed: str) -> bool:
    query = select(func.count()).select_from(subscriber).where(subscriber.c.suppression_key == hashed)
    return bool(connection.scalar(query))
