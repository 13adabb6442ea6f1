"""`rundbrief issue diff`: what two letters say differently, word by word."""

from typing import TYPE_CHECKING, Any

import click

from mailer.cli.changes import marked, told
from mailer.cli.office import Office
from subscribers.errors import BadUsage, Problem
from subscribers.output import emit_json, say

if TYPE_CHECKING:
    from mailer.content.difference import Run
    from mailer.delivery.change import Change

_AROUND = 6


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="[B]", required=False)
@click.option("--mailing", "number", type=int, metavar="N", help="Against what this mailing sent.")
@click.option(
    "--release", type=int, metavar="N", help="Against this release [default: the last that was sent]."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of {op, old, new, place}.")
@click.pass_obj
def diff(
    office: Office, old: str, new: str | None, number: int | None, release: int | None, as_json: bool
) -> None:
    """Show what the letter of issue B says differently from that of issue A: words, not lines.

    Of one issue alone: what its next readers would get against what the last ones got, or, as long as nobody
    got any, against what was approved. Text that only A has stands in [-…-], text that only B has in {+…+};
    on a terminal in colours.
    """
    if new is None:
        return _against_sent(office, old, number, release, as_json=as_json)
    if number is not None or release is not None:
        raise BadUsage("--mailing and --release go with one issue.", hint="Leave the second one out.")
    return _two_issues(office, old, new, as_json=as_json)


def _against_sent(
    office: Office, issue: str, number: int | None, release: int | None, *, as_json: bool
) -> None:
    from mailer.cli.present import edition_of
    from mailer.delivery.change import letter_changes
    from mailer.delivery.mailing import find
    from mailer.delivery.release import said, words_of
    from subscribers.database import reading

    if not office.has_database:
        raise _never_approved(issue)
    read = office.read_issue(issue)
    with reading(office.engine) as connection:
        number, release = base_of(office, issue, number, release)
        planned = find(connection, str(number))
        before = said(connection, number, release)
    if not before:
        raise Problem(f"Release {release} of mailing {number} was not kept.")
    edition = edition_of(office, planned, read)
    changes = letter_changes(before, words_of(edition.variants, edition.pictures))
    if as_json:
        emit_json([_row(issue, each) for each in changes])
        return
    for each in changes:
        click.echo(told(each))
    base = f"release {release} of mailing {number}"
    if changes:
        say(f"[-…-] is {base}, {{+…+}} is issue {issue} as it reads now.")
    else:
        say(f"Issue {issue} says what {base} says.")


def base_of(office: Office, issue: str, number: int | None, release: int | None) -> tuple[int, int]:
    """The mailing and the release that are meant: the last that left, else the last that was approved."""
    from mailer.delivery.mailing import list_mailings
    from mailer.delivery.release import letters_by_release
    from subscribers.database import reading

    with reading(office.engine) as connection:
        found = [each for each in list_mailings(connection) if each.issue == issue and each.release]
        found = sorted((each for each in found if number in (None, each.id)), key=lambda each: each.id)
        found = [each for each in found if number is not None or each.kind != "correction"] or found
        left = {each.id: letters_by_release(connection, each.id) for each in found}
    if not found:
        raise _never_approved(issue)
    newest = next((each for each in reversed(found) if left[each.id]), found[-1])
    if release is None:
        release = max(left[newest.id], default=newest.release)
    if not 0 < release <= newest.release:
        raise BadUsage(
            f"Mailing {newest.id} has no release {release}.", hint=f"It has 1 to {newest.release}."
        )
    return newest.id, release


def _never_approved(issue: str) -> Problem:
    return Problem(
        f"No mailing of issue {issue} was approved yet.",
        hint="To compare it with another issue, name both: `rundbrief issue diff A B`.",
    )


def _row(issue: str, change: "Change") -> dict[str, Any]:
    op = "replace" if change.old and change.new else "insert" if change.new else "delete"
    return {"op": op, **change.as_json(), "place": f"{issue}, {change}"}


def _two_issues(office: Office, old: str, new: str, *, as_json: bool) -> None:
    from mailer.content.difference import by_line, compare_words, hunks

    texts = _text(office, old), _text(office, new)
    runs = compare_words(*texts)
    changes = [run for run in runs if run.op != "equal"]
    if as_json:
        rows = [{"op": run.op, "old": run.old, "new": run.new} for run in changes]
        emit_json([row | {"place": _place(new, run)} for row, run in zip(rows, changes, strict=True)])
        return
    for line in by_line(*texts):
        for hunk in hunks(line, _AROUND):
            first = next(run for run in hunk if run.op != "equal")
            click.echo(f"{_place(new, first)}: {' '.join(map(marked, hunk))}")
    if not changes:
        say(f"The letters of {old} and {new} say the same.")


def _text(office: Office, key: str) -> str:
    """The text part as the sample reader gets it, without the link to itself, which always differs."""
    from mailer.cli.muster import sample_recipient

    issue = office.read_issue(key)
    edition = office.compile(issue)
    variant = edition.variants[0]
    lines = variant.fill_text(sample_recipient(office.envelope(issue.newsletter), variant).values).split("\n")
    return "\n".join(line for line in lines if not edition.web_base or f"{edition.web_base}/" not in line)


def _place(key: str, run: "Run") -> str:
    return f"{key}, text line {run.line}"
