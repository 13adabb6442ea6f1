"""A list as CSV: the delimiter, the header and the line each record starts in; broken records are named."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from subscribers.errors import Problem
from subscribers.headers import find_header, recognised
from subscribers.sheet import Record, Refusal, Sheet
from subscribers.textfile import TextFile, open_text

_DELIMITERS = (";", ",", "\t", "|")
_TOP = 20  # records in which the header is looked for; some programs write a title above it
_LONGEST_RECORD, _MOST_LINES = 500_000, 1_000  # beyond, a quotation mark was never closed
MAX_BROKEN = 1_000


@dataclass(slots=True)
class _Source:
    """Lines for the CSV reader, which can be given back when they turn out to be no record."""

    lines: Iterator[str]
    given: list[str] = field(default_factory=list)
    back: deque[str] = field(default_factory=deque)
    number: int = 0
    size: int = 0

    def __iter__(self) -> Iterator[str]:
        while True:
            line = self.back.popleft() if self.back else next(self.lines, None)
            if line is None:
                return
            self.given.append(line)
            self.number += 1
            if len(self.given) > 1:
                self.size += len(line)
                if self.size > _LONGEST_RECORD or len(self.given) > _MOST_LINES:
                    raise csv.Error("a quotation mark is never closed")
            yield line

    @property
    def first(self) -> int:
        """The line in which the present record starts."""
        return self.number - len(self.given) + 1

    def done(self) -> None:
        """The present record is complete."""
        self.given.clear()
        self.size = 0

    def give_up(self) -> None:
        """All but the first line of the present record are read once more."""
        self.number -= len(self.given) - 1
        self.back.extendleft(reversed(self.given[1:]))
        self.done()


def read_rows(path: Path, overrides: Mapping[str, str] | None = None) -> Sheet:
    """Read a CSV file of any of the usual makes; a broken record is reported and the others are read.

    A single column of addresses needs no header. `overrides` are headers that the caller gives a meaning.

    Raises:
        Problem: the file is missing, too large, empty, not text, or has no header.
    """
    text, known = open_text(path), overrides or {}
    start, delimiter = _delimiter(text, known)
    top = [one for one in islice(_records(text, start, delimiter), _TOP) if isinstance(one, Record)]
    if not top:
        raise Problem("The file has no rows.", place=path.name, hint="Is it the right file?")
    at, remarks = find_header([one.cells for one in top], known, path.name)
    header, line = (tuple(top[at].cells), top[at].line) if at is not None else (("E-Mail",), 0)

    def rows() -> Iterator[Record | Refusal]:
        return (one for one in _records(text, start, delimiter) if one.line > line)

    return Sheet(path.name, text.sha256, text.encoding, delimiter, header, line, rows, remarks)


def _delimiter(text: TextFile, known: Mapping[str, str]) -> tuple[int, str]:
    """How many lines to skip, and the delimiter that makes most sense of the header."""
    first = next(text.lines(), "")
    named = re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE)
    if named and named.group(1) in _DELIMITERS:
        return 1, named.group(1)  # a line that Excel reads and hides

    def sense(delimiter: str) -> tuple[int, int]:
        top: Sequence[Record | Refusal] = list(islice(_records(text, 0, delimiter), _TOP))
        rows = [one.cells for one in top if isinstance(one, Record)]
        return max((recognised(row, known) for row in rows), default=0), len(rows[0]) if rows else 0

    return 0, max(_DELIMITERS, key=sense)


def _records(text: TextFile, skip: int, delimiter: str) -> Iterator[Record | Refusal]:
    """The records below some lines; after a broken one, reading goes on in the line after its first."""
    source = _Source(islice(text.lines(), skip, None), number=skip)
    broken = 0
    while True:
        try:
            for cells in csv.reader(source, delimiter=delimiter, strict=True):
                if cells:
                    yield Record(source.first, cells)
                source.done()
            return
        except csv.Error as error:
            yield Refusal(source.first, f"This line is not CSV ({error}).")
            source.give_up()
            broken += 1
        if broken > MAX_BROKEN:
            message = f"More than {MAX_BROKEN:,} lines are not CSV."
            raise Problem(message, place=f"{text.path.name}:{source.number}", hint="Is it the right file?")
