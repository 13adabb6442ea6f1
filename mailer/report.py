"""Who got what, who did not, and why: the books of a mailing, added up."""

from typing import Any

from sqlalchemy import Connection, func, select

from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import DELIVERY_STATES, attempt, delivery, mailing
from subscribers.schema import subscriber

LISTED = ("queued", "sent", "deferred", "failed", "skipped", "in_doubt")


def summary(connection: Connection, planned: Mailing) -> dict[str, Any]:
    """The counts of a mailing; `planned` is the sum of all others."""
    rows = connection.execute(
        select(delivery.c.state, func.count())
        .where(delivery.c.mailing_id == planned.id)
        .group_by(delivery.c.state)
    )
    counts = dict.fromkeys(DELIVERY_STATES, 0) | {row[0]: row[1] for row in rows}
    waiting = counts["queued"] + counts["claimed"] + counts["sending"]
    return {
        "mailing": planned.id,
        "issue": planned.issue,
        "segment": planned.segment,
        "state": planned.state,
        "reason": planned.reason,
        "due_at": planned.due_at,
        "planned": sum(counts.values()),
        "queued": waiting,
        **{name: counts[name] for name in LISTED if name != "queued"},
    }


def people(connection: Connection, planned: Mailing) -> dict[str, list[dict[str, Any]]]:
    """Everybody of a mailing by the state of their letter, with reason, last reply and next try."""
    rows = connection.execute(
        select(
            delivery.c.id,
            subscriber.c.email,
            delivery.c.state,
            delivery.c.reason,
            delivery.c.reply,
            delivery.c.attempts,
            delivery.c.not_before,
            delivery.c.sent_at,
        )
        .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(delivery.c.mailing_id == planned.id)
        .order_by(delivery.c.id)
    )
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTED}
    for row in rows:
        name = row.state if row.state in lists else "queued"
        lists[name].append(
            {
                "delivery": row.id,
                "address": row.email or "(erased)",
                "reason": row.reason,
                "reply": row.reply,
                "attempts": row.attempts,
                "next_try": row.not_before if row.state == "deferred" else None,
                "sent_at": row.sent_at,
            }
        )
    return lists


def doubtful(connection: Connection) -> list[dict[str, Any]]:
    """Every letter that may or may not have arrived, by name; `since` is when the doubt arose."""
    since = select(func.max(attempt.c.at)).where(attempt.c.delivery_id == delivery.c.id).scalar_subquery()
    rows = connection.execute(
        select(
            delivery.c.id.label("delivery"),
            func.coalesce(subscriber.c.email, "(erased)").label("address"),
            mailing.c.id.label("mailing"),
            mailing.c.issue,
            since.label("since"),
            delivery.c.reason,
        )
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(delivery.c.state == "in_doubt")
        .order_by(delivery.c.id)
    )
    return [row._asdict() for row in rows]
