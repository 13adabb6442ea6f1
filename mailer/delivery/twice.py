"""A second mailing of an issue to the same segment: why there is none, and what to do instead."""

from sqlalchemy import Connection, select

from mailer.delivery.schema import mailing
from subscribers.errors import Refused


def planned_already(connection: Connection, newsletter: str, issue: str, segment: str) -> Refused:
    """The refusal, which names the first one."""
    own = (mailing.c.newsletter == newsletter) & (mailing.c.issue == issue) & (mailing.c.segment == segment)
    live = own & (mailing.c.kind == "issue") & (mailing.c.state != "cancelled")
    row = connection.execute(
        select(mailing.c.id, mailing.c.state, mailing.c.planned_by).where(live)
    ).one_or_none()
    if row is None:  # cancelled in this moment
        return Refused(f"Somebody else changed the mailings of issue {issue}.", hint="Try it again.")
    number, state, by = row
    cancel = f"To plan it anew, first run `rundbrief mailing cancel {number}`."
    hints = {
        "draft": f"Approve that one with `rundbrief mailing approve {number}`. {cancel}",
        "checked": f"Approve that one with `rundbrief mailing approve {number}`. {cancel}",
        "held": f"Go on with `rundbrief mailing resume {number}`. {cancel}",
        "done": f"`rundbrief mailing plan {issue} --late-joiners` is for those who have not got it.",
    }
    return Refused(
        f"Mailing {number} ({state}, planned by {by}) brings issue {issue} to segment {segment!r} already.",
        hint=hints.get(state, cancel),
    )
