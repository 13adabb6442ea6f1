"""The command that erases what may not be kept any longer."""

import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from subscribers.mounted import as_json_option, book_of
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from subscribers.book import AddressBook
    from subscribers.retention import Due

_PAUSE = 0.05  # between slices: whoever waits for the database gets it


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--silent", "names", is_flag=True, help="Only list whose consent nobody used for long.")
@as_json_option
@click.pass_context
def retention_(context: click.Context, dry_run: bool, names: bool, as_json: bool) -> None:
    """Erase what may not be kept any longer; run it daily. The periods stand in config.toml.

    Sign-ups that nobody confirmed, the proof of those who left years ago, old rows of imports, people on no
    newsletter.
    """
    from subscribers.database import reading
    from subscribers.retention import due, silent

    book, now = book_of(context), datetime.now(UTC)
    with reading(book.engine) as connection:
        quiet = silent(connection, book.keeping, now, book.newsletters, book.post)
        if names:
            emit([asdict(one) for one in quiet], ("newsletter", "email", "since"), as_json=as_json)
            say("Nothing was erased: this is only the list.")
            return
        would = due(connection, book.keeping, now, book.zone)
    done = would if dry_run else _retain(book, now)
    if as_json:
        emit_json({**asdict(done), "silent": len(quiet), "dry_run": dry_run})
    else:
        rows = [{"what": name, "count": number} for name, number in asdict(done).items()]
        emit([*rows, {"what": "silent", "count": len(quiet)}], ("what", "count"), as_json=False)
    say(_what_happened(done, dry_run))
    if quiet:
        months = f"{book.keeping.silent_months} months"
        say(f"{len(quiet)} got no letter for {months}: the consent may have lapsed. --silent lists them.")


def _what_happened(done: "Due", dry_run: bool) -> str:
    if dry_run:
        return "Nothing was erased: this was a look."
    return "Erased." if done else "Nothing was due, and nothing was erased."


def _retain(book: "AddressBook", now: datetime) -> "Due":
    """Slice by slice, with a pause after each."""
    from subscribers.erasure import empty_the_log
    from subscribers.retention import Due, retain

    done = Due()
    while True:
        with book.engine.begin() as connection:
            some = retain(connection, book.keeping, now, book.zone, book.post)
        if not some:
            break
        done += some
        time.sleep(_PAUSE)
    if done:
        empty_the_log(book.engine)
    return done


COMMANDS = (retention_,)
