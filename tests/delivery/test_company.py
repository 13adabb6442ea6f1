"""When letters fly together, and how long the process may sleep before that."""

import asyncio
import time

import pytest

from mailer.delivery import company
from mailer.delivery.company import LULL_SECONDS, NAP_BELOW_SECONDS, TICK_SECONDS, Company


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each nap; none is slept."""
    taken: list[float] = []
    monkeypatch.setattr(company.time, "sleep", taken.append)
    return taken


def flights(*idle: float) -> None:
    """One flight after the other, each together after so many seconds of idle time."""

    async def fly() -> None:
        together = Company()
        await together.wait()  # the first tick sets it at once
        for seconds in idle:
            asyncio.get_running_loop().call_later(seconds, together.nudge, True)
            await together.wait()
        together.end()

    asyncio.run(fly())


def test_a_short_idle_time_is_slept_through_the_next_time_but_never_for_long(naps: list[float]) -> None:
    flights(NAP_BELOW_SECONDS / 3, NAP_BELOW_SECONDS / 3, NAP_BELOW_SECONDS / 3)

    assert naps
    assert all(0 < nap <= LULL_SECONDS for nap in naps)


def test_who_waits_for_a_far_relay_never_sleeps(naps: list[float]) -> None:
    flights(4 * NAP_BELOW_SECONDS, 4 * NAP_BELOW_SECONDS, 4 * NAP_BELOW_SECONDS)

    assert [nap for nap in naps if nap > LULL_SECONDS / 2] == []


def test_nobody_waits_longer_than_a_tick() -> None:
    async def wait_alone() -> float:
        together = Company()
        await together.wait()
        began = time.monotonic()
        await together.wait()
        together.end()
        return time.monotonic() - began

    assert asyncio.run(wait_alone()) < 10 * TICK_SECONDS
