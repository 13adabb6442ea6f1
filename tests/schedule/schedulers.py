"""Four schedulers over one database, one of them killed each second; their clock waits for them.

As a program of its own it is the nest that they are forked from, so that a start costs little.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, select, update  # noqa: E402

from mailer.delivery.mailing import Mailing  # noqa: E402
from mailer.delivery.schema import mailing  # noqa: E402
from mailer.delivery.transport import Receipt  # noqa: E402
from mailer.schedule.calendar import Calendar, parse_rule  # noqa: E402
from mailer.schedule.course import Course  # noqa: E402
from mailer.schedule.newsroom import Found, Newsroom, Notice, Team, Terms  # noqa: E402
from mailer.schedule.ticker import tick  # noqa: E402
from subscribers.database import open_database, reading  # noqa: E402

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
STEP, STEP_SECONDS = timedelta(days=3, hours=5), 0.06
PATIENCE_SECONDS = 300.0
SCHEDULERS = 4
RULES = ("first tuesday 09:30", "10th 12:00", "15th 08:00", "last working day 10:00")
GRACE = timedelta(days=10)
APPROVED_BEFORE = timedelta(days=7)
SHA256 = "f" * 64
ZONE = ZoneInfo("Europe/Berlin")


def terms() -> tuple[Terms, ...]:
    """A newsletter for each rule, with somebody to remind."""
    return tuple(
        Terms(
            newsletter=f"brief{number}",
            name=f"Brief {number}",
            language="de",
            rule=rule,
            zone=ZONE,
            calendar=Calendar(parse_rule(rule), ZONE),
            plan_days=20,
            team=Team(("team@example.org",), (10, 5, 1)),
        )
        for number, rule in enumerate(RULES)
    )


def newsroom(told: Path) -> Newsroom:
    """A workspace with an issue for each month; what the team is told is one line of a file."""
    months = [f"{year}-{month:02}" for year in range(2026, 2032) for month in range(1, 13)]

    def post(notice: Notice, _now: datetime) -> Receipt:
        with told.open("ab", buffering=0) as file:
            file.write(f"{notice.identity}\n".encode())
        return Receipt("sent", "dot", 250, "2.0.0 Ok")

    return Newsroom(
        terms=terms(),
        issues=lambda newsletter: [Found(f"{newsletter}-{month}", (month,)) for month in months],
        check=lambda _issue, _newsletter: [],
        fingerprint=lambda _planned: SHA256,
        post=post,
        trouble=lambda: "",
    )


def act(engine: Engine, course: Course, now: datetime) -> list[int]:
    """What a scheduler does in a minute; in between somebody approves what is planned."""
    course.step(now)
    due = tick(engine, now, grace=GRACE, fingerprint=_fingerprint, tell=course.tell)
    course.look(now)
    approved = {"state": "approved", "content_sha256": SHA256, "approved_at": now}
    ready = (mailing.c.state == "draft") & (mailing.c.due_at < now + APPROVED_BEFORE)
    with reading(engine) as connection:
        waiting = connection.scalar(select(mailing.c.id).where(ready).limit(1))
    if waiting is not None:
        with engine.begin() as connection:
            connection.execute(update(mailing).where(ready).values(**approved))
    return due


def _fingerprint(_planned: Mailing) -> str:
    return SHA256


def serve(database: str, folder: Path) -> None:
    """One scheduler, until it is killed; a mailing that it made due is a line in a file, so is a round."""
    engine, room = open_database(database), newsroom(folder / "told")
    now = START
    course = Course(engine, lambda: room, GRACE, lambda: now)
    while True:
        now = datetime.fromisoformat((folder / "clock").read_text())
        due = act(engine, course, now)
        with (folder / "due").open("ab", buffering=0) as lines:
            lines.write("".join(f"{number}\n" for number in due).encode())
        with (folder / "rounds").open("ab", buffering=0) as rounds:
            rounds.write(f"{now.isoformat()}\n".encode())


def hatch(database: str, folder: Path) -> None:
    """The nest: one scheduler for each line on standard input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for _ in sys.stdin:
        if (child := os.fork()) == 0:
            serve(database, folder)
        print(child, flush=True)


class Four:
    """The four at work, and the clock that they share."""

    def __init__(self, database: str, folder: Path) -> None:
        self._folder, self.kills = folder, 0
        (folder / "rounds").touch()
        self._set_clock(START)
        command = [sys.executable, __file__, database, str(folder)]
        self._nest = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._running = [self._start() for _ in range(SCHEDULERS)]

    def live(self) -> None:
        """Let the clock go from START to END; one of them dies each second, and another takes its place."""
        now, limit, next_kill = START, time.monotonic() + PATIENCE_SECONDS, time.monotonic() + 1
        while now < END:
            now = min(now + STEP, END)
            self._set_clock(now)
            moment = time.monotonic() + STEP_SECONDS
            while time.monotonic() < moment or not self._reached(now):
                assert time.monotonic() < limit, "the schedulers stand still"
                if time.monotonic() > next_kill:
                    self._kill_one()
                    next_kill = time.monotonic() + 1
                time.sleep(0.002)

    def stop(self) -> None:
        """kill -9 to all, and the end of the nest."""
        for each in self._running:
            os.kill(each, signal.SIGKILL)
        assert self._nest.stdin is not None
        assert self._nest.stdout is not None
        self._nest.stdin.close()
        self._nest.wait(60)
        self._nest.stdout.close()

    def _kill_one(self) -> None:
        victim = self._running.pop(random.randrange(SCHEDULERS))
        os.kill(victim, signal.SIGKILL)  # an error if it ended by itself
        self._running.append(self._start())
        self.kills += 1

    def _start(self) -> int:
        assert self._nest.stdin is not None
        assert self._nest.stdout is not None
        self._nest.stdin.write(b"\n")
        self._nest.stdin.flush()
        return int(self._nest.stdout.readline())

    def _set_clock(self, now: datetime) -> None:
        unfinished = self._folder / "clock.part"
        unfinished.write_text(now.isoformat())
        unfinished.replace(self._folder / "clock")

    def _reached(self, now: datetime) -> bool:
        """Whether one of them has done a round at this moment."""
        with (self._folder / "rounds").open("rb") as rounds:
            rounds.seek(max(0, rounds.seek(0, os.SEEK_END) - 1_000))
            return now.isoformat().encode() in rounds.read()


@contextmanager
def four_schedulers(database: str, folder: Path) -> Iterator[Four]:
    """Four schedulers while the block lasts."""
    four = Four(database, folder)
    try:
        yield four
    finally:
        four.stop()


if __name__ == "__main__":
    hatch(sys.argv[1], Path(sys.argv[2]))
