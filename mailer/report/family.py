"""The mailings of one issue belong together: to its segments, to late joiners, and corrections."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import delivery, mailing
from mailer.report.leavers import left_after

CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Relative:
    """One mailing of an issue in numbers."""

    mailing: int
    issue: str
    kind: str
    segment: str
    state: str
    due_at: datetime
    planned: int
    accepted: int
    failed: int
    in_doubt: int
    left: int


def family(connection: Connection, planned: Mailing) -> tuple[Relative, ...]:
    """All mailings of the issue, this one too, in the order in which they were made; without cancelled ones
    that never had a letter.
    """
    own = (mailing.c.newsletter == planned.newsletter) & (mailing.c.issue == planned.issue)
    numbers = connection.scalars(select(mailing.c.id).where(own)).all()
    found = relatives(connection, planned.newsletter, numbers)
    return tuple(each for each in found if each.planned or each.state not in ("cancelled", "missed"))


def relatives(connection: Connection, newsletter: str, numbers: Collection[int]) -> list[Relative]:
    """Mailings of one newsletter in numbers, in the order in which they were made."""
    counts: dict[int, dict[str, int]] = {}
    for number, state, letters in connection.execute(
        select(delivery.c.mailing_id, delivery.c.state, func.count())
        .where(delivery.c.mailing_id.in_(numbers))
        .group_by(delivery.c.mailing_id, delivery.c.state)
    ):
        counts.setdefault(number, {})[state] = letters
    left = left_after(connection, newsletter, numbers)
    names = ("id", "issue", "kind", "segment", "state", "due_at")
    rows = (
        select(*(mailing.c[name] for name in names)).where(mailing.c.id.in_(numbers)).order_by(mailing.c.id)
    )
    found = list[Relative]()
    for row in connection.execute(rows):
        states = counts.get(row.id, {})
        found.append(
            Relative(
                mailing=row.id,
                issue=row.issue,
                kind=row.kind,
                segment=row.segment,
                state=row.state,
                due_at=row.due_at,
                planned=sum(states.values()),
                accepted=states.get("sent", 0),
                failed=states.get("failed", 0),
                in_doubt=states.get("in_doubt", 0),
                left=left.get(row.id, 0),
            )
        )
    return found
