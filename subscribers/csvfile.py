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
_LONGEST_PLAIN = 100_000  # characters; the CSV reader refuses a longer cell
_IN_A_ROW = 100  # records with quotation marks, before a line without them is looked for
MAX_BROKEN = 1_000


@dataclass(slots=True)
class _Source:
    """Lines for the CSV reader, which can be given back when they turn out to be no record."""

    lines: Iterator[str]
    given: list[str] = field(default_factory=list)
    back: deque[str] = field(default_factory=deque)
    number: int = 0
    size: int = 0

    def plain(self) -> Iterator[str]:
        """The lines up to the next one with a quotation mark, each of which is a record."""
        for line in self.lines:
            if '"' in line or len(line) > _LONGEST_PLAIN:
                self.back.append(line)
                return
            self.number += 1
            yield line

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


@dataclass(frozen=True, slots=True)
class CsvRows:
    """Reads the rows below the header, each time from the start; another process can do it, too.

    Args:
        start: how many lines stand above the records.
        header_line: the line of the header.
    """

    text: TextFile
    start: int
    delimiter: str
    header_line: int

    def __call__(self) -> Iterator[Record | Refusal]:
        """The records and what is none."""
        rows = _records(self.text, self.start, self.delimiter)
        return rows if self.header_line < self.start else self._below(rows)

    def _below(self, rows: Iterator[Record | Refusal]) -> Iterator[Record | Refusal]:
        for one in rows:
            if one.line > self.header_line:
                yield one
                break
        yield from rows

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return self.text.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """Reads rows that are one cell each, because a program put whole lines in quotation marks."""

    rows: CsvRows
    delimiter: str

    def __call__(self) -> Iterator[Record | Refusal]:
        """The records and what is none."""
        return (_unwrapped(one, self.delimiter) if isinstance(one, Record) else one for one in self.rows())


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
    if inner := _within_one_cell(top, known):
        top = [one for row in top if isinstance(one := _unwrapped(row, inner), Record)]
    at, remarks = find_header([one.cells for one in top], known, path.name)
    header, line = (tuple(top[at].cells), top[at].line) if at is not None else (("E-Mail",), 0)

    rows = CsvRows(text, start, delimiter, line)
    if inner:
        said = (line, "Each line stands in quotation marks as a whole, and was read without them.")
        unwrapped = Unwrapped(rows, inner)
        return Sheet(path.name, text.sha256, text.encoding, inner, header, line, unwrapped, (*remarks, said))
    return Sheet(path.name, text.sha256, text.encoding, delimiter, header, line, rows, remarks)


def _within_one_cell(top: Sequence[Record], known: Mapping[str, str]) -> str:
    """The delimiter inside of lines that stand in quotation marks as a whole; empty where they do not."""
    if any(len(one.cells) != 1 for one in top):
        return ""

    def sense(delimiter: str) -> int:
        rows = (_unwrapped(one, delimiter) for one in top)
        return max((recognised(one.cells, known) for one in rows if isinstance(one, Record)), default=0)

    best = max(_DELIMITERS, key=sense)
    return best if sense(best) > 1 else ""


def _unwrapped(record: Record, delimiter: str) -> Record | Refusal:
    if len(record.cells) != 1:
        return record
    try:
        return Record(record.line, next(csv.reader([record.cells[0]], delimiter=delimiter, strict=True), []))
    except csv.Error as error:
        return Refusal(record.line, f"This line is not CSV ({error}).")


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
        if not source.back:
            for line in source.plain():
                if bare := line.rstrip("\r\n"):
                    yield Record(source.number, bare.split(delimiter))
            if not source.back:
                return
        try:
            for cells in islice(csv.reader(source, delimiter=delimiter, strict=True), _IN_A_ROW):
                if cells:
                    yield Record(source.first, cells)
                source.done()
        except csv.Error as error:
            yield Refusal(source.first, f"This line is not CSV ({error}).")
            source.give_up()
            broken += 1
        if broken > MAX_BROKEN:
            message = f"More than {MAX_BROKEN:,} lines are not CSV."
            raise Problem(message, place=f"{text.path.name}:{source.number}", hint="Is it the right file?")
