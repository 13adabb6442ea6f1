"""The rule of a segment: one tree, its JSON form, and whether a person matches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any, NoReturn
from unicodedata import category, normalize

from subscribers.address import fold, key_of, needles
from subscribers.errors import BadUsage, Refused
from subscribers.words import TEXT_FIELDS

VERSION = 1
FIELDS = (*TEXT_FIELDS, "email", "since")
TEXT_OPERATORS = ("=", "!=", "in", "not in", "contains", "starts with", "is set", "is not set")
DATE_OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "is set", "is not set")
MAX_DEPTH, MAX_NODES, MAX_LIST, MAX_VALUES, MAX_LENGTH = 12, 200, 500, 5_000, 10_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison; a list for in and not in, no value for is set and is not set, else one text.

    Dates are ISO days and mean the UTC day.
    """

    field: str
    operator: str
    value: str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """True when each part is; without parts it is the rule `all`: everybody."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """True when at least one part is."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is not."""

    part: "Node"


Node = Leaf | Every | Either | Not


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule; make one with `ruletext.parse` or `from_tree`."""

    where: Node


EVERYBODY = Rule(Every(()))


def from_tree(tree: Any) -> Rule:
    """Read the JSON form `{"v": 1, "where": …}` of nodes `all`, `any`, `not` and leaves `f`, `op`, `v`.

    Raises:
        Refused: the tree was written by a newer version.
        BadUsage: the tree is not one.
    """
    version = tree.get("v") if isinstance(tree, Mapping) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1 or "where" not in tree:
        raise BadUsage('A segment tree has the form {"v": 1, "where": …}.')
    if version > VERSION:
        raise Refused(
            f"This segment was written by a newer Rundbrief (rule version {version}).",
            hint="Update Rundbrief, or write the segment again.",
        )
    return checked(Rule(_node(tree["where"], "where", depth=1)))


def to_tree(rule: Rule) -> dict[str, Any]:
    """The JSON form."""
    return {"v": VERSION, "where": _plain(rule.where)}


def make_leaf(field: str, operator: str, value: Any, place: str) -> Leaf:
    """A checked comparison: known field, an operator that fits it, values of the right kind, in NFC.

    Raises:
        BadUsage: naming the place.
    """
    if field not in FIELDS:
        near = get_close_matches(fold(str(field)), FIELDS, n=1)
        guess = f"Did you mean {near[0]}? " if near else ""
        raise BadUsage(
            f"There is no field {str(field)[:40]!r} to ask for.",
            place=place,
            hint=f"{guess}The fields are {', '.join(FIELDS)}.",
        )
    fitting = DATE_OPERATORS if field == "since" else TEXT_OPERATORS
    if operator not in fitting:
        raise BadUsage(
            f"{field} cannot be compared with {str(operator)[:20]!r}.",
            place=place,
            hint=f"Use one of {', '.join(fitting)}.",
        )
    if operator in ("is set", "is not set"):
        return Leaf(field, operator) if value is None else _wrong(f"{operator} takes no value.", place)
    if operator in ("in", "not in"):
        if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_LIST:
            _wrong(f"{operator} takes a list of 1 to {MAX_LIST} values.", place)
        return Leaf(field, operator, tuple(_text(one, place) for one in value))
    text = _text(value, place)
    return Leaf(field, operator, _day(text, place).isoformat() if field == "since" else text)


def checked(rule: Rule) -> Rule:
    """The rule itself, when it is not too large for a database to answer.

    Raises:
        BadUsage: more than 12 levels, 200 comparisons and connectives, or 5,000 values.
    """
    nodes = list(walk(rule.where))
    values = sum(len(one.value) for one in nodes if isinstance(one, Leaf) and isinstance(one.value, tuple))
    if len(nodes) > MAX_NODES or values > MAX_VALUES or depth_of(rule.where) > MAX_DEPTH:
        raise BadUsage(
            f"The rule is too large: at most {MAX_DEPTH} levels, {MAX_NODES} parts, {MAX_VALUES:,} values.",
            hint="Split it into several segments.",
        )
    return rule


def match(rule: Rule, person: Mapping[str, Any]) -> bool:
    """Whether a person (the text fields, `email`, `since`) fits: the same answer as the database's."""
    return _match(rule.where, person)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for part in _parts(node):
        yield from walk(part)


def depth_of(node: Node) -> int:
    """How many levels a tree has; a single comparison has one."""
    return 1 + max((depth_of(part) for part in _parts(node)), default=0)


