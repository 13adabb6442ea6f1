"""What two releases say differently: each thing by its name, texts word by word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mailer.content.difference import Run, by_line, hunks
from mailer.delivery.release import Content, Words
from subscribers.rules import from_tree
from subscribers.ruletext import to_text

AROUND = 6  # words shown before and after a difference


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Args:
        what: subject, preheader, text, cards, pictures, layout, web version, variants, segment or sender.
        place: where, if the thing is large; `variants` says in which variants, and is empty for all.
        runs: of a text the words around it.
    """

    what: str
    old: str
    new: str
    place: str = ""
    variants: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For JSON, without the words around it."""
        names = ("what", "place", "old", "new")
        return {name: getattr(self, name) for name in names} | {"variants": list(self.variants)}

    def __str__(self) -> str:
        which = f" ({', '.join(self.variants)})" if self.variants else ""
        place = f" {self.place}" if self.place else ""
        return f"{self.what}{place}{which}"


def compare(old: Content, new: Content) -> tuple[Change, ...]:
    """All differences, those of the letter first; empty where both would send the same to the same."""
    return (
        *letter_changes(old.variants, new.variants),
        *_audience(old, new),
        *_sender(old.envelope, new.envelope),
    )


def letter_changes(old: Mapping[str, Words], new: Mapping[str, Words]) -> tuple[Change, ...]:
    """What readers see differently; a difference that several variants share is told once."""
    found: dict[tuple[Any, ...], list[Change]] = {}
    for before, after in _pairs(old, new):
        for change in _between(before, after):
            words = tuple((run.op, run.old, run.new) for run in change.runs)
            key = (change.what, change.old, change.new, words or change.place)
            found.setdefault(key, []).append(replace(change, variants=(after.key,)))
    told = []
    for same in found.values():
        names = tuple(dict.fromkeys(name for each in same for name in each.variants))
        told.append(replace(same[0], variants=() if len(names) == len(new) else names))
    keys = ", ".join(old), ", ".join(new)
    return (*told, Change("variants", keys[0], keys[1])) if keys[0] != keys[1] else tuple(told)


def reads_differently(old: Words, new: Words) -> bool:
    """Whether a reader of both would find other words, links or pictures; a mere look is none."""
    mine, other = ((each.subject, each.preheader, each.text, each.pictures) for each in (old, new))
    return mine != other


def _pairs(old: Mapping[str, Words], new: Mapping[str, Words]) -> list[tuple[Words, Words]]:
    """What is compared: variants of the same key; where there are none, the first ones."""
    common = [key for key in new if key in old]
    if not common:
        return [(next(iter(old.values())), next(iter(new.values())))]
    return [(old[key], new[key]) for key in common]


def _between(old: Words, new: Words) -> Iterator[Change]:
    told = False
    for what in ("subject", "preheader"):
        before, after = getattr(old, what), getattr(new, what)
        if before != after:
            told = True
            runs = tuple(run for line in by_line(before, after) for run in line)
            yield Change(what, before, after, runs=runs)
    for change in (*_texts(old.text, new.text), *_cards(old, new), *_pictures(old.pictures, new.pictures)):
        told = True
        yield change
    if old.look != new.look or (old.html != new.html and not told):
        told = True
        yield Change("layout", "", "")
    if old.web != new.web and not told:
        yield Change("web version", "", "")


def _texts(old: str, new: str) -> Iterator[Change]:
    lines, headings = by_line(old, new), _headings(new)
    for line in lines:
        for hunk in hunks(line, AROUND):
            first = next(run for run in hunk if run.op != "equal")
            gone = " ".join(run.old for run in hunk if run.op != "equal" and run.old)
            come = " ".join(run.new for run in hunk if run.op != "equal" and run.new)
            above = headings.get(first.line, "")
            place = f"line {first.line}" + (f", under “{above}”" if above else "")
            yield Change("text", gone, come, place, runs=hunk)


def _headings(text: str) -> dict[int, str]:
    """For each line of a text part the heading it stands under: a line with strokes below it."""
    lines, above, found = text.split("\n"), "", dict[int, str]()
    for number, line in enumerate(lines, 1):
        following = lines[number] if number < len(lines) else ""
        found[number] = above
        if line.strip() and following and set(following) in ({"-"}, {"="}):
            above = line.strip()
    return found


def _cards(old: Words, new: Words) -> Iterator[Change]:
    if old.cards != new.cards:
        yield Change("cards", ", ".join(old.cards), ", ".join(new.cards))


def _pictures(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield Change("pictures", name if name in old else "", name if name in new else "", name)


def _audience(old: Content, new: Content) -> Iterator[Change]:
    if (old.segment, dict(old.rule)) != (new.segment, dict(new.rule)):
        yield Change("segment", _segment(old), _segment(new))
    if dict(old.selection) != dict(new.selection) and list(old.variants) == list(new.variants):
        yield Change("variants", "", "", "who gets which of them")


def _segment(content: Content) -> str:
    return f"{content.segment}: {to_text(from_tree(content.rule))}"


def _sender(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in {**old, **new}:
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            yield Change("sender", before, after, name)
