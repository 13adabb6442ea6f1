"""Faults 29 to 33: books that cannot be written or believed, clocks that jump, summer time, sleep, size. The
number in the name of a test is that of the fault.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mailer.cli.instance import Instance
from mailer.cli.office import clock
from mailer.delivery.instance import read_mark
from mailer.delivery.schema import mailing
from mailer.schedule.ticker import tick
from subscribers.errors import Problem
from tests.conftest import ROOT
from tests.delivery.desk import NOBODY, Desk, due_office, restarted, start, wait
from tests.delivery.scripted import Scripted
from tests.small_workspace import add_crowd, add_people, make_office, plan_and_approve

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)


# --- 29: the file


def damage(database: Path, name: str) -> None:
    """Noise in place of the first page of a table or an index."""
    with closing(sqlite3.connect(database)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


@pytest.mark.parametrize("name", ["import_change", "delivery", "subscriber"])
def test_29_a_damaged_page_lets_nothing_leave_and_points_to_the_backup(tmp_path: Path, name: str) -> None:
    with Scripted() as server:
        office = due_office(tmp_path, server.port, "ada")
        office.engine.dispose()
        damage(office.settings.var / "rundbrief.db", name)

        process = start(office, keep_errors=True)
        _, errors = process.communicate(timeout=120)

    assert process.returncode == 1
    assert server.recipients == NOBODY
    assert "The database is damaged." in errors.decode()
    assert "rundbrief.db" in errors.decode()
    assert "the last good one back from the backup" in errors.decode()
    assert "Traceback" not in errors.decode()


def test_29_damage_that_shows_while_letters_leave_stops_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.delivery.soundness.PATIENCE_SECONDS", 0.0)
    desk.approve("ada")
    desk.engine.dispose()
    damage(desk.office.settings.var / "rundbrief.db", "import_change")
    guard = Instance(desk.engine, desk.office.settings.var / "instance", clock)

    with pytest.raises(Problem, match="damaged") as problem, guard.watched(desk.stop):
        assert desk.stop.wait(60)

    assert "backup" in str(problem.value)


@contextmanager
def read_only(*paths: Path) -> Iterator[None]:
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.mark.parametrize("what", ["database", "log", "folder"])
def test_29_books_that_cannot_be_written_let_nothing_leave(tmp_path: Path, what: str) -> None:
    with Scripted() as server:
        office = due_office(tmp_path, server.port, "ada")
        var = office.settings.var
        if what != "log":
            office.engine.dispose()  # who closes last, empties the log and takes it away
        file = {"database": var / "rundbrief.db", "log": var / "rundbrief.db-wal", "folder": var}[what]

        with read_only(file):
            process = start(office, keep_errors=True)
            _, errors = process.communicate(timeout=120)
        assert server.recipients == NOBODY
        for each in var.glob("rundbrief.db*"):
            each.chmod(0o600)  # SQLite gives the files beside it the mode of the database
        states = restarted(office)

    assert process.returncode == 1, errors
    assert b"cannot be" in errors
    assert b"Traceback" not in errors
    assert states == {"ada@example.org": "sent"}


# --- 30: the clock


@pytest.mark.parametrize("jump", [-DAY, -HOUR, HOUR, DAY])
@pytest.mark.parametrize("moment", ["MAIL", "DATA", "DOT"])
def test_30_a_clock_that_jumps_during_the_run_sends_to_everybody_once(
    desk: Desk, jump: timedelta, moment: str
) -> None:
    people = [f"person{count}" for count in range(8)]
    number = desk.approve(*people)

    def step() -> None:
        desk.now += jump

    good = {"MAIL": "250 2.1.0 Ok", "DATA": "354 Go on", "DOT": "250 2.0.0 Ok"}[moment]
    with Scripted({moment: [good, good, step]}) as server:
        desk.work(server, 2)
        for _ in range(3):
            desk.now += MINUTE
            desk.work(server, 2)
        desk.now -= jump
        desk.work(server, 2)

    assert sorted(server.recipients) == [f"{name}@example.org" for name in people]
    assert set(desk.states().values()) == {"sent"}
    assert desk.state(number) == "done"


@pytest.mark.parametrize("jump", [HOUR, DAY])
def test_30_a_clock_set_back_after_the_run_starts_no_second_one(desk: Desk, jump: timedelta) -> None:
    desk.approve("ada")

    with Scripted() as server:
        desk.work(server)
        for back in (jump, jump / 2, MINUTE, timedelta(0), -jump):
            desk.now -= back
            desk.work(server)

    assert server.recipients == ["ada@example.org"]


def test_30_a_clock_that_runs_ahead_for_a_while_misses_no_mailing_without_a_word(desk: Desk) -> None:
    add_people(desk.office, ["ada@example.org"], desk.now)
    soon = plan_and_approve(desk.office, desk.now + HOUR, desk.now)

    tick(desk.engine, desk.now + 2 * HOUR, grace=desk.office.grace, fingerprint=desk.office.fingerprint)
    with Scripted() as server:
        desk.work(server)
    again = plan_and_approve(desk.office, desk.now + 2 * HOUR, desk.now)
    tick(desk.engine, desk.now + 2 * DAY, grace=desk.office.grace, fingerprint=desk.office.fingerprint)

    assert desk.state(soon) == "done"  # an hour too early: a clock that is believed
    assert server.recipients == ["ada@example.org"]
    assert desk.state(again) == "missed"
    assert "before anybody looked" in desk.reason(again)


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_30_patience_with_a_server_does_not_follow_the_clock(desk: Desk, jump: timedelta) -> None:
    desk.approve("ada")

    def think() -> None:
        desk.now += jump
        time.sleep(1.2)  # the sender looks for dead ones meanwhile

    with Scripted({"DOT": [think]}) as server:
        desk.work(server, dot_seconds=20.0)
    assert desk.states() == {"ada": "sent"}


# --- 31: summer time, the ends of months


def dates(folder: Path, rule: str, start: str, count: int, zone: str) -> list[datetime]:
    config = folder / "config.toml"
    lines = [line for line in config.read_text("utf-8").splitlines() if not line.startswith("send = ")]
    text = "\n".join(lines).replace('list_id = "', f'send = "{rule}"\nlist_id = "', 1)
    if "on_free_day" not in text:
        text += '\n[newsletters.rundbrief.calendar]\non_free_day = "none"\n'
    config.write_text(text, "utf-8")
    command = [sys.executable, "-m", "mailer", "--config", str(config), "schedule", "next", "--json"]
    done = subprocess.run(
        [*command, "--from", start, "--count", str(count)],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        check=True,
    )
    return [datetime.fromisoformat(each["at"]) for each in json.loads(done.stdout)]


def test_31_summer_time_and_short_months_give_one_date_a_month_whatever_the_server_thinks(
    tmp_path: Path,
) -> None:
    make_office(tmp_path / "w")

    sundays = dates(tmp_path / "w", "last sunday 02:30", "2027-01-01", 24, "UTC")
    lasts = dates(tmp_path / "w", "31st 08:00", "2027-12-01", 14, "America/New_York")
    leaps = dates(tmp_path / "w", "29th 08:00", "2027-02-01", 25, "Pacific/Auckland")

    for found in (sundays, lasts, leaps):
        assert found == sorted(set(found))
        months = [each.year * 12 + each.month for each in found]
        assert months == list(range(months[0], months[0] + len(found)))
    instants = {each.astimezone(UTC) for each in sundays}
    assert datetime(2027, 3, 28, 1, 30, tzinfo=UTC) in instants  # 02:30 is not there: 03:30
    assert datetime(2027, 10, 31, 0, 30, tzinfo=UTC) in instants  # 02:30 comes twice: the first
    assert {(each.hour, each.minute) for each in sundays} == {(2, 30), (3, 30)}
    assert [each.day for each in lasts[:5]] == [31, 31, 29, 31, 30]
    assert {each.hour for each in (*lasts, *leaps)} == {8}
    assert [each.day for each in leaps if each.month == 2] == [28, 29, 28]


@pytest.mark.parametrize("day", ["2027-10-31T00:30", "2027-03-28T01:30"])
def test_31_the_night_of_the_change_sends_once(desk: Desk, day: str) -> None:
    due = datetime.fromisoformat(f"{day}+00:00")
    add_people(desk.office, ["ada@example.org"], due - DAY)
    number = plan_and_approve(desk.office, due, due - DAY)

    with Scripted() as server:
        for minutes in range(-120, 180, 10):
            desk.now = due + timedelta(minutes=minutes)
            desk.work(server)
            assert len(server.accepted) == (minutes >= 0)

    assert desk.state(number) == "done"


# --- 32: asleep


@pytest.mark.parametrize(("over", "state"), [(-MINUTE, "done"), (MINUTE, "missed")])
def test_32_a_machine_that_sleeps_over_the_time_sends_once_or_says_that_it_missed(
    desk: Desk, over: timedelta, state: str
) -> None:
    number = desk.approve("ada")

    with Scripted() as server:
        desk.now += desk.office.grace + over
        desk.work(server)
        desk.now += MINUTE
        desk.work(server)

    assert desk.state(number) == state
    assert len(server.accepted) == (state == "done")


@pytest.mark.slow
def test_32_a_process_that_stands_still_over_the_time_sends_once_afterwards(tmp_path: Path) -> None:
    with Scripted() as server:
        office = make_office(tmp_path / "w", port=server.port)
        add_people(office, ["ada@example.org"], clock())
        plan_and_approve(office, clock() + HOUR, clock())
        mark = office.settings.var / "instance"
        before = read_mark(mark)
        process = start(office, until_done=False)
        wait(lambda: read_mark(mark) != before)
        due = clock() + timedelta(seconds=3)
        with office.engine.begin() as connection:
            connection.execute(update(mailing).values(due_at=due))
        process.send_signal(signal.SIGSTOP)
        assert clock() < due
        time.sleep((due - clock()).total_seconds() + 0.5)
        assert server.recipients == NOBODY

        process.send_signal(signal.SIGCONT)
        wait(lambda: len(server.accepted) == 1)
        time.sleep(1.2)  # another tick
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    office.engine.dispose()

    assert server.recipients == ["ada@example.org"]


# --- 33: size


@pytest.mark.slow
def test_33_a_hundred_thousand_letters_of_200_kb_need_no_more_memory_and_no_more_time_each(
    tmp_path: Path,
) -> None:
    office = make_office(tmp_path / "w")
    editorial = office.settings.issues / "2025-10" / "editorial.md"
    paragraph = "Dieser Absatz steht nur da, damit der Brief groß wird, größer als jeder andere. "
    editorial.write_text(editorial.read_text("utf-8") + ("\n" + paragraph * 5 + "\n") * 200, "utf-8")
    add_crowd(office, 100_000, clock())
    plan_and_approve(office, clock(), clock())
    office.engine.dispose()

    driver = Path(__file__).with_name("heap.py")
    done = subprocess.run(
        [sys.executable, str(driver), str(office.settings.file)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )

    told = json.loads(done.stdout)
    print(told)
    assert told["states"] == {"sent": 100_000}
    assert min(told["sent"]) >= 10_000
    assert told["octets"] > 200_000
    assert told["peak_mb"] < 200
    assert told["peak_mb"] < told["early_peak_mb"] + 10
    assert told["late_seconds"] < 2 * told["early_seconds"]
