"""Limits per provider and over all: never exceeded, almost fully used, the same for every process."""

import itertools
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from mailer.delivery.pace import BURST, HORIZON, SLOWEST, UNLIMITED, Limits, reserve, slow_down, slowed
from mailer.delivery.schema import pace
from subscribers.person import Person
from tests.conftest import ROOT


@dataclass(frozen=True)
class Letter:
    id: int
    person: Person


def letters(count: int, domain: str = "t-online.de", first: int = 1) -> list[Letter]:
    return [Letter(n, Person(id=n, email=f"kim{n}@{domain}")) for n in range(first, first + count)]


def send_all(
    engine: Engine,
    waiting: list[tuple[datetime, Letter]],
    limits: Limits,
    now: datetime,
    seconds: float,
    step: float,
) -> list[tuple[datetime, Letter]]:
    """Claim and reserve as a sender does, every `step` seconds; when each letter went."""
    went, end = [], now + timedelta(seconds=seconds)
    while now < end:
        due = [each for at, each in waiting if at <= now][:50]
        rest = [pair for pair in waiting if pair[1] not in due]
        with engine.begin() as connection:
            going, back = reserve(connection, due, limits, now)
        went += [(now, each) for each in going]
        waiting = rest + [(at, each) for each, at in back]
        now += timedelta(seconds=step)
    return went


@pytest.mark.parametrize(("rate", "step"), [(40.0, 0.1), (5.0, 0.5), (7.3, 0.3)])
def test_a_limit_is_used_and_never_exceeded(engine: Engine, now: datetime, rate: float, step: float) -> None:
    limits, seconds = Limits(rates={"t-online.de": rate}), 12

    went = send_all(engine, [(now, each) for each in letters(600)], limits, now, seconds, step)

    moments = [at for at, _ in went]
    assert_within(moments, rate)
    assert len(moments) >= 0.98 * rate * (seconds - step)
    assert len({each.id for _, each in went}) == len(went)


def assert_within(moments: list[datetime], rate: float) -> None:
    """In any window no more than the limit and the burst."""
    moments = sorted(moments)
    for window in (0.2, 1.0, 3.0, 10.0):
        most = rate * (window + BURST.total_seconds()) + 1
        last = 0
        for first, at in enumerate(moments):
            while last < len(moments) and moments[last] - at < timedelta(seconds=window):
                last += 1
            assert last - first <= most + 1e-6, (window, last - first)


@given(
    rate=st.floats(0.5, 200),
    arrivals=st.lists(st.tuples(st.integers(1, 60), st.floats(0, 3)), min_size=1, max_size=25),
)
def test_no_window_sees_more_whatever_the_arrivals(rate: float, arrivals: list[tuple[int, float]]) -> None:
    from subscribers.database import open_database

    engine = open_database("sqlite://")
    pace.create(engine)
    limits, went, first = Limits(rates={"gmx.de": rate}), list[datetime](), 1
    now = datetime.fromisoformat("2026-11-24T08:30:00+00:00")
    with engine.begin() as connection:
        for count, pause in arrivals:
            now += timedelta(seconds=pause)
            going, back = reserve(connection, letters(count, "web.de", first), limits, now)
            first += count
            went += [now] * len(going)
            assert len(going) + len(back) == count
            assert all(now < at <= now + 2 * HORIZON for _, at in back)
    engine.dispose()

    assert_within(went, rate)


def test_a_provider_is_one_whatever_its_domains(engine: Engine, now: datetime) -> None:
    limits = Limits(rates={"gmx.de": 2.0}, groups={"example.org": ("example.net",)})
    crowd = letters(10, "web.de") + letters(10, "GMX.net", 11) + letters(10, "example.org", 21)

    with engine.begin() as connection:
        going, back = reserve(connection, crowd, limits, now)

    assert Counter(each.person.email.partition("@")[2] for each in going) == {"web.de": 2, "example.org": 10}
    assert len(back) == 18
    assert limits.key_of("a@example.net") == limits.key_of("b@example.org")


def test_all_letters_together_have_a_limit_too(engine: Engine, now: datetime) -> None:
    limits = Limits(rate=10.0, rates={"t-online.de": 2.0})
    crowd = letters(5) + letters(20, "example.org", 6)

    with engine.begin() as connection:
        going, back = reserve(connection, crowd, limits, now)
        other, _ = reserve(connection, letters(5, "example.com", 50), Limits(relay="second"), now)

    assert len(going) == 6  # half a second's worth, and one
    assert Counter(each.person.email.partition("@")[2] for each in going)["t-online.de"] == 2
    assert len(back) == 19
    assert len(other) == 5  # another relay has its own limits


