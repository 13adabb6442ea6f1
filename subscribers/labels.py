"""Topics a person asked for and tags the office gave: several of each, kept as typed, compared folded."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import normalize

from sqlalchemy import Connection, delete, func, select

from subscribers.address import fold
from subscribers.errors import BadUsage
from subscribers.fields import one_line
from subscribers.person import touch
from subscribers.schema import label
from subscribers.upsert import insert_new
from subscribers.words import LABEL_KINDS

LONGEST_LABEL = 100
_BETWEEN = re.compile(r"[;,|\r\n]")
_OF_GOOGLE = re.compile(  # its own groups, and what stands between labels
    r"(?:^|:::)\s*\* (?:my ?contacts|starred|friends|family|coworkers|meine kontakte|markiert)\s*(?=$|:::)"
    r"|:::",
    re.IGNORECASE,
)
_AT_ONCE = 500  # ids in one question: SQLite takes 32,766 values, older ones 999


@dataclass(frozen=True, slots=True)
class Labels:
    """What hangs on one person, in alphabetical order."""

    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def split_labels(cell: str) -> tuple[str, ...]:
    """The labels of one cell of a list, which stand between semicolons, commas, bars or line breaks."""
    if ":::" in cell or cell.startswith("* "):
        cell = _OF_GOOGLE.sub(";", cell)
    return tuple(clean_labels(_BETWEEN.split(cell)).values())


def clean_labels(names: Iterable[str]) -> dict[str, str]:
    """Labels by the form in which they are compared; of two spellings the first stays, empty ones go.

    Raises:
        BadUsage: a label is longer than 100 characters, or holds what stands between labels.
    """
    cleaned: dict[str, str] = {}
    for name in names:
        plain = normalize("NFC", one_line(name))
        if len(plain) > LONGEST_LABEL:
            raise BadUsage(f"A label is longer than {LONGEST_LABEL} characters: {plain[:40]!r}…")
        if _BETWEEN.search(plain):
            raise BadUsage(
                f"{plain!r} is not one label.",
                hint="Give each label of its own; none has a comma, ; or | in it.",
            )
        if plain:
            cleaned.setdefault(fold(plain), plain)
    return cleaned


def label_rows(subscriber_id: int, kind: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of `label` for `insert_new`, which keeps those that are there already."""
    return [
        {"subscriber_id": subscriber_id, "kind": _known(kind), "name": name, "name_key": key}
        for key, name in clean_labels(names).items()
    ]


def labels_of(connection: Connection, subscriber_ids: Collection[int]) -> dict[int, Labels]:
    """The labels of these people; who has none is not in the answer."""
    found: dict[int, dict[str, list[str]]] = {}
    for some in portions(subscriber_ids):
        query = select(label).where(label.c.subscriber_id.in_(some)).order_by(label.c.name_key)
        for row in connection.execute(query):
            found.setdefault(row.subscriber_id, {kind: [] for kind in LABEL_KINDS})[row.kind].append(row.name)
    return {number: Labels(tuple(mine["topic"]), tuple(mine["tag"])) for number, mine in found.items()}


def set_labels(
    connection: Connection, subscriber_id: int, kind: str, names: Iterable[str], now: datetime
) -> bool:
    """Let a person have exactly these topics or tags; False when that was so before.

    Raises:
        BadUsage: a label cannot be kept.
    """
    wanted = clean_labels(names)
    query = select(label.c.name, label.c.name_key).where(*_mine(subscriber_id, kind))
    kept = {row.name_key: row.name for row in connection.execute(query)}
    gone = [name for key, name in kept.items() if key not in wanted]
    fresh = [name for key, name in wanted.items() if key not in kept]
    removed = remove_labels(connection, subscriber_id, kind, gone, now)
    return add_labels(connection, subscriber_id, kind, fresh, now) or removed


def add_labels(
    connection: Connection, subscriber_id: int, kind: str, names: Iterable[str], now: datetime
) -> bool:
    """Give a person further topics or tags; False when all were there.

    Raises:
        BadUsage: a label cannot be kept.
    """
    rows = label_rows(subscriber_id, kind, names)
    added = sum(connection.execute(insert_new(connection, label).values(row)).rowcount for row in rows)
    if added:
        touch(connection, subscriber_id, now)
    return added > 0


def remove_labels(
    connection: Connection, subscriber_id: int, kind: str, names: Iterable[str], now: datetime
) -> bool:
    """Take topics or tags from a person, in any spelling; False when none was there."""
    keys = list(clean_labels(names))
    mine = _mine(subscriber_id, kind)
    gone = connection.execute(delete(label).where(*mine, label.c.name_key.in_(keys))).rowcount if keys else 0
    if gone:
        touch(connection, subscriber_id, now)
    return gone > 0


def label_counts(connection: Connection, kind: str) -> list[tuple[str, int]]:
    """All topics or all tags in use, in one spelling each, and how many people have them."""
    counted = func.count().label("people")
    query = select(func.min(label.c.name).label("name"), counted).where(label.c.kind == _known(kind))
    rows = connection.execute(query.group_by(label.c.name_key).order_by(label.c.name_key))
    return [(row.name, row.people) for row in rows]


def portions(subscriber_ids: Collection[int]) -> Iterator[Sequence[int]]:
    """Ids in numbers that every database takes in one question."""
    every = list(subscriber_ids)
    yield from (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))


def _mine(subscriber_id: int, kind: str) -> tuple[Any, Any]:
    return label.c.subscriber_id == subscriber_id, label.c.kind == _known(kind)


def _known(kind: str) -> str:
    if kind not in LABEL_KINDS:
        raise ValueError(f"a label is one of {LABEL_KINDS}, not {kind!r}")
    return kind
