"""When the letters of a mailing were taken: first, last, the pace, and how many in each stretch of time."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, case, func, select

from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import delivery

MOST = 95  # per cent: the last ones were tried again for hours and say nothing of the pace
STRETCHES = 12
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_STEPS = (1, 5, 15, 60, 180, 360, 720, 1440)  # minutes


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many letters were taken from a moment until the next one begins."""

    begins_at: datetime
    letters: int


@dataclass(frozen=True, slots=True)
class Timing:
    """How long it took.

    Args:
        most_at: when 95 of 100 letters had been taken; `per_second` is the pace until then.
        per_second: None when all of that happened at one moment.
        step_minutes: how long a stretch is; an hour, if that shows how it went.
    """

    first_at: datetime
    last_at: datetime
    most_at: datetime
    per_second: float | None
    step_minutes: int
    stretches: tuple[Stretch, ...]


def timing(connection: Connection, planned: Mailing, zone: ZoneInfo) -> Timing | None:
    """When the accepted letters were taken; None as long as there is none."""
    accepted = (delivery.c.mailing_id == planned.id) & (delivery.c.state == "sent")
    moments = func.min(delivery.c.sent_at), func.max(delivery.c.sent_at), func.count(delivery.c.sent_at)
    first, last, letters = connection.execute(select(*moments).where(accepted)).one()
    if not letters:
        return None
    most = math.ceil(letters * MOST / 100)
    in_order = select(delivery.c.sent_at).where(accepted, delivery.c.sent_at.is_not(None))
    most_at = connection.scalars(in_order.order_by(delivery.c.sent_at).offset(most - 1).limit(1)).one()
    seconds = (most_at - first).total_seconds()
    step = _step(last - first)
    begins = _begins(first.astimezone(zone), last, step)
    return Timing(
        first_at=first,
        last_at=last,
        most_at=most_at,
        per_second=most / seconds if seconds else None,
        step_minutes=step,
        stretches=_stretches(connection, accepted, begins),
    )


def _step(span: timedelta) -> int:
    """The shortest stretch of which there are not too many."""
    return next((each for each in _STEPS if span / timedelta(minutes=each) < STRETCHES - 1), _STEPS[-1])


def _begins(first: datetime, last: datetime, step: int) -> list[datetime]:
    """The moments at which the stretches begin, at full minutes and hours of the clock on the wall."""
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = (first.hour * 60 + first.minute) // step * step
    begin = (midnight + timedelta(minutes=minutes)).replace(fold=first.fold).astimezone(UTC)
    found = [begin]
    while (following := found[-1] + timedelta(minutes=step)) <= last:
        found.append(following)
    return found


def _stretches(
    connection: Connection, accepted: ColumnElement[bool], begins: Sequence[datetime]
) -> tuple[Stretch, ...]:
    # The last bound is beyond all letters: a case needs one.
    bounds = ((delivery.c.sent_at < begin, at) for at, begin in enumerate([*begins[1:], _NEVER]))
    which = select(case(*bounds).label("number")).where(accepted, delivery.c.sent_at.is_not(None)).subquery()
    rows = connection.execute(select(which.c.number, func.count()).group_by(which.c.number))
    found = Counter({row[0]: row[1] for row in rows})
    return tuple(Stretch(begin, found[at]) for at, begin in enumerate(begins))
