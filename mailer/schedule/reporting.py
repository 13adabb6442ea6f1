"""Lays the report of a mailing ready for the team, at eight on the morning after its letters left."""

from datetime import datetime, time, timedelta

from sqlalchemy import Connection, Engine, exists, func, select

from mailer.delivery.schema import delivery, mailing
from mailer.schedule.newsroom import Terms
from mailer.schedule.occasions import REPORT, Occasion, is_known, queue
from subscribers.database import reading

AT = time(8)
WORTH = timedelta(days=3)  # who has a team since today does not get the reports of years


def report(engine: Engine, terms: Terms, now: datetime) -> None:
    """Lay ready what is due: each mailing has one report, whoever is told of it and when."""
    if not terms.team.addresses or not terms.team.report:
        return
    with reading(engine) as connection:
        over = _over(connection, terms.newsletter, now)
        due = [
            number for number, at in over.items() if timedelta(0) <= now - morning_after(at, terms) < WORTH
        ]
        fresh = [
            each for each in due if not is_known(connection, terms.newsletter, Occasion(REPORT, str(each)))
        ]
    for number in fresh:
        with engine.begin() as connection:
            queue(connection, terms, Occasion(REPORT, str(number)), now, number)


def _over(connection: Connection, newsletter: str, now: datetime) -> dict[int, datetime]:
    """The mailings of these days that are done or have only letters left that were put off, and since when.

    A letter may be put off for three days, and the team does not wait for it.
    """
    own, recent = mailing.c.newsletter == newsletter, now - WORTH - timedelta(days=2)
    done = select(mailing.c.id, mailing.c.done_at).where(own, mailing.c.state == "done")
    found = {row.id: row.done_at for row in connection.execute(done.where(mailing.c.done_at > recent))}
    letters, waiting = delivery.c.mailing_id == mailing.c.id, ("queued", "claimed", "sending")
    first_try = letters & (delivery.c.state == "sent") & (delivery.c.attempts <= 1)
    last = select(func.max(delivery.c.sent_at)).where(first_try).scalar_subquery()
    put_off = (
        select(mailing.c.id, func.coalesce(last, mailing.c.due_at).label("at"))
        .where(own, mailing.c.state == "sending", mailing.c.due_at <= now)
        .where(exists().where(letters), ~exists().where(letters, delivery.c.state.in_(waiting)))
    )
    return found | {row.id: row.at for row in connection.execute(put_off)}


def morning_after(at: datetime, terms: Terms) -> datetime:
    """When the report of a mailing is due whose letters had left at this moment."""
    day = at.astimezone(terms.zone).date() + timedelta(days=1)
    return datetime.combine(day, AT, terms.zone)
