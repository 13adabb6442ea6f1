"""An import taken back: who came by it goes, what it changed returns, what somebody changed since stays."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Update, delete, func, or_, select, update

from subscribers.bulk import lock
from subscribers.errors import BadUsage, Refused
from subscribers.fields import Fields
from subscribers.schema import import_batch, import_change, subscriber, subscription, suppression
from subscribers.taking_back import Outcome, Undoing

_SLICE, _PAUSE = 200, 0.05  # seconds in which others may write


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an import.

    Args:
        removed: people who came by it and are gone.
        restored: people whose fields and subscription are as before.
        lifted: entries that it had put on the suppression list.
        shared: entries that stay there, because another import said the same.
        proven: how many people stay because another batch proves them, too: {batch, people}.
        kept: what stays because somebody changed it since: {email, what, import}; `import` is the number of
            the one that did, None for a person.
    """

    batch: int
    removed: int
    restored: int
    lifted: int
    shared: int
    proven: tuple[dict[str, int], ...]
    kept: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """The result for JSON."""
        return asdict(self)


def undo_import(engine: Engine, batch_id: int, fields: Fields, now: datetime) -> Undone:
    """Take a batch back, in slices: when all are taken back, in whatever order, all is as before the first.

    A person whom another list proves stays. The events of others stay; the last proof that goes gets one that
    withdraws it. Nobody who left since comes back, and nobody is forgotten who left: their no stays. When it
    is interrupted the same call goes on.

    Raises:
        BadUsage: there is no such batch.
        Refused: it was taken back before, or what it changed is not kept any more.
    """
    outcome = Outcome()
    while True:
        with engine.begin() as connection:
            lock(connection, subscriber, subscription)
            batch = _batch(connection, batch_id)
            query = select(import_change).where(import_change.c.batch_id == batch_id)
            rows = connection.execute(query.order_by(import_change.c.id.desc()).limit(_SLICE)).all()
            if not rows:
                return _finish(connection, batch, now, outcome)
            Undoing(connection, batch, fields, now, outcome).take_back(rows)
            done = import_change.c.id.in_([row.id for row in rows])
            connection.execute(delete(import_change).where(done))
            begun = {**batch.counts, "undoing": 1}
            connection.execute(_of(batch_id).values(counts=begun))
        time.sleep(_PAUSE)


def _batch(connection: Connection, batch_id: int) -> Row[Any]:
    batch = connection.execute(select(import_batch).where(import_batch.c.id == batch_id)).one_or_none()
    if batch is None:
        raise BadUsage(f"There is no import {batch_id}.", hint="The report of an import names its batch.")
    if batch.undone_at is not None:
        raise Refused(f"Import {batch_id} was taken back on {batch.undone_at:%Y-%m-%d %H:%M} UTC.")
    return batch


def _finish(connection: Connection, batch: Row[Any], now: datetime, outcome: Outcome) -> Undone:
    mine, source = f"import {batch.id} of {batch.file}", suppression.c.source
    lifted = connection.execute(delete(suppression).where(source == mine)).rowcount
    with_another = or_(
        source.startswith(f"{mine} and ", autoescape=True), source.endswith(f" and {mine}", autoescape=True)
    )
    shared = connection.scalar(select(func.count()).where(with_another)) or 0
    outcomes = outcome.counts, outcome.kept, outcome.proven, lifted, shared
    did_something = any(outcomes) or "undoing" in batch.counts
    if not did_something and _changed_something(batch.counts):
        hint = "Only newer imports can be taken back; config.toml says for how long."
        raise Refused(f"What import {batch.id} changed is not kept any more.", hint=hint)
    connection.execute(_of(batch.id).values(undone_at=now))
    proven = tuple({"batch": each, "people": many} for each, many in sorted(outcome.proven.items()))
    counts = outcome.counts
    kept = tuple(outcome.kept)
    return Undone(batch.id, counts["removed"], counts["restored"], lifted, shared, proven, kept)


def _of(batch_id: int) -> Update:
    return update(import_batch).where(import_batch.c.id == batch_id)


def _changed_something(counts: Mapping[str, int]) -> bool:
    return any(counts.get(name) for name in ("new", "changed", "unconfirmed", "suppressed", "proven"))
