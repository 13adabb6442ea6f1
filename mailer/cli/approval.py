"""`rundbrief mailing approve`: what changed, who gets it, what the checks say; then exactly this."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.changes import say_changes, say_findings
from mailer.cli.office import Office, clock
from mailer.cli.person import is_there, name_of, user
from mailer.cli.planning import require_people
from mailer.cli.variants import say_variants
from subscribers.errors import Refused
from subscribers.output import emit_json, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailer.checks.finding import Finding
    from mailer.compose.rendering import Edition
    from mailer.content.issue import Issue
    from mailer.delivery.change import Change
    from mailer.delivery.mailing import Mailing
    from mailer.delivery.release import Approval, Release


@dataclass(frozen=True, slots=True)
class View:
    """What the approver is shown, and approves."""

    planned: "Mailing"
    issue: "Issue"
    edition: "Edition"
    sha256: str
    findings: "list[Finding]"
    recipients: "Mapping[str, int]"
    people: str
    changes: "dict[str, tuple[Change, ...] | None]"

    @property
    def number(self) -> int:
        """How many people would get it."""
        return sum(self.recipients.values())


@click.command()
@click.argument("which")
@click.option("--by", "by", metavar="NAME", help="Who approves [default: the user of this machine].")
@click.option("--yes", is_flag=True, help="Do not ask; needs --expect-recipients.")
@click.option(
    "--expect-recipients", type=int, metavar="N", help="Refuse unless exactly N people would get it."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def approve(
    office: Office, which: str, by: str | None, yes: bool, expect_recipients: int | None, as_json: bool
) -> None:
    """Approve exactly what would be sent now: from here on these bytes go out, or nothing does.

    Shows first what changed since it was planned and since the last approval. For a held mailing it is what
    those get who have got nothing yet; `resume` then goes on.
    """
    office.require_secret()
    office.instance.require()
    name, view = name_of(by), look(office, which)
    four_eyes = require_other_eyes(office, view.planned, name)
    _show(office, view)
    approved, release = settle(
        office, view, name, four_eyes, lambda: _confirm(view, yes=yes, expected=expect_recipients)
    )
    if as_json:
        emit_json(_as_json(view, approved, release))
    _say_approved(view, release)


def settle(
    office: Office, view: View, name: str, four_eyes: bool, confirm: "Callable[[], None]"
) -> "tuple[Approval, int]":
    """Approve what was shown, after `confirm`; what was approved, and the number of the release.

    Raises:
        Refused: findings stand in the way, or something changed since; `confirm` refuses by raising it.
    """
    if errors := [each for each in view.findings if each.severity == "error"]:
        raise Refused(
            f"{len(errors)} finding(s) above stand in the way.", hint="Mend them and approve again."
        )
    confirm()
    if office.fingerprint(view.planned) != view.sha256:
        raise Refused("The issue changed while you were looking; nothing is approved.", hint="Look again.")
    approved = _approval(office, view, name, four_eyes)
    release = _write(office, view.planned, approved)
    office.instance.note()
    return approved, release


def look(office: Office, which: str) -> View:
    """What the approver of a mailing is shown: as it would go out at this moment.

    Raises:
        Problem, Refused: there is no such mailing, its issue cannot be read, nobody would get it.
    """
    from mailer.cli.present import edition_of, require_segment
    from mailer.delivery import mailing as room
    from mailer.delivery.instance import UNDER_WAY
    from subscribers.database import reading

    with reading(office.engine) as connection:
        planned = room.find(connection, which)
    if planned.state in UNDER_WAY:
        raise Refused(
            f"Mailing {planned.id} is being sent.",
            hint=f"To approve it anew, hold it first: rundbrief mailing hold {planned.id}",
        )
    require_segment(office, planned)
    issue = office.read_issue(planned.issue)
    edition = edition_of(office, planned, issue)
    recipients, people = _recipients(office, planned, edition)
    return View(
        planned=planned,
        issue=issue,
        edition=edition,
        sha256=office.fingerprint(planned, edition),
        findings=office.check(issue, edition),
        recipients=recipients,
        people=people,
        changes=_changes(office, planned, edition),
    )


def _recipients(office: Office, planned: "Mailing", edition: "Edition") -> "tuple[Mapping[str, int], str]":
    """Who would get it now: by variant, and in words. Raises Refused when that is nobody."""
    from dataclasses import replace

    from mailer.cli.present import rule_of
    from mailer.delivery.audience import count_reached
    from mailer.delivery.patch import count_left
    from subscribers.database import reading

    now = replace(planned, rule=rule_of(office, planned))
    with reading(office.engine) as connection:
        if planned.state != "held":
            people = str(require_people(connection, now))
            return count_reached(connection, now, edition.selection), people
        left = count_left(connection, now, edition.selection)
    if (count := sum(left.values())) == 0:
        raise Refused(
            f"Every letter of mailing {planned.id} has left or is settled.",
            hint=f"`rundbrief mailing correct {planned.issue}` tells those who got a wrong one.",
        )
    return left, f"{count} {'person' if count == 1 else 'people'} who got no letter yet"


def _changes(
    office: Office, planned: "Mailing", edition: "Edition"
) -> "dict[str, tuple[Change, ...] | None]":
    """What changed since the plan and since the last approval, in words for each."""
    from mailer.cli.present import content_now
    from mailer.delivery.change import compare
    from mailer.delivery.release import releases
    from subscribers.database import reading

    with reading(office.engine) as connection:
        kept = {each.number: each for each in releases(connection, planned.id)}
    now = content_now(office, planned, edition)
    found: dict[str, tuple[Change, ...] | None] = {}
    for number in dict.fromkeys((0, planned.release)):
        base = kept.get(number)
        if base is None and number == 0:
            continue  # planned by a version of this program, or at a moment, that kept nothing of it
        found[_since(office, number, base)] = compare(base.content, now) if base else None
    return found


def _since(office: Office, number: int, base: "Release | None") -> str:
    what = f"release {number} was approved" if number else "it was planned"
    if base is None:
        return what
    when = base.made_at.astimezone(office.settings.zone)
    return f"{what} ({when:%Y-%m-%d %H:%M}, {base.made_by})"


def require_other_eyes(office: Office, planned: "Mailing", name: str) -> bool:
    """Whether two people look at it, as the newsletter wants; what a series planned one alone approves.

    Raises:
        Refused: the planner approves, by name or as the user of this machine; --by alone is nobody else.
    """
    from mailer.delivery.release import releases
    from mailer.schedule.planning import BY
    from subscribers.database import reading

    _, table = office.settings.newsletter(planned.newsletter)
    if not table.four_eyes or planned.planned_by == BY:
        return False
    with reading(office.engine) as connection:
        users = {each.keyboard for each in releases(connection, planned.id) if each.number == 0}
    if name == planned.planned_by or user() in {planned.planned_by, *users}:
        raise Refused(
            f"{planned.planned_by} planned mailing {planned.id}, and {planned.newsletter} wants four eyes.",
            hint="Somebody else has to approve it, under another name and as another user of this machine: "
            "--by alone does not count.",
        )
    return True


def _show(office: Office, view: View) -> None:
    for since, changes in view.changes.items():
        say_changes(since, changes)
    say_variants(office, view.issue, view.planned.newsletter, view.recipients)
    say_findings(view.findings)


def _confirm(view: View, *, yes: bool, expected: int | None) -> None:
    """Sending is never the default: the number of people is said by whoever approves."""
    number, planned = view.number, view.planned
    if expected is not None and expected != number:
        raise Refused(
            f"It would go to {view.people}, and not to {expected}.",
            hint="Look at the segment, then try again.",
        )
    if yes and expected is not None:
        return
    if not is_there():
        raise Refused("Nobody is there to ask.", hint=f"Add --yes --expect-recipients {number}.")
    say(f"Issue {planned.issue} would go to {view.people}, segment {planned.segment}.")
    if click.prompt("Type the number of people to approve", type=int, err=True) != number:
        raise Refused("The numbers differ; nothing is approved.")


def _approval(office: Office, view: View, name: str, four_eyes: bool) -> "Approval":
    from mailer.cli.present import rule_of
    from mailer.delivery.release import Approval, Notes

    planned = view.planned
    warnings = tuple(f"{each.place}: {each.message}" for each in view.findings)
    notes = Notes(user(), four_eyes, view.recipients, warnings)
    envelope, rule = office.envelope(planned.newsletter, planned.issue), rule_of(office, planned)
    return Approval(view.edition, envelope, planned.segment, rule, view.sha256, name, clock(), notes)


def _write(office: Office, planned: "Mailing", approved: "Approval") -> int:
    from mailer.delivery import mailing as room
    from mailer.delivery.patch import approve_patch

    with office.engine.begin() as connection:
        if planned.state == "held":
            return approve_patch(connection, planned, approved, approved.at)
        return room.approve(
            connection,
            planned,
            approved.edition,
            approved.envelope,
            approved.sha256,
            by=approved.by,
            now=approved.at,
            grace=office.grace,
            rule=approved.rule,
            notes=approved.notes,
        )


def _say_approved(view: View, release: int) -> None:
    planned = view.planned
    say(f"Mailing {planned.id} is approved for {view.people} (sha256 {view.sha256[:12]}…).")
    if planned.state == "held":
        say(f"It is release {release}; go on with `rundbrief mailing resume {planned.id}`.")
    else:
        say("It goes out while `rundbrief run` is running; any change to the issue takes the approval back.")


def _as_json(view: View, approved: "Approval", release: int) -> dict[str, Any]:
    return {
        "mailing": view.planned.id,
        "release": release,
        "sha256": view.sha256,
        "approved_by": approved.by,
        "keyboard": approved.notes.keyboard,
        "approved_at": approved.at,
        "four_eyes": approved.notes.four_eyes,
        "recipients": view.number,
        "variants": dict(view.recipients),
        "changes": [
            {"since": since, "changes": None if found is None else [each.as_json() for each in found]}
            for since, found in view.changes.items()
        ],
        "findings": [each.as_json() for each in view.findings],
    }
