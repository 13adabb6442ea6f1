"""The rule of a segment: one tree, its JSON form, and whether a person matches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from subscribers.errors import BadUsage, Refused
from subscribers.fields import NO_FIELDS
from subscribers.leaves import MAX_LENGTH, MAX_LIST, Leaf, declared_field, field_asked, make_leaf
from subscribers.matching import Facts, fits

__all__ = [
    "EVERYBODY",
    "MAX_COMPARISONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_LIST",
    "MAX_VALUES",
    "VERSION",
    "Either",
    "Every",
    "Leaf",
    "Node",
    "Not",
    "Rule",
    "checked",
    "depth_of",
    "from_tree",
    "match",
    "to_tree",
    "walk",
]

VERSION = 2
MAX_DEPTH, MAX_COMPARISONS = 12, 200
MAX_VALUES = 10 * MAX_LIST  # of all lists together


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
    """Read the JSON form `{"v": 2, "where": …}` of nodes `all`, `any`, `not` and leaves `f`, `op`, `v`.

    The leaf of a declared field has its type as `t`, so that a saved rule means the same whatever config.toml
    says later. Version 1 knew fewer fields and operators and means the same here.

    Raises:
        Refused: the tree was written by a newer version.
        BadUsage: the tree is not one.
    """
    version = tree.get("v") if isinstance(tree, Mapping) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1 or "where" not in tree:
        raise BadUsage('A segment tree has the form {"v": 2, "where": …}.')
    if version > VERSION:
        raise Refused(
            f"This segment was written by a newer Rundbrief (rule version {version}).",
            hint="Update Rundbrief, or write the segment again.",
        )
    return checked(Rule(_node(tree["where"], "where", depth=1)))


def to_tree(rule: Rule) -> dict[str, Any]:
    """The JSON form."""
    return {"v": VERSION, "where": _plain(rule.where)}


def checked(rule: Rule) -> Rule:
    """The rule itself, when it is not too large for a database to answer.

    Raises:
        BadUsage: more than 12 levels, 200 comparisons, or 5,000 values in all its lists.
    """
    ends = [one for one in walk(rule.where) if not _parts(one)]
    values = sum(len(one.value) for one in ends if isinstance(one, Leaf) and isinstance(one.value, tuple))
    if len(ends) > MAX_COMPARISONS or values > MAX_VALUES or depth_of(rule.where) > MAX_DEPTH:
        raise BadUsage(
            f"The rule is too large: at most {MAX_DEPTH} levels, {MAX_COMPARISONS} comparisons, "
            f"{MAX_LIST} values in a list and {MAX_VALUES:,} in all lists.",
            place="rule",
            hint="Split it into several segments.",
        )
    return rule


def match(rule: Rule, person: Facts) -> bool:
    """Whether a person, as `matching.fits` takes one, fits: the same answer as the database's."""
    return _match(rule.where, person)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for part in _parts(node):
        yield from walk(part)


def depth_of(node: Node) -> int:
    """How many levels a tree has; a single comparison has one."""
    return 1 + max((depth_of(part) for part in _parts(node)), default=0)


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
    if not {"f", "op"} <= set(tree) <= {"f", "t", "op", "v"}:
        _wrong(
            "A part of a rule has the keys all, any, not, or f, op and v, and t for a declared field.", place
        )
    declared = "t" in tree
    field = (
        declared_field(tree["f"], tree["t"], place) if declared else field_asked(tree["f"], NO_FIELDS, place)
    )
    return make_leaf(field, tree["op"], tree.get("v"), place)


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
    if node.declared:
        leaf["t"] = node.declared
    if node.value is not None:
        leaf["v"] = list(node.value) if isinstance(node.value, tuple) else node.value
    return leaf


def _match(node: Node, person: Facts) -> bool:
    if isinstance(node, Every):
        return all(_match(part, person) for part in node.parts)
    if isinstance(node, Either):
        return any(_match(part, person) for part in node.parts)
    if isinstance(node, Not):
        return not _match(node.part, person)
    return fits(node, person)


def _wrong(message: str, place: str) -> NoReturn:
    raise BadUsage(message, place=place)
