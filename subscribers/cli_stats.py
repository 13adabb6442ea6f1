"""The command that counts."""

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from subscribers.errors import Problem
from subscribers.mounted import as_json_option, book_of, newsletter_option
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from subscribers.stats import Stats


@click.command("stats")
@newsletter_option
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True, help="How far back.")
@click.option("--svg", "file", type=click.Path(path_type=Path, dir_okay=False), help="Draw the growth.")
@as_json_option
@click.pass_context
def stats_(
    context: click.Context, newsletter: str | None, months: int, file: Path | None, as_json: bool
) -> None:
    """States, growth by the month, sources of consent, reasons for leaving."""
    from subscribers.chart import svg
    from subscribers.database import reading
    from subscribers.stats import numbers

    book = book_of(context)
    key = book.newsletter(newsletter) if newsletter else None
    with reading(book.engine) as connection:
        found = numbers(connection, datetime.now(UTC), book.zone, key, months)
    if file is not None:
        try:
            file.write_text(svg(found.months, key or ", ".join(book.newsletters)), encoding="utf-8")
        except OSError as error:
            raise Problem(f"The picture cannot be written: {error.strerror}.", place=str(file)) from None
        say(f"Drawn to {file}.")
    if as_json:
        emit_json(found.as_dict())
    elif sys.stdout.isatty():
        for line in _lines(found):
            click.echo(line)
    else:
        emit(list(_rows(found)), ("what", "newsletter", "name", "count"), as_json=False)


def _rows(found: "Stats") -> Iterator[dict[str, Any]]:
    """Each number on a line of its own, for a pipe."""
    yield {"what": "people", "count": found.people}
    yield {"what": "suppressed", "count": found.suppressed_hashes}
    for newsletter, states in found.states.items():
        for state, number in states.items():
            yield {"what": "state", "newsletter": newsletter, "name": state, "count": number}
    for one in found.months:
        for what in ("joined", "left", "stopped", "active"):
            yield {"what": what, "name": one.month, "count": getattr(one, what)}
    for what, texts in (("source", found.sources), ("reason", found.reasons)):
        for text, number in texts:
            yield {"what": what, "name": text, "count": number}


def _lines(found: "Stats") -> Iterator[str]:
    """The text for a terminal: it is made to be read."""
    from subscribers.chart import bars

    yield f"People {found.people}, on the suppression list {found.suppressed_hashes}"
    for newsletter, states in found.states.items():
        counts = ", ".join(f"{state} {number}" for state, number in states.items() if number)
        yield f"{newsletter}: {counts or 'nobody'}"
    yield ""
    yield from bars(found.months, min(shutil.get_terminal_size().columns, 120))
    for title, texts in (("Consents come from", found.sources), ("People left because", found.reasons)):
        if texts:
            yield ""
            yield title
            yield from (
                f"{number:>7}  {' '.join(text.split()) or '(nothing said)'}" for text, number in texts
            )


COMMANDS = (stats_,)
