"""Who must never be mailed: keyed hashes that outlive the person's data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from subscribers import card
from subscribers.asking import asking
from subscribers.card import Entry
from subscribers.keyhash import key_hash
from subscribers.schema import subscriber, suppression
from subscribers.upsert import insert_new

# Who looks at the list needs no other import.
__all__ = [
    "Entry",
    "Listed",
    "entries",
    "entry_of",
    "is_suppressed",
    "key_hash",
    "lift",
    "reasons",
    "second_imports",
    "suppress",
]

_SLICE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list; `email` is None when nobody known has this hash."""

    email: str | None
    key_hash: str
    reason: str
    source: str
    since: datetime


def suppress(connection: Connection, key_hash: str, reason: str, source: str, now: datetime) -> bool:
    """Put a hash on the list; False when it was there, and then the first reason stands."""
    row = {"key_hash": key_hash, "reason": reason, "source": source, "since": now}
    return connection.execute(insert_new(connection, suppression).values(row)).rowcount == 1


def second_imports(connection: Connection, key_hashes: Iterable[str], source: str) -> None:
    """Note that a further import says the same no: no undo lifts it then, whichever of them is taken back."""
    wanted = list(key_hashes)
    by_one_other = suppression.c.source.like("import %"), suppression.c.source != source
    for start in range(0, len(wanted), _SLICE):
        mine = suppression.c.key_hash.in_(wanted[start : start + _SLICE])
        entry = update(suppression).where(
            mine, *by_one_other, suppression.c.source.not_like("% and import %")
        )
        connection.execute(entry.values(source=suppression.c.source + f" and {source}"))


def is_suppressed(connection: Connection, key_hash: str) -> bool:
    """Whether the hash is on the list."""
    found = connection.scalar(select(suppression.c.id).where(suppression.c.key_hash == key_hash))
    return found is not None


def entry_of(connection: Connection, key_hash: str) -> Entry | None:
    """The entry of a hash, None when it is not on the list."""
    return card.entry_of(asking(connection), key_hash)


def entries(connection: Connection, reason: str | None = None, limit: int | None = None) -> list[Listed]:
    """The list, the newest first; with the address where a person still has it."""
    columns = suppression.c.key_hash, suppression.c.reason, suppression.c.source, suppression.c.since
    both = suppression.outerjoin(subscriber, subscriber.c.suppression_key == suppression.c.key_hash)
    query = select(subscriber.c.email, *columns).select_from(both)
    if reason is not None:
        query = query.where(suppression.c.reason == reason)
    newest = query.order_by(suppression.c.since.desc(), suppression.c.id.desc(), subscriber.c.id)
    return [Listed(*row) for row in connection.execute(newest.limit(limit))]


def reasons(connection: Connection, key_hashes: Iterable[str]) -> dict[str, str]:
    """Those of many hashes that are on the list, with the reason."""
    wanted = list(key_hashes)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _SLICE):
        some = suppression.c.key_hash.in_(wanted[start : start + _SLICE])
        rows = connection.execute(select(suppression.c.key_hash, suppression.c.reason).where(some))
        found.update((row.key_hash, row.reason) for row in rows)
    return found


def lift(connection: Connection, key_hash: str) -> bool:
    """Take a hash off the list; False when it was not there. No subscription changes its state."""
    return connection.execute(delete(suppression).where(suppression.c.key_hash == key_hash)).rowcount == 1
