"""`rundbrief mailing correct`: a correction to exactly those who got an issue that was wrong."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.books import local
from mailer.cli.changes import told
from mailer.cli.office import Office, clock
from mailer.cli.person import name_of
from mailer.cli.planning import Plan, due_of, say_planned, write_plan
from subscribers.errors import Problem, Refused
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from mailer.compose.rendering import Edition
    from mailer.delivery.correction import Carried

READERS = ["address", "mailing", "release", "variant", "state", "sent_at", "gets", "why_not"]


@click.command()
@click.argument("which")
@click.option(
    "--release",
    "named",
    type=int,
    multiple=True,
    metavar="N",
    help="A release that was wrong; may be repeated.",
)
@click.option("--at", "at", metavar="TIME", help='Local time such as "2027-01-05 09:30" [default: now].')
@click.option("--newsletter", help="Which newsletter, if several sent the issue.")
@click.option("--by", "by", metavar="NAME", help="Who plans [default: the user of this machine].")
@click.option("--dry-run", is_flag=True, help="Name those who got it wrong, and plan nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def correct(
    office: Office,
    which: str,
    named: tuple[int, ...],
    at: str | None,
    newsletter: str | None,
    by: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Plan a correction of the issue WHICH (or of one mailing of it), after it was mended.

    It goes to those whose letter says something else than the issue does now and who have not left since,
    with a word in front of the subject, once per person; it is approved like every other mailing.
    """
    from mailer.delivery import correction
    from subscribers.database import reading
    from subscribers.rules import EVERYBODY, to_tree

    now, name = clock(), name_of(by)
    with reading(office.engine) as connection:
        key, issue, number = _meant(connection, which, newsletter)
        read = office.read_issue(issue)
        edition = office.compile(read, key)
        letters = correction.carried(connection, key, issue, number)
        if not letters:
            raise Refused(
                f"No letter of issue {issue} has left yet.",
                hint="Mend the issue and approve its mailing again.",
            )
        wrong = correction.find_wrong(connection, letters, edition, named)
        correction.require_stopped(connection, key, issue, wrong)
        corrects = correction.terms(connection, key, issue, wrong)
        _say_wrong(connection, wrong, edition)
    if dry_run:
        return _name_readers(office, key, issue, corrects, as_json=as_json)
    due_at = due_of(office, at, not at, key, now)
    plan = Plan(read, key, "all", to_tree(EVERYBODY), due_at, name, "correction", corrects)
    return say_planned(office, write_plan(office, plan, now), read.label, as_json=as_json)


def _meant(connection: "Connection", which: str, newsletter: str | None) -> tuple[str, str, int | None]:
    """The newsletter and the issue, and the number if one mailing was named."""
    from mailer.delivery.mailing import find, list_mailings

    found = [each for each in list_mailings(connection) if each.issue == which]
    keys = sorted({each.newsletter for each in found if newsletter in (None, each.newsletter)})
    if len(keys) > 1:
        raise Problem(f"Several newsletters sent issue {which}: {', '.join(keys)}.", hint="Add --newsletter.")
    if keys:
        return keys[0], which, None
    planned = find(connection, which)
    return planned.newsletter, planned.issue, planned.id


def _say_wrong(connection: "Connection", wrong: "Sequence[Carried]", edition: "Edition") -> None:
    """Which letters, and what is wrong with them."""
    from mailer.delivery.change import letter_changes
    from mailer.delivery.correction import marked
    from mailer.delivery.release import said, words_of

    shown = dict.fromkeys((each.mailing, each.release, each.kind) for each in wrong)
    for number, release, kind in shown:
        mine = [each for each in wrong if (each.mailing, each.release) == (number, release)]
        count = sum(each.letters for each in mine)
        say(f"Release {release} of mailing {number}, {count} letter{'s' * (count != 1)}:")
        now = marked(edition) if kind == "correction" else edition
        for change in letter_changes(said(connection, number, release), words_of(now.variants, now.pictures)):
            say(f"  {told(change)}")


def _name_readers(
    office: Office, newsletter: str, issue: str, corrects: "Mapping[str, Any]", *, as_json: bool
) -> None:
    from mailer.delivery.correction import readers
    from mailer.delivery.mailing import Mailing
    from subscribers.database import reading
    from subscribers.rules import EVERYBODY, to_tree

    office.require_secret()
    what: dict[str, Any] = {"newsletter": newsletter, "issue": issue, "kind": "correction", "segment": "all"}
    terms: dict[str, Any] = {"rule": to_tree(EVERYBODY), "due_at": clock(), "state": "draft", "reason": ""}
    nothing: dict[str, Any] = dict.fromkeys(("content_sha256", "approved_at", "approved_by"))
    planned = Mailing(id=0, **what, **terms, **nothing, corrects=corrects)
    with reading(office.engine) as connection:
        found = readers(connection, planned)
    rows = [
        asdict(each)
        | {
            "address": each.address or "(erased)",
            "sent_at": local(office, each.sent_at),
            "gets": not each.why_not,
        }
        for each in found
    ]
    gets = len({row["address"] for row in rows if row["gets"]})
    if as_json:
        emit_json({"issue": issue, "recipients": gets, "corrects": corrects["letters"], "readers": rows})
    else:
        emit([row | {"gets": "yes" if row["gets"] else "no"} for row in rows], READERS, as_json=False)
    say(f"{gets} {'person' if gets == 1 else 'people'} would get a correction; nothing is planned.")
