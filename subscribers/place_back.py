"""The place of a person on a newsletter when an import is taken back: who still proves it, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from subscribers.consent import Consent, mark_of, record, repeat
from subscribers.layers import Layer, moment_kept
from subscribers.schema import subscription
from subscribers.words import GONE_STATES, UNCLEAR, UNCONFIRMED, YES_KINDS

_ON_IT = ("active", "paused")
_WAITING = {"state": "pending", "basis": UNCLEAR}


@dataclass(slots=True)
class Place:
    """A subscription to the newsletter of the batch.

    Args:
        events: what stands in its chain without the batch, see `remaining.standing_events`.
        brought: the events that the batch added to the chain.
        proven_by: the other batch that proves it, once `take_back` found that out.
        kept_by: the other batch that names the person without proof, likewise.
    """

    connection: Connection
    batch: Row[Any]
    now: datetime
    events: Sequence[Row[Any]]
    brought: Sequence[Row[Any]]
    proven_by: int | None = None
    kept_by: int | None = None

    def take_back(self, layer: Layer, others: Sequence[Layer]) -> str:
        """Take one layer out; what stays of it, if anything. A no stays, also one that a list brought.

        Args:
            others: what other imports wrote for the same newsletter, the oldest first.
        """
        if "place" not in layer.after and not self.brought:
            return ""
        mine = subscription.c.subscriber_id == layer.subscriber_id
        mine &= subscription.c.newsletter == self.batch.newsletter
        place = self.connection.execute(select(subscription).where(mine)).one_or_none()
        if place is None:
            return ""
        if place.state in _ON_IT:
            self._hand_over(others)
        last = self.events[-1].kind if self.events else ""
        above = [one for one in others if one.id > layer.id]
        if place.state in GONE_STATES:  # whoever brought the no
            return f"the subscription, which is {place.state}"
        if place.state in _ON_IT and last in YES_KINDS:
            return self._stay_proven(place, layer, above)
        return self._leave(place, layer, above)

    def _hand_over(self, others: Sequence[Layer]) -> None:
        """What another list found said by this one is from now on that list's to say.

        A consent from before a no that stands is not said again.
        """
        no = max((one.id for one in self.events if one.kind == "withdrawn"), default=0)
        standing = [mark_of(one) for one in self.events if one.id > no and one.kind in YES_KINDS]
        for event in self.brought:
            mark = mark_of(event)
            if event.kind not in YES_KINDS or event.id < no or mark in standing:
                continue
            heir = next((one for one in others if one.after.get("said") == mark), None)
            if heir is not None:
                self.events = [*self.events, repeat(self.connection, event, self.now, heir.batch)]
                standing.append(mark)

    def _stay_proven(self, place: Row[Any], layer: Layer, above: Sequence[Layer]) -> str:
        """Somebody else proves it: a later list takes over what stood there before."""
        said = [*self.events]
        while said and any(one.kind == "withdrawn" for one in said):
            said.pop(0)
        yes = [one for one in said if one.kind in YES_KINDS]
        if place.since not in {one.at for one in yes}:
            self._set(place, {"since": yes[-1].at})
        if "place" not in layer.after:
            return ""
        proving = {one.batch_id for one in yes}
        heir = next((one for one in above if "place" in one.after or one.batch in proving), None)
        if heir is not None:
            heir.before["place"] = layer.before.get("place")
            heir.after.setdefault("place", {"state": place.state, "basis": place.basis})
        self.proven_by = yes[-1].batch_id
        return "" if self.proven_by is not None else f"the subscription, which is {place.state}"

    def _leave(self, place: Row[Any], layer: Layer, above: Sequence[Layer]) -> str:
        """Nobody else proves it: it is as before, and waits where a later list names the person."""
        before = layer.before.get("place") if "place" in layer.after else _WAITING
        if self.brought:
            said = Consent("withdrawn", self.now, f"Import {self.batch.id} zurückgenommen")
            record(self.connection, place.subscriber_id, place.newsletter, said, self.now, self.batch.id)
        heir = next((one for one in above if "place" in one.after), None)
        if heir is None and before is None and above:
            heir = above[0]
        if heir is not None:
            heir.before["place"] = before
            heir.after["place"] = _WAITING
            self._set(place, _WAITING)
            self.kept_by = heir.batch
            return f"the subscription, now pending: import {heir.batch} proves no consent"
        if before is None:
            self.connection.execute(delete(subscription).where(subscription.c.id == place.id))
        else:
            self._set(place, self._as_before(before))
        return ""

    def _as_before(self, before: dict[str, str]) -> dict[str, Any]:
        """The columns as they were; the request of who never confirmed is the end of the chain again."""
        asked = self.events[-1] if self.events and self.events[-1].kind == "asked" else None
        values: dict[str, Any] = {**_WAITING}
        if asked is not None and before["basis"] == UNCONFIRMED:
            values["basis"] = UNCONFIRMED
            if self.brought:
                repeat(self.connection, asked, self.now, asked.batch_id)
        for name in ("since", "changed_at"):
            if moment := moment_kept(before.get(name)):
                values[name] = moment
        return values

    def _set(self, place: Row[Any], values: dict[str, Any]) -> None:
        self.connection.execute(update(subscription).where(subscription.c.id == place.id).values(values))
