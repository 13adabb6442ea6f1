"""What imports wrote on one person, one over the other; a layer comes out from under those above it."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from subscribers.schema import import_batch, import_change


@dataclass(slots=True)
class Layer:
    """What one import wrote on one person, and what stood there before.

    Args:
        before: fields, attributes, changed_at and place as they were; `made`: the person is there by this
            import, or by an earlier one that was taken back.
        after: fields, labels, attributes and place as the import left them; `said`: a consent that it holds,
            as `Consent.mark`, and that an earlier list had brought already.
        whole: the import made the person with all that is on it, and the row says no more.
    """

    id: int
    batch: int
    newsletter: str
    subscriber_id: int
    before: dict[str, Any]
    after: dict[str, Any]
    whole: bool = False
    _kept: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self._kept = self._text()

    def _text(self) -> str:
        return json.dumps([self.before, self.after], sort_keys=True)

    @property
    def made(self) -> bool:
        """Whether the person came by it."""
        return bool(self.before.get("made"))

    def keep(self, connection: Connection) -> None:
        """Write what was changed in it."""
        if self._text() != self._kept:
            mine = update(import_change).where(import_change.c.id == self.id)
            connection.execute(mine.values(before=self.before, after=self.after))


def layer_of(row: Row[Any], newsletter: str) -> Layer:
    """The layer of a row of import_change."""
    before, after = _loaded(row.before), _loaded(row.after)
    whole = before is None
    if before is None:
        before, after = {"made": True, "place": None}, {"place": {}}
    return Layer(row.id, row.batch_id, newsletter, row.subscriber_id, before, after or {}, whole)


def layers_beside(connection: Connection, people: Collection[int], batch: int) -> dict[int, list[Layer]]:
    """What other imports, none of them taken back, wrote on these people; the oldest first."""
    query = (
        select(import_change, import_batch.c.newsletter)
        .join(import_batch, import_batch.c.id == import_change.c.batch_id)
        .where(import_change.c.subscriber_id.in_(people), import_change.c.batch_id != batch)
        .order_by(import_change.c.id)
    )
    found: dict[int, list[Layer]] = {}
    for row in connection.execute(query):
        found.setdefault(row.subscriber_id, []).append(layer_of(row, row.newsletter))
    return found


def passed_on(
    kind: str, names: Mapping[str, str], before: Mapping[str, Any], above: Sequence[Layer]
) -> set[str]:
    """Give what stood before to the layers above that wrote the same; the names of those values."""
    passed = set()
    for name in names:
        upper = next((one for one in above if name in one.after.get(kind, {})), None)
        if upper is not None:
            upper.before.setdefault(kind, {})[name] = before.get(kind, {}).get(name, "")
            passed.add(name)
    return passed


def labels_of_others(beside: Sequence[Layer]) -> Iterator[tuple[str, str]]:
    """The labels that other imports gave."""
    for one in beside:
        yield from ((kind, name) for kind, name in one.after.get("labels", ()))


def moment_kept(text: str | None) -> datetime | None:
    """An instant as a layer keeps it."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _loaded(value: Any) -> dict[str, Any] | None:
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else None
