"""Forgetting a person (DSGVO Art. 17): everything goes but counts and a keyed hash that keeps them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, delete, func, or_, select, update

from subscribers.address import Address, fold
from subscribers.errors import Problem
from subscribers.post import NoPostOffice, PostOffice
from subscribers.schema import (
    attribute,
    consent_event,
    import_change,
    label,
    segment,
    subscriber,
    subscription,
    suppression,
)
from subscribers.suppression import entry_of, key_hash, suppress

_HANGING = (label, attribute, subscription, consent_event, import_change)  # their rows go with the person


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was erased, without a word that names the person.

    Args:
        reference: the beginning of the keyed hash by which the person stays out.
        erased: how many rows of each table.
        letters: how many letters stay in the counts, without a person.
        named_in: segments whose rule names the address; only a person can reword them.
    """

    at: datetime
    reference: str
    erased: dict[str, int]
    letters: int
    named_in: tuple[str, ...]

    def __str__(self) -> str:
        rows = ", ".join(f"{number} {name}" for name, number in self.erased.items() if number) or "no rows"
        return (
            f"{self.at.isoformat(timespec='seconds')} erased: {rows}; kept: {self.letters} letters in the "
            f"counts, the keyed hash {self.reference}… on the suppression list"
        )


def forget(
    connection: Connection, address: Address, *, secret: bytes, now: datetime, post: PostOffice | None = None
) -> Certificate:
    """Erase a person under every spelling of the mailbox, and keep the mailbox out for good.

    Somebody who is only on the suppression list stays there; what was noted about them goes.

    Raises:
        Problem: nothing is kept about this address.
    """
    hashed = key_hash(secret, address.key)
    same = (subscriber.c.suppression_key == hashed) | (subscriber.c.email_key == address.key)
    found = connection.execute(select(subscriber.c.id, subscriber.c.email).where(same)).all()
    if not found and entry_of(connection, hashed) is None:
        hint = (
            "rundbrief subscribers show finds people by name; rundbrief suppression add keeps an address out."
        )
        raise Problem(f"Nothing is kept about {address.email}.", hint=hint)
    overwrite_what_goes(connection)
    people = [row.id for row in found]
    letters, erased = erase_people(connection, people, post)
    suppress(connection, hashed, "forgotten", "", now)
    mine = suppression.c.key_hash == hashed
    connection.execute(update(suppression).where(mine).values(reason="forgotten", source=""))
    named = _named_in(connection, [address.email, *(row.email for row in found)])
    return Certificate(now, hashed[:12], erased, letters, named)


def erase_people(
    connection: Connection, people: Sequence[int], post: PostOffice | None = None
) -> tuple[int, dict[str, int]]:
    """Erase people with all that hangs on them; how many letters they had, and rows of each table."""
    letters = (post or NoPostOffice()).forget(connection, people)
    erased = {each.name: _count(connection, each, people) for each in _HANGING}
    gone = connection.execute(delete(subscriber).where(subscriber.c.id.in_(people))).rowcount
    return letters, {subscriber.name: gone, **erased}


def overwrite_what_goes(connection: Connection) -> None:
    """Let SQLite write zeros over deleted rows; else they stay readable until it reuses the place."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def empty_the_log(engine: Engine) -> bool:
    """Write the log of SQLite into the file and cut it off: older pages in it still hold what was erased.

    False when somebody was reading all the time; the log is then emptied at the next occasion.
    """
    if engine.dialect.name != "sqlite":
        return True
    raw = engine.raw_connection()
    try:
        (busy, _, _) = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    return not busy


def _count(connection: Connection, table: Table, people: Sequence[int]) -> int:
    query = select(func.count()).select_from(table).where(table.c.subscriber_id.in_(people))
    return connection.scalar(query) or 0


def _named_in(connection: Connection, addresses: Sequence[str]) -> tuple[str, ...]:
    names = or_(*(func.lower(segment.c.rule).contains(fold(one), autoescape=True) for one in addresses))
    return tuple(connection.scalars(select(segment.c.name).where(names).order_by(segment.c.name)))
