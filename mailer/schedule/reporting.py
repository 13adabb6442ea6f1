"""Lays the report of a mailing ready for the team, at eight on the morning after its last letter."""

from datetime import datetime, time, timedelta

from sqlalchemy import Engine, select

from mailer.delivery.schema import mailing
from mailer.schedule.newsroom import Terms
from mailer.schedule.occasions import REPORT, Occasion, is_known, queue
from subscribers.database import reading

AT = time(8)
WORTH = timedelta(days=3)  # who has a team since today does not get the reports of years


def report(engine: Engine, terms: Terms, now: datetime) -> None:
    """Lay ready what is due: each mailing has one report, whoever is told of it and when."""
    if not terms.team.addresses or not terms.team.report:
        return
    done = (mailing.c.newsletter == terms.newsletter) & (mailing.c.state == "done")
    recent = mailing.c.done_at > now - WORTH - timedelta(days=2)
    with reading(engine) as connection:
        rows = connection.execute(select(mailing.c.id, mailing.c.done_at).where(done, recent)).all()
        due = [row.id for row in rows if timedelta(0) <= now - morning_after(row.done_at, terms) < WORTH]
        fresh = [
            each for each in due if not is_known(connection, terms.newsletter, Occasion(REPORT, str(each)))
        ]
    for number in fresh:
        with engine.begin() as connection:
            queue(connection, terms, Occasion(REPORT, str(number)), now, number)


def morning_after(done_at: datetime, terms: Terms) -> datetime:
    """When the report of a mailing is due that was done at this moment."""
    day = done_at.astimezone(terms.zone).date() + timedelta(days=1)
    return datetime.combine(day, AT, terms.zone)
