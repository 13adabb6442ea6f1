"""The report of a mailing: its books and all that is known beside them, at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, exists, select

from mailer.delivery.mailing import Mailing, find
from mailer.delivery.schema import delivery, mailing
from mailer.report.books import summary
from mailer.report.family import Relative, family
from mailer.report.history import Past, history
from mailer.report.leavers import Leavers, leavers
from mailer.report.providers import Provider, providers
from mailer.report.timing import Timing, timing
from subscribers.errors import Problem

_LEFT = ("sent", "failed", "in_doubt", "deferred")  # a mailing with one of them has been under way


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the table, the page and the mail to the team tell.

    Args:
        books: as `books.summary` adds them up.
        timing: None while no letter was accepted.
        family: all mailings of the issue, this one among them.
        history: the issues of the newsletter up to this one; the last one is this, if letters of it left.
        as_of: the moment at which all this was counted.
    """

    planned: Mailing
    books: Mapping[str, Any]
    timing: Timing | None
    providers: tuple[Provider, ...]
    leavers: Leavers
    family: tuple[Relative, ...]
    history: tuple[Past, ...]
    as_of: datetime

    @property
    def growth(self) -> Past | None:
        """The issue among its newsletter's issues."""
        return next((each for each in self.history if each.issue == self.planned.issue), None)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it will leave any more."""
        return self.planned.state in ("done", "cancelled", "missed")

    def as_dict(self) -> dict[str, Any]:
        """For JSON; what nobody measured is null."""
        left = asdict(self.leavers)
        left["reasons"] = [{"reason": text, "count": count} for text, count in self.leavers.reasons]
        noted = {name: left.pop(name) for name in ("bounced", "complaints")}
        return {
            **self.books,
            "newsletter": self.planned.newsletter,
            "kind": self.planned.kind,
            "as_of": self.as_of,
            "timing": asdict(self.timing) if self.timing else None,
            "providers": [{**asdict(each), "name": each.name or "other"} for each in self.providers],
            "left": left,
            **noted,
            "replies": None,
            "growth": _growth(self.growth),
            "family": [asdict(each) for each in self.family],
            "history": past_as_dicts(self.history),
        }


def make_report(connection: Connection, planned: Mailing, now: datetime, zone: ZoneInfo) -> Report:
    """Count everything of a mailing; the hours are those of the zone."""
    went = timing(connection, planned, zone)
    return Report(
        planned=planned,
        books=summary(connection, planned),
        timing=went,
        providers=providers(connection, planned),
        leavers=leavers(connection, planned, went.last_at if went else None),
        family=family(connection, planned),
        history=history(connection, planned.newsletter, planned.issue),
        as_of=now,
    )


def choose(connection: Connection, which: str | None) -> Mailing:
    """The mailing of a number or of an issue; without either the one under way or sent last.

    Of several mailings of an issue it is the one to its segment: late joiners and corrections are shown
    with it.

    Raises:
        Problem: there is none, or an issue went to several segments.
    """
    if which is None:
        letters = exists().where(delivery.c.mailing_id == mailing.c.id, delivery.c.state.in_(_LEFT))
        newest = select(mailing.c.id).where(letters).order_by(mailing.c.due_at.desc(), mailing.c.id.desc())
        number = connection.scalar(newest.limit(1))
        if number is None:
            raise Problem("Nothing was sent yet.", hint="`rundbrief mailing list` shows what is planned.")
        return find(connection, str(number))
    if which.isdigit():
        return find(connection, which)
    own = (mailing.c.issue == which) & (mailing.c.kind == "issue") & (mailing.c.state != "cancelled")
    numbers: Sequence[int] = connection.scalars(select(mailing.c.id).where(own)).all()
    return find(connection, str(numbers[0]) if len(numbers) == 1 else which)


def past_as_dicts(found: Sequence[Past]) -> list[dict[str, Any]]:
    """The issues for JSON."""
    return [{**asdict(each), "change": each.change} for each in found]


def _growth(own: Past | None) -> dict[str, int | None] | None:
    if own is None:
        return None
    return {"subscribers": own.subscribers, "joined": own.joined, "gone": own.gone, "change": own.change}
