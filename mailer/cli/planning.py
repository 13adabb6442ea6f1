"""`rundbrief mailing plan`: an issue for a segment at a time, as it reads today; nothing is sent by it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.calendars import require_calendar
from mailer.cli.changes import say_findings
from mailer.cli.crowded import require_free_date, warn_of_crowd
from mailer.cli.office import Office, clock
from mailer.cli.person import name_of, user
from subscribers.errors import BadUsage, Refused
from subscribers.output import emit_json, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from mailer.checks.finding import Finding
    from mailer.compose.rendering import Edition
    from mailer.content.issue import Issue
    from mailer.delivery.audience import Audience
    from mailer.delivery.mailing import Mailing
    from mailer.delivery.release import Approval


_COLUMNS = ("newsletter", "segment", "rule", "due_at", "by", "kind", "corrects")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be planned; `kind` and `corrects` as a mailing has them."""

    issue: "Issue"
    newsletter: str
    segment: str
    rule: "Mapping[str, Any]"
    due_at: datetime
    by: str
    kind: str = "issue"
    corrects: "Mapping[str, Any] | None" = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of it."""

    mailing: "Mailing"
    findings: "list[Finding]"
    people: "Audience"


@click.command()
@click.argument("issue")
@click.option("--segment", help="A saved segment, or `all` [default: the newsletter's].")
@click.option("--at", "at", metavar="TIME", help='Local time such as "2027-01-05 09:30".')
@click.option("--now", "at_once", is_flag=True, help="As soon as it is approved.")
@click.option(
    "--late-joiners", "late", is_flag=True, help="An issue that was sent, for those who have not got it."
)
@click.option("--newsletter", help="Which newsletter, if there are several.")
@click.option("--by", "by", metavar="NAME", help="Who plans [default: the user of this machine].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def plan(
    office: Office,
    issue: str,
    segment: str | None,
    at: str | None,
    at_once: bool,
    late: bool,
    newsletter: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Plan ISSUE for a segment, by default at the newsletter's next date. Nothing is sent yet.

    With --late-joiners by default at once, for the segment that it was sent to.
    """
    now, name, read = clock(), name_of(by), office.read_issue(issue)
    key, table = office.settings.newsletter(newsletter or read.newsletter)
    _require_month(read)
    due_at = _free_time(office, read, key, now, at, at_once=at_once or (late and not at))
    sent_to = _sent_to(office, key, read.key) if late else table.segment
    rule = _rule(office, chosen := sent_to if segment is None else segment)
    wanted = Plan(read, key, chosen, rule, due_at, name, "late" if late else "issue")
    made = write_plan(office, wanted, now)
    say_planned(office, made, read.label, as_json=as_json)
    warn_of_crowd(office, key, read.key, due_at)


def _require_month(read: "Issue") -> None:
    if not read.months:
        raise Refused(
            f"Issue {read.key} has no month.",
            place=read.file,
            hint='Write it into the head, for example months = ["2027-01"].',
        )


def _free_time(
    office: Office, issue: "Issue", newsletter: str, now: datetime, at: str | None, *, at_once: bool
) -> datetime:
    """When it is due; the newsletter's next date only where it is this issue's to have."""
    due_at = due_of(office, at, at_once, newsletter, now)
    if not at and not at_once and (calendar := require_calendar(office.settings, newsletter, now)):
        require_free_date(office, newsletter, issue, calendar.next_due(now))
    return due_at


def due_of(office: Office, at: str | None, at_once: bool, newsletter: str, now: datetime) -> datetime:
    """When a mailing is due by the options of a command, or by the newsletter's calendar.

    Raises:
        BadUsage: two options, or none and no rule; a time that does not exist.
        Refused: a time in the past.
        BadConfig: the calendar gives no dates, or those of another newsletter.
    """
    from mailer.schedule.calendar import read_instant

    if at and at_once:
        raise BadUsage("--at and --now exclude each other.")
    if at_once:
        return now
    if at:
        due = read_instant(at, office.settings.zone)
        if due <= now:
            raise Refused(f"{at} is in the past.", hint="Name a later time, or --now.")
        return due
    if (calendar := require_calendar(office.settings, newsletter, now)) is None:
        raise BadUsage("When?", hint="Name --at or --now, or give the newsletter a `send` rule.")
    return calendar.next_due(now).at


def _rule(office: Office, segment: str) -> "Mapping[str, Any]":
    from subscribers.database import reading
    from subscribers.rules import to_tree
    from subscribers.segments import get_segment

    with reading(office.engine) as connection:
        return to_tree(get_segment(connection, segment).rule)


