"""`rundbrief schedule`: when the newsletters go out by their rules."""

import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from mailer.cli.office import Office, clock
from mailer.cli.series import list_command
from subscribers.errors import BadUsage, Problem
from subscribers.output import emit, say

if TYPE_CHECKING:
    from mailer.schedule.calendar import Calendar, Occurrence
    from mailer.schedule.icalendar import Event

_COLUMNS = ["newsletter", "at", "weekday", "shifted", "reason", "months"]
_YEARS = 2000, 2090  # before and after that the tables of holidays are thin
_GERMAN = {
    "Saturday": "Samstag",
    "Sunday": "Sonntag",
    "own free day": "eigener freier Tag",
    "the clocks go forward": "Beginn der Sommerzeit",
}


@click.group()
def schedule() -> None:
    """The dates that follow from `send` in config.toml."""


@schedule.command("next")
@click.option("--count", default=12, show_default=True, type=click.IntRange(1, 120), help="How many dates.")
@click.option("--newsletter", help="Only this one.")
@click.option(
    "--from", "start", metavar="DATE", help='From this day on, such as "2027-01-01" [default: now].'
)
@click.option("--ics", metavar="FILE", help="Write the dates as a calendar (iCalendar); - is stdout.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def next_command(
    office: Office, count: int, newsletter: str | None, start: str | None, ics: str | None, as_json: bool
) -> None:
    """The next dates of each newsletter, and why one is not the day that the rule names."""
    if ics == "-" and as_json:
        raise BadUsage("--json and --ics - both want stdout.", hint="Name a file: --ics termine.ics.")
    now = clock()
    after = now if start is None else _day_before(start, office.settings.zone)
    dates = _dates(office, newsletter, after, count)
    if ics is not None:
        from mailer.schedule.icalendar import write_calendar

        events = [_event(office, key, each) for key, each in dates]
        _write(ics, write_calendar(events, now), len(events))
    if ics != "-":
        rows = [_row(office, key, each) for key, each in dates]
        emit(rows if as_json else [_cells(row) for row in rows], _COLUMNS, as_json=as_json)


def _day_before(text: str, zone: ZoneInfo) -> datetime:
    """The last instant before a day begins."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError as error:
        raise BadUsage(f"{text!r} does not exist: {error}.") from None
    if day is None or not _YEARS[0] <= day.year <= _YEARS[1]:
        years = f"{_YEARS[0]} to {_YEARS[1]}"
        raise BadUsage(f"{text!r} is no day of the years {years}.", hint='Write it like "2027-01-01".')
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def _dates(
    office: Office, newsletter: str | None, after: datetime, count: int
) -> "list[tuple[str, Occurrence]]":
    """The dates asked for, newsletter by newsletter; what deserves a second look goes to stderr."""
    from mailer.cli.calendars import calendars_of

    calendars = calendars_of(office.settings, after)
    wanted = list(calendars) if newsletter is None else [office.settings.newsletter(newsletter)[0]]
    found = []
    for key in wanted:
        if key in calendars:
            dates = list(calendars[key].dates(after, count))
            _say_advice(office, key, calendars[key], dates)
            found += [(key, each) for each in dates]
    if not found:
        say(f'No rule: add send = "first tuesday 09:30" to [newsletters.{(wanted or ["KEY"])[0]}].')
    return found


def _say_advice(office: Office, key: str, calendar: "Calendar", dates: "list[Occurrence]") -> None:
    from mailer.schedule.advice import advice

    for sentence in advice(calendar, dates[0].at):
        say(f"{key}: {sentence}")
    if stay := sum(1 for each in dates if each.reason and not each.shifted):
        say(f'{key}: {stay} of these dates lie on free days and stay there, as on_free_day = "none" says.')
    table = office.settings.config.newsletters[key].calendar
    if table.state is None and table.country == "DE":
        where = f"[newsletters.{key}.calendar]"
        say(f'{key}: only holidays of all of Germany count; name the state in {where}: state = "NW".')


def _row(office: Office, key: str, each: "Occurrence") -> dict[str, Any]:
    local = each.at.astimezone(office.settings.zone)
    rest = {"shifted": each.shifted, "reason": each.reason, "months": list(each.months)}
    return {"newsletter": key, "at": local, "weekday": f"{local:%A}"} | rest


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """A row as people read it."""
    return row | {"shifted": "yes" if row["shifted"] else "", "months": " ".join(row["months"])}


def _event(office: Office, key: str, each: "Occurrence") -> "Event":
    """A date for the calendar of the team, in the language of the newsletter."""
    from mailer.content.months import label_of, parse_month
    from mailer.schedule.icalendar import Event

    table = office.settings.config.newsletters[key]
    months = tuple(month for text in each.months if (month := parse_month(text)))
    german = table.language == "de"
    label = (
        label_of(months) if german else "/".join(f"{date(year, month, 1):%B %Y}" for year, month in months)
    )
    # An issue keeps its uid when the rule changes, so that an imported date moves and is not doubled.
    uid = f"{key}-{each.months[0]}@{table.list_id}"
    return Event(uid, each.at, f"{table.name}: {label}", _why(each, german=german))


def _why(each: "Occurrence", *, german: bool) -> str:
    reasons = [_GERMAN.get(part, part) if german else part for part in each.reason.split(", ") if part]
    if not reasons:
        return ""
    if each.shifted:
        return f"{'Verschoben wegen' if german else 'Moved because of'}: {', '.join(reasons)}"
    return f"{'Freier Tag' if german else 'Free day'}: {', '.join(reasons)}"


def _write(file: str, content: bytes, number: int) -> None:
    if file == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        Path(file).write_bytes(content)
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror}.") from None
    say(f"{number} date(s) are in {file}.")


schedule.add_command(list_command)
