"""One slice of an import taken back: what it wrote on each person goes, from under what came later, too."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from subscribers.address import fold
from subscribers.attributes import attribute_row, attributes_of
from subscribers.fields import Fields
from subscribers.layers import Layer, labels_of_others, layer_of, layers_beside, moment_kept, passed_on
from subscribers.person import with_twins
from subscribers.place_back import Place
from subscribers.remaining import brought_events, moved, standing_events, touched
from subscribers.schema import attribute, label, subscriber


@dataclass(slots=True)
class Outcome:
    """What became of the people so far.

    Args:
        counts: removed, restored.
        proven: for each other batch how many people stay because it proves them, too.
        kept: what stays because somebody changed it since: {email, what, import}; `import` is the number of
            the one that did, None for a person.
    """

    counts: Counter[str] = field(default_factory=Counter)
    proven: Counter[int] = field(default_factory=Counter)
    kept: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, person: Row[Any], what: str, batch: int | None = None) -> None:
        """Note something that stays."""
        self.kept.append({"email": person.email, "what": what, "import": batch})


@dataclass(frozen=True, slots=True)
class Undoing:
    """A batch on its way back."""

    connection: Connection
    batch: Row[Any]
    fields: Fields
    now: datetime
    outcome: Outcome

    def take_back(self, changes: Sequence[Row[Any]]) -> None:
        """Undo these rows of import_change; the caller deletes them."""
        layers = [layer_of(row, self.batch.newsletter) for row in changes]
        beside = layers_beside(self.connection, [one.subscriber_id for one in layers], self.batch.id)
        whole = {one.subscriber_id for one in layers if one.whole}
        gone = self._remove(whole - beside.keys())
        left = [one for one in layers if one.subscriber_id not in gone]
        if left:
            self._take_back_each(left, beside)

    def _remove(self, people: set[int]) -> set[int]:
        gone = people - touched(self.connection, people)
        self.connection.execute(delete(subscriber).where(subscriber.c.id.in_(gone)))
        self.outcome.counts["removed"] += len(gone)
        return gone

    def _take_back_each(self, layers: Sequence[Layer], beside: Mapping[int, Sequence[Layer]]) -> None:
        ids = [one.subscriber_id for one in layers]
        query = select(subscriber).where(subscriber.c.id.in_(ids))
        people = {row.id: row for row in self.connection.execute(query)}
        standing = standing_events(self.connection, ids, self.batch, beside)
        brought = brought_events(self.connection, ids, self.batch)
        elsewhere = moved(self.connection, ids, self.batch)
        alone = dict[int, tuple[Row[Any], str]]()
        for layer in layers:
            number = layer.subscriber_id
            person, others = people[number], beside.get(number, [])
            if number in elsewhere:
                self.outcome.keep(person, "everything: the address has changed since")
                continue
            self._take_out(layer, person, [one for one in others if one.id > layer.id], others)
            events = standing.get(number, [])
            place = Place(self.connection, self.batch, self.now, events, brought.get(number, ()))
            what = place.take_back(layer, [one for one in others if one.newsletter == layer.newsletter])
            alone_with_it = layer.made and not others
            if what and not alone_with_it:
                self.outcome.keep(person, what, place.kept_by)
            if place.proven_by is not None:
                self.outcome.proven[place.proven_by] += 1
            if layer.made and others:
                others[0].before["made"] = True
                if not (what or place.proven_by):
                    first = others[0].batch
                    self.outcome.keep(person, f"the person, who came by import {first}, too", first)
            elif layer.made:
                alone[number] = person, what
            else:
                self.outcome.counts["restored"] += 1
            for other in others:
                other.keep(self.connection)
        stay = alone.keys() - self._remove({*alone})
        for number in stay:
            person, what = alone[number]
            self.outcome.keep(person, "the person, who has changed since")
            if what:
                self.outcome.keep(person, what)

    def _take_out(
        self, layer: Layer, person: Row[Any], above: Sequence[Layer], others: Sequence[Layer]
    ) -> None:
        """Fields and attributes are as before, unless somebody gave them another value; labels go."""
        if layer.whole:
            return
        self._return_fields(layer, person, above)
        self._return_attributes(layer, person, above)
        given = {(kind, fold(name)) for kind, name in layer.after.get("labels", ())}
        for kind, key in given - {(kind, fold(name)) for kind, name in labels_of_others(others)}:
            mine = (label.c.subscriber_id == person.id) & (label.c.kind == kind)
            self.connection.execute(delete(label).where(mine, label.c.name_key == key))

    def _return_fields(self, layer: Layer, person: Row[Any], above: Sequence[Layer]) -> None:
        given: dict[str, str] = layer.after.get("fields", {})
        passed = passed_on("fields", given, layer.before, above)
        values: dict[str, Any] = {}
        for name, text in given.items():
            if name in passed:
                continue
            if person._mapping[name] == text:
                values |= with_twins({name: str(layer.before["fields"][name])})
            else:
                self.outcome.keep(person, name)
        values |= self._moment_before(layer, person, above)
        if values:
            self.connection.execute(update(subscriber).where(subscriber.c.id == person.id).values(values))

    def _moment_before(self, layer: Layer, person: Row[Any], above: Sequence[Layer]) -> dict[str, datetime]:
        """When the person was last changed before this import, where nobody changed them afterwards."""
        text = layer.before.get("changed_at")
        upper = next((one for one in above if "changed_at" in one.before), None)
        if upper is not None and text:
            upper.before["changed_at"] = text
            return {}
        if person.changed_at != self.batch.at:
            return {}
        return {"changed_at": moment_kept(text) or self.now}

    def _return_attributes(self, layer: Layer, person: Row[Any], above: Sequence[Layer]) -> None:
        given: dict[str, str] = layer.after.get("attributes", {})
        passed = passed_on("attributes", given, layer.before, above)
        have = attributes_of(self.connection, [person.id]).get(person.id, {}) if given else {}
        for name, text in given.items():
            if name in passed:
                continue
            if have.get(name, "") != text:
                self.outcome.keep(person, name)
                continue
            mine = (attribute.c.subscriber_id == person.id) & (attribute.c.name == name)
            self.connection.execute(delete(attribute).where(mine))
            old = layer.before.get("attributes", {}).get(name, "")
            if old and name in self.fields:
                row = {"subscriber_id": person.id, **attribute_row(self.fields[name], old)}
                self.connection.execute(insert(attribute).values(row))
