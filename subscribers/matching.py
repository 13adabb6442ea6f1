"""Whether a person fits one comparison, in Python: the same answer as the database's, see conditions.py."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Protocol

from subscribers.address import fold, key_of, needles
from subscribers.fields import number_of
from subscribers.leaves import SET, Leaf

Facts = Mapping[str, Any]


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool:
        """Smaller."""


def fits(leaf: Leaf, person: Facts) -> bool:
    """Whether a person fits a comparison.

    A person is what is known: the text fields, `email`, `since` (an instant), `topic` and `tag` (several
    texts), `issue` (the editions received, as `newsletter/issue`) with the `newsletter` that is asked about,
    declared fields as they are kept. What is missing is not set.
    """
    known = person.get(leaf.field)
    if leaf.kind == "moment":
        return _since(leaf, known)
    if leaf.kind == "label":
        return _labelled(leaf, {fold(one) for one in known or ()}, {fold(value) for value in leaf.values})
    if leaf.kind == "edition":
        return _received(leaf, known or (), f"{person.get('newsletter') or ''}/")
    text = str(known or "")
    if leaf.kind in ("number", "date"):
        read = number_of if leaf.kind == "number" else date.fromisoformat
        return _ordered(leaf, read(text) if text else None, [read(value) for value in leaf.values])
    if leaf.kind == "postcode" and leaf.operator in COMPARED:
        code = fold(text)
        return len(code) == len(leaf.values[0]) and COMPARED[leaf.operator](code, *leaf.values)
    if leaf.kind == "email":
        return _text(leaf, key_of(text), key_of, needles)
    return _text(leaf, fold(text), fold, lambda value: (fold(value),))


def day_bounds(day: str) -> tuple[datetime, datetime]:
    """The first instant of a UTC day and of the next one."""
    start = datetime.combine(date.fromisoformat(day), time(), tzinfo=UTC)
    return start, start + timedelta(days=1)


def _since(leaf: Leaf, since: datetime | None) -> bool:
    if leaf.value is None:
        return (since is not None) == (leaf.operator == SET)
    if since is None:
        return leaf.operator == "!="
    start, end = day_bounds(leaf.values[0])
    return {
        "=": start <= since < end,
        "!=": not start <= since < end,
        "<": since < start,
        "<=": since < end,
        ">": since >= end,
        ">=": since >= start,
        "between": start <= since < day_bounds(leaf.values[-1])[1],
    }[leaf.operator]


def _labelled(leaf: Leaf, known: AbstractSet[str], wanted: AbstractSet[str]) -> bool:
    """Of several labels one is enough; `!=` and `not in` mean that none is."""
    if leaf.value is None:
        return bool(known) == (leaf.operator == SET)
    if leaf.operator == "contains":
        return any(value in one for value in wanted for one in known)
    if leaf.operator == "starts with":
        return any(one.startswith(value) for value in wanted for one in known)
    return bool(known & wanted) == (leaf.operator in ("=", "in"))


def _received(leaf: Leaf, editions: Sequence[str], own: str) -> bool:
    """The key of an issue alone means the newsletter that is asked about."""
    if leaf.value is None:
        return any(edition.startswith(own) for edition in editions) == (leaf.operator == SET)
    wanted = {value if "/" in value else own + value for value in leaf.values}
    return bool(wanted.intersection(editions)) == (leaf.operator in ("=", "in"))


def _ordered(leaf: Leaf, known: _Ordered | None, values: Sequence[_Ordered]) -> bool:
    if leaf.value is None:
        return (known is not None) == (leaf.operator == SET)
    if leaf.operator in ("=", "!=", "in", "not in"):
        return (known in values) == (leaf.operator in ("=", "in"))
    return known is not None and COMPARED[leaf.operator](known, *values)


COMPARED: Mapping[str, Callable[..., bool]] = {
    "<": lambda known, value: known < value,
    "<=": lambda known, value: known <= value,
    ">": lambda known, value: known > value,
    ">=": lambda known, value: known >= value,
    "between": lambda known, lower, upper: lower <= known <= upper,
}


def _text(
    leaf: Leaf, known: str, whole: Callable[[str], str], part: Callable[[str], tuple[str, ...]]
) -> bool:
    if leaf.value is None:
        return bool(known) == (leaf.operator == SET)
    if leaf.operator in ("=", "!=", "in", "not in"):
        return (known in _wholes(leaf.values, whole)) == (leaf.operator in ("=", "in"))
    wanted = part(leaf.values[0])
    if leaf.operator == "contains":
        return any(value in known for value in wanted)
    return any(known.startswith(value) for value in wanted)


@lru_cache(maxsize=64)
def _wholes(values: tuple[str, ...], whole: Callable[[str], str]) -> frozenset[str]:
    """A list of thousands is the same for each person who is asked about."""
    return frozenset(map(whole, values))
