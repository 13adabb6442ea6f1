"""`rundbrief schedule list`: every newsletter's next date, and how far its issue has come."""

from typing import TYPE_CHECKING, Any

import click

from mailer.cli.office import Office, clock
from subscribers.output import emit

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.schedule.newsroom import Newsroom, Terms
    from mailer.schedule.outlook import Outlook

COLUMNS = ["newsletter", "at", "weekday", "months", "days_left", "state", "issue", "mailing", "note"]
SPARE = ["weekday", "mailing", "months"]


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def list_command(office: Office, as_json: bool) -> None:
    """The next date of each newsletter, and how its issue stands.

    State: missing, red (the check finds errors), draft (not planned, or planned and to be looked at),
    checked, approved and further as the mailing goes; rests without a rule, refused where it cannot be
    followed.
    """
    from mailer.cli.newsroom import make_newsroom

    now = clock()
    newsroom = make_newsroom(office, now)
    rows = [_row(office, newsroom, terms, now) for terms in newsroom.terms]
    emit(rows if as_json else [_cells(row) for row in rows], COLUMNS, as_json=as_json, spare=SPARE)


def _row(office: Office, newsroom: "Newsroom", terms: "Terms", now: "datetime") -> dict[str, Any]:
    from mailer.schedule.choosing import months_in
    from mailer.schedule.outlook import look_ahead, next_date

    if terms.refusal:
        return {"newsletter": terms.newsletter, "state": "refused", "note": terms.refusal.sentence}
    engine = office.engine if office.has_database else None
    if (due := next_date(engine, terms, now)) is None:
        return {"newsletter": terms.newsletter, "state": "rests", "note": "config.toml gives it no rule"}
    outlook = look_ahead(engine, newsroom, terms, due)
    local = outlook.at.astimezone(terms.zone)
    return {
        "newsletter": terms.newsletter,
        "at": local,
        "weekday": f"{local:%A}",
        "months": sorted(months_in(due.months)),
        "days_left": (local.date() - now.astimezone(terms.zone).date()).days,
        "state": outlook.state,
        "issue": outlook.choice.issue or None,
        "mailing": outlook.mailing.id if outlook.mailing else None,
        "note": _note(office, outlook, terms),
    }


def _note(office: Office, outlook: "Outlook", terms: "Terms") -> str:
    """What is wrong, as `mailing list` says it; and the date by the rule where the mailing has another."""
    from mailer.cli.present import why_void

    void = why_void(office, outlook.mailing) if outlook.mailing else ""
    moved = outlook.at != outlook.due.at
    by_rule = f"by the rule it would be {outlook.due.at.astimezone(terms.zone):%Y-%m-%d %H:%M}"
    return "; ".join(filter(None, (void or outlook.note, by_rule if moved else "")))


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """A row as people read it."""
    return row | {"months": " ".join(row.get("months", ()))}
