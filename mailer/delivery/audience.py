"""The audience of a mailing: whom it would reach, and the rows in which it is frozen when it is due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, exists, func, literal, select

from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import delivery, mailing
from subscribers.rules import Rule, from_tree
from subscribers.segments import recipients
from subscribers.upsert import insert_new

SLICE = 20_000  # ids per expansion step: 62 ms of write lock at most (measured)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a segment names: those who would get the letter, and those who have this edition already."""

    recipients: int
    already: int

    def __str__(self) -> str:
        more = f", {self.already} more have this edition already" if self.already else ""
        return f"{self.recipients} {'person' if self.recipients == 1 else 'people'}{more}"


def audience(connection: Connection, rule: Rule, newsletter: str, edition: str) -> Audience:
    """How many people a mailing of this edition would reach now, and how many have it (or will) already."""
    people = recipients(rule, newsletter).subquery()
    has_it = exists().where(
        delivery.c.subscriber_id == people.c.id, delivery.c.edition == edition, delivery.c.state != "skipped"
    )
    matching = select(func.count()).select_from(people)
    return Audience(
        connection.scalar(matching.where(~has_it)) or 0, connection.scalar(matching.where(has_it)) or 0
    )


def expand(connection: Connection, planned: Mailing, after: int, now: datetime) -> int | None:
    """Freeze the next slice of recipients: one row per person. The last id of the slice, None at the end.

    Repeating a slice adds nobody. Who has this edition from another mailing already gets a `skipped` row that
    says so: everybody the segment names is in the books, and the sums add up. A mailing that was held or
    cancelled meanwhile gets no further row.
    """
    state = select(mailing.c.state).where(mailing.c.id == planned.id).with_for_update()
    if connection.execute(state).scalar_one() != "expanding":
        return None
    people = recipients(from_tree(planned.rule), planned.newsletter).subquery()
    slice_ids = (
        select(people.c.id).where(people.c.id > after).order_by(people.c.id).limit(SLICE).subquery("slice")
    )
    last = connection.execute(select(func.max(slice_ids.c.id))).scalar_one()
    if last is None:
        return None
    within = and_(people.c.id > after, people.c.id <= last)
    _insert(connection, planned, select(people.c.id).where(within), now, "queued", "")
    _insert(
        connection, planned, select(people.c.id).where(within), now, "skipped", "has this edition already"
    )
    return int(last)


def _insert(
    connection: Connection, planned: Mailing, ids: Select[int], now: datetime, state: str, reason: str
) -> None:
    people = ids.subquery()
    columns = {
        "mailing_id": literal(planned.id),
        "subscriber_id": people.c.id,
        "variant": literal("standard"),
        "edition": literal(planned.edition),
        "state": literal(state),
        "reason": literal(reason),
        "not_before": literal(now, type_=delivery.c.not_before.type),
        "attempts": literal(0),
        "reply": literal(""),
    }
    # The WHERE is for SQLite, which otherwise reads ON CONFLICT as the ON of a join.
    rows = select(*columns.values()).where(people.c.id.is_not(None))
    connection.execute(insert_new(connection, delivery).from_select(list(columns), rows))
