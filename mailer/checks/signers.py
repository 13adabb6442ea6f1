"""Checks that everybody who signs stands in the original's order, with the office the original gives."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.checks.finding import Finding
from mailer.checks.losses import find_run
from mailer.content.casing import is_capitals
from mailer.content.issue import Issue
from mailer.content.original import Line
from mailer.content.people import bare_office, is_office, read_people
from mailer.content.signoff import split_yours
from mailer.content.words import words_of

_OFFICES = ("role_lines", "role")
_GROUPS = (("signature_lines", "role_lines"), ("author", "role"))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A name or an office of the original."""

    keys: tuple[str, ...]
    office: bool


def check_signers(issue: Issue, lines: Sequence[Line]) -> Iterator[Finding]:
    """An error for each field whose names or offices stand in another order than in `lines`.

    Where everybody has an office, it may stand before or after the name.
    """
    editorial = issue.editorial
    fields = {
        "signature": editorial.signature,
        "author": (editorial.author,),
        "role": (editorial.role,),
    }
    allowed = [_keys(change.new) for change in issue.changes]
    for group in _GROUPS:
        units = [unit for line in lines if line.field in group for unit in _units(line)]
        if len(units) < 2:
            continue
        for name in list(fields):
            said = [key for text in fields[name] for key in _keys(text)]
            found = _found(units, said)
            if not _same_order(units, found) and not any(find_run(new, said) for new in allowed):
                theirs = "; ".join(line.text for line in lines if line.field in group)
                yield _finding(issue.key, name, theirs, "; ".join(fields.pop(name)))


def _units(line: Line) -> Iterator[_Unit]:
    words = split_yours(line.text)[1] or line.text
    words = words.title() if is_capitals(words) else words
    people = read_people(words) if line.field not in _OFFICES else ()
    if people:
        named = [_Unit(_keys(each.name), office=False) for each in people if each.name]
        named += [_Unit(_keys(each.role), office=True) for each in people if each.role]
        yield from _found(named, _keys(words))
    elif line.field in _OFFICES or is_office(bare_office(words)):
        parts = [words] if line.field == "role" else re.split(r"\s+[/|]\s+", words)
        yield from (_Unit(_keys(part), office=True) for part in parts if _keys(part))
    elif keys := _keys(words):
        yield _Unit(keys, office=False)


def _found(units: Sequence[_Unit], said: Sequence[str]) -> list[_Unit]:
    """The units that a field says, in its order; the longest is looked for first, each word counts once."""
    left: list[str | None] = list(said)
    places: list[tuple[int, int]] = []
    for index in sorted(range(len(units)), key=lambda each: -len(units[each].keys)):
        keys = units[index].keys
        for at in range(len(left) - len(keys) + 1):
            if tuple(left[at : at + len(keys)]) == keys:
                left[at : at + len(keys)] = [None] * len(keys)
                places.append((at, index))
                break
    return [units[index] for _, index in sorted(places)]


def _same_order(units: Sequence[_Unit], found: Sequence[_Unit]) -> bool:
    if len(_kind(units, office=False)) == 1:
        return True
    missing = Counter(units) - Counter(found)
    wanted = []
    for unit in units:
        if missing[unit]:
            missing[unit] -= 1
        else:
            wanted.append(unit)
    names, offices = _kind(wanted, office=False), _kind(wanted, office=True)
    if names and any(owner not in names for unit, owner in _owners(units) if unit in offices):
        return False
    if list(found) == wanted or not names or not offices:
        return (_kind(found, office=False), _kind(found, office=True)) == (names, offices)
    pairs = [set(found[at : at + 2]) for at in range(0, len(found), 2)]
    return len(names) == len(offices) and pairs == [set(pair) for pair in zip(names, offices, strict=True)]


def _owners(units: Sequence[_Unit]) -> Iterator[tuple[_Unit, _Unit]]:
    """Each office with its name: the one above it, or below it where that one has an office already."""
    taken: set[int] = set()
    for at, unit in enumerate(units):
        if unit.office:
            for near in (at - 1, at + 1):
                if 0 <= near < len(units) and not units[near].office and near not in taken:
                    taken.add(near)
                    yield unit, units[near]
                    break


def _kind(units: Sequence[_Unit], *, office: bool) -> list[_Unit]:
    return [unit for unit in units if unit.office is office]


def _finding(key: str, field: str, theirs: str, ours: str) -> Finding:
    values = {"field": field, "ours": ours, "theirs": theirs}
    return Finding.of("fidelity.signature", f"issues/{key}/editorial.md", **values)


def _keys(text: str) -> tuple[str, ...]:
    return tuple(word.key.casefold() for word in words_of(text))
