"""Writes what was decided about a slice of a list: people, places, labels, proof, and how to take it back."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete

from subscribers.address import fold
from subscribers.attributes import attribute_row
from subscribers.bulk import Row, insert_rows, next_ids, stored, update_rows
from subscribers.chain import covered_text
from subscribers.consent import Consent, Statement, event_row, record_all
from subscribers.deciding import Step
from subscribers.fields import Fields
from subscribers.schema import attribute, consent_event, import_change, label, subscriber, subscription
from subscribers.suppression import suppress
from subscribers.words import TEXT_FIELDS

_TWINS = tuple(f"{name}_key" for name in TEXT_FIELDS)
_PERSON = ("id", "email", "email_key", "suppression_key", "smtputf8")
_PERSON_COLUMNS = (*_PERSON, *TEXT_FIELDS, *_TWINS, "created_at", "changed_at")
_PLACE_COLUMNS = (
    *("subscriber_id", "newsletter", "state", "basis", "token", "since", "changed_at", "reason"),
)
_EVENT_COLUMNS = tuple(column.name for column in consent_event.c if column.name != "id")
_CHANGE_COLUMNS = ("batch_id", "subscriber_id", "before", "after")
_VALUE_COLUMNS = ("subscriber_id", "name", "text", "text_key", "number", "day")
_NUMBER = '"subscriber_id":'
_REMEMBERED = 10_000
_GONE = ("unsubscribed", "suppressed")


@dataclass(slots=True)
class Batch:
    """One import: what its rows have in common.

    Args:
        file: the name of the list, for the source of events that have none.
        fields: the fields that the workspace declares.
    """

    id: int
    newsletter: str
    now: datetime
    file: str
    fields: Fields
    _proof: dict[Consent, tuple[Row, Any, bytes]] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """How an entry of this import on the suppression list is known."""
        return f"import {self.id} of {self.file}"

    def proof(self, consent: Consent, moment: Any) -> tuple[Row, Any, bytes]:
        """The first event of a chain with the person left open: columns, the hash so far, what follows."""
        if (found := self._proof.get(consent)) is None:
            if len(self._proof) > _REMEMBERED:
                self._proof.clear()
            row = event_row(Statement(0, self.newsletter, consent), "", self.now, self.id)
            before, after = covered_text(row).split(f"{_NUMBER}0", 1)
            begun = hashlib.sha256(f"\n{before}{_NUMBER}".encode())
            found = self._proof[consent] = _middle(row, moment), begun, after.encode()
        return found


def merge(connection: Connection, steps: Sequence[Step], batch: Batch) -> None:
    """Write a slice. The same rows once more change nothing."""
    fresh = [step for step in steps if step.known is None and step.state]
    ids = next_ids(connection, subscriber, len(fresh)) if fresh else ()
    _insert_people(connection, fresh, ids, batch)
    _insert_events(connection, fresh, ids, batch)
    known = [step for step in steps if step.known is not None and step.kind != "unchanged"]
    _change_people(connection, known, batch)
    changes = [(batch.id, number, None, None) for number in ids]
    changes += [_undoing(step, batch) for step in known]
    insert_rows(connection, import_change, _CHANGE_COLUMNS, changes)
    for step in steps:
        one = step.ready.candidate
        if step.kind == "suppressed" or step.state == "suppressed":
            since = one.own_since or batch.now
            suppress(connection, step.ready.hashed, one.stopped or "deactivated", batch.source, since)


def _insert_people(connection: Connection, steps: Sequence[Step], ids: Sequence[int], batch: Batch) -> None:
    moment = stored(connection, subscriber.c.created_at)
    now = moment(batch.now)
    people = []
    for step, number in zip(steps, ids, strict=True):
        ready = step.ready
        address = ready.candidate.address
        people.append(
            (number, address.email, address.key, ready.hashed, address.smtputf8, *ready.texts, now, now)
        )
    insert_rows(connection, subscriber, _PERSON_COLUMNS, people)
    places = [_place(step, number, batch, moment, now) for step, number in zip(steps, ids, strict=True)]
    insert_rows(connection, subscription, _PLACE_COLUMNS, places)
    _insert_hanging(connection, list(zip(steps, ids, strict=True)), batch)


def _place(step: Step, number: int, batch: Batch, moment: Any, now: Any) -> Row:
    consents = step.ready.candidate.consents
    own = step.ready.candidate.own_since
    said = consents[-1].at if consents else own
    since = moment(said) if said is not None else now
    changed = moment(own) if own is not None and step.state in _GONE else now
    return number, batch.newsletter, step.state, step.basis, step.ready.token, since, changed, ""


def _insert_hanging(connection: Connection, steps: Sequence[tuple[Step, int]], batch: Batch) -> None:
    """Labels and attributes."""
    labels = [(number, kind, name, fold(name)) for step, number in steps for kind, name in step.labels]
    insert_rows(connection, label, ("subscriber_id", "kind", "name", "name_key"), labels, skip=True)
    day = stored(connection, attribute.c.day)
    values = []
    for step, number in steps:
        for name, text in step.attributes.items():
            row = attribute_row(batch.fields[name], text)
            values.append((number, name, row["text"], row["text_key"], row["number"], day(row["day"])))
    insert_rows(connection, attribute, _VALUE_COLUMNS, values)


def _insert_events(connection: Connection, steps: Sequence[Step], ids: Sequence[int], batch: Batch) -> None:
    """The proof of new people, whose chains begin here; `consent.record_all` in a tenth of the time."""
    moment = stored(connection, consent_event.c.at)
    rows = []
    for step, number in zip(steps, ids, strict=True):
        previous = ""
        for consent in _said(step, batch):
            if previous:
                row = event_row(Statement(number, batch.newsletter, consent), previous, batch.now, batch.id)
                middle, digest = _middle(row, moment), row["digest"]
            else:
                middle, begun, after = batch.proof(consent, moment)
                hashed = begun.copy()
                hashed.update(b"%d%b" % (number, after))
                digest = hashed.hexdigest()
            rows.append((number, *middle, previous, digest))
            previous = digest
    insert_rows(connection, consent_event, _EVENT_COLUMNS, rows)


def _middle(row: dict[str, Any], moment: Any) -> Row:
    """The columns of an event between the person and the two digests, as they are stored."""
    times = {"at": moment(row["at"]), "recorded_at": moment(row["recorded_at"])}
    return tuple(times.get(name, row[name]) for name in _EVENT_COLUMNS[1:-2])


def _said(step: Step, batch: Batch) -> Sequence[Consent]:
    """The consents of a row, and the no of somebody who left before our own export was made."""
    consents = step.ready.candidate.consents
    if step.state in _GONE:
        left = step.ready.candidate.own_since or batch.now
        return (*consents, Consent("withdrawn", left, batch.source))
    return consents


def _change_people(connection: Connection, steps: Sequence[Step], batch: Batch) -> None:
    moment = stored(connection, subscriber.c.changed_at)
    now = moment(batch.now)
    people, places, moved, statements = [], [], [], list[Statement]()
    for step in steps:
        known = step.known
        assert known is not None
        if step.fields or step.labels or step.attributes:
            texts = {**known.texts, **step.fields}
            twins = [fold(text) for text in texts.values()]
            people.append((*texts.values(), *twins, now, known.id))
        if known.place is None:
            places.append(_place(step, known.id, batch, moment, now))
        elif step.state != known.state:
            consents = step.ready.candidate.consents
            since = moment(consents[-1].at) if consents and step.state == "active" else known.since
            moved.append((step.state, step.basis, since, now, known.place))
        if known.place is None or step.state != known.state:
            statements += [Statement(known.id, batch.newsletter, said) for said in _said(step, batch)]
    update_rows(connection, subscriber, (*TEXT_FIELDS, *_TWINS, "changed_at"), people)
    insert_rows(connection, subscription, _PLACE_COLUMNS, places)
    update_rows(connection, subscription, ("state", "basis", "since", "changed_at"), moved)
    for step in steps:
        if step.known is not None:
            for name in (name for name, old in step.before.items() if old):
                mine = (attribute.c.subscriber_id == step.known.id) & (attribute.c.name == name)
                connection.execute(delete(attribute).where(mine))
    pairs = [(step, step.known.id) for step in steps if step.known is not None]
    _insert_hanging(connection, pairs, batch)
    record_all(connection, statements, batch.now, batch.id)


def _undoing(step: Step, batch: Batch) -> Row:
    """What stood there and what stands there now, for `undo`."""
    known = step.known
    assert known is not None
    before: dict[str, Any] = {
        "fields": {name: known.texts[name] for name in step.fields},
        "attributes": dict(step.before),
    }
    after: dict[str, Any] = {
        "fields": dict(step.fields),
        "labels": [[kind, name] for kind, name in step.labels],
        "attributes": dict(step.attributes),
    }
    if step.state != known.state:
        before["place"] = {"state": known.state, "basis": known.basis} if known.place is not None else None
        after["place"] = {"state": step.state, "basis": step.basis}
    texts = (json.dumps(one, ensure_ascii=False) for one in (before, after))
    return (batch.id, known.id, *texts)
