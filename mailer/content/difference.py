"""The difference of two texts, word by word; line breaks and blanks are not looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
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


def by_line(old: str, new: str) -> tuple[tuple[Run, ...], ...]:
    """The runs of each line of the new text; of words that only the old text has, each old line is one."""
    olds, news = _numbered(old), _numbered(new)
    matcher = SequenceMatcher(None, [word for word, _ in olds], [word for word, _ in news], autojunk=False)
    lines: list[list[Run]] = []
    at = 0
    for op, first, last, start, end in matcher.get_opcodes():
        gone = [] if op == "equal" else _grouped(olds[first:last])
        here = news[min(start, len(news) - 1)][1] if news else 1
        came = _grouped(news[start:end])
        for index, (_, words) in enumerate(gone):
            if index or at != here:
                lines.append([])
            at = here
            lines[-1].append(Run("delete", words, "", here))
        for line, words in came:
            if at != line:
                lines.append([])
            at = line
            if op != "equal" and lines[-1] and lines[-1][-1].op == "delete":
                lines[-1][-1] = Run("replace", lines[-1][-1].old, words, line)
            else:
                lines[-1].append(
                    Run("equal", words, words, line) if op == "equal" else Run(op, "", words, line)
                )
    return tuple(map(tuple, lines))


def _grouped(words: Sequence[tuple[str, int]]) -> list[tuple[int, str]]:
    """The words of each line."""
    return [
        (line, " ".join(word for word, _ in group)) for line, group in groupby(words, lambda each: each[1])
    ]


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