def test_who_waits_gets_a_moment_of_his_own_and_never_far_away(engine: Engine, now: datetime) -> None:
    limits = Limits(rates={"t-online.de": 1.0})

    with engine.begin() as connection:
        _, first = reserve(connection, letters(400), limits, now)
        _, second = reserve(connection, letters(400, first=401), limits, now)

    moments = [at for _, at in first + second]
    near = [at for at in moments if at <= now + HORIZON]
    assert len(set(near)) == len(near) > 590
    assert max(moments) <= now + 2 * HORIZON
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(sorted(near)))


def test_without_a_limit_nothing_is_written(engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        going, back = reserve(connection, letters(1000), Limits(), now)

        assert (len(going), back) == (1000, [])
        assert connection.execute(select(pace)).all() == []


def test_too_much_halves_once_and_recovers_slowly_after_a_restart_too(engine: Engine, now: datetime) -> None:
    limits = Limits(rates={"t-online.de": 8.0})
    key = limits.key_of("kim@t-online.de")
    with engine.begin() as connection:
        for second in range(5):
            slow_down(connection, key, now + timedelta(seconds=second), limits)  # one crowd of refusals
        slow_down(connection, key, now + timedelta(seconds=40), limits)
    engine.dispose()

    at = [now + timedelta(seconds=40) + timedelta(minutes=minutes) for minutes in (0, 10, 60, 300)]
    with engine.begin() as connection:
        rates = [slowed(connection, moment)[key] for moment in at]
        assert rates == pytest.approx([2.0, 2.2, 2.0 * 1.1**6, 2.0 * 1.1**30], rel=0.01)
        assert len(reserve(connection, letters(20), limits, at[0])[0]) == 2
        assert len(reserve(connection, letters(20), limits, at[3])[0]) == 5  # as before
        assert slowed(connection, at[3]) == {}


def test_a_domain_without_a_limit_gets_one_when_it_complains(engine: Engine, now: datetime) -> None:
    limits = Limits()
    key = limits.key_of("kim@example.org")
    with engine.begin() as connection:
        slow_down(connection, key, now, limits)

        going, back = reserve(connection, letters(20, "example.org"), limits, now)
        free, _ = reserve(connection, letters(20, "example.com"), limits, now)

        assert slowed(connection, now) == {key: UNLIMITED / 2}
    assert (len(going), len(free)) == (3, 20)
    assert len(back) == 17


def test_it_never_gets_so_slow_that_a_mailing_does_not_end(engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        for minute in range(40):
            slow_down(connection, "/example.org", now + timedelta(minutes=minute))

        assert slowed(connection, now + timedelta(minutes=39)) == {"/example.org": SLOWEST}


WORKER = """
import sys, time
from datetime import UTC, datetime
from mailer.delivery.pace import Limits, reserve
from subscribers.database import open_database
from subscribers.person import Person
from tests.delivery.test_pace import Letter
engine, limits = open_database(sys.argv[1]), Limits(rate=float(sys.argv[2]), rates={"t-online.de": 1000.0})
sys.stdin.readline()
until, number = time.monotonic() + float(sys.argv[3]), 0
while time.monotonic() < until:
    with engine.begin() as connection:
        now = datetime.now(UTC)
        crowd = [Letter(number + each, Person(id=1, email="a@t-online.de")) for each in range(5)]
        going, _ = reserve(connection, crowd, limits, now)
    number += 5
    for _ in going:
        print(now.isoformat())
    time.sleep(0.02)
"""


def test_three_processes_keep_one_limit(engine: Engine, database_url: str) -> None:
    rate, seconds = 40.0, 3.0
    command = [sys.executable, "-c", WORKER, database_url, str(rate), str(seconds)]
    workers = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(3)
    ]

    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outputs = [worker.communicate(timeout=60)[0] for worker in workers]

    moments = sorted(datetime.fromisoformat(line) for output in outputs for line in output.split())
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert_within(moments, rate)
    span = (moments[-1] - moments[0]).total_seconds()
    assert len(moments) >= 0.5 * rate * span  # what nobody had the processor for is not made up for
    assert all(output for output in outputs)
