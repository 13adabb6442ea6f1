"""`rundbrief mailing`: an issue planned for a segment at a time, approved, watched, reported."""

from typing import TYPE_CHECKING, Any

import click

from mailer.cli.books import list_command, report, show
from mailer.cli.office import Office, clock
from mailer.cli.person import is_there, user
from mailer.cli.variants import say_variants
from subscribers.errors import BadUsage, Refused
from subscribers.output import emit_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from mailer.checks.finding import Finding
    from mailer.delivery.audience import Audience
    from mailer.delivery.mailing import Mailing
    from subscribers.rules import Rule

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")


@click.group()
def mailing() -> None:
    """Plan an issue for a segment, approve it, and see who got it. WHICH is a number or an issue's key."""


@mailing.command()
@click.argument("issue")
@click.option("--segment", help="A saved segment, or `all` [default: the newsletter's].")
@click.option("--at", "at", metavar="TIME", help='Local time such as "2027-01-05 09:30".')
@click.option("--now", "at_once", is_flag=True, help="As soon as it is approved.")
@click.option("--newsletter", help="Which newsletter, if there are several.")
@as_json
@click.pass_obj
def plan(
    office: Office,
    issue: str,
    segment: str | None,
    at: str | None,
    at_once: bool,
    newsletter: str | None,
    as_json: bool,
) -> None:
    """Plan ISSUE for a segment, by default at the newsletter's next date. Nothing is sent yet."""
    from mailer.delivery import mailing as room
    from subscribers.rules import to_tree
    from subscribers.segments import get_segment

    now = clock()
    read = office.read_issue(issue)
    key, table = office.settings.newsletter(newsletter or read.newsletter)
    due_at, name = _due(office, at, at_once, table.send, now), table.segment if segment is None else segment
    office.require_secret()
    findings = office.check(read, office.compile(read, key))
    state = "draft" if any(each.severity == "error" for each in findings) else "checked"
    what: dict[str, Any] = {"newsletter": key, "issue": read.key, "segment": name, "due_at": due_at}
    with office.engine.begin() as connection:
        rule = get_segment(connection, name).rule
        people = _audience(connection, rule, name, key, read.key)
        terms: dict[str, Any] = {"relay": table.relay, "stale_hours": table.stale_hours}
        number = room.plan(connection, **what, **terms, rule=to_tree(rule), by=user(), now=now)
        if state == "checked":
            room.move(connection, number, "draft", state)
    office.instance.note()
    _say_findings(findings)
    if as_json:
        emit_json({"mailing": number, **what, "state": state, "recipients": people.recipients})
    else:
        click.echo(str(number))
    when = due_at.astimezone(office.settings.zone)
    say(f"Mailing {number} ({state}): {read.label} to {people} ({name}) on {when:%A, %Y-%m-%d %H:%M}.")
    mend = "Mend the errors above, then: " if state == "draft" else "Next: "
    say(f"{mend}rundbrief mailing approve {number}")


def _due(office: Office, at: str | None, at_once: bool, rule: str, now: "datetime") -> "datetime":
    from mailer.schedule.calendar import next_due, parse_rule, read_instant

    if at and at_once:
        raise BadUsage("--at and --now exclude each other.")
    if at_once:
        return now
    if at:
        due = read_instant(at, office.settings.zone)
        if due <= now:
            raise Refused(f"{at} is in the past.", hint="Name a later time, or --now.")
        return due
    if not rule:
        raise BadUsage("When?", hint="Name --at or --now, or give the newsletter a `send` rule.")
    return next_due(parse_rule(rule), now, office.settings.zone)


def _audience(
    connection: "Connection", rule: "Rule", segment: str, newsletter: str, issue: str
) -> "Audience":
    """Whom a mailing would reach now. Raises Refused when that is nobody."""
    from mailer.delivery.audience import audience

    people = audience(connection, rule, newsletter, f"{newsletter}/{issue}")
    if people.recipients == 0 and people.already:
        raise Refused(f"All {people.already} people of segment {segment!r} have issue {issue} already.")
    if people.recipients == 0:
        raise Refused(
            f"Segment {segment!r} has no active subscriber of {newsletter}.",
            hint="`rundbrief segments count` and `rundbrief subscribers list` show who is where.",
        )
    return people


