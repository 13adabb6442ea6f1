"""`rundbrief mailing`: an issue planned for a segment at a time, approved, watched, reported."""

from typing import TYPE_CHECKING

import click

from mailer.cli.approval import approve
from mailer.cli.books import list_command
from mailer.cli.correct import correct
from mailer.cli.explain import explain
from mailer.cli.office import Office
from mailer.cli.person import user
from mailer.cli.planning import plan
from mailer.cli.report import report
from mailer.cli.retry import retry
from mailer.cli.standing import reads_otherwise, show
from subscribers.output import emit_json, say

if TYPE_CHECKING:
    from mailer.delivery.mailing import Mailing


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")


@click.group()
def mailing() -> None:
    """Plan an issue for a segment, approve it, and see who got it. WHICH is a number or an issue's key."""


@mailing.command()
@click.argument("which")
@click.option("--reason", default="", help="Kept with the mailing.")
@as_json_option
@click.pass_obj
def hold(office: Office, which: str, reason: str, as_json: bool) -> None:
    """Stop a mailing that is under way, within a second."""
    from mailer.delivery import mailing as room

    with office.engine.begin() as connection:
        planned = room.find(connection, which)
        room.hold(connection, planned, reason or f"stopped by {user()}")
    office.instance.note()
    progress = _progress(office, planned, "held", as_json=as_json)
    say(f"Mailing {planned.id} is held; {progress}.")
    say(f"Go on with `rundbrief mailing resume {planned.id}`. If something is wrong: mend the issue, look at")
    say(f"`rundbrief issue diff {planned.issue}`, and approve {planned.id} again before you resume it.")


@mailing.command()
@click.argument("which")
@as_json_option
@click.pass_obj
def resume(office: Office, which: str, as_json: bool) -> None:
    """Go on with a held mailing, to exactly those not yet sent."""
    from mailer.delivery import mailing as room
    from mailer.delivery.correction import require_right, skip_told

    office.instance.require()
    with office.engine.begin() as connection:
        planned = room.find(connection, which)
        skip_told(connection, planned)
        require_right(connection, planned)
        room.resume(connection, planned)
    office.instance.note()
    if planned.reason:
        say(f"It was held because: {planned.reason}")
    if reads_otherwise(office, planned):
        say(
            f"The issue reads differently now; what goes on is release {planned.release}, as it was approved."
        )
    progress = _progress(office, planned, "due", as_json=as_json)
    say(f"Mailing {planned.id} goes on while `rundbrief run` is running; {progress}.")


@mailing.command()
@click.argument("which")
@click.option("--reason", default="", help="Kept with the mailing.")
@as_json_option
@click.pass_obj
def cancel(office: Office, which: str, reason: str, as_json: bool) -> None:
    """End a mailing; what is already sent stays sent."""
    from mailer.delivery import mailing as room
    from mailer.delivery.retrying import give_up

    with office.engine.begin() as connection:
        planned = room.find(connection, which)
        give_up(connection, planned)
        room.cancel(connection, planned, reason)
    office.instance.note()
    progress = _progress(office, planned, "cancelled", as_json=as_json)
    say(f"Mailing {planned.id} is cancelled; {progress}.")


def _progress(office: Office, planned: "Mailing", state: str, *, as_json: bool) -> str:
    """How far it has come, in words; with `as_json` on stdout as well."""
    from mailer import report as books
    from subscribers.database import reading

    with reading(office.engine) as connection:
        counts = books.counts(connection, planned)
    if as_json:
        emit_json({"mailing": planned.id, "state": state, "release": planned.release, **counts})
    doubtful = f", {counts['in_doubt']} in doubt" if counts["in_doubt"] else ""
    return f"{counts['sent']} of {counts['planned']} letters are sent{doubtful}"


for _each in (plan, approve, correct, retry, list_command, show, explain, report):
    mailing.add_command(_each)
