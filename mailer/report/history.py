"""A newsletter month over month: its last issues, what became of their letters, how many were on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, exists, select

from mailer.delivery.schema import delivery, mailing
from mailer.report.family import CORRECTION, Relative, relatives
from subscribers.stats import Span, between

ISSUES = 12
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TRIED = ("sent", "failed", "in_doubt")


@dataclass(frozen=True, slots=True)
class Past:
    """One issue in numbers: the letters that brought it, to whatever segment and whenever somebody joined.

    Args:
        corrections: accepted letters that corrected it; they are not among `accepted`.
        subscribers: how many were on the newsletter when it was due.
        joined, gone: since the issue before; None for the first one of the newsletter.
    """

    issue: str
    due_at: datetime
    accepted: int
    failed: int
    in_doubt: int
    left: int
    corrections: int
    subscribers: int
    joined: int | None
    gone: int | None

    @property
    def change(self) -> int | None:
        """How many more, or fewer, are on the newsletter than an issue before."""
        return None if self.joined is None or self.gone is None else self.joined - self.gone


def history(
    connection: Connection, newsletter: str, last: str = "", issues: int = ISSUES
) -> tuple[Past, ...]:
    """The last issues of which letters left, the earliest first; up to `last`, if it is one of them."""
    letters = exists().where(delivery.c.mailing_id == mailing.c.id, delivery.c.state.in_(_TRIED))
    columns = mailing.c.issue, mailing.c.id, mailing.c.due_at
    rows = connection.execute(
        select(*columns)
        .where(mailing.c.newsletter == newsletter, mailing.c.kind != CORRECTION, letters)
        .order_by(mailing.c.due_at, mailing.c.id)
    ).all()
    due = {row.issue: row.due_at for row in reversed(rows)}  # of its first mailing
    in_order = list(dict.fromkeys(row.issue for row in rows))
    if last in due:
        del in_order[in_order.index(last) + 1 :]
    shown = in_order[-issues:]
    before = due[in_order[-issues - 1]] if len(in_order) > issues else None
    spans = between(connection, [before or _BEGINNING, *(due[each] for each in shown)], newsletter)
    found = _of_issues(connection, newsletter, shown)
    known = [before is not None, *(True for _ in shown[1:])]
    return tuple(
        _past(each, due[each], found[each], span, known=counted)
        for each, span, counted in zip(shown, spans, known, strict=False)
    )


def _of_issues(connection: Connection, newsletter: str, issues: Sequence[str]) -> dict[str, list[Relative]]:
    own = (mailing.c.newsletter == newsletter) & mailing.c.issue.in_(issues)
    numbers = connection.scalars(select(mailing.c.id).where(own)).all()
    found: dict[str, list[Relative]] = {}
    for each in relatives(connection, newsletter, numbers):
        found.setdefault(each.issue, []).append(each)
    return found


def _past(issue: str, due_at: datetime, mailings: Sequence[Relative], span: Span, *, known: bool) -> Past:
    """One issue; `span` is the time since the one before, if that is `known`."""
    brought = [each for each in mailings if each.kind != CORRECTION]
    return Past(
        issue=issue,
        due_at=due_at,
        accepted=sum(each.accepted for each in brought),
        failed=sum(each.failed for each in brought),
        in_doubt=sum(each.in_doubt for each in brought),
        left=sum(each.left for each in mailings),
        corrections=sum(each.accepted for each in mailings if each.kind == CORRECTION),
        subscribers=span.active,
        joined=span.joined if known else None,
        gone=span.left + span.stopped if known else None,
    )
