"""Whether a date is free for an issue of a newsletter, and what else would arrive in the same minute."""

from datetime import datetime
from typing import TYPE_CHECKING

from mailer.cli.office import Office
from subscribers.errors import Refused
from subscribers.output import say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailer.content.issue import Issue
    from mailer.delivery.mailing import Mailing
    from mailer.schedule.calendar import Occurrence

_OTHER_TIME = "Name a time with --at."


def require_free_date(office: Office, newsletter: str, issue: "Issue", date: "Occurrence") -> None:
    """Refuse the newsletter's next date for an issue that it is not for, or that has another issue already.

    Raises:
        Refused: whoever means it names the time.
    """
    from mailer.schedule.choosing import key_of
    from mailer.schedule.planning import find_kept
    from subscribers.database import reading

    when = f"The next date, {_local(office, date.at)},"
    if not {f"{year}-{month:02}" for year, month in issue.months} & {*date.months}:
        months = " and ".join(date.months)
        raise Refused(f"{when} is for {months}, and issue {issue.key} is not.", hint=_OTHER_TIME)
    with reading(office.engine) as connection:
        taken = _in_the_minute(connection, newsletter, issue.key, date.at)
        kept = find_kept(connection, newsletter, key_of(date.months))
        if kept and kept.mailing_id is not None:
            taken += _others(connection, newsletter, issue.key, kept.mailing_id)
    if taken:
        first = taken[0]
        raise Refused(f"{when} has mailing {first.id} (issue {first.issue}) already.", hint=_OTHER_TIME)


def warn_of_crowd(office: Office, newsletter: str, issue: str, due_at: datetime) -> None:
    """Tell on stderr which other issues the newsletter sends in the minute that somebody chose."""
    from subscribers.database import reading

    with reading(office.engine) as connection:
        found = _in_the_minute(connection, newsletter, issue, due_at)
    for each in found:
        say(
            f"warning: mailing {each.id} (issue {each.issue}, segment {each.segment}) goes out on "
            f"{_local(office, each.due_at)}, too; who is in both segments gets both letters at once."
        )


def _in_the_minute(
    connection: "Connection", newsletter: str, issue: str, due_at: datetime
) -> "list[Mailing]":
    """Of the same issue there is none: nobody gets it twice."""
    return [
        each
        for each in _others(connection, newsletter, issue)
        if each.due_at.replace(second=0, microsecond=0) == due_at.replace(second=0, microsecond=0)
    ]


def _others(
    connection: "Connection", newsletter: str, issue: str, number: int | None = None
) -> "list[Mailing]":
    """The live mailings of other issues, or the one with this number if it is such."""
    from mailer.delivery.mailing import list_mailings

    return [
        each
        for each in list_mailings(connection)
        if (each.newsletter, each.kind) == (newsletter, "issue")
        and each.issue != issue
        and each.state != "cancelled"
        and number in (None, each.id)
    ]


def _local(office: Office, at: datetime) -> str:
    return f"{at.astimezone(office.settings.zone):%A, %Y-%m-%d %H:%M}"