def _sent_to(office: Office, newsletter: str, issue: str) -> str:
    """The segment of the issue's newest mailing that left. Raises Refused when there is none."""
    from mailer.delivery.mailing import list_mailings
    from subscribers.database import reading

    with reading(office.engine) as connection:
        found = list_mailings(connection, "expanding", "sending", "held", "done")
    sent = [
        each for each in found if (each.newsletter, each.issue, each.kind) == (newsletter, issue, "issue")
    ]
    if not sent:
        raise Refused(
            f"Issue {issue} has not been sent yet, so that nobody is late.",
            hint=f"Plan it with `rundbrief mailing plan {issue}`.",
        )
    return max(sent, key=lambda each: each.id).segment


def write_plan(office: Office, wanted: Plan, now: datetime) -> Planned:
    """Write a mailing down, with what it says today; nothing is written when nobody would get it.

    Raises:
        Refused: it would reach nobody.
    """
    from mailer.cli.present import compile_kind
    from mailer.delivery import mailing as room

    office.require_secret()
    _, table = office.settings.newsletter(wanted.newsletter)
    edition = compile_kind(office, wanted.issue, wanted.newsletter, wanted.kind)
    findings = office.check(wanted.issue, edition)
    what = {name: getattr(wanted, name) for name in _COLUMNS}
    terms: dict[str, Any] = {"relay": table.relay, "stale_hours": table.stale_hours}
    with office.engine.begin() as connection:
        number = room.plan(connection, issue=wanted.issue.key, **what, **terms, now=now)
        planned = room.find(connection, str(number))
        people = require_people(connection, planned)
        _keep(connection, office, planned, edition, wanted.by)
        if not any(each.severity == "error" for each in findings):
            room.move(connection, number, "draft", "checked")
        planned = room.find(connection, str(number))
    office.instance.note()
    return Planned(planned, findings, people)


def _keep(connection: "Connection", office: Office, planned: "Mailing", edition: "Edition", by: str) -> None:
    """Release 0: what it said when it was planned, so that the approver sees what changed since."""
    from mailer.delivery.release import keep

    keep(connection, planned.id, 0, as_planned(office, planned, edition, by, user()))


def as_planned(office: Office, planned: "Mailing", edition: "Edition", by: str, keyboard: str) -> "Approval":
    """What is kept as release 0; `keyboard` is the user of this machine, empty where nobody sat there."""
    from mailer.delivery.release import Approval, Notes

    envelope = office.envelope(planned.newsletter, planned.issue)
    sha256, at = office.fingerprint(planned, edition), planned.planned_at
    assert at is not None
    return Approval(edition, envelope, planned.segment, planned.rule, sha256, by, at, Notes(keyboard))


def require_people(connection: "Connection", planned: "Mailing") -> "Audience":
    """Whom a mailing would reach now. Raises Refused when that is nobody."""
    from mailer.delivery.audience import audience

    people = audience(connection, planned)
    if people.recipients == 0 and planned.corrects:
        raise Refused(f"Nobody who got a wrong letter of issue {planned.issue} is left to be told.")
    if people.recipients == 0 and people.failing:
        raise Refused(
            f"Nobody of segment {planned.segment!r} is left for issue {planned.issue}: {people.already} have "
            f"it or will get it, for {people.failing} it failed and the address is the same.",
            hint="Correct addresses with `rundbrief subscribers change`, then plan it again. What failed by "
            "the fault of the sender or its relay is tried again by `rundbrief mailing retry`.",
        )
    if people.recipients == 0 and people.already:
        everybody = f"All {people.already} people of segment {planned.segment!r}"
        raise Refused(f"{everybody} have issue {planned.issue} or will get it.")
    if people.recipients == 0:
        raise Refused(
            f"Segment {planned.segment!r} has no active subscriber of {planned.newsletter}.",
            hint="`rundbrief segments count` and `rundbrief subscribers list` show who is where.",
        )
    return people


def say_planned(office: Office, made: Planned, label: str, *, as_json: bool) -> None:
    """The number on stdout, the rest to a person."""
    planned = made.mailing
    say_findings(made.findings)
    if as_json:
        emit_json(
            {
                "mailing": planned.id,
                "newsletter": planned.newsletter,
                "issue": planned.issue,
                "segment": planned.segment,
                "kind": planned.kind,
                "due_at": planned.due_at,
                "state": planned.state,
                "recipients": made.people.recipients,
            }
        )
    else:
        click.echo(str(planned.id))
    when = planned.due_at.astimezone(office.settings.zone)
    what = "a correction of " * (planned.kind == "correction") + label
    say(
        f"Mailing {planned.id} ({planned.state}): {what} to {made.people} ({planned.segment}) "
        f"on {when:%A, %Y-%m-%d %H:%M}."
    )
    mend = "Mend the errors above, then: " if planned.state == "draft" else "Next: "
    say(f"{mend}rundbrief mailing approve {planned.id}")
