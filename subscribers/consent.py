"""The proof of every yes and no: events that are only ever added, each chained to the one before."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, tuple_

from subscribers.chain import digest, verify
from subscribers.errors import Problem
from subscribers.schema import consent_event, import_batch, subscriber
from subscribers.words import CONSENT_KINDS, YES_KINDS

__all__ = [
    "Consent",
    "Statement",
    "event_row",
    "events_of",
    "mark_of",
    "record",
    "record_all",
    "repeat",
    "said_before",
    "verify",
]

_SLICE = 400


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person said, when, where, and to which words (BGH I ZR 164/09: printable at any time).

    Args:
        kind: one of asked, confirmed, imported, changed, withdrawn.
        at: when the person said it; the name of its time zone is kept beside the instant.
        source: the form, list or letter it comes from.
        wording: exactly what the person agreed to.
        form: the name of the form with its version, or its address.
        ip: the network address, already reduced to what may be kept, see `network.ip_to_keep`.
    """

    kind: str
    at: datetime
    source: str
    wording: str = ""
    form: str = ""
    ip: str = ""

    def __post_init__(self) -> None:
        if self.kind not in CONSENT_KINDS:
            raise ValueError(f"no kind of consent: {self.kind!r}")
        if not self.source.strip():
            raise Problem("A consent needs a source.", hint="Name the form, list or letter it comes from.")

    @property
    def statement(self) -> tuple[datetime, str, str]:
        """When, where and to which words: what makes it the same consent when a list brings it once more."""
        return self.at.astimezone(UTC), self.source, self.wording

    @property
    def mark(self) -> list[str]:
        """The same, short enough to be kept of everybody on a list; `mark_of` finds its event by it."""
        return _mark(self.at, self.source, _wording_sha256(self.wording))


@dataclass(frozen=True, slots=True)
class Statement:
    """A consent and whom it concerns."""

    subscriber_id: int
    newsletter: str
    consent: Consent


def record(
    connection: Connection,
    subscriber_id: int,
    newsletter: str,
    consent: Consent,
    now: datetime,
    batch_id: int | None = None,
) -> None:
    """Add one event to the chain of this person and newsletter."""
    record_all(connection, [Statement(subscriber_id, newsletter, consent)], now, batch_id)


def record_all(
    connection: Connection, statements: Iterable[Statement], now: datetime, batch_id: int | None = None
) -> None:
    """Add many events at once, in their order."""
    waiting = list(statements)
    for start in range(0, len(waiting), _SLICE):
        _record_slice(connection, waiting[start : start + _SLICE], now, batch_id)


def event_row(said: Statement, previous: str, now: datetime, batch_id: int | None) -> dict[str, Any]:
    """The columns of the event that follows the one with the digest `previous`; empty: it is the first."""
    one = said.consent
    row = {
        "subscriber_id": said.subscriber_id,
        "newsletter": said.newsletter,
        "kind": one.kind,
        "at": one.at,
        "recorded_at": now,
        "source": one.source,
        "wording": one.wording,
        "wording_sha256": _wording_sha256(one.wording),
        "form": one.form,
        "zone": str(one.at.tzinfo)[:64],
        "ip": one.ip,
        "batch_id": batch_id,
        "previous": previous,
    }
    return {**row, "digest": digest(row)}


def events_of(connection: Connection, subscriber_id: int) -> Sequence[Row[Any]]:
    """Everything a person said, oldest first."""
    mine = consent_event.c.subscriber_id == subscriber_id
    return connection.execute(select(consent_event).where(mine).order_by(consent_event.c.id)).all()


def said_before(
    connection: Connection, people: Sequence[int], newsletter: str
) -> dict[int, dict[tuple[datetime, str, str], int | None]]:
    """The yeses that are proven for these people, each as `Consent.statement`, with the list that brought it.

    None of a list that was taken back, or is just being taken back; None where no list is needed to prove it.
    """
    found: dict[int, dict[tuple[datetime, str, str], int | None]] = {}
    columns = (
        consent_event.c.subscriber_id,
        consent_event.c.at,
        consent_event.c.source,
        consent_event.c.wording,
        consent_event.c.batch_id,
    )
    batches = connection.execute(select(import_batch.c.id, import_batch.c.undone_at, import_batch.c.counts))
    taken_back = [row.id for row in batches if row.undone_at is not None or "undoing" in row.counts]
    stands = or_(consent_event.c.batch_id.is_(None), consent_event.c.batch_id.not_in(taken_back))
    for start in range(0, len(people), _SLICE):
        mine = consent_event.c.subscriber_id.in_(people[start : start + _SLICE])
        yes = consent_event.c.kind.in_(YES_KINDS) & (consent_event.c.newsletter == newsletter)
        for row in connection.execute(select(*columns).where(mine, yes, stands)):
            mine_said = found.setdefault(row.subscriber_id, {})
            statement = row.at, row.source, row.wording
            mine_said[statement] = row.batch_id if mine_said.get(statement, row.batch_id) else None
    return found


def mark_of(event: Row[Any]) -> list[str]:
    """What an event says, as `Consent.mark`."""
    return _mark(event.at, event.source, event.wording_sha256)


def _mark(at: datetime, source: str, wording_sha256: str) -> list[str]:
    return [at.astimezone(UTC).isoformat(), source, wording_sha256]


def _wording_sha256(wording: str) -> str:
    return hashlib.sha256(wording.encode()).hexdigest() if wording else ""


def repeat(connection: Connection, event: Row[Any], now: datetime, batch_id: int | None) -> Row[Any]:
    """Add an event of a chain once more at its end, as what is in force again, or as what this list says."""
    row = {column.name: event._mapping[column.name] for column in consent_event.c if column.name != "id"}
    chain = event.subscriber_id, event.newsletter
    previous = _newest_digests(connection, {chain}).get(chain, "")
    row |= {"recorded_at": now, "previous": previous, "batch_id": batch_id}
    added = insert(consent_event).values({**row, "digest": digest(row)})
    return connection.execute(added.returning(consent_event)).one()


def _record_slice(
    connection: Connection, statements: Sequence[Statement], now: datetime, batch_id: int | None
) -> None:
    chains = {(one.subscriber_id, one.newsletter) for one in statements}
    _lock(connection, chains)
    newest = _newest_digests(connection, chains)
    rows: list[dict[str, Any]] = []
    for one in statements:
        chain = one.subscriber_id, one.newsletter
        row = event_row(one, newest.get(chain, ""), now, batch_id)
        newest[chain] = row["digest"]
        rows.append(row)
    if rows:
        connection.execute(insert(consent_event), rows)


def _lock(connection: Connection, chains: set[tuple[int, str]]) -> None:
    """Two writers must not continue one chain at its same end; SQLite has one writer only."""
    if connection.dialect.name == "postgresql":
        people = subscriber.c.id.in_(sorted({subscriber_id for subscriber_id, _ in chains}))
        connection.execute(select(subscriber.c.id).where(people).order_by(subscriber.c.id).with_for_update())


def _newest_digests(connection: Connection, chains: set[tuple[int, str]]) -> dict[tuple[int, str], str]:
    columns = consent_event.c.subscriber_id, consent_event.c.newsletter
    last = select(func.max(consent_event.c.id)).where(tuple_(*columns).in_(sorted(chains))).group_by(*columns)
    rows = connection.execute(select(*columns, consent_event.c.digest).where(consent_event.c.id.in_(last)))
    return {(row.subscriber_id, row.newsletter): row.digest for row in rows}
