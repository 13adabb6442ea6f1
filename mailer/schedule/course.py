"""The month's course: dates pass, the next issue is planned, approvals are watched, the team is told."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mailer.delivery.mailing import Mailing
from mailer.schedule.approvals import VOID, recall
from mailer.schedule.newsroom import Newsroom, Terms
from mailer.schedule.occasions import Occasion, queue
from mailer.schedule.planning import pass_dates, plan_coming
from mailer.schedule.reminders import deliver, remind
from mailer.schedule.reporting import report
from mailer.schedule.series import go_back, settle
from subscribers.errors import Problem
from subscribers.trouble import tell_failure

log = logging.getLogger("rundbrief.schedule")


@dataclass(slots=True)
class Course:
    """What the scheduler does beside the tick; several at once are harmless.

    Args:
        newsroom: gives the workspace as config.toml says now; after a change every series derives its date
            again.
    """

    engine: Engine
    newsroom: Callable[[], Newsroom]
    grace: timedelta
    clock: Callable[[], datetime]
    _settled: Newsroom | None = field(default=None, init=False)
    _said: set[str] = field(default_factory=set, init=False)

    def step(self, now: datetime) -> None:
        """Let the dates pass that have come; in milliseconds, but for the moment when one does."""
        newsroom = self.newsroom()
        if newsroom is not self._settled:
            if newsroom.trouble():
                return
            done = [self._try(terms, settle, self.engine, terms, now) for terms in _followed(newsroom)]
            self._settled = newsroom if all(done) else None
        for terms in _followed(newsroom):
            self._try(terms, pass_dates, self.engine, newsroom, terms, now, self.grace)

    def look(self, now: datetime) -> None:
        """Read the files, plan what comes into view, take back approvals, tell the team."""
        newsroom = self.newsroom()
        if why := newsroom.trouble():
            log.warning("nothing is planned and nobody is told: %s", why)
            return
        for terms in _followed(newsroom):
            self._try(terms, go_back, self.engine, terms, now)
            self._try(terms, plan_coming, self.engine, newsroom, terms, now)
        recall(self.engine, now, newsroom.fingerprint, self.tell, newsroom.changed)
        for terms in newsroom.terms:
            self._try(terms, remind, self.engine, newsroom, terms, now)
            self._try(terms, report, self.engine, terms, now)
            if terms.refusal:
                self._say(terms, f"nothing is planned: {terms.refusal.sentence}")
        deliver(self.engine, newsroom, now)

    def fingerprint(self, planned: Mailing) -> str:
        """What a mailing would send by the files as they are now. Raises Problem when they cannot be read."""
        return self.newsroom().fingerprint(planned)

    def changed(self, planned: Mailing) -> str:
        """The names of what an approved mailing would send differently now. Raises Problem likewise."""
        return self.newsroom().changed(planned)

    def tell(self, connection: Connection, planned: Mailing, kind: str, detail: str) -> None:
        """Lay a notice ready about what became of a mailing."""
        which = f"{planned.approved_at:%Y%m%dT%H%M%S%f}" if kind == VOID else ""
        for terms in self.newsroom().terms:
            if terms.newsletter == planned.newsletter:
                occasion = Occasion(kind, str(planned.id), which)
                queue(connection, terms, occasion, self.clock(), planned.id, detail=detail)

    def _try(self, terms: Terms, job: Callable[..., object], *given: object) -> bool:
        """One newsletter's trouble must not keep the others; False when it is worth trying again at once."""
        try:
            job(*given)
        except Problem as problem:
            self._say(terms, str(problem))
        except Exception as error:
            tell_failure(log, error, "series %s could not be looked at and will be again", terms.newsletter)
            return False
        return True

    def _say(self, terms: Terms, sentence: str) -> None:
        """Once as long as this process lives."""
        if (line := f"series {terms.newsletter}: {sentence}") not in self._said:
            self._said.add(line)
            log.error("%s", line)


def _followed(newsroom: Newsroom) -> list[Terms]:
    """The series whose rule is not refused; the others stay as they are until it is mended."""
    return [terms for terms in newsroom.terms if terms.refusal is None]
