"""Who got what, who did not, and why: the books of a mailing, added up."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from mailer.delivery.mailing import Mailing
from mailer.delivery.outbox import GONE_STALE
from mailer.delivery.replies import classify, says_full
from mailer.delivery.schema import DELIVERY_STATES, attempt, delivery
from subscribers.schema import subscriber

LISTED = ("queued", "sent", "deferred", "failed", "skipped", "in_doubt")
ERASED = "(erased)"
UNKNOWN = "no reason was kept"

# Why letters failed. What a server said is not repeated here: it may hold the address.
DEAD = "the address does not exist"
POLICY = "refused for policy"
FULL = "the mailbox stayed full"
GIVEN_UP = "given up after repeated tries"
FORM = "the form of the message was refused"
REFUSED = "refused by the receiver"
UNMADE = "no letter could be made for this person"
LOGGED = "came back, as the relay's log says"


def counts(connection: Connection, planned: Mailing) -> dict[str, int]:
    """How many letters stand where; `planned` is the sum of all others."""
    rows = connection.execute(
        select(delivery.c.state, func.count())
        .where(delivery.c.mailing_id == planned.id)
        .group_by(delivery.c.state)
    )
    by_state = dict.fromkeys(DELIVERY_STATES, 0) | {row[0]: row[1] for row in rows}
    waiting = by_state["queued"] + by_state["claimed"] + by_state["sending"]
    return {
        "planned": sum(by_state.values()),
        "queued": waiting,
        **{name: by_state[name] for name in LISTED if name != "queued"},
    }


def summary(connection: Connection, planned: Mailing) -> dict[str, Any]:
    """The books of a mailing: `candidates` is `planned` and all `excluded` together, `planned` its letters.

    `hard` counts those of the failed whose address is dead; `next_try` is when the first deferred letter is
    tried again, `last_try` when the last one is.
    """
    added, excluded = counts(connection, planned), dict(planned.excluded or {})
    return {
        "mailing": planned.id,
        "issue": planned.issue,
        "segment": planned.segment,
        "state": planned.state,
        "reason": planned.reason,
        "due_at": planned.due_at,
        "candidates": added["planned"] + sum(excluded.values()),
        "excluded": excluded,
        **added,
        "hard": sum(is_hard(row) for row in _failed(connection, planned)),
        "failed_reasons": _failed_reasons(connection, planned),
        "skipped_reasons": reasons(connection, planned, "skipped"),
        **_next_tries(connection, planned),
    }


def people(connection: Connection, planned: Mailing) -> dict[str, list[dict[str, Any]]]:
    """Everybody of a mailing by the state of their letter, with reason, last reply and next try."""
    hard = {row.id for row in _failed(connection, planned) if is_hard(row)}
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTED}
    for row in connection.execute(_letters(planned)):
        name = row.state if row.state in lists else "queued"
        lists[name].append(
            {
                "delivery": row.id,
                "address": row.email or ERASED,
                "reason": row.reason or (row.reply if row.state in ("deferred", "failed") else ""),
                "hard": row.id in hard,
                "reply": row.reply,
                "attempts": row.attempts,
                "next_try": row.not_before if row.state == "deferred" else None,
                "sent_at": row.sent_at,
            }
        )
    return lists


def is_hard(row: Any) -> bool:
    """Whether the last answer to a failed letter says that its address is dead."""
    return row.code is not None and classify(row.phase, row.code, row.enhanced, row.said).hard


def _letters(planned: Mailing) -> Select[Any]:
    return (
        select(
            delivery.c.id,
            subscriber.c.email,
            delivery.c.state,
            delivery.c.reason,
            delivery.c.reply,
            delivery.c.attempts,
            delivery.c.not_before,
            delivery.c.sent_at,
        )
        .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(delivery.c.mailing_id == planned.id)
        .order_by(delivery.c.id)
    )


def _failed(connection: Connection, planned: Mailing) -> Sequence[Any]:
    """The failed letters with the last answer to each, if there was one."""
    tries = attempt.alias("tries")
    # The sum, because PostgreSQL would look for the greatest id by walking through all tries.
    last = select(func.max(tries.c.id + 0)).where(tries.c.delivery_id == delivery.c.id).scalar_subquery()
    said = (attempt.c.phase, attempt.c.code, attempt.c.enhanced, attempt.c.reply.label("said"))
    query = (
        select(delivery.c.id, delivery.c.reason, *said)
        .select_from(delivery)
        .outerjoin(attempt, attempt.c.id == last)
        .where(delivery.c.mailing_id == planned.id, delivery.c.state == "failed")
    )
    return connection.execute(query).all()


def _failed_reasons(connection: Connection, planned: Mailing) -> dict[str, int]:
    """The failed letters by meaning: the words of an answer differ from person to person."""
    return dict(Counter(meaning(row) for row in _failed(connection, planned)).most_common())


def meaning(row: Any) -> str:
    """Why a letter failed, by the last answer to it: `phase`, `code`, `enhanced`, what was `said`."""
    if not row.code:
        if row.reason == GONE_STALE:
            return GIVEN_UP
        if row.phase == "mail":
            return UNMADE  # nothing was said to the server
        return LOGGED if row.phase == "dot" and row.reason else UNKNOWN
    verdict = classify(row.phase, row.code, row.enhanced, row.said)
    if verdict.outcome == "deferred":
        return FULL if says_full(row.code, row.enhanced, row.said) else GIVEN_UP
    if verdict.hard:
        return DEAD
    return {"sender": POLICY, "message": FORM}.get(verdict.scope, REFUSED)


def reasons(connection: Connection, planned: Mailing, state: str) -> dict[str, int]:
    """The letters in this state by their reason."""
    rows = connection.execute(
        select(delivery.c.reason, func.count())
        .where(delivery.c.mailing_id == planned.id, delivery.c.state == state)
        .group_by(delivery.c.reason)
        .order_by(func.count().desc(), delivery.c.reason)
    )
    return {row[0] or UNKNOWN: row[1] for row in rows}


def _next_tries(connection: Connection, planned: Mailing) -> dict[str, datetime | None]:
    tries = func.min(delivery.c.not_before), func.max(delivery.c.not_before)
    waiting = (delivery.c.mailing_id == planned.id) & (delivery.c.state == "deferred")
    first, last = connection.execute(select(*tries).where(waiting)).one()
    return {"next_try": first, "last_try": last}
