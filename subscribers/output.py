"""How a command answers: tables for a terminal, TSV for a pipe, JSON for a script.

stdout carries data, stderr carries talk. A pipe gets every character; only a terminal gets boxes.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any

import click

# Addresses, numbers and times, which a line break makes useless; or nothing.
_WHOLE = re.compile(r"\S+@\S+|[-+\d.,:%TZ ]*")
_NARROW = 12, 8, 6  # letters of a column that may be folded: the first that lets the table fit
_LONGEST_WORD = 20  # a word is broken only where it is longer
_BETWEEN = 3


def emit(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    as_json: bool,
    spare: Sequence[str] = (),
) -> None:
    """Print rows: a JSON array, a table on a terminal, or TSV with a header line in a pipe.

    On a terminal a column without any value is left out, and times end with the second.

    Args:
        spare: the columns that a narrow terminal goes without, in this order; a line on stderr names them.
    """
    if as_json:
        emit_json([dict(row) for row in rows])
    elif sys.stdout.isatty():
        _table(rows, columns, spare)
    else:
        for line in ([*columns], *([_cell(row.get(name)) for name in columns] for row in rows)):
            click.echo("\t".join(line))


def emit_json(value: object) -> None:
    """Print one JSON document, dates as ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def say(message: str) -> None:
    """Tell a person what happened, on stderr, so that stdout stays data."""
    click.echo(message, err=True)


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], spare: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    if not rows:
        say("(none)")
        return
    cells = {name: [_cell(_to_the_second(row.get(name))) for row in rows] for name in columns}
    shown = {name: texts for name, texts in cells.items() if any(texts)}
    whole = {name for name, texts in shown.items() if all(map(_WHOLE.fullmatch, texts))}
    room, gone = Console().width, list[str]()
    least = _widths(shown, whole, room)
    for name in (name for name in spare if name in shown):
        if _together(least) <= room:
            break
        gone.append(name)
        del shown[name]
        least = _widths(shown, whole, room)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, width in least.items():
        table.add_column(name, overflow="fold", no_wrap=name in whole, min_width=width)
    for number in range(len(rows)):
        table.add_row(*(texts[number] for texts in shown.values()))
    # What must stay whole may need more than the terminal has: then the lines run over, in one piece.
    Console(width=max(room, _together(least))).print(table, markup=False)
    if gone:
        say(f"The terminal is too narrow for {', '.join(gone)}; a wider one, a pipe and --json show all.")


def _widths(shown: Mapping[str, Sequence[str]], whole: AbstractSet[str], room: int) -> dict[str, int]:
    """How narrow each column may be without breaking a word: the first width that lets the table fit."""
    from rich.cells import cell_len

    longest = {name: max(map(cell_len, [name, *texts])) for name, texts in shown.items()}
    words = {
        name: max(cell_len(word) for text in [name, *texts] for word in text.split() or [""])
        for name, texts in shown.items()
    }
    least = dict[str, int]()
    for narrow in _NARROW:
        least = {
            name: width if name in whole else min(width, max(narrow, min(words[name], _LONGEST_WORD)))
            for name, width in longest.items()
        }
        if _together(least) <= room:
            break
    return least


def _together(least: Mapping[str, int]) -> int:
    return sum(least.values()) + _BETWEEN * len(least)


def _to_the_second(value: object) -> object:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value


def _cell(value: object) -> str:
    """One line of text: a tab or a line break inside a value would break the row for a script."""
    text = "" if value is None else str(_plain(value))
    return " ".join(text.splitlines()).replace("\t", " ")


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return value if isinstance(value, str | int | float | bool) else str(value)
