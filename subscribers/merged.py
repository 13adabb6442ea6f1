"""Merged cells of an Excel sheet: a person sees one value in several rows, the file has it in the first."""

import re
from collections.abc import Iterator, Sequence
from typing import IO

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_CHUNK, _OVERLAP = 1 << 20, 200
_MOST = 100


def merged_remarks(part: IO[bytes], header: Sequence[str], header_line: int) -> tuple[tuple[int, str], ...]:
    """For each cell over several rows of the list: the first row without the value, and a sentence."""
    found = sorted(set(_merged(part)))
    below = [one for one in found if one[2] > max(one[0], header_line) and one[1] < len(header)]
    remarks = []
    for top, column, bottom in below[:_MOST]:
        first = max(top, header_line) + 1
        lines = f"line {first}" if first == bottom else f"lines {first} to {bottom}"
        name = header[column] or f"column {column + 1}"
        remarks.append(
            (first, f"{name} is merged with line {top}: nothing was read for {lines}. Unmerge it.")
        )
    if len(below) > _MOST:
        remarks.append((header_line, f"{len(below) - _MOST} more merged cells are not listed."))
    return tuple(remarks)


def _merged(part: IO[bytes]) -> Iterator[tuple[int, int, int]]:
    """First row, first column (from 0) and last row of each, read in pieces."""
    before = b""
    while chunk := part.read(_CHUNK):
        text = before + chunk
        for one in _MERGED.finditer(text):
            column = 0
            for letter in one[1]:
                column = column * 26 + letter - 64
            yield int(one[2]), column - 1, int(one[4])
        before = text[-_OVERLAP:]
