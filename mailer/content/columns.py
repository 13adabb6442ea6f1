"""Columns of an arrived text: two people who sign side by side, told apart before blanks are made one."""

import re
from collections.abc import Sequence

from mailer.content.people import is_office, is_person

_GAP = re.compile(r"[ \u00a0]*\t[\t \u00a0]*|[ \u00a0]{3,}")


def part_columns(lines: Sequence[str]) -> list[str]:
    """The lines with a stroke between names that stand side by side, and between the offices below them."""
    parted, width = list(lines), 0
    for index, line in enumerate(lines):
        parts = _GAP.split(line.strip(" \u00a0\t"))
        shapes = [part.title() if part.isupper() else part for part in parts]
        if len(parts) > 1 and all(map(is_person, shapes)):
            width = len(parts)
        elif not (line.strip() == "" and width):
            width = width if len(parts) == width and all(map(is_office, shapes)) else 0
        if width and len(parts) == width:
            parted[index] = " | ".join(parts)
    return parted
