"""How far the sender has come: a line that moves on a terminal, one now and then in a log."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailer.delivery.sender import Tally

log = logging.getLogger("rundbrief.progress")
LOG_SECONDS = 30.0
WINDOW_SECONDS = 20.0  # the rate is that of the newest letters, not of the whole run


class Rate:
    """Letters per second over the last moments, from counts that only grow."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, int]] = []

    def add(self, at: float, count: int) -> float:
        """The rate now; 0 until there is something to compare."""
        self._seen.append((at, count))
        while len(self._seen) > 2 and at - self._seen[0][0] > WINDOW_SECONDS:
            self._seen.pop(0)
        (before, earlier), (now, later) = self._seen[0], self._seen[-1]
        return (later - earlier) / (now - before) if now > before else 0.0


def describe(tally: "Tally", rate: float) -> str:
    """One line: what has left, how fast, and when the rest will have."""
    parts = [f"{tally.counts.get('sent', 0)} sent"]
    for outcome, words in (("deferred", "deferred"), ("failed", "failed"), ("in_doubt", "in doubt")):
        if count := tally.counts.get(outcome):
            parts.append(f"{count} {words}")
    left = max(tally.left, 0)
    parts.append(f"{left} left")
    if left and rate > 0:
        parts.append(f"{rate:.0f}/s, about {_duration(left / rate)} to go")
    return ", ".join(parts)


@contextmanager
def progress() -> "Iterator[Callable[[Tally], None]]":
    """What a sender tells its state to, for as long as the block lasts."""
    rate = Rate()
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("waiting for a mailing") as status:
            yield lambda tally: status.update(describe(tally, rate.add(time.monotonic(), _done(tally))))
        return
    said: list[tuple[float, int]] = [(time.monotonic(), 0)]

    def tell(tally: "Tally") -> None:
        now, done = time.monotonic(), _done(tally)
        speed = rate.add(now, done)
        if now - said[-1][0] >= LOG_SECONDS and done != said[-1][1]:
            said[:] = [(now, done)]
            log.info("%s", describe(tally, speed))

    yield tell


def _done(tally: "Tally") -> int:
    return sum(tally.counts.values())


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
