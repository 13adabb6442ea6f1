"""Which answers several rules can give together, found from the rules alone: no person is asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from math import prod

from subscribers.address import fold, key_of
from subscribers.errors import BadUsage
from subscribers.fields import NO, YES, number_of
from subscribers.leaves import NOT_SET, ORDER, SET, Leaf
from subscribers.matching import day_bounds, fits
from subscribers.rules import Either, Every, Node, Not, Rule, walk

MAX_ASSIGNMENTS = 20_000
MAX_FREE = 12  # leaves of one field that no list of values decides
_FREE = ("contains", "starts with", *ORDER)
_WITH_ANOTHER_VALUE = {
    "=": False,
    "!=": True,
    "in": False,
    "not in": True,
    SET: True,
    NOT_SET: False,
}

Answers = Mapping[Leaf, bool]


def outcomes(rules: Sequence[Rule]) -> tuple[tuple[bool, ...], ...]:
    """Every combination of answers that some person could give to the rules, in the order of the rules.

    A text field takes the values that the rules name, is empty, or is another text, of which `contains`,
    `starts with` and ranges of post codes may each be true or not; a day or a number takes the values named
    and those around them. Such a field is one value for all rules: seven rules for seven Kreise have eight
    outcomes. Topics, tags and issues received are several values of one person: any of them together. At
    least every outcome of a real person is there.

    Raises:
        BadUsage: the rules compare so much that there are more than 20,000 cases to look at.
    """
    leaves: dict[tuple[str, str], dict[Leaf, None]] = {}
    for rule in rules:
        for node in walk(rule.where):
            if isinstance(node, Leaf):
                leaves.setdefault((node.field, node.declared), {}).setdefault(node)
    fields = [_states(tuple(found)) for found in leaves.values()]
    if prod(map(len, fields)) > MAX_ASSIGNMENTS:
        raise _too_much(tuple(name for name, _ in leaves))
    found = set[tuple[bool, ...]]()
    for states in product(*fields):
        answers = {leaf: answer for state in states for leaf, answer in state.items()}
        found.add(tuple(_holds(rule.where, answers) for rule in rules))
    return tuple(sorted(found, reverse=True))


def _states(leaves: tuple[Leaf, ...]) -> tuple[Answers, ...]:
    """The distinct ways in which the comparisons of one field can be answered together."""
    kind = leaves[0].kind
    if kind in ("label", "edition"):
        states = _several_states(leaves)
    elif kind in _AROUND:
        states = _single_states(leaves, _AROUND[kind]({value for leaf in leaves for value in leaf.values}))
    else:
        states = _text_states(leaves)
    distinct = {tuple(state.values()): state for state in states}
    return tuple(distinct.values())


def _text_states(leaves: tuple[Leaf, ...]) -> Iterator[Answers]:
    """Each value that is named, none, and any other text."""
    whole = key_of if leaves[0].kind == "email" else fold
    named = sorted({"", *(whole(value) for leaf in leaves for value in leaf.values)})
    yield from _single_states(leaves, named)
    free = _free(leaves)
    for answers in product((True, False), repeat=len(free)):
        guessed = dict(zip(free, answers, strict=True))
        yield {
            leaf: guessed[leaf] if leaf in guessed else _WITH_ANOTHER_VALUE[leaf.operator] for leaf in leaves
        }


def _several_states(leaves: tuple[Leaf, ...]) -> Iterator[Answers]:
    """A person may have any of the values that are named, and others, which may contain what is asked for.

    Values that all comparisons treat alike count as one.
    """
    named = sorted({_folded(leaf, value) for leaf in leaves for value in leaf.values})
    alike = {tuple(_names(leaf, value) for leaf in leaves) for value in named}
    free = _free(leaves, len(alike))
    for some in product((True, False), repeat=len(alike)):
        held = [signature for signature, has_it in zip(sorted(alike), some, strict=True) if has_it]
        for other, *answers in product((True, False), repeat=len(free) + 1):
            guessed = dict(zip(free, answers, strict=True))
            yield {
                leaf: _of_several(
                    leaf, [one[at] for one in held], guessed.get(leaf, False), other or any(answers)
                )
                for at, leaf in enumerate(leaves)
            }


def _single_states(leaves: tuple[Leaf, ...], values: Iterable[object]) -> Iterator[Answers]:
    """What a person with one of these values answers."""
    for value in values:
        yield {leaf: fits(leaf, {leaf.field: value}) for leaf in leaves}


def _free(leaves: tuple[Leaf, ...], more: int = 0) -> list[Leaf]:
    """The comparisons that no list of values decides."""
    free = [leaf for leaf in leaves if leaf.operator in _FREE]
    if len(free) + more > MAX_FREE:
        raise _too_much((leaves[0].field,))
    return free


def _of_several(leaf: Leaf, held: Sequence[bool], guessed: bool, others: bool) -> bool:
    """The answer of a person; an issue of another newsletter does not count as one that was received."""
    if leaf.value is None:
        return (others or (bool(held) and leaf.kind == "label")) == (leaf.operator == SET)
    return (any(held) or guessed) == (leaf.operator not in ("!=", "not in"))


def _names(leaf: Leaf, value: str) -> bool:
    """Whether a value is one that the comparison names, be it to want it or not."""
    wanted = [_folded(leaf, each) for each in leaf.values]
    if leaf.operator == "contains":
        return wanted[0] in value
    return value.startswith(wanted[0]) if leaf.operator == "starts with" else value in wanted


def _folded(leaf: Leaf, value: str) -> str:
    return value if leaf.kind == "edition" else fold(value)


def _moments(days: AbstractSet[str]) -> Iterable[object]:
    """No day, the earliest one, and each instant at which an answer can change."""
    bounds = {bound for day in days for bound in day_bounds(day)}
    return None, datetime.min.replace(tzinfo=UTC), *sorted(bounds)


def _days(days: AbstractSet[str]) -> Iterable[object]:
    """No day, the earliest one, those named, and the day after each."""
    named = {date.fromisoformat(day) for day in days}
    around = {date.min, *named, *(day + timedelta(days=1) for day in named)}
    return "", *(day.isoformat() for day in sorted(around))


def _numbers(numbers: AbstractSet[str]) -> Iterable[object]:
    """No number, those named, one between each two of them, one below and one above all."""
    named = sorted(map(number_of, numbers)) or [0.0]
    between = [(lower + upper) / 2 for lower, upper in pairwise(named)]
    return "", *map(str, (*named, *between, named[0] - 1, named[-1] + 1))


def _yes_no(_named: AbstractSet[str]) -> Iterable[object]:
    return "", YES, NO


_AROUND: Mapping[str, Callable[[AbstractSet[str]], Iterable[object]]] = {
    "moment": _moments,
    "number": _numbers,
    "date": _days,
    "yes_no": _yes_no,
}


def _holds(node: Node, answers: Answers) -> bool:
    if isinstance(node, Every):
        return all(_holds(part, answers) for part in node.parts)
    if isinstance(node, Either):
        return any(_holds(part, answers) for part in node.parts)
    if isinstance(node, Not):
        return not _holds(node.part, answers)
    return answers[node]


def _too_much(fields: tuple[str, ...]) -> BadUsage:
    return BadUsage(
        f"The rules compare {', '.join(fields)} in too many ways to tell all cases apart.",
        hint="Use fewer different rules, name values with `in`, or compare fewer fields.",
    )