@mailing.command()
@click.argument("which")
@click.option("--yes", is_flag=True, help="Do not ask; needs --expect-recipients.")
@click.option(
    "--expect-recipients", type=int, metavar="N", help="Refuse unless exactly N people would get it."
)
@click.pass_obj
def approve(office: Office, which: str, yes: bool, expect_recipients: int | None) -> None:
    """Approve exactly what would be sent now: from here on these bytes go out, or nothing does."""
    from mailer.delivery import mailing as room
    from subscribers.database import reading
    from subscribers.rules import from_tree

    office.require_secret()
    office.instance.require()
    with reading(office.engine) as connection:
        planned = room.find(connection, which)
        rule = from_tree(planned.rule)
        people = _audience(connection, rule, planned.segment, planned.newsletter, planned.issue)
    issue = office.read_issue(planned.issue)
    edition = office.compile(issue, planned.newsletter)
    say_variants(office, planned, issue, edition)
    findings = office.check(issue, edition)
    _say_findings(findings)
    if errors := [each for each in findings if each.severity == "error"]:
        raise Refused(
            f"{len(errors)} finding(s) above stand in the way.", hint="Mend them and approve again."
        )
    _confirm(planned, people, yes=yes, expected=expect_recipients)
    sha256 = office.fingerprint(planned, edition)
    with office.engine.begin() as connection:
        envelope = office.envelope(planned.newsletter, planned.issue)
        room.approve(
            connection, planned, edition, envelope, sha256, by=user(), now=clock(), grace=office.grace
        )
    office.instance.note()
    say(f"Mailing {planned.id} is approved for {people} (sha256 {sha256[:12]}…).")
    say("It goes out while `rundbrief run` is running; any change to the issue takes the approval back.")


def _confirm(planned: "Mailing", people: "Audience", *, yes: bool, expected: int | None) -> None:
    """Sending is never the default: the number of people is said by whoever approves."""
    number = people.recipients
    if expected is not None and expected != number:
        raise Refused(
            f"It would go to {people}, and not to {expected}.", hint="Look at the segment, then try again."
        )
    if yes and expected is not None:
        return
    if not is_there():
        raise Refused("Nobody is there to ask.", hint=f"Add --yes --expect-recipients {number}.")
    say(f"Issue {planned.issue} would go to {people}, segment {planned.segment}.")
    if click.prompt("Type the number of people to approve", type=int, err=True) != number:
        raise Refused("The numbers differ; nothing is approved.")


@mailing.command()
@click.argument("which")
@click.option("--reason", default="", help="Kept with the mailing.")
@click.pass_obj
def hold(office: Office, which: str, reason: str) -> None:
    """Stop a mailing that is under way, within a second."""
    from mailer.delivery import mailing as room

    with office.engine.begin() as connection:
        planned = room.find(connection, which)
        room.hold(connection, planned, reason)
    office.instance.note()
    say(f"Mailing {planned.id} is held; {_progress(office, planned)}.")
    say(f"Go on with `rundbrief mailing resume {planned.id}`.")


@mailing.command()
@click.argument("which")
@click.pass_obj
def resume(office: Office, which: str) -> None:
    """Go on with a held mailing, to exactly those not yet sent."""
    from mailer.delivery import mailing as room

    office.instance.require()
    with office.engine.begin() as connection:
        planned = room.find(connection, which)
        room.resume(connection, planned)
    office.instance.note()
    if planned.reason:
        say(f"It was held because: {planned.reason}")
    say(f"Mailing {planned.id} goes on while `rundbrief run` is running; {_progress(office, planned)}.")


@mailing.command()
@click.argument("which")
@click.option("--reason", default="", help="Kept with the mailing.")
@click.pass_obj
def cancel(office: Office, which: str, reason: str) -> None:
    """End a mailing; what is already sent stays sent."""
    from mailer.delivery import mailing as room

    with office.engine.begin() as connection:
        planned = room.find(connection, which)
        room.cancel(connection, planned, reason)
    office.instance.note()
    say(f"Mailing {planned.id} is cancelled; {_progress(office, planned)}.")


def _progress(office: Office, planned: "Mailing") -> str:
    from mailer import report as books
    from subscribers.database import reading

    with reading(office.engine) as connection:
        counts = books.counts(connection, planned)
    doubtful = f", {counts['in_doubt']} in doubt" if counts["in_doubt"] else ""
    return f"{counts['sent']} of {counts['planned']} letters are sent{doubtful}"


def _say_findings(findings: "list[Finding]") -> None:
    for each in findings:
        say(f"{each.severity}: {each.place}: {each.message} {each.remedy}")


for _each in (list_command, show, report):
    mailing.add_command(_each)
