"""The tick: asks which approved mailings are due, and flips their state. It never sends.

Our own table is the truth about "when"; APScheduler only calls `tick` (its job stores lose or double runs at
a kill, a rename or a shared file). Two ticks at once are harmless: each change names the state it expects.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from subscribers.database import reading
from subscribers.errors import Problem

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger("rundbrief.schedule")

Fingerprint = Callable[[Mailing], str]


def tick(engine: Engine, now: datetime, *, grace: timedelta, fingerprint: Fingerprint) -> list[int]:
    """Move every approved mailing whose time has come; the numbers of those that are now due.

    Late by at most `grace` is due, later is `missed` and waits for a person. What no longer has the
    fingerprint it was approved with goes back to draft: an approval holds for those bytes and no others.
    """
    with reading(engine) as connection:
        ripe = [each for each in mailing.list_mailings(connection, "approved") if each.due_at <= now]
    due = []
    for each in ripe:
        try:
            if _flip(engine, each, now - each.due_at, grace, fingerprint):
                due.append(each.id)
        except Exception:
            # A fault in one mailing must not keep the others; it is asked again, and missed in the end.
            log.exception("mailing %d could not be looked at", each.id)
    return due


def start(
    engine: Engine,
    clock: Callable[[], datetime],
    *,
    grace: timedelta,
    fingerprint: Fingerprint,
    seconds: float = 1.0,
) -> "BackgroundScheduler":
    """Tick in the background until `shutdown()` of what is returned."""
    from apscheduler.schedulers.background import BackgroundScheduler

    def once() -> None:
        try:
            tick(engine, clock(), grace=grace, fingerprint=fingerprint)
        except Exception:
            # A locked database or a full disk must not end the ticking; the next tick asks again.
            log.exception("the tick failed and will be repeated")

    scheduler = BackgroundScheduler(timezone="UTC")
    # coalesce and no grace: after a sleep one tick is enough, and it must not be dropped for being late.
    scheduler.add_job(
        once, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
    )
    once()
    scheduler.start()
    return scheduler


def _flip(engine: Engine, ripe: Mailing, late: timedelta, grace: timedelta, fingerprint: Fingerprint) -> bool:
    """Move one mailing on; True if it is due now."""
    changed = "" if late > grace else _change(ripe, fingerprint)
    with engine.begin() as connection:
        if late > grace:
            reason = f"due {late} before anybody looked"
            if mailing.move(connection, ripe.id, "approved", "missed", reason=reason):
                log.warning("mailing %d missed: due %s ago", ripe.id, late)
        elif changed:
            if mailing.void(connection, ripe.id, changed):
                log.warning("mailing %d not sent: %s", ripe.id, changed)
        elif mailing.move(connection, ripe.id, "approved", "due"):
            log.info("mailing %d due", ripe.id)
            return True
    return False


def _change(approved: Mailing, fingerprint: Fingerprint) -> str:
    try:
        return "" if fingerprint(approved) == approved.content_sha256 else "changed since it was approved"
    except Problem as problem:
        return f"cannot be read any more: {problem}"
