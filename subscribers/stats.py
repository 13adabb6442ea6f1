"""The address book in numbers: states, growth by the month, where consents come from, why people leave."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from subscribers.people import effective_state
from subscribers.schema import consent_event, subscriber, subscription, suppression
from subscribers.words import SUBSCRIPTION_STATES, YES_KINDS

MOST_TEXTS = 20


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one newsletter or of all; `active` is how many were on it at its end.

    Args:
        stopped: who was on it and came on the suppression list: bounced, complained, objected.
    """

    month: str
    joined: int
    left: int
    stopped: int
    active: int


@dataclass(frozen=True, slots=True)
class Span:
    """The time between two moments: who came, left and was stopped, and how many were on it at its end."""

    joined: int
    left: int
    stopped: int
    active: int


@dataclass(frozen=True, slots=True)
class Stats:
    """The numbers; each text with how often it was said, the most frequent first."""

    people: int
    suppressed_hashes: int
    states: dict[str, dict[str, int]]
    months: tuple[Month, ...]
    sources: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]

    def as_dict(self) -> dict[str, Any]:
        """The numbers for JSON."""
        texts = {
            "sources": [{"source": text, "count": count} for text, count in self.sources],
            "reasons": [{"reason": text, "count": count} for text, count in self.reasons],
        }
        return {**asdict(self), **texts}


def numbers(
    connection: Connection, now: datetime, zone: str, newsletter: str | None = None, months: int = 12
) -> Stats:
    """Count everything, of one newsletter or of all; the months are those of the zone."""
    return Stats(
        people=connection.scalar(select(func.count()).select_from(subscriber)) or 0,
        suppressed_hashes=connection.scalar(select(func.count()).select_from(suppression)) or 0,
        states=_states(connection, newsletter),
        months=_months(connection, now, zone, newsletter, months),
        sources=_texts(connection, _sources(newsletter)),
        reasons=_texts(connection, _reasons(newsletter)),
    )


def _states(connection: Connection, newsletter: str | None) -> dict[str, dict[str, int]]:
    people = subscriber.join(subscription, subscription.c.subscriber_id == subscriber.c.id)
    state = effective_state().label("state")
    query = select(subscription.c.newsletter, state, func.count().label("number")).select_from(people)
    if newsletter is not None:
        query = query.where(subscription.c.newsletter == newsletter)
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(query.group_by(subscription.c.newsletter, state).order_by("newsletter")):
        found.setdefault(row.newsletter, dict.fromkeys(SUBSCRIPTION_STATES, 0))[row.state] = row.number
    return found


def _months(
    connection: Connection, now: datetime, zone: str, newsletter: str | None, months: int
) -> tuple[Month, ...]:
    starts = [*_starts(now.astimezone(ZoneInfo(zone)), months)]
    spans = between(connection, starts, newsletter)
    return tuple(
        Month(f"{start:%Y-%m}", one.joined, one.left, one.stopped, one.active)
        for start, one in zip(starts, spans, strict=True)
    )


def between(
    connection: Connection, starts: Sequence[datetime], newsletter: str | None = None
) -> tuple[Span, ...]:
    """What came and went from each of these moments (the earliest first) to the next, and at last to now."""
    joined = _by_month(connection, _joins(newsletter), starts)
    left = _by_month(connection, _leaves(newsletter), starts)
    stopped = _by_month(connection, _stops(newsletter), starts)
    active = _active(connection, newsletter)
    # The present is counted, the past follows from it: people who were erased are missing on both sides.
    found = list[Span]()
    for at in range(len(starts), 0, -1):  # 0 is everything before the first moment
        found.append(Span(joined[at], left[at], stopped[at], active))
        active += left[at] + stopped[at] - joined[at]
    return tuple(reversed(found))


def _starts(local: datetime, months: int) -> Iterator[datetime]:
    for back in reversed(range(months)):
        year, month = divmod(local.year * 12 + local.month - 1 - back, 12)
        yield datetime(year, month + 1, 1, tzinfo=local.tzinfo)


def _joins(newsletter: str | None) -> Select[Any]:
    """When people came; who is on it and proven once more came only once."""
    came = or_(consent_event.c.previous == "", _said_before() == "withdrawn")
    query = select(consent_event.c.at.label("at")).where(consent_event.c.kind.in_(YES_KINDS), came)
    return query if newsletter is None else query.where(consent_event.c.newsletter == newsletter)


def _leaves(newsletter: str | None) -> Select[Any]:
    """When people left who had said yes before; who was only waiting was never counted as joined."""
    left = and_(consent_event.c.kind == "withdrawn", _said_before().in_(YES_KINDS))
    query = select(consent_event.c.at.label("at")).where(left)
    return query if newsletter is None else query.where(consent_event.c.newsletter == newsletter)


def _said_before() -> ColumnElement[str]:
    """The yes or no before an event in its chain; `withdrawn` before the first."""
    other = consent_event.alias()
    chain = and_(
        other.c.subscriber_id == consent_event.c.subscriber_id,
        other.c.newsletter == consent_event.c.newsletter,
        other.c.id < consent_event.c.id,
        other.c.kind.in_((*YES_KINDS, "withdrawn")),
    )
    newest = select(other.c.kind).where(chain).order_by(other.c.id.desc()).limit(1)
    return func.coalesce(newest.scalar_subquery(), "withdrawn")


def _stops(newsletter: str | None) -> Select[Any]:
    """When people who were still on a newsletter came on the suppression list."""
    query = (
        select(suppression.c.since.label("at"))
        .join(subscriber, subscriber.c.suppression_key == suppression.c.key_hash)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(subscription.c.state == "active")
    )
    return query if newsletter is None else query.where(subscription.c.newsletter == newsletter)


def _by_month(connection: Connection, moments: Select[Any], starts: Sequence[datetime]) -> Counter[int]:
    """How many moments lie in the months, counted from 1; 0 is what lies before."""
    each = moments.subquery()
    bounds = ((each.c.at < start.astimezone(UTC), number) for number, start in enumerate(starts))
    month = case(*bounds, else_=len(starts)).label("month")
    grouped = select(month, func.count().label("number")).group_by(month)
    return Counter({row.month: row.number for row in connection.execute(grouped)})


def _active(connection: Connection, newsletter: str | None) -> int:
    return sum(states["active"] for states in _states(connection, newsletter).values())


def _sources(newsletter: str | None) -> Select[Any]:
    query = select(consent_event.c.source.label("text")).where(consent_event.c.kind.in_(YES_KINDS))
    return query if newsletter is None else query.where(consent_event.c.newsletter == newsletter)


def _reasons(newsletter: str | None) -> Select[Any]:
    query = select(subscription.c.reason.label("text")).where(subscription.c.state == "unsubscribed")
    return query if newsletter is None else query.where(subscription.c.newsletter == newsletter)


def _texts(connection: Connection, query: Select[Any]) -> tuple[tuple[str, int], ...]:
    each = query.subquery()
    number = func.count().label("number")
    most = select(each.c.text, number).group_by(each.c.text).order_by(number.desc(), each.c.text)
    return tuple((row.text, row.number) for row in connection.execute(most.limit(MOST_TEXTS)))
