"""What the team is told and when: an occasion has one row for each reader, so that nobody hears it twice."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from mailer.delivery.schema import reminder
from mailer.schedule.newsroom import Team, Terms
from mailer.schedule.series import Due
from subscribers.upsert import insert_new

BEFORE, PASSED, REPORT, REFUSED = "before", "passed", "report", "refused"
FIRST_HOUR = 7  # of the day where the newsletter is at home: nobody's telephone rings at night


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why the team is written to.

    Args:
        kind: `before` a date, a date has `passed` with nothing planned, the `report` of a mailing, a rule
            that is `refused`, or what became of a mailing (see approvals.py).
        about: the months of the date, the number of the mailing, or a digest of why the rule is refused.
        which: what tells two of the same kind apart: the days before, the moment of the lost approval, the
            month in which a rule is still refused.
    """

    kind: str
    about: str
    which: str = ""

    def as_text(self) -> str:
        """For the database; `read_occasion` reads it again."""
        return " ".join(filter(None, (self.kind, self.about, self.which)))


def read_occasion(text: str) -> Occasion:
    """What `as_text` wrote."""
    return Occasion(*text.split(" "))


def reader_of(newsletter: str, address: str) -> str:
    """How the database calls one of the team: it keeps no address of theirs."""
    return hashlib.sha256(f"{newsletter}\0{address}".encode()).hexdigest()[:32]


def may_tell(terms: Terms, now: datetime) -> bool:
    """Whether it is an hour at which the team is written to."""
    return now.astimezone(terms.zone).hour >= FIRST_HOUR


def day_before(team: Team, due: Due, terms: Terms, now: datetime) -> int | None:
    """Which of the configured days before a date has come: the nearest one, so that none is made up for."""
    today, day = now.astimezone(terms.zone).date(), due.at.astimezone(terms.zone).date()
    come = [number for number in team.remind_days if today >= day - timedelta(days=number)]
    return min(come, default=None)


def is_known(connection: Connection, newsletter: str, occasion: Occasion) -> bool:
    """Whether it was decided already what to do about it."""
    own = (reminder.c.newsletter == newsletter) & (reminder.c.occasion == occasion.as_text())
    return connection.scalar(select(reminder.c.id).where(own).limit(1)) is not None


def queue(
    connection: Connection,
    terms: Terms,
    occasion: Occasion,
    now: datetime,
    mailing_id: int | None = None,
    *,
    detail: str = "",
    state: str = "waiting",
) -> None:
    """Lay one notice for each of the team ready to be sent; who has it already gets no other."""
    readers: Sequence[str] = [reader_of(terms.newsletter, each) for each in terms.team.addresses]
    for reader in dict.fromkeys(readers):
        row = {
            "newsletter": terms.newsletter,
            "occasion": occasion.as_text(),
            "reader": reader,
            "mailing_id": mailing_id,
            "state": state,
            "reason": detail,
            "made_at": now,
        }
        connection.execute(insert_new(connection, reminder).values(row))
