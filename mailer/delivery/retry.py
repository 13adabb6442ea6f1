"""When a deferred letter is tried again: growing gaps with a little scatter, until it is too old."""

import hashlib
from datetime import datetime, timedelta

# RFC 5321 section 4.5.4.1: first after some minutes, then at least 30; greylisting wants five.
GAPS = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 60, 120, 240))
STALE = timedelta(days=3)  # a monthly letter that is later than this helps nobody


def next_try(
    delivery: int, attempts: int, now: datetime, due_at: datetime, stale: timedelta = STALE
) -> datetime | None:
    """The next moment for this delivery after `attempts` tries, or None when it would be stale by then.

    The scatter (up to a fifth of the gap) is fixed by the delivery and its try, so that a whole mailing that
    was put off together does not come back together.
    """
    gap = GAPS[min(max(attempts, 1), len(GAPS)) - 1]
    scatter = hashlib.sha256(f"{delivery}.{attempts}".encode()).digest()[0] / 255 / 5
    again = now + gap * (1 + scatter)
    return again if again - due_at <= stale else None
