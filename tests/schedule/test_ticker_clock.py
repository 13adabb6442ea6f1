"""The ticking goes on when the clock on the wall is set back or forward, and beside a slow look."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from threading import Event

import pytest

from mailer.delivery.mailing import Mailing
from mailer.schedule import ticker
from tests.small_workspace import make_office, plan_and_approve

SECONDS = 0.05


class Wall:
    """The clock on the wall, which a test sets; the steady clock goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shift = 0.0
        real, wall = time.time, self

        class Shifted(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Shifted":
                return cls.fromtimestamp(real() + wall.shift, tz)

        monkeypatch.setattr("apscheduler.schedulers.base.datetime", Shifted)
        monkeypatch.setattr(ticker.time, "time", lambda: real() + wall.shift)
        monkeypatch.setattr(ticker, "GUARD_SECONDS", SECONDS)

    def now(self) -> datetime:
        return datetime.fromtimestamp(ticker.time.time()).astimezone()


def ticks(folder: Path, wall: Wall, seconds: float) -> tuple[ticker.Ticking, list[float]]:
    """A ticking, and when it ticked by the steady clock."""
    office, seen = make_office(folder), list[float]()
    running = ticker.start(
        office.engine,
        wall.now,
        grace=timedelta(hours=6),
        fingerprint=office.fingerprint,
        step=lambda _: seen.append(time.monotonic()),
        seconds=seconds,
    )
    return running, seen


def wait_for(moment: Callable[[], bool]) -> None:
    limit = time.monotonic() + 30
    while not moment():
        assert time.monotonic() < limit
        time.sleep(0.01)


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=3), timedelta(days=3650)])
def test_a_clock_that_is_set_stalls_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, jump: timedelta
) -> None:
    wall = Wall(monkeypatch)
    with caplog.at_level(logging.WARNING):
        running, seen = ticks(tmp_path, wall, SECONDS)
        wait_for(lambda: len(seen) > 3)

        wall.shift = jump.total_seconds()
        at = len(seen)
        wait_for(lambda: len(seen) > at + 5)
        running.shutdown()

    assert "the clock jumped by" in caplog.text


def test_without_the_guard_an_hour_set_back_is_an_hour_of_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall(monkeypatch)
    monkeypatch.setattr(ticker, "GUARD_SECONDS", 3600.0)
    running, seen = ticks(tmp_path, wall, SECONDS)
    wait_for(lambda: len(seen) > 3)

    def is_silent() -> bool:
        at = len(seen)
        time.sleep(10 * SECONDS)
        return len(seen) == at

    wall.shift = -3600.0
    wait_for(is_silent)  # a tick that was under way may still come
    silent = is_silent()
    running.shutdown()

    assert silent


def test_a_slow_look_does_not_keep_the_tick(tmp_path: Path, now: datetime) -> None:
    office, seen, looking, over = make_office(tmp_path), list[datetime](), Event(), Event()

    def look(_now: datetime) -> None:
        looking.set()
        over.wait(30)

    running = ticker.start(
        office.engine,
        lambda: now,
        grace=timedelta(hours=6),
        fingerprint=office.fingerprint,
        step=seen.append,
        look=look,
        seconds=SECONDS,
    )
    assert looking.wait(30)
    at = len(seen)
    wait_for(lambda: len(seen) > at + 3)
    ticked = len(seen) - at
    over.set()
    running.shutdown()

    assert ticked > 3


def test_what_is_due_waits_for_nothing_else(tmp_path: Path, now: datetime) -> None:
    office, order, looked = make_office(tmp_path), list[str](), Event()
    plan_and_approve(office, now, now)

    def fingerprint(planned: Mailing) -> str:
        order.append("due")
        return office.fingerprint(planned)

    def look(_now: datetime) -> None:
        order.append("look")
        looked.set()

    running = ticker.start(
        office.engine,
        lambda: now,
        grace=timedelta(hours=6),
        fingerprint=fingerprint,
        step=lambda _: order.append("step"),
        look=look,
        seconds=SECONDS,
    )
    assert looked.wait(30)
    wait_for(lambda: "step" in order)
    running.shutdown()

    assert order[0] == "due"
