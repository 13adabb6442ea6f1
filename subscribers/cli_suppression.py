"""The commands `rundbrief suppression …`."""

from dataclasses import asdict
from datetime import UTC, datetime

import click

from subscribers.errors import Problem
from subscribers.mounted import as_json_option, book_of, sure
from subscribers.output import emit, say
from subscribers.words import SUPPRESSION_REASONS

_TYPED = ("objected", "complaint", "bounced")  # the other reasons are given by the program


@click.group()
def suppression() -> None:
    """Who must never be mailed: keyed hashes, which outlive the person's data."""


@suppression.command("list")
@click.option("--reason", type=click.Choice(SUPPRESSION_REASONS), help="Only this reason.")
@click.option("--limit", type=click.IntRange(min=1), help="No more than so many, the newest first.")
@as_json_option
@click.pass_context
def list_(context: click.Context, reason: str | None, limit: int | None, as_json: bool) -> None:
    """Show the list; an address stands there only while the person is still known.

    In a pipe it is whole, one line for each entry: rundbrief suppression list > suppression.tsv
    """
    from subscribers.database import reading
    from subscribers.suppression import entries

    with reading(book_of(context).engine) as connection:
        rows = [asdict(one) for one in entries(connection, reason, limit)]
    emit(rows, ("email", "reason", "since", "source", "key_hash"), as_json=as_json)


@suppression.command("add")
@click.argument("address")
@click.option("--reason", type=click.Choice(_TYPED), default="objected", show_default=True)
@click.option("--source", default="office", metavar="TEXT", help="By whose word.")
@click.pass_context
def add_(context: click.Context, address: str, reason: str, source: str) -> None:
    """Never mail this address again, whoever asks; it need not be known. In force at once."""
    from subscribers.address import parse_address
    from subscribers.suppression import key_hash, suppress

    book, parsed = book_of(context), parse_address(address)
    with book.engine.begin() as connection:
        hashed = key_hash(book.secret, parsed.key)
        fresh = suppress(connection, hashed, reason, source, datetime.now(UTC))
    say(f"{parsed.email} {'is' if fresh else 'was already'} on the suppression list.")


@suppression.command("remove")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def remove_(context: click.Context, address: str, yes: bool) -> None:
    """Take an address off the list: only when the person asks for letters, or a bounce was an error."""
    from subscribers.address import parse_address
    from subscribers.suppression import entry_of, key_hash, lift

    book, parsed = book_of(context), parse_address(address)
    hashed = key_hash(book.secret, parsed.key)
    with book.engine.connect() as connection:
        entry = entry_of(connection, hashed)
    if entry is None:
        raise Problem(f"{parsed.email} is not on the suppression list.")
    sure(f"{parsed.email} is on the list since {entry.since:%Y-%m-%d} ({entry.reason}). Take it off?", yes)
    with book.engine.begin() as connection:
        lift(connection, hashed)
    say(f"{parsed.email} is off the list. A subscription that is active is mailed again.")
