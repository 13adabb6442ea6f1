"""The end of claims and of mailings: what a dead worker left is taken over, what is through is closed."""

from datetime import datetime

from sqlalchemy import Connection, and_, exists, insert, or_, select, update

from mailer.delivery import worker
from mailer.delivery.claims import TAKEN, WAITING
from mailer.delivery.mailing import move
from mailer.delivery.outbox import untried
from mailer.delivery.schema import attempt, delivery, mailing

MOST = 5_000  # rows of one step; the next step takes the rest
DOUBT = "the sender ended between the final dot and the reply"


def reap(connection: Connection, now: datetime, own: str = "") -> int:
    """Take over from workers that are gone: claimed rows queue again, `sending` ones are in doubt; how many.

    A dead process of this machine is seen at once, one of another machine by its lease.

    Args:
        own: the token of the worker that asks. It lives, however far the clock has jumped since its claims.
    """
    workers = connection.execute(select(delivery.c.worker).where(TAKEN).distinct()).scalars()
    gone = [name for name in workers if worker.is_gone(name)]
    # Two that reap at the same time lock the same rows in different orders: each leaves out the other's.
    late = and_(delivery.c.lease_until < now, delivery.c.token != own)
    lost = or_(delivery.c.worker.in_(gone), late)
    seen = select(delivery.c.id).where(TAKEN, lost).limit(MOST).with_for_update(skip_locked=True)
    ids = connection.scalars(seen).all()
    if not ids:
        return 0
    queued = connection.execute(
        update(delivery).where(delivery.c.id.in_(ids), delivery.c.state == "claimed").values(untried())
    )
    doubtful = connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids), delivery.c.state == "sending")
        .values(state="in_doubt", token=None, lease_until=None, reason=DOUBT)
        .returning(delivery.c.id, delivery.c.attempts, delivery.c.worker)
    ).all()
    for row in doubtful:
        tried = {"delivery_id": row.id, "number": row.attempts, "worker": row.worker, "at": now}
        connection.execute(insert(attempt).values(**tried, phase="dot", code=0, reply=DOUBT))
    return queued.rowcount + len(doubtful)


def finish(connection: Connection, now: datetime) -> list[int]:
    """Close the mailings that have nothing left to do; their numbers."""
    waiting = exists().where(delivery.c.mailing_id == mailing.c.id, WAITING)
    taken = select(delivery.c.mailing_id).where(TAKEN)  # few: all of them, not all letters of a mailing
    ended = select(mailing.c.id).where(mailing.c.state == "sending", ~waiting, mailing.c.id.not_in(taken))
    ready = connection.scalars(ended).all()
    if not ready:
        return []
    # Locked and asked again: somebody may queue letters of them once more at this moment, see retrying.py.
    ours = select(mailing.c.id).where(mailing.c.id.in_(ready))
    locked = connection.scalars(ours.with_for_update(skip_locked=True, key_share=True)).all()
    ready = connection.scalars(ended.where(mailing.c.id.in_(locked))).all()
    return [number for number in ready if move(connection, number, "sending", "done", done_at=now)]
