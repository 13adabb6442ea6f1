"""`rundbrief mailing report`: what came of a mailing, as a table, as JSON, as a page to print."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.books import as_json, local
from mailer.cli.office import Office, clock
from subscribers.errors import BadUsage, Problem
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mailer.report.history import Past
    from mailer.report.page import Head
    from mailer.report.report import Report

PEOPLE = ["delivery", "address", "state", "reason", "hard", "attempts", "next_try", "sent_at"]
MONTHS = [
    *("issue", "due_at", "accepted", "failed", "in_doubt", "left"),
    *("corrections", "subscribers", "joined", "gone", "change"),
]
SPARE = ["in_doubt", "corrections", "joined", "gone"]
FROM_MAILBOX, NOT_READ = ("bounced", "complaints", "replies"), "not read"
PARTLY = 4
BAR = 30


@click.command()
@click.argument("which", required=False)
@click.option("--full", is_flag=True, help="Name everybody; on the page those who got no letter.")
@click.option(
    "--html", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to print."
)
@click.option("--month-over-month", "months", is_flag=True, help="The last twelve issues instead.")
@as_json
@click.pass_obj
def report(
    office: Office, which: str | None, full: bool, file: Path | None, months: bool, as_json: bool
) -> None:
    """Who got it, who did not, and why; when it went, and who left since. Exit code 4 if a letter failed or
    is in doubt.

    WHICH is a number or an issue's key; without it, the mailing that is under way or was sent last.
    """
    from mailer.report.books import people
    from mailer.report.report import choose, make_report
    from subscribers.database import reading

    if full and months:
        raise BadUsage("--month-over-month counts and names nobody: leave out --full.")
    with reading(office.engine) as connection:
        planned = choose(connection, which)
        made = make_report(connection, planned, clock(), office.settings.zone)
        lists = people(connection, planned) if full else {}
    if which is None:
        say(f"Mailing {planned.id}, issue {planned.issue}, is the last one that was sent.")
    if file is not None:
        _write(office, made, file, lists if full else None)
    if months:
        _emit_months(office, made.history, as_json=as_json)
        return
    _emit(
        office, made, {state: [_local(office, row) for row in rows] for state, rows in lists.items()}, as_json
    )
    if made.books["failed"] or made.books["in_doubt"]:
        click.get_current_context().exit(PARTLY)


def head_of(office: Office, newsletter: str) -> "Head":
    """Whose report it is, and in which language; of a newsletter that config.toml names no more the key."""
    from mailer.report.page import Head

    table = office.settings.config.newsletters.get(newsletter)
    if table is None:
        return Head(newsletter, "", "de", office.settings.zone)
    return Head(table.name, table.organisation, table.language, office.settings.zone)


def _write(
    office: Office, made: "Report", file: Path, people: "Mapping[str, Sequence[Mapping[str, Any]]] | None"
) -> None:
    """The page; one that holds addresses can be read by its owner alone."""
    from mailer.report.page import report_page

    text = report_page(made, head_of(office, made.planned.newsletter), people)
    mode = 0o666 if people is None else 0o600
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as target:
            if people is not None:
                os.fchmod(target.fileno(), mode)
            target.write(text.encode())
    except OSError as error:
        raise Problem(f"The page cannot be written: {error.strerror}.", place=str(file)) from None
    say(f"Written to {file}.")


def _emit_months(office: Office, history: "Sequence[Past]", *, as_json: bool) -> None:
    from mailer.report.report import past_as_dicts

    emit([_local(office, row) for row in past_as_dicts(history)], MONTHS, as_json=as_json, spare=SPARE)


def _emit(office: Office, made: "Report", people: dict[str, list[Any]], as_json: bool) -> None:
    from mailer.report.books import LISTED

    values = _local(office, made.as_dict())
    if (went := values["timing"]) and went["per_second"] is not None:
        went["per_second"] = round(went["per_second"], 1)
    if as_json:
        counts = {"counts": {name: values[name] for name in LISTED}}
        emit_json(values | (counts | people if people else {}))
    elif people:
        rows = [{"state": state} | each for state, some in people.items() for each in some]
        emit(rows, PEOPLE, as_json=False)
    elif sys.stdout.isatty():
        for line in _lines(made, values, office.settings.zone):
            click.echo(line)
    else:
        emit([*_rows(made, values)], ["what", "value"], as_json=False)


def _local(office: Office, value: Any) -> Any:
    """All times as the clock on the wall shows them."""
    if isinstance(value, datetime):
        return local(office, value)
    if isinstance(value, Mapping):
        return {name: _local(office, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_local(office, each) for each in value]
    return value


def _rows(made: "Report", values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each number on a line of its own, for a pipe."""
    for name in made.books:
        found = values[name]
        parts = found.items() if isinstance(found, Mapping) else ()
        yield from ({"what": f"{name}: {key}", "value": each} for key, each in parts)
        if not isinstance(found, Mapping):
            yield {"what": name, "value": found}
    if went := values["timing"]:
        for name in ("first_at", "last_at", "per_second"):
            yield {"what": name, "value": went[name]}
        for each in went["stretches"]:
            yield {"what": f"sent from {each['begins_at'].isoformat()}", "value": each["letters"]}
    for each in values["providers"]:
        yield {"what": f"provider: {each['name']}", "value": each["letters"]}
    yield {"what": "left", "value": values["left"]["count"]}
    yield {"what": "left: by link", "value": values["left"]["by_link"]}
    yield from (
        {"what": f"left because: {each['reason']}", "value": each["count"]}
        for each in values["left"]["reasons"]
    )
    for name in FROM_MAILBOX:
        yield {"what": name, "value": NOT_READ if values[name] is None else values[name]}
    for name, number in (values["growth"] or {}).items():
        yield {"what": name if name == "subscribers" else f"subscribers: {name}", "value": number}


