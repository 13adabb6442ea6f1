"""A list of people as rows of text, wherever it came from: header, records with their line, refusals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Record(NamedTuple):
    """One record and the line of the file (in Excel: the row) in which it starts."""

    line: int
    cells: tuple[str, ...] | list[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header is read; its rows are read from the disk whenever somebody asks for them.

    Args:
        encoding: how the text is written; `xlsx` for Excel.
        delimiter: what separates the cells; empty where nothing does.
        header_line: the line of the header, 0 where the file has none.
        rows: reads all rows below the header, each time from the start.
        remarks: what a person should know about the file as a whole, with the line.
    """

    file: str
    sha256: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    rows: Callable[[], Iterator[Record | Refusal]]
    remarks: tuple[tuple[int, str], ...] = ()
