"""What the post office keeps of one person, for the rights of access and of erasure (DSGVO Art. 15, 17)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from mailer.delivery.schema import attempt, delivery, mailing


def letters_to(connection: Connection, subscriber_id: int) -> list[dict[str, Any]]:
    """Every letter to one person, oldest first, with its tries and the receipts of the server."""
    letter = delivery.c.id.label("delivery"), delivery.c.variant, delivery.c.state, delivery.c.reason
    query = (
        select(
            mailing.c.id.label("mailing"),
            mailing.c.newsletter,
            mailing.c.issue,
            mailing.c.segment,
            mailing.c.due_at,
            *letter,
            delivery.c.reply,
            delivery.c.sent_at,
        )
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .where(delivery.c.subscriber_id == subscriber_id)
        .order_by(mailing.c.due_at, delivery.c.id)
    )
    rows = connection.execute(query).mappings().all()
    return [{**row, "attempts": _attempts(connection, row["delivery"])} for row in rows]


def forget(connection: Connection, people: Sequence[int]) -> int:
    """Remove what servers said about these people (a reply may repeat the address); how many letters.

    The letters themselves stay and are counted; with the person goes the last tie to them.
    """
    mine = delivery.c.subscriber_id.in_(people)
    letters = connection.scalar(select(func.count()).select_from(delivery).where(mine)) or 0
    if letters:
        tries = attempt.c.delivery_id.in_(select(delivery.c.id).where(mine))
        connection.execute(update(attempt).where(tries).values(reply=""))
        connection.execute(update(delivery).where(mine).values(reply="", reason=""))
    return letters


def reached_since(newsletter: str, since: datetime) -> Select[tuple[int]]:
    """The ids of the people who got a letter of this newsletter since then."""
    sent = (delivery.c.state == "sent") & (delivery.c.sent_at >= since)
    return (
        select(delivery.c.subscriber_id)
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .where(mailing.c.newsletter == newsletter, sent, delivery.c.subscriber_id.is_not(None))
    )


def _attempts(connection: Connection, delivery_id: int) -> list[dict[str, Any]]:
    columns = (
        attempt.c.number,
        attempt.c.at,
        attempt.c.phase,
        attempt.c.code,
        attempt.c.enhanced,
        attempt.c.reply,
    )
    query = select(*columns).where(attempt.c.delivery_id == delivery_id).order_by(attempt.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]
