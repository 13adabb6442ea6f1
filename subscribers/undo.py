"""An import taken back: who came by it goes, what it changed returns, what somebody changed since stays."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Update, delete, exists, insert, or_, select, update

from subscribers.address import fold
from subscribers.attributes import attribute_row, attributes_of
from subscribers.bulk import lock
from subscribers.consent import Consent, Statement, record_all
from subscribers.errors import BadUsage, Refused
from subscribers.fields import Fields
from subscribers.person import with_twins
from subscribers.schema import (
    attribute,
    consent_event,
    import_batch,
    import_change,
    label,
    subscriber,
    subscription,
    suppression,
)
from subscribers.words import UNCLEAR

_SLICE, _PAUSE = 200, 0.05  # seconds in which others may write


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an import.

    Args:
        removed: people who came by it and are gone.
        restored: people whose fields and subscription are as before.
        lifted: entries that it had put on the suppression list.
        kept: what stays because somebody changed it since: {email, what}.
    """

    batch: int
    removed: int
    restored: int
    lifted: int
    kept: tuple[dict[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """The result for JSON."""
        return asdict(self)


def undo_import(engine: Engine, batch_id: int, fields: Fields, now: datetime) -> Undone:
    """Take a batch back, in slices; events of consent stay and get one that withdraws them.

    Nobody who left since comes back, and nobody is forgotten who left: their no stays. When it is interrupted
    the same call goes on.

    Raises:
        BadUsage: there is no such batch.
        Refused: it was taken back before, or what it changed is not kept any more.
    """
    counts, kept = Counter[str](), list[dict[str, str]]()
    while True:
        with engine.begin() as connection:
            lock(connection, subscriber, subscription)
            batch = _batch(connection, batch_id)
            query = select(import_change).where(import_change.c.batch_id == batch_id)
            rows = connection.execute(query.order_by(import_change.c.id.desc()).limit(_SLICE)).all()
            if not rows:
                return _finish(connection, batch, now, counts, kept)
            _take_back(connection, rows, batch, fields, now, counts, kept)
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


def _finish(
    connection: Connection,
    batch: Row[Any],
    now: datetime,
    counts: Counter[str],
    kept: list[dict[str, str]],
) -> Undone:
    mine = suppression.c.source == f"import {batch.id} of {batch.file}"
    lifted = connection.execute(delete(suppression).where(mine)).rowcount
    if not (counts or kept or lifted or "undoing" in batch.counts) and _changed_something(batch.counts):
        hint = "Only newer imports can be taken back; config.toml says for how long."
        raise Refused(f"What import {batch.id} changed is not kept any more.", hint=hint)
    connection.execute(_of(batch.id).values(undone_at=now))
    return Undone(batch.id, counts["removed"], counts["restored"], lifted, tuple(kept))


def _of(batch_id: int) -> Update:
    return update(import_batch).where(import_batch.c.id == batch_id)


def _changed_something(counts: Mapping[str, int]) -> bool:
    return any(counts.get(name) for name in ("new", "changed", "unconfirmed", "suppressed"))


def _take_back(
    connection: Connection,
    changes: Sequence[Row[Any]],
    batch: Row[Any],
    fields: Fields,
    now: datetime,
    counts: Counter[str],
    kept: list[dict[str, str]],
) -> None:
    ids = [row.subscriber_id for row in changes]
    people = {row.id: row for row in connection.execute(select(subscriber).where(subscriber.c.id.in_(ids)))}
    made = {row.subscriber_id for row in changes if row.before is None}
    touched = _touched(connection, made, batch)
    gone, moved = made - touched, _moved(connection, ids, batch)
    connection.execute(delete(subscriber).where(subscriber.c.id.in_(gone)))
    counts["removed"] += len(gone)
    withdrawn: list[Statement] = []
    for change in changes:
        person = people.get(change.subscriber_id)
        if person is None or change.subscriber_id in gone:
            continue
        if change.subscriber_id in moved:
            kept.append({"email": person.email, "what": "everything: the address has changed since"})
            continue
        if change.before is None:
            kept.append({"email": person.email, "what": "the person, who has changed since"})
            place = {"place": None}, {"place": {"state": None}}
        else:
            place = _loaded(change.before), _loaded(change.after)
            kept += _return_fields(connection, person, *place, now)
            kept += _return_hanging(connection, person, *place, fields)
            counts["restored"] += 1
        withdrawn += _return_place(connection, person, *place, batch, now, kept)
    record_all(connection, withdrawn, now)


def _loaded(value: Any) -> dict[str, Any]:
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}


def _touched(connection: Connection, people: set[int], batch: Row[Any]) -> set[int]:
    """Those of the people an import made who said or got something since, or were changed."""
    theirs = subscription.c.subscriber_id == subscriber.c.id
    said = consent_event.c.subscriber_id == subscriber.c.id
    later = import_change.c.subscriber_id == subscriber.c.id
    query = select(subscriber.c.id).where(
        subscriber.c.id.in_(people),
        or_(
            subscriber.c.changed_at > batch.at,
            exists().where(theirs, subscription.c.newsletter != batch.newsletter),
            exists().where(theirs, subscription.c.changed_at > batch.at),
            exists().where(
                said, or_(consent_event.c.batch_id != batch.id, consent_event.c.batch_id.is_(None))
            ),
            exists().where(later, import_change.c.batch_id > batch.id),
        ),
    )
    return set(connection.scalars(query))


def _moved(connection: Connection, people: Sequence[int], batch: Row[Any]) -> set[int]:
    """Those who got another address since; their old one is suppressed, so that no list brings them back."""
    query = select(consent_event.c.subscriber_id).where(
        consent_event.c.subscriber_id.in_(people),
        consent_event.c.kind == "changed",
        consent_event.c.recorded_at >= batch.at,
    )
    return set(connection.scalars(query))


def _return_fields(
    connection: Connection,
    person: Row[Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
) -> list[dict[str, str]]:
    given: dict[str, str] = after.get("fields", {})
    ours = {name for name, text in given.items() if person._mapping[name] == text}
    values = {name: str(before["fields"][name]) for name in ours}
    if values:
        changed = update(subscriber).where(subscriber.c.id == person.id)
        connection.execute(changed.values(**with_twins(values), changed_at=now))
    return [{"email": person.email, "what": name} for name in given if name not in ours]


def _return_hanging(
    connection: Connection,
    person: Row[Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    fields: Fields,
) -> list[dict[str, str]]:
    """Labels that were added go; attributes return unless they have another value by now."""
    for kind, name in after.get("labels", []):
        mine = (label.c.subscriber_id == person.id) & (label.c.kind == kind)
        connection.execute(delete(label).where(mine, label.c.name_key == fold(name)))
    kept = []
    given: dict[str, str] = after.get("attributes", {})
    have = attributes_of(connection, [person.id]).get(person.id, {}) if given else {}
    for name, text in given.items():
        if have.get(name, "") != text:
            kept.append({"email": person.email, "what": name})
            continue
        mine = (attribute.c.subscriber_id == person.id) & (attribute.c.name == name)
        connection.execute(delete(attribute).where(mine))
        old = before.get("attributes", {}).get(name, "")
        if old and name in fields:
            row = {"subscriber_id": person.id, **attribute_row(fields[name], old)}
            connection.execute(insert(attribute).values(row))
    return kept


def _return_place(
    connection: Connection,
    person: Row[Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    batch: Row[Any],
    now: datetime,
    kept: list[dict[str, str]],
) -> list[Statement]:
    """The subscription that the import made goes, the one it took further goes back; a no stays a no."""
    if "place" not in after:
        return []
    mine = (subscription.c.subscriber_id == person.id) & (subscription.c.newsletter == batch.newsletter)
    place = connection.execute(select(subscription).where(mine)).one_or_none()
    if place is None:
        return []
    untouched = place.changed_at == batch.at and place.state not in ("unsubscribed", "suppressed")
    if not untouched:
        kept.append({"email": person.email, "what": f"the subscription, which is {place.state}"})
        return []
    if before.get("place") is None:
        connection.execute(delete(subscription).where(subscription.c.id == place.id))
    else:
        back = update(subscription).where(subscription.c.id == place.id)
        connection.execute(back.values(state="pending", basis=UNCLEAR, changed_at=now))
    said = Consent("withdrawn", now, f"Import {batch.id} zurückgenommen")
    return [Statement(person.id, batch.newsletter, said)]
