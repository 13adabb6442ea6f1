"""When letters fly together, and how long the process may sleep before that."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from mailer.delivery import company
from mailer.delivery.company import LULL_SECONDS, NAP_BELOW_SECONDS, TICK_SECONDS, Company


class Clock:
    """A clock by which each flight was together after so many seconds of idle time; naps are noted."""

    def __init__(self, idle: Sequence[float]) -> None:
        self._moments = [moment for seconds in idle for moment in (0.0, seconds)]
        self.naps: list[float] = []

    def monotonic(self) -> float:
        return self._moments.pop(0)

    def thread_time(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)


def naps(monkeypatch: pytest.MonkeyPatch, *idle: float) -> list[float]:
    """The naps of one flight after the other."""
    clock = Clock(idle)
    monkeypatch.setattr(company, "time", clock)

    async def fly() -> None:
        together = Company()
        for _ in idle:
            asyncio.get_running_loop().call_soon(together.nudge, True)
            await together.wait()
        together.end()

    asyncio.run(fly())
    return clock.naps


def test_a_short_idle_time_is_slept_through_the_next_time_but_never_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = LULL_SECONDS / 2

    found = naps(monkeypatch, short, NAP_BELOW_SECONDS * 0.9, short)

    assert len(found) == 2
    assert found[0] < short
    assert found[1] == LULL_SECONDS


def test_who_waits_for_a_far_relay_or_is_busy_never_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert naps(monkeypatch, 0.0, NAP_BELOW_SECONDS, 0.02, 0.0, 0.0) == []


def test_nobody_waits_longer_than_a_tick() -> None:
    async def wait_alone() -> float:
        together = Company()
        await together.wait()
        began = time.monotonic()
        await together.wait()
        together.end()
        return time.monotonic() - began

    assert asyncio.run(wait_alone()) < 10 * TICK_SECONDS
