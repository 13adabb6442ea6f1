"""What a run that ends says of the mailings that not everybody got, and the next step for each."""

from typing import TYPE_CHECKING

from mailer.cli.office import Office, clock
from subscribers.output import say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailer.delivery.mailing import Mailing


def say_left_over(office: Office, ours: set[int]) -> tuple[bool, bool]:
    """Say what became of the mailings that not everybody got: whether one was not sent at all, and whether
    one was sent in part.

    Of those that are over (draft, missed, done) only `ours` are said; what is held or still being sent waits
    for somebody, whichever run began it.
    """
    from mailer.delivery.mailing import list_mailings
    from subscribers.database import reading

    refused = partly = False
    with reading(office.engine) as connection:
        for each in list_mailings(connection, "draft", "missed", "held", "sending", "done"):
            if each.id not in ours and each.state not in ("held", "sending"):
                continue
            if each.state in ("draft", "missed"):
                refused = True
                say(f"Mailing {each.id} was not sent: {each.reason.rstrip('.')}.")
            elif each.state == "held":
                partly = True
                say(f"Mailing {each.id} is held: {each.reason.rstrip('.')}.")
            elif _say_letters(connection, each):
                partly = True
            if each.state == "sending":
                _say_waiting(office, connection, each)
    return refused, partly


def _say_letters(connection: "Connection", begun: "Mailing") -> bool:
    """Say which letters of a mailing wait for a person; False when none does."""
    from mailer.delivery.doubt import count
    from mailer.delivery.retrying import count_ours

    if doubtful := count(connection, begun.id):
        say(f"{_of(begun, doubtful, 'is', 'are')} in doubt: see `rundbrief doubt list`.")
    if failed := count_ours(connection, begun):
        say(
            f"{_of(begun, failed, 'failed', 'failed')} by the fault of the sender or its relay: "
            f"once that is mended, `rundbrief mailing retry {begun.id}`."
        )
    return bool(doubtful or failed)


def _say_waiting(office: Office, connection: "Connection", sending: "Mailing") -> None:
    """Say how many letters of a mailing a later run takes, and when it can."""
    from sqlalchemy import func, select

    from mailer.delivery.claims import WAITING
    from mailer.delivery.schema import delivery

    query = select(func.count(), func.min(delivery.c.not_before))
    waiting, first = connection.execute(query.where(delivery.c.mailing_id == sending.id, WAITING)).one()
    if waiting and first > clock():
        due = first.astimezone(office.settings.zone).isoformat(timespec="seconds")  # as the lines of the log
        say(
            f"{_of(sending, waiting, 'waits', 'wait')} for another try: the next one is due at "
            f"{due}, a run after that takes it."
        )
    elif waiting:
        say(f"{_of(sending, waiting, 'waits', 'wait')} to be sent: the next run goes on.")


def _of(mailing: "Mailing", count: int, one: str, many: str) -> str:
    """The beginning of a sentence about some letters; its verb for one of them, and for more."""
    return f"Of mailing {mailing.id} {count} " + (f"letter {one}" if count == 1 else f"letters {many}")