def day_bounds(day: str) -> tuple[datetime, datetime]:
    """The first instant of a UTC day and of the next one."""
    start = datetime.combine(date.fromisoformat(day), time(), tzinfo=UTC)
    return start, start + timedelta(days=1)


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Every | Either):
        return node.parts
    return (node.part,) if isinstance(node, Not) else ()


def _node(tree: Any, place: str, depth: int) -> Node:
    if depth > MAX_DEPTH:
        _wrong(f"The rule has more than {MAX_DEPTH} levels.", place)
    if not isinstance(tree, Mapping):
        _wrong("A part of a rule is a JSON object.", place)
    if set(tree) == {"not"}:
        return Not(_node(tree["not"], f"{place}.not", depth + 1))
    for word in ("all", "any"):
        if set(tree) == {word}:
            return _connective(word, tree[word], f"{place}.{word}", depth)
    if set(tree) not in ({"f", "op"}, {"f", "op", "v"}):
        _wrong("A part of a rule has the keys all, any, not, or f, op and v.", place)
    return make_leaf(tree["f"], tree["op"], tree.get("v"), place)


def _connective(word: str, parts: Any, place: str, depth: int) -> Node:
    if not isinstance(parts, list) or (word == "any" and not parts):
        _wrong(f"{word} takes a list of parts.", place)
    if len(parts) == 1:  # one part alone needs no connective, and the text form has none for it
        return _node(parts[0], f"{place}[0]", depth)
    nodes = tuple(_node(part, f"{place}[{at}]", depth + 1) for at, part in enumerate(parts))
    return Every(nodes) if word == "all" else Either(nodes)


def _plain(node: Node) -> dict[str, Any]:
    if isinstance(node, Every):
        return {"all": [_plain(part) for part in node.parts]}
    if isinstance(node, Either):
        return {"any": [_plain(part) for part in node.parts]}
    if isinstance(node, Not):
        return {"not": _plain(node.part)}
    leaf: dict[str, Any] = {"f": node.field, "op": node.operator}
    if node.value is not None:
        leaf["v"] = list(node.value) if isinstance(node.value, tuple) else node.value
    return leaf


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        _wrong("A value is a text.", place)
    if any(category(letter) in {"Cc", "Cs"} for letter in value):
        _wrong("A value contains a control character.", place)
    if len(value) > MAX_LENGTH:
        _wrong(f"A value is longer than {MAX_LENGTH:,} characters.", place)
    return normalize("NFC", value)


def _day(text: str, place: str) -> date:
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if day < date.max:  # the day after it is needed as well
            return day
    return _wrong(f"{text[:40]!r} is not a day.", place, "Write it as 2026-11-24.")


def _wrong(message: str, place: str, hint: str | None = None) -> NoReturn:
    raise BadUsage(message, place=place, hint=hint)


def _match(node: Node, person: Mapping[str, Any]) -> bool:
    if isinstance(node, Every):
        return all(_match(part, person) for part in node.parts)
    if isinstance(node, Either):
        return any(_match(part, person) for part in node.parts)
    if isinstance(node, Not):
        return not _match(node.part, person)
    if node.field == "since":
        return _match_since(node, person.get("since"))
    text = str(person.get(node.field) or "")
    if node.field == "email":
        return _match_text(node, key_of(text), key_of, needles)
    return _match_text(node, fold(text), fold, lambda value: (fold(value),))


def _match_since(leaf: Leaf, since: datetime | None) -> bool:
    if leaf.value is None or since is None:
        return (
            (since is not None) == (leaf.operator == "is set")
            if leaf.value is None
            else leaf.operator == "!="
        )
    start, end = day_bounds(str(leaf.value))
    return {
        "=": start <= since < end,
        "!=": not start <= since < end,
        "<": since < start,
        "<=": since < end,
        ">": since >= end,
        ">=": since >= start,
    }[leaf.operator]


def _match_text(
    leaf: Leaf, known: str, whole: Callable[[str], str], part: Callable[[str], tuple[str, ...]]
) -> bool:
    if leaf.value is None:
        return bool(known) == (leaf.operator == "is set")
    if isinstance(leaf.value, tuple):
        return (known in {whole(value) for value in leaf.value}) == (leaf.operator == "in")
    if leaf.operator in ("=", "!="):
        return (known == whole(leaf.value)) == (leaf.operator == "=")
    if leaf.operator == "contains":
        return any(value in known for value in part(leaf.value))
    return any(known.startswith(value) for value in part(leaf.value))