def _lines(made: "Report", values: dict[str, Any], zone: "ZoneInfo") -> Iterator[str]:
    """The text for a terminal: it is made to be read."""
    planned, books = made.planned, made.books
    kind = "" if planned.kind == "issue" else f", {planned.kind}"
    yield f"Mailing {planned.id}, issue {planned.issue}{kind}, segment {planned.segment}: {planned.state}"
    if planned.reason:
        yield planned.reason
    excluded = sum(books["excluded"].values())
    yield f"{books['candidates']} in question = {excluded} left out + {books['planned']} planned"
    yield ""
    yield from _outcomes(books, zone)
    kinds = (("Failed because", "failed_reasons"), ("Skipped because", "skipped_reasons"))
    for title, key in (*kinds, ("Left out because", "excluded")):
        yield from _block(title, books[key])
    yield ""
    if went := values["timing"]:
        pace = f", {went['per_second']:.1f} letters per second" if went["per_second"] else ""
        first, last = (went[name].replace(tzinfo=None) for name in ("first_at", "last_at"))
        yield f"First letter {first}, last {last}{pace}"
        yield from _block("By provider", {each["name"]: each["letters"] for each in values["providers"]})
        yield ""
        yield f"Unsubscribed since: {made.leavers.count}, {made.leavers.by_link} of them by the link"
        for text, number in made.leavers.reasons:
            yield f"{number:>7}  {text}"
        noted = (f"{name} {NOT_READ if values[name] is None else values[name]}" for name in FROM_MAILBOX)
        yield f"From the mailbox: {', '.join(noted)}"
    if own := made.growth:
        change = "" if own.change is None else f", {own.change:+} since the issue before"
        yield f"Subscribers at the time: {own.subscribers}{change}"
    for each in made.family:
        if each.mailing != planned.id:
            sent = f"{each.accepted} of {each.planned} sent"
            yield f"See also mailing {each.mailing} ({each.kind}, {each.state}): {sent}"


def _outcomes(books: Mapping[str, Any], zone: "ZoneInfo") -> Iterator[str]:
    """What became of the letters, with a bar for each."""
    from mailer.report.books import LISTED
    from mailer.report.figures import Figures

    whole, figures = books["planned"], Figures("en", zone)
    for name in LISTED:
        if (number := books[name]) or name in ("sent", "failed"):
            bar = "#" * max(number * BAR // whole, 1) if number else ""
            yield f"{name:<9} {number:>{len(str(whole))}} {figures.share(number, whole):>6}  {bar}".rstrip()


def _block(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield ""
        yield title
        yield from (f"{number:>7}  {name}" for name, number in counts.items())
