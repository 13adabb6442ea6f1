"""The index of the sandbox's folder, read page by page: 100,000 mails cost no more than fifty."""

import json
import os
import re
import stat
import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mailer.web.catch import INDEX, locked

ROWS = 50
_BLOCK_BYTES = 4 * 1024 * 1024
_SEARCHED_ROWS = 2000
_LINE = re.compile(rb'^\{"n": (\d{1,15}), [^\n]*\n', re.MULTILINE)
_NAME = re.compile(r"\d{6,15}-[a-z0-9.@_-]{0,120}\.eml")


@dataclass(frozen=True, slots=True)
class Row:
    """One caught mail as the index knows it; `at` is ISO 8601."""

    number: int
    file: str
    sender: str
    recipients: tuple[str, ...]
    at: str
    bytes: int
    subject: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the newest first; `total` counts all mails, `more` says that older ones would fit too."""

    rows: tuple[Row, ...]
    total: int
    more: bool


class Index:
    """Knows where each line of index.jsonl begins, and reads only what it is asked for.

    The catcher may go on writing, in this process or in another one; a folder that is not there is empty.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / INDEX
        self._lock = threading.Lock()
        self._forget()

    def total(self) -> int:
        """How many mails there are."""
        with self._lock, self._opened():
            return len(self._numbers)

    def page(self, *, before: int | None = None, query: str = "", rows: int = ROWS) -> Page:
        """Mails older than the number `before`, all words of the query in their addresses or subject."""
        with self._lock, self._opened() as file:
            end = len(self._numbers) if before is None else bisect_left(self._numbers, before)
            words = query.casefold().split()
            found: list[Row] = []
            for row in self._backwards(file, end, words, rows + 1):
                found.append(row)
                if len(found) > rows:
                    break
            return Page(tuple(found[:rows]), len(self._numbers), len(found) > rows)

    def row(self, number: int) -> Row | None:
        """One mail by its number."""
        with self._lock, self._opened() as file:
            at = bisect_left(self._numbers, number)
            if file is None or at == len(self._numbers) or self._numbers[at] != number:
                return None
            return next(iter(self._rows(file, at, at + 1)), None)

    def read(self, row: Row) -> bytes | None:
        """The message of a row, as received; None when its file is gone or is no file of this folder."""
        if not _NAME.fullmatch(row.file):
            return None
        try:
            handle = os.open(self._folder / row.file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return None
        with os.fdopen(handle, "rb") as file:
            return file.read()

    def clear(self) -> int:
        """Throw away every mail of the index; how many. What is being caught meanwhile stays."""
        with self._lock:
            try:
                with locked(self._folder), self._file.open("r+b") as file:
                    lines = file.read().splitlines()
                    file.truncate(0)
            except FileNotFoundError:
                return 0
            self._forget()
        rows = [row for row in map(_row, lines) if row is not None and _NAME.fullmatch(row.file)]
        for row in rows:
            with suppress(OSError):  # gone already, or no file
                (self._folder / row.file).unlink()
        return len(lines)

    def _forget(self) -> None:
        self._numbers, self._starts = array("Q"), array("Q")
        self._end, self._first = 0, b""

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO | None]:
        """The index's file, caught up with; None where there is none."""
        try:
            file = self._file.open("rb")
        except OSError:
            self._forget()
            yield None
            return
        with file:
            self._catch_up(file)
            yield file

    def _catch_up(self, file: BinaryIO) -> None:
        """Learn the lines written since the last look; a file that was emptied is learnt anew."""
        size = os.fstat(file.fileno()).st_size
        file.seek(0)
        if size < self._end or file.read(len(self._first)) != self._first:
            self._forget()
        while self._end < size:
            file.seek(self._end)
            block = file.read(_BLOCK_BYTES)
            whole = block.rfind(b"\n") + 1
            if not whole:  # the last line is still being written
                return
            for line in _LINE.finditer(block, 0, whole):
                number = int(line[1])
                if not self._numbers or number > self._numbers[-1]:
                    self._numbers.append(number)
                    self._starts.append(self._end + line.start())
            self._first = self._first or block[: block.index(b"\n") + 1]
            self._end += whole

    def _backwards(self, file: BinaryIO | None, end: int, words: list[str], enough: int) -> Iterator[Row]:
        step = _SEARCHED_ROWS if words else enough
        while file is not None and end > 0:
            begin = max(0, end - step)
            if not words or self._may_hold(file, begin, end, words):
                for row in reversed(self._rows(file, begin, end)):
                    if not words or _holds(row, words):
                        yield row
            end = begin

    def _may_hold(self, file: BinaryIO, begin: int, end: int, words: list[str]) -> bool:
        """Look before parsing: most stretches do not hold the words at all."""
        text = self._bytes(file, begin, end).decode("utf-8", "replace").casefold()
        return all(word in text for word in words if not {'"', "\\"} & {*word})  # those JSON writes otherwise

    def _rows(self, file: BinaryIO, begin: int, end: int) -> list[Row]:
        lines, base = self._bytes(file, begin, end), self._starts[begin] if begin < end else 0
        starts = [start - base for start in self._starts[begin:end]]
        found = (_row(lines[start : lines.index(b"\n", start)]) for start in starts)
        return [row for row in found if row is not None]

    def _bytes(self, file: BinaryIO, begin: int, end: int) -> bytes:
        start = self._starts[begin]
        file.seek(start)
        return file.read((self._starts[end] if end < len(self._starts) else self._end) - start)


def _row(line: bytes) -> Row | None:
    try:
        told = json.loads(line)
        return Row(
            number=int(told["n"]),
            file=str(told["file"]),
            sender=str(told["from"]),
            recipients=tuple(map(str, told["to"])),
            at=str(told["at"]),
            bytes=int(told["bytes"]),
            subject=str(told.get("subject", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _holds(row: Row, words: list[str]) -> bool:
    text = "\n".join((row.subject, row.sender, *row.recipients)).casefold()
    return all(word in text for word in words)
