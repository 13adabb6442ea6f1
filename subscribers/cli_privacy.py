"""The commands about a person's rights: access, forget, unsubscribe; and whether the proof still holds."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from subscribers.errors import BadUsage, Problem
from subscribers.mounted import as_json_option, book_of, newsletter_option, sure
from subscribers.output import emit, emit_json, say


@click.command("access", short_help="Tell everything kept about one person (DSGVO, Art. 15).")
@click.argument("address")
@as_json_option
@click.option(
    "--html", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to print."
)
@click.pass_context
def access_(context: click.Context, address: str, as_json: bool, file: Path | None) -> None:
    """Tell everything that is kept about one person (DSGVO Art. 15), letters and proof included."""
    from subscribers.access import everything
    from subscribers.address import parse_address
    from subscribers.database import reading

    book, parsed, now = book_of(context), parse_address(address), datetime.now(UTC)
    with reading(book.engine) as connection:
        found = everything(connection, parsed, secret=book.secret, now=now, post=book.post)
    if file is not None:
        if book.page is None:
            raise BadUsage("There are no pages here.", hint="Take --json.")
        _write_privately(file, book.page(found))
        say(f"Written to {file}: it holds personal data, and only you can read it.")
    if as_json or file is None:
        emit_json(found) if as_json else emit(list(_flat(found)), ("what", "value"), as_json=False)
    if not found["proof"]["intact"]:
        raise Problem("The proof of this person does not hold.", place=found["proof"]["flaws"][0]["place"])


@click.command("forget", short_help="Erase a person for good (DSGVO, Art. 17).")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
@click.pass_context
def forget_(context: click.Context, address: str, yes: bool, as_json: bool) -> None:
    """Erase a person for good (DSGVO Art. 17), and keep the address out of every later import.

    Counts stay, and a keyed hash on the suppression list. It prints a line to keep as certificate.
    """
    from subscribers.address import parse_address
    from subscribers.erasure import empty_the_log, forget

    book, parsed, now = book_of(context), parse_address(address), datetime.now(UTC)
    sure(f"Erase all about {parsed.email}? Nobody can bring it back.", yes)
    with book.engine.begin() as connection:
        done = forget(connection, parsed, secret=book.secret, now=now, post=book.post)
    emptied = empty_the_log(book.engine)
    emit_json(asdict(done)) if as_json else click.echo(str(done))
    for name in done.named_in:
        say(f"The rule of the segment {name} names the address: make a new one without it.")
    if not emptied:
        say("Somebody was reading: the log beside the database holds old pages until it is written again.")
    say("Backups made before today still hold this person: forget again after bringing one back.")


@click.command("unsubscribe")
@click.argument("address")
@newsletter_option
@click.option("--reason", default="", help="What the person said, if anything.")
@click.pass_context
def unsubscribe_(context: click.Context, address: str, newsletter: str | None, reason: str) -> None:
    """Take a person off a newsletter, at once."""
    from subscribers.address import parse_address
    from subscribers.roster import show, unsubscribe

    book, parsed, now = book_of(context), parse_address(address), datetime.now(UTC)
    key = book.newsletter(newsletter)
    with book.engine.begin() as connection:
        card = show(connection, parsed)
        mine = [one for one in (card.subscriptions if card else ()) if one.newsletter == key]
        if not mine:
            raise Problem(f"{parsed.email} is not on {key}.", hint="rundbrief subscribers list shows who is.")
        left = unsubscribe(connection, mine[0].id, "office", now, " ".join(reason.split()))
    say(f"{parsed.email} {'is taken off' if left else 'had left'} {key}.")


@click.command("verify")
@as_json_option
@click.pass_context
def verify_(context: click.Context, as_json: bool) -> None:
    """Check the proof of every consent: exit code 1 and the places where something was changed.

    Events, states, days and addresses; an entry taken off the suppression list leaves no trace here.
    """
    from subscribers.binding import unbound
    from subscribers.chain import verify
    from subscribers.database import reading

    book = book_of(context)
    with reading(book.engine) as connection:
        flaws = [*verify(connection), *unbound(connection, book.secret)]
    rows = [{"place": one.place, **asdict(one)} for one in flaws]
    emit(rows, ("place", "what"), as_json=as_json)
    if flaws:
        message = f"The proof does not hold in {len(flaws)} {'place' if len(flaws) == 1 else 'places'}."
        raise Problem(message, place=flaws[0].place, hint="Compare the event with the last good backup.")
    say("Every consent is as it was recorded, and belongs to its address.")


def _flat(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answer as lines: each value with the path to it."""

    def walk(path: str, value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(f"{path}.{name}" if path else name, inner)
        elif isinstance(value, list | tuple):
            for number, inner in enumerate(value, 1):
                yield from walk(f"{path}.{number}", inner)
        elif value not in (None, ""):
            yield {"what": path, "value": value}

    yield from walk("", found)


def _write_privately(file: Path, text: str) -> None:
    """A new file that only its owner can read; one that is there is not overwritten."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        hint = "Name another one, or remove it first."
        raise Problem("This file exists already.", place=str(file), hint=hint) from None
    except OSError as error:
        raise Problem(f"The page cannot be written: {error.strerror}.", place=str(file)) from None
    with os.fdopen(handle, "w", encoding="utf-8") as page:
        page.write(text)


COMMANDS = (access_, forget_, unsubscribe_, verify_)
