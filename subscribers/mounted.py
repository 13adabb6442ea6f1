"""What all commands of the address book share: their options, a day typed by hand, the way to the book."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from subscribers.book import AddressBook, HasBook
from subscribers.completion import newsletter_names
from subscribers.errors import BadUsage, Refused
from subscribers.output import say
from subscribers.words import TEXT_FIELDS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from subscribers.asking import Ask
    from subscribers.rules import Rule

Command = TypeVar("Command", bound=Callable[..., Any])

_CHOICES = {"language": click.Choice(["de", "en"]), "tone": click.Choice(["formal", "du"])}

_FIRST_DAY = datetime(1990, 1, 1, tzinfo=UTC)  # nobody agreed to mails before

newsletter_option = click.option(
    "--newsletter",
    metavar="KEY",
    shell_complete=newsletter_names,
    help="Which newsletter; needed when there are several.",
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


def look_up(context: click.Context) -> "AbstractContextManager[tuple[Ask, bytes]]":
    """The shortest way to one person in the same workspace."""
    return cast("HasBook", context.obj).look_up()


def past_day(text: str | None, now: datetime) -> datetime | None:
    """A day typed by hand, which must not lie in the future, nor before there were mailing lists."""
    from subscribers.cells import read_moment

    if not text:
        return None
    try:
        day = read_moment(text)
    except ValueError:
        day = None
    if day is None or not _FIRST_DAY <= day <= now:
        example = f"{now - timedelta(days=1):%Y-%m-%d}"
        raise BadUsage(f"{text!r} cannot be the day of a consent.", hint=f"Write a past day as {example}.")
    return day


def say_what_nobody_has(connection: "Connection", rule: "Rule", newsletters: Sequence[str]) -> None:
    """Tell on stderr which values of a rule occur nowhere: most are slips."""
    from subscribers.doubting import values_nobody_has

    for sentence in values_nobody_has(connection, rule, newsletters):
        say(sentence)


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
