"""`rundbrief mailing show`: what a mailing is, how it stands, what stands in its way."""

from typing import TYPE_CHECKING, Any

import click

from mailer.cli.books import emit_one, local
from mailer.cli.changes import told
from mailer.cli.office import Office, clock
from subscribers.errors import Problem, Refused
from subscribers.output import say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailer.delivery.mailing import Mailing

COMPARED = ("approved", "due", "expanding", "sending", "held")  # what the files say now may matter


@click.command()
@click.argument("which")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def show(office: Office, which: str, as_json: bool) -> None:
    """One mailing: what it is, how it stands, what stands in its way.

    `candidates` are all people of the newsletter whom it names (for a correction all who got what was wrong),
    `planned` and all `excluded` together.
    """
    from mailer.cli.present import ruled
    from mailer.delivery import mailing as room
    from mailer.delivery import pace
    from subscribers.database import reading

    with reading(office.engine) as connection:
        planned = ruled(office, room.find(connection, which))
        sums = _sums(connection, planned)
        slowed = pace.slowed(connection, clock())
        kept = _releases(office, connection, planned)
    changed, reason = _changed(office, planned)
    values: dict[str, Any] = {
        "mailing": planned.id,
        "newsletter": planned.newsletter,
        "issue": planned.issue,
        "kind": planned.kind,
        "segment": planned.segment,
        "state": planned.state,
        "reason": reason or planned.reason,
        "due_at": local(office, planned.due_at),
        "planned_at": local(office, planned.planned_at),
        "planned_by": planned.planned_by,
        "release": planned.release,
        "approved_at": local(office, planned.approved_at),
        "approved_by": planned.approved_by,
        "sha256": planned.content_sha256,
        "relay": planned.relay,
        "given_up_at": local(office, planned.due_at + planned.stale),
        "slowed": {key: round(rate, 1) for key, rate in slowed.items()},
        **sums,
        "changed": changed,
        "releases": kept,
    }
    emit_one(values if as_json else _flat(values), as_json=as_json)


def warn_of_void(office: Office, issue: str, language: str = "en") -> None:
    """Tell on stderr which approvals of an issue will not hold, as the files are now."""
    if not office.has_database:
        return
    from sqlalchemy.exc import DBAPIError

    from mailer.cli.present import why_void
    from mailer.delivery.mailing import list_mailings
    from subscribers.database import reading

    try:
        with reading(office.engine) as connection:
            found = [each for each in list_mailings(connection, "approved") if each.issue == issue]
        reasons = {each.id: why_void(office, each) for each in found}
    except (Problem, DBAPIError) as problem:
        say(f"Whether an approval still holds cannot be told: {str(problem).splitlines()[0]}")
        return
    for number, reason in reasons.items():
        if reason and language == "de":
            say(
                f"Die Freigabe von Versand {number} gilt so nicht mehr;"
                f" `rundbrief mailing diff {number}` zeigt, was anders ist."
            )
        elif reason:
            say(f"Mailing {number} is not to be sent like this: {reason}.")


def _sums(connection: "Connection", planned: "Mailing") -> dict[str, Any]:
    """Everybody, once: the letters in the books, those to come, and those left out, by reason."""
    from mailer import report as books
    from mailer.delivery.audience import outlook

    counts = books.counts(connection, planned)
    to_come, excluded = 0, dict(planned.excluded or {})
    if planned.excluded is None:
        now = outlook(connection, planned)
        to_come, excluded = now.to_come, dict(now.excluded)
    counts["planned"] += to_come
    return {
        "candidates": counts["planned"] + sum(excluded.values()),
        **counts,
        "to_come": to_come,
        "skipped_reasons": books.reasons(connection, planned, "skipped"),
        "excluded": excluded,
    }


def _releases(office: Office, connection: "Connection", planned: "Mailing") -> list[dict[str, Any]]:
    from mailer.delivery.release import letters_by_release, releases

    letters = letters_by_release(connection, planned.id)
    return [
        {
            "release": each.number,
            "sha256": each.sha256,
            "approved_at": local(office, each.made_at),
            "approved_by": each.made_by,
            "keyboard": each.keyboard,
            "four_eyes": each.four_eyes,
            "recipients": sum(each.recipients.values()),
            "warnings": [*each.warnings],
            "letters": letters.get(each.number, 0),
        }
        for each in releases(connection, planned.id)
        if each.number
    ]


def _changed(office: Office, planned: "Mailing") -> tuple[list[str], str]:
    """What reads differently now than it was approved, and what that means."""
    from mailer.cli.present import changes_since, require_segment, why_void

    try:
        require_segment(office, planned)
    except Refused as refused:
        gone = refused.message if planned.state in ("draft", "checked") else ""
    else:
        gone = ""
    if planned.state not in COMPARED and not (planned.state in ("draft", "checked") and planned.release):
        return [], gone
    try:
        changes = changes_since(office, planned)
    except Problem:
        changes = None
    return [click.unstyle(told(each)) for each in changes or ()], gone or why_void(office, planned)


def reads_otherwise(office: Office, planned: "Mailing") -> bool:
    """Whether the files say something else than what goes out."""
    try:
        return office.fingerprint(planned) != planned.content_sha256
    except Problem:
        return True


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """For people: each release and each change in a line."""
    releases, changed = values.pop("releases"), values.pop("changed")
    for each in releases:
        eyes = ", four eyes" if each["four_eyes"] else ""
        values[f"release {each['release']}"] = (
            f"{each['approved_at']} {each['approved_by']}{eyes}, {each['sha256'][:12]}…, "
            f"{each['letters']} letters carry it"
        )
    for number, line in enumerate(changed, 1):
        values[f"changed {number}"] = line
    return values
