"""What a variant says differently from what was approved or sent last, word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from mailer.content.difference import Run, by_line
from mailer.delivery.release import Words

SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph in which something differs; `what` is subject, preheader or text.

    `line` is where it begins in the text part, `heading` what it stands under.
    """

    what: str
    line: int
    heading: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much differs: words, and whether cards, pictures or the look do although no word does."""

    words: int
    looks: bool


def difference(old: Words, new: Words) -> Difference:
    """How much a variant differs."""
    pairs = ((old.subject, new.subject), (old.preheader, new.preheader), (old.text, new.text))
    words = sum(_changed(before, after) for before, after in pairs if before != after)
    seen = (old.html, old.look, dict(old.pictures)) != (new.html, new.look, dict(new.pictures))
    return Difference(words, seen and not words)


def blocks(old: Words, new: Words) -> list[Block]:
    """Every paragraph in which something differs, in the order of the letter."""
    found = [
        Block(what, 1, "", _words([run for line in by_line(before, after) for run in line]))
        for what, before, after in (
            ("subject", old.subject, new.subject),
            ("preheader", old.preheader, new.preheader),
        )
        if before != after
    ]
    return found + list(_paragraphs(old.text, new.text))


def _paragraphs(old: str, new: str) -> Iterator[Block]:
    """A paragraph ends at a blank line of the new text."""
    if old == new:
        return
    lines = new.split("\n")
    number_of, headings = _structure(lines)
    gathered: dict[int, list[Run]] = {}
    for line in by_line(old, new):
        for run in line:
            gathered.setdefault(number_of[min(run.line, len(lines)) - 1], []).append(run)
    for runs in gathered.values():
        if any(run.op != "equal" for run in runs):
            first = min(run.line for run in runs)
            yield Block("text", first, headings[min(first, len(lines)) - 1], _words(runs))


def _structure(lines: Sequence[str]) -> tuple[list[int], list[str]]:
    """For each line the number of its paragraph, and the heading above it: a line with strokes below."""
    numbers, headings, number, heading = [], [], 0, ""
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if not line.strip():
            number += 1
        elif following and set(following) in ({"-"}, {"="}):
            heading = line.strip()
        numbers.append(number)
        headings.append("" if line.strip() == heading else heading)
    return numbers, headings


def _words(runs: Sequence[Run]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for run in runs:
        if run.op == "equal":
            found.append((run.new, SAME))
            continue
        found += [(run.old, GONE)] if run.old else []
        found += [(run.new, NEW)] if run.new else []
    return tuple(found)


@lru_cache(maxsize=256)
def _changed(old: str, new: str) -> int:
    """How many words were put in, left out or replaced; what is the same at both ends is not looked at."""
    before, after = old.split(), new.split()
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    matcher = SequenceMatcher(None, before[same:], after[same:], autojunk=False)
    return sum(max(b - a, d - c) for op, a, b, c, d in matcher.get_opcodes() if op != "equal")
