"""The tick: asks which approved mailings are due, and flips their state. It never sends to subscribers.

Our own table is the truth about "when"; APScheduler only calls `tick` (its job stores lose or double runs at
a kill, a rename or a shared file). Two ticks at once are harmless: each change names the state it expects.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from mailer.schedule.approvals import (
    LATE,
    NOBODY,
    UNAPPROVED,
    Changed,
    Fingerprint,
    Tell,
    change,
    name_nothing,
    take_back,
    tell_nobody,
)
from subscribers.database import reading
from subscribers.trouble import tell_failure

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger("rundbrief.schedule")

WAITING = ("draft", "checked", "approved")
LOOK_SECONDS = 60.0
GUARD_SECONDS = 1.0
JUMP_SECONDS = 5.0  # the wall's clock against the steady one, between two looks of the guard


def tick(
    engine: Engine,
    now: datetime,
    *,
    grace: timedelta,
    fingerprint: Fingerprint,
    tell: Tell = tell_nobody,
    changed: Changed = name_nothing,
) -> list[int]:
    """Move every mailing whose time has come; the numbers of those that are now due.

    Late by at most `grace` is due, later is `missed` and waits for a person, as is what nobody approved until
    then. What no longer has the fingerprint it was approved with goes back to draft: an approval holds for
    those bytes and no others.
    """
    with reading(engine) as connection:
        ripe = [each for each in mailing.list_mailings(connection, *WAITING) if each.due_at <= now]
    due = []
    for each in ripe:
        try:
            if _flip(engine, each, now - each.due_at, grace, fingerprint, tell, changed):
                due.append(each.id)
        except Exception as error:
            # A fault in one mailing must not keep the others; it is asked again, and missed in the end.
            tell_failure(log, error, "mailing %d could not be looked at", each.id)
    return due


class Beat:
    """A trigger of APScheduler: so many seconds after the last time, and never a time that has passed.

    Its own interval trigger lists every time that was slept through, 7.8 million after three months.
    """

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """As APScheduler asks for it."""
        return now + self._pause


class Ticking:
    """A scheduler at work in the background, until `shutdown()`."""

    def __init__(self, scheduler: "BackgroundScheduler") -> None:
        self._scheduler, self._over = scheduler, Event()
        self._guard = Thread(target=self._watch_clock, name="clock", daemon=True)

    def begin(self) -> None:
        """Start it, and the guard that notices when the clock is set."""
        self._scheduler.start()
        self._guard.start()

    def shutdown(self) -> None:
        """End after the tick in hand."""
        self._over.set()
        self._guard.join()
        self._scheduler.shutdown()

    def _watch_clock(self) -> None:
        """Without this an hour set back is an hour without a tick: the next run is a time on the wall."""
        ahead = time.time() - time.monotonic()
        while not self._over.wait(GUARD_SECONDS):
            before, ahead = ahead, time.time() - time.monotonic()
            if abs(ahead - before) > JUMP_SECONDS:
                log.warning("the clock jumped by %+.0f seconds; looking again now", ahead - before)
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=_wall())


def load() -> None:
    """Import APScheduler, which takes 0.02 s, while nothing waits for it."""
    import apscheduler.schedulers.background  # noqa: F401


def start(
    engine: Engine,
    clock: Callable[[], datetime],
    *,
    grace: timedelta,
    fingerprint: Fingerprint,
    tell: Tell = tell_nobody,
    changed: Changed = name_nothing,
    step: Callable[[datetime], None] | None = None,
    look: Callable[[datetime], None] | None = None,
    seconds: float = 1.0,
) -> Ticking:
    """Tick once, so that what is due can leave; then in the background until `shutdown()` of the result.

    Args:
        step: done before each tick but the first, in milliseconds: the series pass their dates.
        look: done once a minute beside the ticks, and as long as it takes: files are read, the team is told.
    """

    def flip() -> None:
        tick(engine, clock(), grace=grace, fingerprint=fingerprint, tell=tell, changed=changed)

    def once() -> None:
        if step is not None:
            step(clock())
        flip()

    again(flip)()
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.base import BaseTrigger

    BaseTrigger.register(Beat)
    # coalesce and no grace: after a sleep one tick is enough, and it must not be dropped for being late.
    terms = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = BackgroundScheduler(timezone="UTC")
    first = {} if step is None else {"next_run_time": _wall()}
    scheduler.add_job(again(once), Beat(seconds), **first, **terms)
    if look is not None:
        minutely = again(lambda: look(clock()))
        scheduler.add_job(minutely, Beat(LOOK_SECONDS), next_run_time=_wall(), **terms)
    ticking = Ticking(scheduler)
    ticking.begin()
    return ticking


def _wall() -> datetime:
    """The clock on the wall, which APScheduler goes by."""
    return datetime.fromtimestamp(time.time(), UTC)


def again(job: Callable[[], object]) -> Callable[[], None]:
    """A job whose failure does not end the ticking, such as a locked database or a full disk."""

    def safe() -> None:
        try:
            job()
        except Exception as error:
            tell_failure(log, error, "the tick failed and will be repeated")

    return safe


def _flip(
    engine: Engine,
    ripe: Mailing,
    late: timedelta,
    grace: timedelta,
    fingerprint: Fingerprint,
    tell: Tell,
    changed: Changed,
) -> bool:
    """Move one mailing on; True if it is due now."""
    if ripe.state != "approved":
        if late > grace:
            _miss(engine, ripe, "; ".join(filter(None, (NOBODY, ripe.reason))), UNAPPROVED, tell)
        return False
    if late > grace:
        _miss(engine, ripe, f"due {late} before anybody looked", LATE, tell)
        return False
    why, detail = change(ripe, fingerprint, changed)
    with engine.begin() as connection:
        if why:
            take_back(connection, ripe, why, detail, tell)
        elif mailing.move(connection, ripe.id, "approved", "due"):
            log.info("mailing %d due", ripe.id)
            return True
    return False


def _miss(engine: Engine, ripe: Mailing, reason: str, kind: str, tell: Tell) -> None:
    with engine.begin() as connection:
        if mailing.move(connection, ripe.id, ripe.state, "missed", reason=reason):
            log.warning("mailing %d missed: %s", ripe.id, reason)
            tell(connection, ripe, kind, "")
