"""The difference of two texts, word by word; line breaks and blanks are not looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

_STROKES = re.compile(r"={3,}|-{3,}")

Op: TypeAlias = Literal["equal", "insert", "delete", "replace"]


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are the same, or differ; `line` is where they stand in the new text, or would stand."""

    op: Op
    old: str
    new: str
    line: int


def compare_words(old: str, new: str) -> tuple[Run, ...]:
    """Both texts as one sequence of runs: joined, their `old` are the old words, their `new` the new ones."""
    olds, numbered = [word for word, _ in _numbered(old)], _numbered(new)
    news, lines = [word for word, _ in numbered], [line for _, line in numbered]
    runs = []
    for op, first, last, start, end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        line = lines[min(start, len(lines) - 1)] if lines else 1
        runs.append(Run(op, " ".join(olds[first:last]), " ".join(news[start:end]), line))
    return tuple(runs)


def hunks(runs: Sequence[Run], around: int) -> tuple[tuple[Run, ...], ...]:
    """The differences with `around` words before and after; those that stand close together are one hunk."""
    found: list[list[Run]] = []
    for index, run in enumerate(runs):
        if run.op != "equal":
            if not found:
                found.append(list(_last_words(runs[index - 1], around)) if index else [])
            found[-1].append(run)
            continue
        words = run.new.split()
        if not found:
            continue
        if index + 1 == len(runs) or len(words) > 2 * around:
            found[-1].append(_words(run, words[:around]))
            found += [list(_last_words(run, around))] if index + 1 < len(runs) else []
        else:
            found[-1].append(run)
    return tuple(tuple(hunk) for hunk in found)


def _numbered(text: str) -> list[tuple[str, int]]:
    """The words with their lines; the strokes under a heading are none."""
    return [
        (word, number)
        for number, line in enumerate(text.split("\n"), 1)
        for word in line.split()
        if not _STROKES.fullmatch(word)
    ]


def _last_words(run: Run, count: int) -> tuple[Run, ...]:
    words = run.new.split()
    return (_words(run, words[-count:]),) if words else ()


def _words(run: Run, words: Sequence[str]) -> Run:
    text = " ".join(words)
    return Run("equal", text, text, run.line)
