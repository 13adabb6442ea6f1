"""`rundbrief mailing list`: what is planned, and how one thing is printed."""

from datetime import datetime
from typing import Any

import click

from mailer.cli.office import Office
from subscribers.output import emit, emit_json

LISTED = ["mailing", "issue", "kind", "segment", "state", "due_at", "relay", "reason"]
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")


@click.command("list")
@as_json
@click.pass_obj
def list_command(office: Office, as_json: bool) -> None:
    """All mailings with their state, and what stands in their way."""
    from mailer.cli.present import why_void
    from mailer.delivery import mailing as room
    from subscribers.database import reading

    with reading(office.engine) as connection:
        found = room.list_mailings(connection)
    rows = [
        {
            "mailing": each.id,
            "issue": each.issue,
            "kind": each.kind,
            "segment": each.segment,
            "state": each.state,
            "due_at": local(office, each.due_at),
            "relay": each.relay,
            "reason": why_void(office, each) or each.reason,
        }
        for each in found
    ]
    emit(rows, LISTED, as_json=as_json)


def emit_one(values: dict[str, Any], *, as_json: bool) -> None:
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


def local(office: Office, moment: datetime | None) -> datetime | None:
    """A moment as the clock on the wall shows it."""
    return moment.astimezone(office.settings.zone).replace(microsecond=0) if moment else None
