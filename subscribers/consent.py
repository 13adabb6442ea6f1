"""The proof of every yes and no: events that are only ever added, each chained to the one before."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, tuple_

from subscribers.errors import Problem
from subscribers.schema import consent_event, subscriber
from subscribers.words import CONSENT_KINDS

_SLICE = 400


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person said, when, where, and to which words (BGH I ZR 164/09: printable at any time).

    Args:
        kind: one of asked, confirmed, imported, changed, withdrawn.
        at: when the person said it.
        source: the form, list or letter it comes from.
        wording: exactly what the person agreed to.
    """

    kind: str
    at: datetime
    source: str
    wording: str = ""

    def __post_init__(self) -> None:
        if self.kind not in CONSENT_KINDS:
            raise ValueError(f"no kind of consent: {self.kind!r}")
        if not self.source.strip():
            raise Problem("A consent needs a source.", hint="Name the form, list or letter it comes from.")


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


def verify(connection: Connection) -> list[int]:
    """The ids of the events that do not fit their chain: changed, or with a predecessor that was removed.

    The batch is not part of the proof (undoing an import may remove it), and a chain cut off at its end
    cannot be seen; an erased person's chain is gone as a whole (DSGVO Art. 17).
    """
    broken: list[int] = []
    chain: tuple[int, str] | None = None
    previous = ""
    order = consent_event.c.subscriber_id, consent_event.c.newsletter, consent_event.c.id
    for row in connection.execute(select(consent_event).order_by(*order).execution_options(yield_per=1000)):
        if chain != (row.subscriber_id, row.newsletter):
            chain, previous = (row.subscriber_id, row.newsletter), ""
        wording_fits = row.wording_sha256 == _wording_sha256(row.wording)
        if not (row.previous == previous and row.digest == _digest(previous, row._mapping) and wording_fits):
            broken.append(row.id)
        previous = row.digest
    return broken


def events_of(connection: Connection, subscriber_id: int) -> Sequence[Row[Any]]:
    """Everything a person said, oldest first."""
    mine = consent_event.c.subscriber_id == subscriber_id
    return connection.execute(select(consent_event).where(mine).order_by(consent_event.c.id)).all()


def _record_slice(
    connection: Connection, statements: Sequence[Statement], now: datetime, batch_id: int | None
) -> None:
    chains = {(one.subscriber_id, one.newsletter) for one in statements}
    _lock(connection, chains)
    newest = _newest_digests(connection, chains)
    rows: list[dict[str, Any]] = []
    for one in statements:
        chain = one.subscriber_id, one.newsletter
        row = {
            "subscriber_id": one.subscriber_id,
            "newsletter": one.newsletter,
            "kind": one.consent.kind,
            "at": one.consent.at,
            "recorded_at": now,
            "source": one.consent.source,
            "wording": one.consent.wording,
            "wording_sha256": _wording_sha256(one.consent.wording),
        }
        previous = newest.get(chain, "")
        newest[chain] = _digest(previous, row)
        rows.append({**row, "batch_id": batch_id, "previous": previous, "digest": newest[chain]})
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


def _digest(previous: str, event: Any) -> str:
    """SHA-256 over the digest before and the event as canonical JSON (keys sorted, instants in UTC)."""
    content: dict[str, Any] = {
        name: event[name]
        for name in ("subscriber_id", "newsletter", "kind", "source", "wording", "wording_sha256")
    }
    for name in ("at", "recorded_at"):
        content[name] = event[name].astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def _wording_sha256(wording: str) -> str:
    return hashlib.sha256(wording.encode()).hexdigest() if wording else ""
