"""`rundbrief adopt`: a person's word that this copy of the workspace is the one that sends."""

from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office
from mailer.cli.person import is_there
from subscribers.errors import Refused
from subscribers.output import say

if TYPE_CHECKING:
    from mailer.delivery.mailing import Mailing


@click.command()
@click.option("--beside", is_flag=True, help="One more machine at the same database; the others go on.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def adopt(office: Office, beside: bool, yes: bool) -> None:
    """Send from here: after a backup was restored, or the workspace was moved to this place.

    Every other copy that uses this database stops sending. What was under way is held, so that nobody gets a
    letter twice which left after the backup was made; each mailing waits for its own `mailing resume`.
    """
    office.require_secret()
    if why := office.instance.trouble():
        say(why)
    elif not beside:
        say("This is the place that sends already; nothing is to be done.")
        return
    live = _live(office)
    for each in live:
        due = each.due_at.astimezone(office.settings.zone)
        say(f"  mailing {each.id}: {each.issue} to {each.segment}, {each.state}, due {due:%Y-%m-%d %H:%M}")
    if not yes:
        if not is_there():
            raise Refused("Nobody is there to ask.", hint="Add --yes.")
        if not click.confirm("Send from here, and does no other copy send any more?", err=True):
            raise Refused("Nothing is changed.")
    stopped = office.instance.adopt(beside=beside)
    say("Letters leave from here now.")
    for each in live:
        if each.id in stopped:
            how = "approve" if each.state == "approved" else "resume"
            say(f"Mailing {each.id} waits. Look who has it, then: rundbrief mailing {how} {each.id}")


def _live(office: Office) -> "list[Mailing]":
    from mailer.delivery.instance import LIVE
    from mailer.delivery.mailing import list_mailings
    from subscribers.database import reading

    with reading(office.engine) as connection:
        return list_mailings(connection, *LIVE)
