"""`rundbrief mailing list|show|report`: what is planned, how it stands, and who got what."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.office import Office
from subscribers.errors import Problem
from subscribers.output import emit, emit_json

if TYPE_CHECKING:
    from mailer.delivery.mailing import Mailing

LISTED = ["mailing", "issue", "segment", "state", "due_at", "relay", "reason"]
PEOPLE = ["delivery", "address", "state", "reason", "hard", "attempts", "next_try", "sent_at"]
PARTLY = 4
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")


@click.command("list")
@as_json
@click.pass_obj
def list_command(office: Office, as_json: bool) -> None:
    """All mailings with their state, and what stands in their way."""
    from mailer.delivery import mailing as room
    from subscribers.database import reading

    with reading(office.engine) as connection:
        found = room.list_mailings(connection)
    rows = [
        {
            "mailing": each.id,
            "issue": each.issue,
            "segment": each.segment,
            "state": each.state,
            "due_at": _local(office, each.due_at),
            "relay": each.relay,
            "reason": _stale(office, each) or each.reason,
        }
        for each in found
    ]
    emit(rows, LISTED, as_json=as_json)


@click.command()
@click.argument("which")
@as_json
@click.pass_obj
def show(office: Office, which: str, as_json: bool) -> None:
    """One mailing: what it is, how it stands, what stands in its way."""
    from mailer import report as books
    from mailer.cli.office import clock
    from mailer.delivery import mailing as room
    from mailer.delivery import pace
    from subscribers.database import reading

    with reading(office.engine) as connection:
        planned = room.find(connection, which)
        counts = books.counts(connection, planned)
        slowed = pace.slowed(connection, clock())
    values: dict[str, Any] = {
        "mailing": planned.id,
        "newsletter": planned.newsletter,
        "issue": planned.issue,
        "segment": planned.segment,
        "state": planned.state,
        "reason": _stale(office, planned) or planned.reason,
        "due_at": _local(office, planned.due_at),
        "approved_at": _local(office, planned.approved_at),
        "approved_by": planned.approved_by,
        "sha256": planned.content_sha256,
        "relay": planned.relay,
        "given_up_at": _local(office, planned.due_at + planned.stale),
        "slowed": {key: round(rate, 1) for key, rate in slowed.items()},
        **counts,
    }
    _emit_one(values, as_json=as_json)


@click.command()
@click.argument("which")
@click.option("--full", is_flag=True, help="Name everybody.")
@as_json
@click.pass_obj
def report(office: Office, which: str, full: bool, as_json: bool) -> None:
    """Who got it, who did not, and why. Exit code 4 if a letter failed or is in doubt."""
    from mailer import report as books
    from mailer.delivery import mailing as room
    from subscribers.database import reading

    with reading(office.engine) as connection:
        planned = room.find(connection, which)
        summary = _localised(office, books.summary(connection, planned))
        lists = books.people(connection, planned) if full else {}
    named = {state: [_localised(office, row) for row in rows] for state, rows in lists.items()}
    if as_json:
        counts = {"counts": {name: summary[name] for name in books.LISTED}}
        emit_json(summary | (counts | named if full else {}))
    elif full:
        rows = [{"state": state} | each for state, some in named.items() for each in some]
        emit(rows, PEOPLE, as_json=False)
    else:
        _emit_one(summary, as_json=False)
    if summary["failed"] or summary["in_doubt"]:
        click.get_current_context().exit(PARTLY)


def _emit_one(values: dict[str, Any], *, as_json: bool) -> None:
    """One thing: a JSON object, or a line for each value; of a mapping a line for each entry."""
    if as_json:
        return emit_json(values)
    rows = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += [{"what": f"{name}: {key}", "value": each} for key, each in value.items()]
        else:
            rows.append({"what": name, "value": value})
    return emit(rows, ["what", "value"], as_json=False)


def _local(office: Office, moment: datetime | None) -> datetime | None:
    return moment.astimezone(office.settings.zone).replace(microsecond=0) if moment else None


def _localised(office: Office, values: dict[str, Any]) -> dict[str, Any]:
    """All times of the books as the clock on the wall shows them."""
    return {
        name: _local(office, value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _stale(office: Office, planned: "Mailing") -> str:
    """Why an approval will not hold when its time comes, told as soon as somebody looks."""
    if planned.state != "approved":
        return ""
    try:
        same = office.fingerprint(planned) == planned.content_sha256
    except Problem as problem:
        return f"cannot be sent: {problem}"
    return "" if same else "changed since it was approved; approve it again"
