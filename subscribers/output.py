"""How a command answers: tables for a terminal, TSV for a pipe, JSON for a script.

stdout carries data, stderr carries talk. A pipe gets every character; only a terminal gets boxes.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click


def emit(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print rows: a JSON array, a table on a terminal, or TSV with a header line in a pipe."""
    if as_json:
        emit_json([dict(row) for row in rows])
    elif sys.stdout.isatty():
        _table(rows, columns)
    else:
        for line in ([*columns], *([_cell(row.get(name)) for name in columns] for row in rows)):
            click.echo("\t".join(line))


def emit_json(value: object) -> None:
    """Print one JSON document, dates as ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def say(message: str) -> None:
    """Tell a person what happened, on stderr, so that stdout stays data."""
    click.echo(message, err=True)


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in columns))
    Console().print(table, markup=False) if rows else say("(none)")


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
