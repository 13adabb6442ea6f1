"""What may no longer be kept: sign-ups nobody confirmed, old proofs and imports, people on no newsletter."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from operator import add
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, func, or_, select, update

from subscribers.erasure import erase_people, overwrite_what_goes
from subscribers.keeping import Keeping
from subscribers.post import NoPostOffice, PostOffice
from subscribers.schema import (
    consent_event,
    import_batch,
    import_change,
    subscriber,
    subscription,
    suppression,
)
from subscribers.suppression import suppress
from subscribers.words import PROOF_ERASED, UNCONFIRMED

SLICE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """What the periods of retention have overtaken.

    Args:
        unconfirmed: sign-ups that nobody confirmed in time.
        proofs: subscriptions of those who left long ago, whose proof goes.
        stopped: people on the suppression list for as long, who go altogether.
        imports: rows by which an import could be taken back.
        without_newsletter: people on no newsletter at all, whom nobody has a reason to keep.
    """

    unconfirmed: int = 0
    proofs: int = 0
    stopped: int = 0
    imports: int = 0
    without_newsletter: int = 0

    def __bool__(self) -> bool:
        return any(astuple(self))

    def __add__(self, other: "Due") -> "Due":
        return Due(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class Silent:
    """An active subscription whose consent nobody used for so long that it may have lapsed.

    Args:
        since: when the newest event was recorded, be it an import.
    """

    newsletter: str
    email: str
    since: datetime


def due(connection: Connection, keeping: Keeping, now: datetime, zone: str) -> Due:
    """What `retain` would erase now; nothing is written."""
    return Due(
        unconfirmed=_count(connection, _unconfirmed(keeping, now)),
        proofs=_count(connection, _proofs(keeping, now, zone)),
        stopped=_count(connection, _stopped(keeping, now, zone)),
        imports=_count(connection, _imports(keeping, now)),
        without_newsletter=_count(connection, _without_newsletter(keeping, now)),
    )


def retain(
    connection: Connection, keeping: Keeping, now: datetime, zone: str, post: PostOffice | None = None
) -> Due:
    """Erase a slice of what is due and say what it was; call it until it finds nothing.

    Who left stays out: as an unsubscribed row while they read another newsletter, else on the suppression
    list.
    """
    overwrite_what_goes(connection)
    unconfirmed = connection.execute(_unconfirmed(keeping, now).limit(SLICE)).all()
    _drop_subscriptions(connection, unconfirmed, post)
    proofs = connection.execute(_proofs(keeping, now, zone).limit(SLICE)).all()
    _drop_proofs(connection, proofs, now, post)
    stopped = list(connection.scalars(_stopped(keeping, now, zone).limit(SLICE)))
    erase_people(connection, stopped, post)
    changes = list(connection.scalars(_imports(keeping, now).limit(SLICE)))
    connection.execute(delete(import_change).where(import_change.c.id.in_(changes)))
    nowhere = list(connection.scalars(_without_newsletter(keeping, now).limit(SLICE)))
    erase_people(connection, nowhere, post)
    return Due(len(unconfirmed), len(proofs), len(stopped), len(changes), len(nowhere))


def silent(
    connection: Connection,
    keeping: Keeping,
    now: datetime,
    newsletters: Iterable[str],
    post: PostOffice | None = None,
) -> list[Silent]:
    """Who gets a newsletter, but neither agreed nor was reached for months (AG Bonn 104 C 227/15)."""
    before = _months_before(now, keeping.silent_months)
    people = subscriber.join(subscription, subscription.c.subscriber_id == subscriber.c.id)
    on_list = exists().where(suppression.c.key_hash == subscriber.c.suppression_key)
    found = list[Silent]()
    for each in newsletters:
        mine = and_(subscription.c.newsletter == each, subscription.c.state == "active", ~on_list)
        reached = (post or NoPostOffice()).reached_since(each, before)
        newest = select(func.max(consent_event.c.recorded_at)).where(_its_chain()).scalar_subquery()
        since = func.coalesce(newest, subscription.c.since).label("since")
        quiet = and_(subscription.c.since < before, since < before, subscriber.c.id.not_in(reached))
        query = select(subscriber.c.email, since).select_from(people).where(mine, quiet)
        rows = connection.execute(query.order_by(since, subscriber.c.id))
        found += (Silent(each, row.email, row.since) for row in rows)
    return found


def _unconfirmed(keeping: Keeping, now: datetime) -> Select[Any]:
    """Sign-ups that are still waiting; not of those who once left, whose no must stay."""
    late = subscription.c.changed_at < now - timedelta(days=keeping.unconfirmed_days)
    waiting = and_(subscription.c.state == "pending", subscription.c.basis == UNCONFIRMED, late)
    taken_back = select(import_batch.c.id).where(import_batch.c.undone_at.is_not(None))
    own = or_(consent_event.c.batch_id.is_(None), consent_event.c.batch_id.not_in(taken_back))
    said_no = exists().where(_its_chain(), consent_event.c.kind == "withdrawn", own)
    return select(subscription).where(waiting, ~said_no).order_by(subscription.c.id)


def _proofs(keeping: Keeping, now: datetime, zone: str) -> Select[Any]:
    gone = and_(subscription.c.state == "unsubscribed", subscription.c.basis != PROOF_ERASED)
    ended = subscription.c.changed_at < _year_begins(now, keeping.proof_years, zone)
    return select(subscription).where(gone, ended).order_by(subscription.c.id)


def _stopped(keeping: Keeping, now: datetime, zone: str) -> Select[Any]:
    mine = suppression.c.key_hash == subscriber.c.suppression_key
    long_ago = suppression.c.since < _year_begins(now, keeping.proof_years, zone)
    return select(subscriber.c.id).where(exists().where(mine, long_ago)).order_by(subscriber.c.id)


def _imports(keeping: Keeping, now: datetime) -> Select[Any]:
    old = import_batch.c.at < now - timedelta(days=keeping.import_days)
    return (
        select(import_change.c.id)
        .join(import_batch, import_batch.c.id == import_change.c.batch_id)
        .where(old)
        .order_by(import_change.c.id)
    )


def _without_newsletter(keeping: Keeping, now: datetime) -> Select[Any]:
    """Who is left over by an import that was taken back, as long after the last change as one can be."""
    old = subscriber.c.changed_at < now - timedelta(days=keeping.import_days)
    nowhere = ~exists().where(subscription.c.subscriber_id == subscriber.c.id)
    stopped = exists().where(suppression.c.key_hash == subscriber.c.suppression_key)
    return select(subscriber.c.id).where(old, nowhere, ~stopped).order_by(subscriber.c.id)


def _drop_subscriptions(connection: Connection, rows: Sequence[Row[Any]], post: PostOffice | None) -> None:
    _drop_chains(connection, rows)
    ids = [row.id for row in rows]
    connection.execute(delete(subscription).where(subscription.c.id.in_(ids)))
    people = {row.subscriber_id for row in rows}
    kept = select(subscription.c.subscriber_id).where(subscription.c.subscriber_id.in_(people))
    erase_people(connection, sorted(people - set(connection.scalars(kept))), post)


def _drop_proofs(
    connection: Connection, rows: Sequence[Row[Any]], now: datetime, post: PostOffice | None
) -> None:
    _drop_chains(connection, rows)
    mine = subscription.c.id.in_([row.id for row in rows])
    connection.execute(update(subscription).where(mine).values(basis=PROOF_ERASED, reason=""))
    people = {row.subscriber_id for row in rows}
    some = subscription.c.subscriber_id.in_(people) & (subscription.c.basis != PROOF_ERASED)
    gone = people - set(connection.scalars(select(subscription.c.subscriber_id).where(some)))
    columns = subscriber.c.id, subscriber.c.suppression_key
    for row in connection.execute(select(*columns).where(subscriber.c.id.in_(gone))).all():
        suppress(connection, row.suppression_key, "left", "retention", now)
    erase_people(connection, sorted(gone), post)


def _drop_chains(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    mine = exists().where(_its_chain(), subscription.c.id.in_([row.id for row in rows]))
    connection.execute(delete(consent_event).where(mine))


def _its_chain() -> ColumnElement[bool]:
    return and_(
        consent_event.c.subscriber_id == subscription.c.subscriber_id,
        consent_event.c.newsletter == subscription.c.newsletter,
    )


def _year_begins(now: datetime, years: int, zone: str) -> datetime:
    """What ended before this moment has had its years after the end of its own year."""
    local = now.astimezone(ZoneInfo(zone))
    return datetime(local.year - years, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, 28))


def _count(connection: Connection, query: Select[Any]) -> int:
    return connection.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
