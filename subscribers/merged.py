"""Merged cells of an Excel sheet: a person sees one value in several cells, the file has it in the first."""

import re
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from subscribers.header_meaning import is_email, plain
from subscribers.headers import recognised
from subscribers.sheet import Record

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_CHUNK, _OVERLAP = 1 << 20, 200
_MOST = 100


class Merged(NamedTuple):
    """A range that is one cell: its rows from 1, its columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


def merged_in(part: IO[bytes]) -> list[Merged]:
    """The merged cells of a sheet, read in pieces."""
    return sorted(set(_merged(part)))


def whole_header(rows: Sequence[Record], at: int, merged: Sequence[Merged]) -> tuple[tuple[str, ...], int]:
    """The header and its line: of two lines, put together where a merged cell above names a group.

    `Betrieb` over `Name` and `Ort` gives `Betrieb Name`, unless only `Name` alone is a known header.
    """
    line = rows[at].line
    upper, lower = at - 1, at
    if any(one.top == line and one.bottom == line + 1 for one in merged) and at + 1 < len(rows):
        upper, lower = at, at + 1  # E-Mail itself stands over both lines
    if upper < 0 or rows[upper].line + 1 != rows[lower].line:
        return tuple(rows[at].cells), line
    groups = _groups(rows[upper], merged)
    if len(set(groups.values())) < 2:
        return tuple(rows[at].cells), line
    names = [*rows[lower].cells]
    names += [""] * (max(len(rows[upper].cells), len(names)) - len(names))
    header = []
    for column, name in enumerate(names):
        group = groups.get(column, "")
        both = f"{group} {name.strip()}".strip()
        repeated = sum(other.strip() == name.strip() for other in names) > 1
        known = recognised([name]) and not (repeated and not is_email(plain(name)))
        header.append(both if not name.strip() or (group and (recognised([both]) or not known)) else name)
    return tuple(header), rows[lower].line


def _groups(row: Record, merged: Sequence[Merged]) -> dict[int, str]:
    """The text above each column, nothing where no cell of this row is merged with the one beside it."""
    wide = [one for one in merged if one.top <= row.line <= one.bottom and one.right > one.left]
    if not wide:
        return {}
    groups = {at: text.strip() for at, text in enumerate(row.cells) if text.strip()}
    for one in wide:
        if text := groups.get(one.left, ""):
            groups |= dict.fromkeys(range(one.left, min(one.right, one.left + 1_000) + 1), text)
    return groups


def merged_remarks(
    merged: Sequence[Merged], header: Sequence[str], header_line: int
) -> tuple[tuple[int, str], ...]:
    """For each cell over several rows of the list: the first row without the value, and a sentence."""
    below = [one for one in merged if one.bottom > max(one.top, header_line) and one.left < len(header)]
    remarks = []
    for one in below[:_MOST]:
        first = max(one.top, header_line) + 1
        lines = f"line {first}" if first == one.bottom else f"lines {first} to {one.bottom}"
        name = header[one.left] or f"column {one.left + 1}"
        remarks.append(
            (first, f"{name} is merged with line {one.top}: nothing was read for {lines}. Unmerge it.")
        )
    if len(below) > _MOST:
        remarks.append((header_line, f"{len(below) - _MOST} more merged cells are not listed."))
    return tuple(remarks)


def _merged(part: IO[bytes]) -> Iterator[Merged]:
    before = b""
    while chunk := part.read(_CHUNK):
        text = before + chunk
        for one in _MERGED.finditer(text):
            yield Merged(int(one[2]), _column(one[1]), int(one[4]), _column(one[3]))
        before = text[-_OVERLAP:]


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
