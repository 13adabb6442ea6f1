"""The commands `rundbrief subscribers …`; and `rundbrief segments …`, which live next door."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from subscribers.cli_segments import segments
from subscribers.errors import BadUsage, Problem
from subscribers.mounted import as_json_option, book_of, newsletter_option
from subscribers.output import emit, emit_json, say
from subscribers.words import CONSENTED, SUBSCRIPTION_STATES, TEXT_FIELDS

if TYPE_CHECKING:
    from subscribers.import_report import Report
    from subscribers.roster import Card
    from subscribers.suppression import Entry

__all__ = ["segments", "subscribers"]

Command = TypeVar("Command", bound=Callable[..., Any])

_CHOICES = {"language": click.Choice(["de", "en"]), "tone": click.Choice(["formal", "du"])}
_COLUMNS = (
    "email",
    "state",
    "newsletter",
    "anrede",
    "titel",
    "vorname",
    "nachname",
    "firma",
    "gewerk",
    "kreis",
)


_PROOF = (
    "Where you can prove it, run it again with --source TEXT --consented-on DATE for the whole list, "
    "or with the columns Quelle and Einwilligung am for each row."
)


@click.group()
def subscribers() -> None:
    """People and their subscriptions."""


def _text_fields(command: Command) -> Command:
    """One option for each text field."""
    for name in reversed(TEXT_FIELDS):
        command = click.option(f"--{name}", type=_CHOICES.get(name, click.STRING))(command)
    return command


def _consent(command: Command) -> Command:
    """What proves that somebody agreed."""
    command = click.option("--wording", metavar="TEXT", help="Exactly what was agreed to.")(command)
    day = "The day of the consent, as 2026-11-24."
    command = click.option("--consented-on", metavar="DATE", help=day)(command)
    where = "Where the consent comes from: a form, a list, a letter."
    return click.option("--source", metavar="TEXT", help=where)(command)


@subscribers.command("add")
@click.argument("address")
@_text_fields
@newsletter_option
@_consent
@click.pass_context
def add_(
    context: click.Context,
    /,
    address: str,
    newsletter: str | None,
    source: str | None,
    consented_on: str | None,
    wording: str | None,
    **fields: str | None,
) -> None:
    """Add one person, or complete what is known.

    Without both --source and --consented-on the subscription is pending and is never mailed.
    """
    from subscribers.address import parse_address
    from subscribers.consent import Consent
    from subscribers.roster import add

    if not source and (consented_on or wording):
        raise BadUsage("A consent needs its source.", hint="Add --source.")
    now = datetime.now(UTC)
    book = book_of(context)
    day = _day(consented_on, now)
    consent = Consent("imported", day, source, wording or "") if source and day else None
    parsed, key = parse_address(address), book.newsletter(newsletter)
    known = {name: text for name, text in fields.items() if text}
    with book.engine.begin() as connection:
        added = add(connection, parsed, known, key, secret=book.secret, now=now, consent=consent)
    say(f"{parsed.email}: {added.outcome}, {added.state} on {key}.")
    if added.state == "pending":
        lacking = "The consent has no date and was not kept" if source and not day else "No consent is proven"
        say(f"{lacking}, so nobody mails this address. Run it again with --source and --consented-on.")


@subscribers.command("list")
@click.option("--where", metavar="RULE", help="Only who matches a rule or a segment's name.")
@newsletter_option
@click.option("--state", type=click.Choice(SUBSCRIPTION_STATES), help="Only this state.")
@as_json_option
@click.pass_context
def list_(
    context: click.Context, where: str | None, newsletter: str | None, state: str | None, as_json: bool
) -> None:
    """Show subscriptions, of all newsletters unless one is named."""
    from subscribers.database import reading
    from subscribers.roster import list_people
    from subscribers.segments import condition, rule_of

    book = book_of(context)
    key = book.newsletter(newsletter) if newsletter else None
    with reading(book.engine) as connection:
        matching = condition(rule_of(connection, where)) if where is not None else None
        rows = [
            {**asdict(person), "newsletter": place.newsletter, "state": place.state, "since": place.since}
            for person, place in list_people(connection, key, matching, state=state)
        ]
    emit(rows, _COLUMNS, as_json=as_json)


@subscribers.command("show")
@click.argument("address")
@as_json_option
@click.pass_context
def show_(context: click.Context, address: str, as_json: bool) -> None:
    """Show everything that is kept about one person."""
    from subscribers.address import parse_address
    from subscribers.database import reading
    from subscribers.roster import show
    from subscribers.suppression import entry_of, key_hash

    book, parsed = book_of(context), parse_address(address)
    with reading(book.engine) as connection:
        card = show(connection, parsed)
        entry = entry_of(connection, key_hash(book.secret, parsed.key))
    if card is None and entry is None:
        raise Problem(f"Nobody has the address {parsed.email}.", hint="rundbrief subscribers list shows all.")
    if as_json:
        kept = card.as_dict() if card else {"email": parsed.email, "subscriptions": [], "consents": []}
        emit_json({**kept, "suppression": asdict(entry) if entry else None})
    else:
        _print_card(parsed.email, card, entry)


@subscribers.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@newsletter_option
@_consent
@click.option("--apply", is_flag=True, help="Write it; without this the file is only looked at.")
@as_json_option
@click.pass_context
def import_(
    context: click.Context,
    file: Path,
    newsletter: str | None,
    source: str | None,
    consented_on: str | None,
    wording: str | None,
    apply: bool,
    as_json: bool,
) -> None:
    """Take in a CSV list: first a report, with --apply for good.

    Rows without a proven consent are taken as pending and never mailed. Nobody who left comes back.
    """
    from subscribers.cells import Terms
    from subscribers.csvfile import read_rows
    from subscribers.database import reading
    from subscribers.importing import apply_import, plan_import

    now = datetime.now(UTC)
    terms = Terms(source or "", _day(consented_on, now), wording or "")
    book = book_of(context)
    key, sheet = book.newsletter(newsletter), read_rows(file)
    work, opened = (apply_import, book.engine.begin()) if apply else (plan_import, reading(book.engine))
    with opened as connection:
        report = work(connection, sheet, key, secret=book.secret, now=now, terms=terms)
    emit_json(report.as_dict()) if as_json else _print_report(report)
    if not report.usable:
        raise Problem("Nothing in this file could be taken.", place=file.name)
    if report.pending:
        say(f"{report.pending} of them have no proven consent: pending, never mailed. {_PROOF}")
    if apply:
        say(f"Written to {key} as batch {report.batch}.")
    else:
        say("Nothing was written. Run the same command with --apply to take the list in.")


@subscribers.command("unsubscribe")
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
        left = unsubscribe(connection, mine[0].id, "office", now, reason)
    say(f"{parsed.email} {'is taken off' if left else 'had left'} {key}.")


def _day(text: str | None, now: datetime) -> datetime | None:
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


def _print_card(email: str, card: "Card | None", entry: "Entry | None") -> None:
    known = asdict(card.person) if card else {"email": email}
    lines = [{"what": name, "value": known[name]} for name in ("email", *TEXT_FIELDS) if known.get(name)]
    if entry:
        value = f"{entry.reason} since {entry.since:%Y-%m-%d}, {entry.source}: must never be mailed"
        lines.append({"what": "suppression list", "value": value})
    for place in card.subscriptions if card else ():
        proof = f", consent of {place.since:%Y-%m-%d}" if place.basis == CONSENTED else ""
        value = f"{place.state} since {place.state_since:%Y-%m-%d}{proof}, basis {place.basis}"
        lines.append({"what": f"newsletter {place.newsletter}", "value": value})
    for said in card.consents if card else ():
        parts = f"{said['at']:%Y-%m-%d %H:%M} UTC", said["source"], said["wording"]
        value = " · ".join(part for part in parts if part)
        lines.append({"what": f"{said['kind']} {said['newsletter']}", "value": value})
    emit(lines, ("what", "value"), as_json=False)


def _print_report(report: "Report") -> None:
    """One table: the counts first, then every line of the file that needs a look."""
    rows: list[dict[str, Any]] = [
        {"what": "encoding", "text": report.encoding},
        {"what": "delimiter", "text": {"\t": "tab"}.get(report.delimiter, report.delimiter)},
    ]
    rows += [{"what": "column", "text": f"{header} = {name}"} for header, name in report.mapping.items()]
    rows += [{"what": "not taken", "text": header} for header in report.ignored]
    counts = report.as_dict()
    for name in ("new", "changed", "unchanged", "duplicates", "unconfirmed", "suppressed", "pending"):
        rows.append({"what": name, "count": counts[name]})
    rows.append({"what": "refused", "count": len(report.refused)})
    rows += [{"what": "refused", "line": one.line, "text": one.reason} for one in report.refused]
    for one in report.duplicate_lines:
        rows.append({"what": "duplicate", "line": one["line"], "text": f"as in line {one['first']}"})
    rows += [{"what": "warning", "line": one["line"], "text": one["text"]} for one in report.warnings]
    emit(rows, ("what", "count", "line", "text"), as_json=False)
