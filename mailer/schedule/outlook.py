"""How a date's issue stands: missing, draft, red, checked, approved, or further."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from mailer.checks.finding import Finding, blocking
from mailer.delivery import mailing as room
from mailer.delivery.mailing import Mailing
from mailer.schedule.choosing import MISSING, MONTHLESS, SEVERAL, Choice, choose
from mailer.schedule.newsroom import Newsroom, Terms
from mailer.schedule.planning import adoptable, find_kept
from mailer.schedule.series import Due, find_series, following, served
from subscribers.database import reading
from subscribers.errors import Problem

OPEN = ("missing", "red", "draft", "checked")  # somebody has still to do something


@dataclass(frozen=True, slots=True)
class Outlook:
    """A date with its issue as it stands now.

    Args:
        state: one of OPEN, or the state of the mailing from `approved` on.
        mailing: what is planned for the date.
        findings: the errors that stand in the way; problem: why the issue cannot be read.
    """

    due: Due
    choice: Choice
    state: str
    mailing: Mailing | None = None
    findings: tuple[Finding, ...] = ()
    problem: str = ""

    @property
    def at(self) -> datetime:
        """When it goes out: the mailing's own time, which an approval or a person may have kept apart."""
        planned = self.mailing
        return planned.due_at if planned and planned.state != "cancelled" else self.due.at

    @property
    def note(self) -> str:
        """What is wrong, in one sentence; empty while nothing is."""
        if self.choice.trouble:
            return self.choice.sentence()
        if self.problem:
            return self.problem.splitlines()[0]
        if self.findings:
            return f"{len(self.findings)} error(s), the first in {self.findings[0].place}"
        return self.mailing.reason if self.mailing else ""


def next_date(engine: Engine | None, terms: Terms, now: datetime) -> Due | None:
    """The next date of a series, as the scheduler has it or will have it; None while it rests."""
    if terms.calendar is None:
        return None
    if engine is None:
        return following(terms.calendar, now, set())
    with reading(engine) as connection:
        found = find_series(connection, terms.newsletter)
        if found and found.due and found.rule == terms.rule and found.due.at > now:
            return found.due
        return following(terms.calendar, now, served(connection, terms.newsletter))


def look_ahead(engine: Engine | None, newsroom: Newsroom, terms: Terms, due: Due) -> Outlook:
    """How the issue of a date stands; its files are read and checked unless it is approved."""
    choice = choose(newsroom.issues(terms.newsletter), due.months)
    planned = _planned(engine, terms, due, choice) if engine is not None else None
    if planned:
        choice = Choice(due.months, planned.issue)
        if planned.state not in ("draft", "checked"):
            return Outlook(due, choice, planned.state, planned)
    if choice.trouble:
        state = "missing" if choice.trouble in (MISSING, SEVERAL, MONTHLESS) else "red"
        return Outlook(due, choice, state)
    try:
        errors = tuple(blocking(newsroom.check(choice.issue, terms.newsletter)))
    except Problem as problem:
        return Outlook(due, choice, "red", planned, problem=str(problem))
    if errors:
        return Outlook(due, choice, "red", planned, errors)
    return Outlook(due, choice, planned.state if planned else "draft", planned)


def _planned(engine: Engine, terms: Terms, due: Due, choice: Choice) -> Mailing | None:
    """The mailing of the date: the one in the books, or one that a person planned in its place."""
    with reading(engine) as connection:
        kept = find_kept(connection, terms.newsletter, due.months)
        if kept and kept.mailing_id is not None:
            planned = room.find(connection, str(kept.mailing_id))
            if planned.state != "cancelled":
                return planned
            choice = Choice(due.months, planned.issue)
        number = adoptable(connection, terms, due, choice.issue)
        return room.find(connection, str(number)) if number is not None else None
