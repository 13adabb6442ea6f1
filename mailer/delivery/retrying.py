"""Failed letters that are tried again once what refused them is mended: which ones, and why not all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, exists, func, select, update

from mailer.delivery import breaker
from mailer.delivery.audience import FAILED, reason, renew, variant_of
from mailer.delivery.claims import CANCELLED, skipped
from mailer.delivery.correction import corrected, told_since
from mailer.delivery.mailing import Mailing, find, move
from mailer.delivery.outbox import GONE_STALE
from mailer.delivery.readers import of_issue
from mailer.delivery.replies import classify
from mailer.delivery.schema import attempt, delivery, mailing
from subscribers.errors import Problem, Refused, TryLater
from subscribers.schema import subscriber, subscription

BLAMELESS = "not the fault of the sender or its relay"
_BEGUN = ("due", "expanding", "sending", "held", "done")
UNMENDED = "What waits would say what mailing"  # begins the reason of such a hold
_CHUNK = 5_000  # ids of one statement


@dataclass(frozen=True, slots=True)
class Failed:
    """A failed letter with the last answer to it, if there was one.

    Args:
        reason: why it failed, as the books keep it; `said` is what the server said.
        against: why it is not tried again; empty for one that is.
        corrected: the mailing that corrects what it would say; 0 when nobody does.
    """

    delivery: int
    reason: str
    phase: str | None
    code: int | None
    enhanced: str | None
    said: str | None
    against: str
    corrected: int = 0


def find_failed(connection: Connection, which: str) -> Mailing:
    """The mailing of this number, or the one of this issue with failed letters.

    Raises:
        Problem: there is none, or several.
    """
    lost = exists().where(delivery.c.mailing_id == mailing.c.id, delivery.c.state == "failed")
    query = select(mailing.c.id).where(mailing.c.issue == which, mailing.c.state != "cancelled", lost)
    numbers = connection.scalars(query.order_by(mailing.c.id)).all()
    if not which.isdigit() and len(numbers) > 1:
        several = ", ".join(map(str, numbers))
        raise Problem(
            f"Letters of several mailings of issue {which} have failed: {several}.",
            hint="Name one by its number.",
        )
    return find(connection, which if which.isdigit() or not numbers else str(numbers[0]))


def retry(connection: Connection, planned: Mailing, now: datetime, by: str, *, whole: bool) -> list[Failed]:
    """Queue failed letters once more, each with the newest release; all that had failed, as by `look`.

    Their tries go on counting. What the relay refused so far is forgiven, as by `mailing.resume`. A held
    mailing stays held, one that was done goes back to sending; where a letter would say what a correction
    corrects it is held, so that nobody gets that before the mended issue is approved.

    Args:
        by: who says so, kept with the letters.

    Raises:
        Refused: as in `look`.
        TryLater: somebody else changed one of these letters meanwhile.
    """
    # Whoever gives somebody a letter of this issue, or ends one of its mailings, has locked that mailing.
    # In the order of `list_mailings`, in which a sender takes several.
    own = select(mailing.c.id).where(mailing.c.id.in_(of_issue(planned.edition)))
    connection.execute(own.order_by(mailing.c.due_at, mailing.c.id).with_for_update())
    planned = find(connection, str(planned.id))
    found = look(connection, planned, whole=whole)
    again = [one.delivery for one in found if not one.against]
    for begin in range(0, len(again), _CHUNK):
        _queue(connection, planned, again[begin : begin + _CHUNK], now, by)
    if again:
        forgiven = select(func.coalesce(func.max(attempt.c.id), 0)).scalar_subquery()
        to, why = _onwards(planned, found)
        move(connection, planned.id, planned.state, to, reason=why, done_at=None, forgiven=forgiven)
    return found


def _onwards(planned: Mailing, found: Sequence[Failed]) -> tuple[str, str]:
    """State and reason of a mailing whose failed letters wait again."""
    if wrong := {one.corrected for one in found if one.corrected and not one.against}:
        return "held", (
            f"{UNMENDED} {min(wrong)} corrects. Approve the mended issue with "
            f"`rundbrief mailing approve {planned.id}`, then go on with "
            f"`rundbrief mailing resume {planned.id}`."
        )
    reason = breaker.once_queued(planned.reason, planned.id)
    return "sending" if planned.state == "done" else planned.state, reason


def give_up(connection: Connection, planned: Mailing) -> None:
    """With a mailing that is cancelled go the letters that could have been tried again, as those do that
    wait: their people may get the issue by another mailing.
    """
    if not _has_begun(connection, planned):
        return
    ours = [one.delivery for one in look(connection, planned, whole=False) if not one.against]
    for begin in range(0, len(ours), _CHUNK):
        these = delivery.c.id.in_(ours[begin : begin + _CHUNK])
        failed = update(delivery).where(these, delivery.c.state == "failed")
        connection.execute(failed.values(skipped(CANCELLED)))


def look(connection: Connection, planned: Mailing, *, whole: bool) -> list[Failed]:
    """The failed letters of a mailing, and what stands against another try of each.

    Args:
        whole: also those that were refused for the person's sake or the letter's: perhaps by a relay that
            knew nobody.

    Raises:
        Refused: none of its letters was ever tried, or nothing of it is sent any more.
    """
    _require_begun(connection, planned)
    wrong = corrected(connection, planned)
    found = list[Failed]()
    for variant, *values in connection.execute(_failed(planned)):
        one = replace(Failed(*values), corrected=wrong.get(variant, 0))
        found.append(one if one.against or whole or _is_ours(one) else replace(one, against=BLAMELESS))
    return found


def count_ours(connection: Connection, planned: Mailing) -> int:
    """How many letters failed by the fault of the sender or its relay and can be tried again."""
    return sum(not one.against for one in look(connection, planned, whole=False))


def _has_begun(connection: Connection, planned: Mailing) -> bool:
    if planned.state == "due":  # for the first time, or resumed
        return bool(connection.scalar(select(exists().where(delivery.c.mailing_id == planned.id))))
    return planned.state in _BEGUN


def _require_begun(connection: Connection, planned: Mailing) -> None:
    if not _has_begun(connection, planned):
        ended = planned.state == "cancelled"
        why = "nothing of it is sent any more" if ended else "none of its letters was tried"
        raise Refused(
            f"No letter of mailing {planned.id} can be tried again: it is {planned.state}, {why}.",
            hint="`rundbrief mailing list` shows all mailings and their states.",
        )


def _failed(planned: Mailing) -> Select[Any]:
    """The failed letters: the variant that each would get, the fields of `Failed`."""
    tries = attempt.alias("tries")
    # The sum, because PostgreSQL would look for the greatest id by walking through all tries.
    last = select(func.max(tries.c.id + 0)).where(tries.c.delivery_id == delivery.c.id).scalar_subquery()
    mine = (subscription.c.subscriber_id == subscriber.c.id) & (
        subscription.c.newsletter == planned.newsletter
    )
    against = case(
        (subscriber.c.id.is_(None), "erased since"),
        (subscription.c.id.is_(None), "no subscription"),
        told_since(planned),
        else_=reason(planned, "", but=FAILED),
    )
    said = (attempt.c.phase, attempt.c.code, attempt.c.enhanced, attempt.c.reply)
    return (
        select(variant_of(planned.selection), delivery.c.id, delivery.c.reason, *said, against)
        .select_from(delivery)
        .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .outerjoin(subscription, mine)
        .outerjoin(attempt, attempt.c.id == last)
        .where(delivery.c.mailing_id == planned.id, delivery.c.state == "failed")
        .order_by(delivery.c.id)
    )


def _is_ours(one: Failed) -> bool:
    """The sender or its relay was at fault: nothing is wrong with the person or the letter. So they are taken
    to be when the letter was put off until it was too old.
    """
    if one.reason == GONE_STALE:
        return True
    if one.code is None or one.phase is None or (one.phase == "dot" and not one.code):
        return False  # the last one had left, and came back as the relay's log says
    return classify(one.phase, one.code, one.enhanced or "", one.said or "").scope in ("sender", "host")


def _queue(connection: Connection, planned: Mailing, letters: Sequence[int], now: datetime, by: str) -> None:
    """Let these letters wait for the sender, if nobody was faster."""
    other = delivery.alias("other")
    held = exists().where(
        other.c.subscriber_id == delivery.c.subscriber_id,
        other.c.edition == delivery.c.edition,
        other.c.holds_edition,
    )
    these = delivery.c.id.in_(letters)
    queued = connection.execute(
        update(delivery)
        .where(these, delivery.c.state == "failed", ~held)
        .values(state="queued", holds_edition=True, not_before=now, reason=f"tried again for {by}")
    )
    if queued.rowcount != len(letters):
        raise TryLater(f"Somebody else changes letters of mailing {planned.id}.", hint="Try it again.")
    renew(connection, planned, these)
