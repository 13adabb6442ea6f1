"""The expansion of a mailing: its audience is frozen slice by slice, one row for each person."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, func, literal, null, select, update
from sqlalchemy.sql.dml import Insert

from mailer.delivery.audience import HAS_IT, excluded, reached, standing, variant_of
from mailer.delivery.mailing import Mailing, find
from mailer.delivery.prepared import Prepared
from mailer.delivery.readers import of_issue
from mailer.delivery.schema import delivery, mailing
from subscribers.schema import subscriber
from subscribers.upsert import insert_new

SLICE = 20_000  # ids per step: 62 ms of write lock at most (measured)

_LOCK = Prepared(
    select(mailing.c.state, mailing.c.release).where(mailing.c.id == bindparam("number")).with_for_update(),
    "number",
)
# A slice of all people, matching or not: to find the next who match, SQLite would sort all of them.
_FOLLOWING = select(subscriber.c.id).where(subscriber.c.id > bindparam("after")).order_by(subscriber.c.id)
_WITHIN = and_(subscriber.c.id > bindparam("after"), subscriber.c.id <= bindparam("last"))
_LAST = Prepared(
    select(func.max(_FOLLOWING.limit(bindparam("size")).subquery("slice").c.id)), "after", "size"
)


def expand(
    connection: Connection, planned: Mailing, after: int, now: datetime, size: int = SLICE
) -> int | None:
    """One step of an expansion, see `Expansion.step`."""
    return Expansion(connection, find(connection, str(planned.id))).step(connection, after, now, size)


class Expansion:
    """The steps of one mailing. Its statements are made once: that takes longer than a small slice."""

    def __init__(self, connection: Connection, planned: Mailing) -> None:
        self._planned = planned
        chosen = reached(planned).where(_WITHIN).add_columns(variant_of(planned.selection).label("variant"))
        # Who has it is kept away by the database itself; these two it would let through.
        _, *against = standing(subscriber.c.id, planned.edition)
        spared = chosen.where(*(~condition for condition, _ in against))
        insert = partial(_insert, connection, planned)
        self._all, self._spared = insert(chosen, "queued", ""), insert(spared, "queued", "")
        self._skipped = [insert(chosen.where(condition), "skipped", why) for condition, why in against]
        self._skipped.append(insert(chosen, "skipped", HAS_IT))
        others = of_issue(planned.edition).where(mailing.c.id != planned.id)
        self._others = Prepared(select(exists().where(delivery.c.mailing_id.in_(others))))

    @property
    def number(self) -> int:
        """Of the mailing."""
        return self._planned.id

    def step(self, connection: Connection, after: int, now: datetime, size: int) -> int | None:
        """Freeze the next slice of recipients: one row per person, with their variant. The last id of the
        slice, None at the end, `after` itself if the mailing was approved anew and needs another expansion.

        Repeating a slice adds nobody. Who has this edition from another mailing already gets a `skipped` row
        that says so (but where the mailing is only for the others): everybody the segment names is in the
        books, and the sums add up. A mailing that was held or cancelled meanwhile gets no further row.
        """
        [(state, release)] = _LOCK.rows(connection, self.number)
        if state != "expanding":
            return None
        if release != self._planned.release:
            return after
        [(last,)] = _LAST.rows(connection, after, size)
        if last is None:
            left_out = excluded(connection, find(connection, str(self.number)))
            connection.execute(update(mailing).where(mailing.c.id == self.number).values(excluded=left_out))
            return None
        self._freeze(connection, {"after": after, "last": last, "now": now})
        return int(last)

    def _freeze(self, connection: Connection, values: dict[str, Any]) -> None:
        alone = self._is_alone(connection)
        connection.execute(self._all if alone else self._spared, values)
        # Asked again: who writes letters of this issue at the same time was waited for by the rows above.
        if self._planned.kind == "issue" and not (alone and self._is_alone(connection)):
            for skipped in self._skipped:
                connection.execute(skipped, values)

    def _is_alone(self, connection: Connection) -> bool:
        """No other mailing has letters of this issue: nothing stands against anybody, nobody has it."""
        [(others,)] = self._others.rows(connection)
        return not others


def _insert(
    connection: Connection, planned: Mailing, chosen: Select[int, str], state: str, reason: str
) -> Insert:
    people = chosen.subquery()
    columns = {
        "mailing_id": literal(planned.id),
        "subscriber_id": people.c.id,
        "variant": people.c.variant,
        "edition": literal(planned.edition),
        "holds_edition": literal(True) if state == "queued" else null(),
        "release": literal(planned.release),
        "state": literal(state),
        "reason": literal(reason),
        "not_before": bindparam("now", type_=delivery.c.not_before.type),
        "attempts": literal(0),
        "reply": literal(""),
    }
    # The WHERE is for SQLite, which otherwise reads ON CONFLICT as the ON of a join.
    rows = select(*columns.values()).where(people.c.id.is_not(None))
    return insert_new(connection, delivery).from_select(list(columns), rows)
