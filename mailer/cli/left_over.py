"""What a run that ends says of the mailings that not everybody got, and the next step for each."""

from typing import TYPE_CHECKING

from mailer.cli.office import Office, clock
from subscribers.output import say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailer.delivery.mailing import Mailing


def say_left_over(office: Office, ours: set[int]) -> tuple[bool, bool]:
    """Say what became of those of these mailings that not everybody got: whether one was not sent at all, and
    whether one was sent in part.
    """
    from mailer.delivery.mailing import list_mailings
    from subscribers.database import reading

    refused = partly = False
    with reading(office.engine) as connection:
        for each in list_mailings(connection, "draft", "missed", "held", "done"):
            if each.id not in ours:
                continue
            if each.state in ("draft", "missed"):
                refused = True
                say(f"Mailing {each.id} was not sent: {each.reason.rstrip('.')}.")
            elif each.state == "held":
                partly = True
                say(f"Mailing {each.id} is held: {each.reason.rstrip('.')}.")
            elif _say_letters(connection, each):
                partly = True
    return refused, partly


def _say_letters(connection: "Connection", done: "Mailing") -> bool:
    """Say which letters of a mailing that is done wait for a person; False when none does."""
    from mailer.delivery.doubt import count
    from mailer.delivery.retrying import count_ours

    if doubtful := count(connection, done.id):
        say(f"Of mailing {done.id} {doubtful} letters are in doubt: see `rundbrief doubt list`.")
    if failed := count_ours(connection, done, clock()):
        say(
            f"Of mailing {done.id} {failed} letters failed by the fault of the sender or its relay: "
            f"once that is mended, `rundbrief mailing retry {done.id}`."
        )
    return bool(doubtful or failed)
