"""What all commands of the address book share: their options, a day typed by hand, the way to the book."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import click

from subscribers.book import AddressBook, HasBook
from subscribers.errors import BadUsage, Refused
from subscribers.words import TEXT_FIELDS

Command = TypeVar("Command", bound=Callable[..., Any])

_CHOICES = {"language": click.Choice(["de", "en"]), "tone": click.Choice(["formal", "du"])}

newsletter_option = click.option(
    "--newsletter", metavar="KEY", help="Which newsletter; needed when there are several."
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON.")


def field_options(command: Command) -> Command:
    """One option for each text field."""
    for name in reversed(TEXT_FIELDS):
        command = click.option(f"--{name}", type=_CHOICES.get(name, click.STRING))(command)
    return command


def consent_options(command: Command) -> Command:
    """What proves that somebody agreed."""
    command = click.option("--wording", metavar="TEXT", help="Exactly what was agreed to.")(command)
    day = "The day of the consent, as 2026-11-24."
    command = click.option("--consented-on", metavar="DATE", help=day)(command)
    where = "Where the consent comes from: a form, a list, a letter."
    return click.option("--source", metavar="TEXT", help=where)(command)


def book_of(context: click.Context) -> AddressBook:
    """The address book of the workspace that the root command found."""
    return cast("HasBook", context.obj).open_book()


def past_day(text: str | None, now: datetime) -> datetime | None:
    """A day typed by hand, which must not lie in the future."""
    from subscribers.cells import read_moment

    if not text:
        return None
    try:
        day = read_moment(text)
    except ValueError:
        day = None
    if day is None or day > now:
        example = f"{now - timedelta(days=1):%Y-%m-%d}"
        raise BadUsage(f"{text!r} cannot be the day of a consent.", hint=f"Write a past day as {example}.")
    return day


def sure(question: str, yes: bool) -> None:
    """Ask before something that nobody can take back.

    Raises:
        Refused: the answer is no, or nobody is there to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("Nobody is there to ask.", hint="Add --yes.")
    if not click.confirm(question, err=True):
        raise Refused("Nothing was changed.")
