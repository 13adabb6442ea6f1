"""Why a person is in or out: the tree of a rule with the outcome of each comparison in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from subscribers.leaves import Leaf
from subscribers.matching import Facts, fits
from subscribers.rules import Either, Every, Node, Not, Rule

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part of a rule comes to for one person, and why."""

    holds: bool
    words: str
    parts: tuple["Outcome", ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The outcome for JSON."""
        parts = {"parts": [part.as_dict() for part in self.parts]} if self.parts else {}
        return {"holds": self.holds, "words": self.words, **parts}

    def lines(self, level: int = 0) -> Iterator[tuple[int, "Outcome"]]:
        """Itself and what stands below it, with the level of each."""
        yield level, self
        for part in self.parts:
            yield from part.lines(level + 1)


def explain(rule: Rule, person: Facts) -> Outcome:
    """The outcome of each part of a rule for a person, as `matching.fits` takes one."""
    return _outcome(rule.where, person)


def _outcome(node: Node, person: Facts) -> Outcome:
    if isinstance(node, Leaf):
        return _compared(node, person)
    if isinstance(node, Not):
        part = _outcome(node.part, person)
        return Outcome(not part.holds, "not, what follows", (part,))
    if node == Every(()):
        return Outcome(True, "everybody")
    parts = tuple(_outcome(part, person) for part in node.parts)
    if isinstance(node, Either):
        return Outcome(any(part.holds for part in parts), "one of", parts)
    return Outcome(all(part.holds for part in parts), "all of", parts)


def _compared(leaf: Leaf, person: Facts) -> Outcome:
    holds = fits(leaf, person)
    if leaf.kind == "edition":
        return Outcome(holds, _received(leaf, person))
    known = _known(leaf, person)
    if leaf.value is None:
        return Outcome(holds, f"{leaf.field} is {known or 'not set'}")
    have = f"{leaf.field} is {known or 'not set'}"
    if leaf.operator in ("=", "in") and holds:
        return Outcome(holds, have)
    if leaf.operator in ("!=", "not in") and not holds:
        return Outcome(holds, have)
    return Outcome(holds, f"{have}, {_wanted(leaf, holds)}")


def _received(leaf: Leaf, person: Facts) -> str:
    """What the person got, and which issues were asked for."""
    own = f"{person.get('newsletter') or ''}/"
    got = sorted(person.get(leaf.field) or ())
    if leaf.value is None:
        mine = [one for one in got if one.startswith(own)]
        return f"got {_some(mine)}" if mine else "never got an issue"
    wanted = [value if "/" in value else own + value for value in leaf.values]
    fitting = [one for one in wanted if one in got]
    return f"got {_some(fitting)}" if fitting else f"never got {_some(wanted)}"


def _some(editions: Sequence[str]) -> str:
    more = f" and {len(editions) - _MOST_SHOWN} more" if len(editions) > _MOST_SHOWN else ""
    return f"{', '.join(editions[:_MOST_SHOWN])}{more}"


def _wanted(leaf: Leaf, holds: bool) -> str:
    """What was asked for, read on from what the person has."""
    some = ", ".join(repr(value) for value in leaf.values[:_MOST_SHOWN])
    if len(leaf.values) > _MOST_SHOWN:
        some += f" or one of {len(leaf.values) - _MOST_SHOWN} more"
    if leaf.operator in ("=", "!=", "in", "not in"):
        return f"not {some}"
    if leaf.operator == "between":
        some = " and ".join(repr(value) for value in leaf.values)
    phrase = {
        "contains": "which contains",
        "starts with": "which starts with",
        "between": "which lies between",
    }
    refused = {"contains": "which does not contain", "starts with": "which does not start with"}
    refused["between"] = "which does not lie between"
    if holds:
        return f"{phrase.get(leaf.operator, f'which is {leaf.operator}')} {some}"
    return f"{refused.get(leaf.operator, f'which is not {leaf.operator}')} {some}"


def _known(leaf: Leaf, person: Facts) -> str:
    known = person.get(leaf.field)
    if leaf.kind == "moment":
        return f"{known:%Y-%m-%d}" if known is not None else ""
    if leaf.kind == "label":
        return ", ".join(repr(one) for one in sorted(known or ()))
    return repr(str(known)) if known else ""
