"""A mailing: an issue planned for a segment at a time, and the states it goes through.

    draft -> checked -> approved -> due -> expanding -> sending -> done; also held, missed, cancelled

Every change names the state it expects; when no row changes, somebody else was faster.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, null, select, update

from mailer.compose.rendering import Edition, Embedded, Variant
from mailer.delivery import release, schema
from mailer.delivery.claims import CANCELLED, WAITING, skipped
from mailer.delivery.message import Envelope
from mailer.delivery.release import Approval, Notes
from mailer.delivery.schema import mailing
from mailer.delivery.twice import planned_already
from subscribers.errors import Problem, Refused, TryLater
from subscribers.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Mailing:
    """One row, as read."""

    id: int
    newsletter: str
    issue: str
    segment: str
    rule: Mapping[str, Any]
    due_at: datetime
    state: str
    reason: str
    content_sha256: str | None
    approved_at: datetime | None
    approved_by: str | None
    selection: Mapping[str, Any] | None = None
    relay: str = ""
    stale_hours: float = 72.0
    excluded: Mapping[str, int] | None = None
    planned_at: datetime | None = None
    planned_by: str = ""
    kind: str = "issue"
    release: int = 0  # the newest approval
    corrects: Mapping[str, Any] | None = None

    @property
    def stale(self) -> timedelta:
        """So long after its time a letter of it is worth sending."""
        return timedelta(hours=self.stale_hours)

    @property
    def edition(self) -> str:
        """What a person gets at most once, whichever mailing brings it; each correction is one of its own."""
        correction = f"+{self.corrects['number']}" if self.corrects else ""
        return f"{self.newsletter}/{self.issue}{correction}"


def plan(
    connection: Connection,
    *,
    newsletter: str,
    issue: str,
    segment: str,
    rule: Mapping[str, Any],
    due_at: datetime,
    by: str,
    now: datetime,
    relay: str = "",
    stale_hours: float = 72.0,
    kind: str = "issue",
    corrects: Mapping[str, Any] | None = None,
) -> int:
    """A new mailing in state draft; its number.

    Args:
        kind: `issue`, once for an issue and a segment; `late` for those who have not got an issue that was
            sent; `correction`, and then `corrects` says whose letters were wrong.

    Raises:
        Refused: this issue is planned for this segment already.
    """
    number: int | None = connection.scalar(
        insert_new(connection, mailing)
        .values(
            newsletter=newsletter,
            issue=issue,
            segment=segment,
            relay=relay,
            stale_hours=stale_hours,
            rule=dict(rule),
            due_at=due_at,
            state="draft",
            planned_at=now,
            planned_by=by,
            kind=kind,
            corrects=dict(corrects) if corrects else null(),
        )
        .returning(mailing.c.id)
    )
    if number is None:
        raise planned_already(connection, newsletter, issue, segment)
    return number


def find(connection: Connection, which: str) -> Mailing:
    """The mailing of this number, or the one live mailing of this issue.

    Raises:
        Problem: there is none, or several.
    """
    number = int(which) if which.isdigit() and len(which) < 10 else None
    rows = [_mailing(row) for row in connection.execute(_select().where(mailing.c.id == number)).all()]
    rows = rows or [
        _mailing(row)
        for row in connection.execute(
            _select().where(mailing.c.issue == which, mailing.c.state != "cancelled").order_by(mailing.c.id)
        )
    ]
    if not rows:
        raise Problem(
            f"There is no mailing {which!r}.", hint="`rundbrief mailing list` shows what is planned."
        )
    open_rows = [each for each in rows if each.state != "done"]
    if len(rows) > 1 and len(open_rows) == 1:
        rows = open_rows
    if len(rows) > 1:
        numbers = ", ".join(f"{each.id} ({each.segment})" for each in rows)
        raise Problem(f"Issue {which} has several mailings: {numbers}.", hint="Name one by its number.")
    return rows[0]


def list_mailings(connection: Connection, *states: str) -> list[Mailing]:
    """All mailings, or those in these states, the earliest due first."""
    query = _select().order_by(mailing.c.due_at, mailing.c.id)
    if states:
        query = query.where(mailing.c.state.in_(states))
    return [_mailing(row) for row in connection.execute(query)]


def move(
    connection: Connection, number: int, expected: str | tuple[str, ...], to: str, **values: Any
) -> bool:
    """Change the state if it is still one of those expected; False if somebody else was faster."""
    states = (expected,) if isinstance(expected, str) else expected
    changed = connection.execute(
        update(mailing).where(mailing.c.id == number, mailing.c.state.in_(states)).values(state=to, **values)
    )
    return changed.rowcount == 1


def approve(
    connection: Connection,
    planned: Mailing,
    edition: Edition,
    envelope: Envelope,
    sha256: str,
    *,
    by: str,
    now: datetime,
    grace: timedelta,
    rule: Mapping[str, Any] | None = None,
    notes: Notes | None = None,
) -> int:
    """Freeze what was approved: from here on these bytes, and no file, are what goes out; the release.

    Args:
        rule: that of the segment as it is now, where it is another one than when the mailing was planned.

    Raises:
        Refused: its state does not allow it, or its time has passed by more than `grace`.
    """
    if now - planned.due_at > grace:
        raise Refused(
            f"Mailing {planned.id} was due {now - planned.due_at} ago.",
            hint="Cancel it and plan it for a new time.",
        )
    if planned.state == "approved" and planned.content_sha256 == sha256:
        raise Refused(f"Mailing {planned.id} is approved already, for exactly this.")
    states = ("draft", "checked", "approved")
    if planned.state not in states:
        raise Refused(
            f"Mailing {planned.id} is {planned.state}; only a draft or checked one can be approved."
        )
    bound = planned.rule if rule is None else rule
    approved = Approval(edition, envelope, planned.segment, bound, sha256, by, now, notes or Notes())
    number = freeze(connection, planned, approved, states, "approved")
    release.drop_before(connection, planned.id, number)  # nobody has got an earlier one
    return number


def freeze(
    connection: Connection, planned: Mailing, approved: Approval, expected: tuple[str, ...], to: str
) -> int:
    """Write the next release down, with its rendering; its number.

    Raises:
        Refused: somebody else changed the mailing since `planned` was read.
    """
    number = planned.release + 1
    as_read = mailing.c.state.in_(expected) & (mailing.c.release == planned.release)
    changed = connection.execute(
        update(mailing)
        .where(mailing.c.id == planned.id, as_read)
        .values(
            state=to,
            reason="" if to == "approved" else mailing.c.reason,
            release=number,
            content_sha256=approved.sha256,
            envelope=approved.envelope.as_json(),
            selection=dict(approved.edition.selection),
            rule=dict(approved.rule),
            approved_by=approved.by,
            approved_at=approved.at,
        )
    )
    if changed.rowcount != 1:
        raise Refused(
            f"Somebody else changed mailing {planned.id} meanwhile.",
            hint=f"Look at it again with `rundbrief mailing show {planned.id}`.",
        )
    release.keep(connection, planned.id, number, approved)
    release.store(connection, planned.id, number, approved.edition)
    return number


def void(connection: Connection, number: int, reason: str) -> bool:
    """Take an approval back because what it was given for has changed."""
    names = ("content_sha256", "approved_at", "approved_by", "envelope", "selection")
    nothing = dict.fromkeys(names)
    return move(connection, number, "approved", "draft", reason=reason, **nothing)


def cancel(connection: Connection, planned: Mailing, reason: str) -> None:
    """End a mailing before its last letter; what is already sent stays sent.

    Raises:
        Refused: it is done or cancelled already.
    """
    states = ("draft", "checked", "approved", "due", "expanding", "sending", "held", "missed")
    if not move(connection, planned.id, states, "cancelled", reason=reason):
        raise Refused(f"Mailing {planned.id} is {planned.state} and cannot be cancelled any more.")
    own = schema.delivery.c.mailing_id == planned.id
    connection.execute(update(schema.delivery).where(own, WAITING).values(skipped(CANCELLED)))


def hold(connection: Connection, planned: Mailing, reason: str) -> None:
    """Stop between two letters; `resume` goes on with exactly those not yet sent.

    Raises:
        Refused: it is not under way.
    """
    if not move(connection, planned.id, ("due", "expanding", "sending"), "held", reason=reason):
        raise Refused(f"Mailing {planned.id} is {planned.state}; only one that is under way can be held.")


def resume(connection: Connection, planned: Mailing) -> None:
    """Go on with a held mailing; expansion is repeated, which adds nobody twice.

    What the relay refused so far is forgiven: the breaker judges it by its next answers.

    Raises:
        Refused: it is not held.
    """
    newest = connection.scalar(select(func.max(schema.attempt.c.id))) or 0
    if not move(connection, planned.id, "held", "due", reason="", forgiven=newest):
        raise Refused(f"Mailing {planned.id} is {planned.state}, not held.")


def frozen(
    connection: Connection, number: int, which: int
) -> tuple[dict[str, Variant], tuple[Embedded, ...], Envelope]:
    """What was approved as this release, as it was approved.

    Raises:
        TryLater: nothing is kept of it (the approval was taken back meanwhile).
    """
    variants, pictures = release.rendering(connection, number, which)
    envelope = release.envelope(connection, number, which)
    if envelope is None:  # approved when a mailing kept only its newest one
        envelope = connection.scalar(select(mailing.c.envelope).where(mailing.c.id == number))
    if envelope is None or not variants:
        raise TryLater(f"Mailing {number} has no approved content.")
    return variants, pictures, Envelope(**envelope)


def _select() -> Any:
    return select(*(mailing.c[name] for name in Mailing.__dataclass_fields__))


def _mailing(row: Row[Any]) -> Mailing:
    return Mailing(**row._asdict())
