"""The calendars that config.toml describes: made, checked with the line of what is wrong, and compared."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from subscribers.errors import BadConfig, Problem

if TYPE_CHECKING:
    from mailer.schedule.calendar import Calendar, Meeting
    from mailer.settings import Settings
    from mailer.settings.tables import NewsletterTable

AHEAD = 24  # so many dates are tried before anything is planned by a calendar
_APART = "Give one of them another time; a quarter of an hour is enough."


def calendar_of(table: "NewsletterTable", zone: ZoneInfo) -> "Calendar | None":
    """The calendar of a newsletter; None for one without a rule.

    Raises:
        Problem: the rule, the region or a day is none; the place is the key in the table, `send` or `state`.
    """
    from mailer.schedule.calendar import Calendar, parse_rule

    if not table.send:
        return None
    try:
        rule = parse_rule(table.send)
    except Problem as problem:
        raise Problem(problem.message, place="send", hint=problem.hint) from None
    given = table.calendar
    return Calendar(
        rule,
        zone,
        given.country,
        given.state or "",
        given.free_days,
        given.on_free_day,
        frozenset(given.skip),
        given.double,
    )


def check_calendar(settings: "Settings", key: str, table: "NewsletterTable") -> None:
    """Refuse a calendar that cannot be made.

    Raises:
        BadConfig: with the line in config.toml.
    """
    try:
        calendar_of(table, settings.zone)
    except Problem as problem:
        raise _bad_config(settings, key, problem) from None


def calendars_of(settings: "Settings", now: datetime) -> "dict[str, Calendar]":
    """The calendars of all newsletters that have a rule.

    Raises:
        BadConfig: one cannot be made, has no dates, or two meet in the same minute.
    """
    found, refused = judge_calendars(settings, now)
    for refusal in refused.values():
        raise refusal.problem
    return found


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing may be planned by a newsletter's rule; `meeting` if that is another newsletter's rule."""

    problem: BadConfig
    meeting: "Meeting | None" = None


def judge_calendars(settings: "Settings", now: datetime) -> "tuple[dict[str, Calendar], dict[str, Refusal]]":
    """The calendars of all newsletters that have a rule, and those of them that are refused; both by key."""
    from mailer.schedule.calendar import meetings

    found: dict[str, Calendar] = {}
    refused: dict[str, Refusal] = {}
    for key, table in settings.config.newsletters.items():
        try:
            if calendar := calendar_of(table, settings.zone):
                list(calendar.dates(now, AHEAD))
                found[key] = calendar
        except Problem as problem:
            refused[key] = Refusal(_bad_config(settings, key, problem))
    for each in meetings(found, now, AHEAD):
        when = f"{each.at.astimezone(settings.zone):%A, %Y-%m-%d at %H:%M}"
        message = f"{each.one} and {each.other} would go out in the same minute, on {when}."
        both = Refusal(BadConfig(message, place=settings.file.name, hint=_APART), each)
        for key in (each.one, each.other):
            refused.setdefault(key, both)
    return found, refused


def require_calendar(settings: "Settings", key: str, now: datetime) -> "Calendar | None":
    """The calendar of a newsletter by which something is planned; None for one without a rule.

    Raises:
        BadConfig: it is refused, by itself or beside another newsletter's.
    """
    found, refused = judge_calendars(settings, now)
    if refusal := refused.get(key):
        raise refusal.problem
    return found.get(key)


def _bad_config(settings: "Settings", key: str, problem: Problem) -> BadConfig:
    """The complaint with its line."""
    name = problem.place or "send"
    above = ("newsletters", key) if name == "send" else ("newsletters", key, "calendar")
    message = f"{'.'.join((*above, name))}: {problem.message}"
    return BadConfig(message, place=line_of(settings, *above, name), hint=problem.hint)


def line_of(settings: "Settings", *where: str) -> str:
    """Where a key stands in config.toml, which is read once more only to say so."""
    from mailer.toml import parse_toml, read_text

    name = settings.file.name
    return parse_toml(read_text(settings.file, place=name), name).place(where)
