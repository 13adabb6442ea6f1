"""Faults 1 to 4 and 23 to 28: what breaks on this side - kills, power, two workers, stops, disk, locks. The
number in the name of a test is that of the fault.
"""

import logging
import shutil
import signal
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from mailer.cli.office import clock
from mailer.delivery import doubt, mailing
from mailer.delivery.reaper import reap
from mailer.delivery.schema import delivery
from mailer.schedule.ticker import tick
from subscribers.database import open_database, reading
from subscribers.roster import unsubscribe
from subscribers.schema import subscription
from tests.delivery.desk import (
    Desk,
    due_office,
    identity,
    killed,
    restarted,
    start,
    states_of,
    wait,
)
from tests.delivery.scripted import Hang, Scripted

# --- 1 to 4: killed, and without power


@pytest.mark.slow
def test_01_kill_before_the_dot_sends_exactly_once_after_the_restart(tmp_path: Path) -> None:
    with Scripted({"DATA": [Hang()]}) as server:
        office = due_office(tmp_path, server.port, "ada")
        killed(office, lambda: "DATA" in server.said)
        states = restarted(office)

    assert states == {"ada@example.org": "sent"}
    assert server.recipients == ["ada@example.org"]


@pytest.mark.slow
def test_02_kill_between_dot_and_reply_is_a_doubt_and_a_resend_keeps_the_message_id(tmp_path: Path) -> None:
    with Scripted({"DOT": [Hang()]}) as server:
        office = due_office(tmp_path, server.port, "ada")
        killed(office, lambda: bool(server.accepted))
        states = restarted(office)
        assert states == {"ada@example.org": "in_doubt"}
        assert len(server.accepted) == 1

        with office.engine.begin() as connection:
            (one,) = doubt.in_doubt(connection, office.secret)
            assert one.address == "ada@example.org"
            assert doubt.resolve(connection, one, "resend", clock(), "test")
        assert restarted(office) == {"ada@example.org": "sent"}

    first, second = (identity(message) for _, message in server.accepted)
    assert first == second == one.message_id


@pytest.mark.slow
def test_03_kill_between_reply_and_commit_is_a_doubt_never_a_second_letter(tmp_path: Path) -> None:
    holder: list[sqlite3.Connection] = []

    def hold_the_database() -> None:
        holder.append(sqlite3.connect(office.settings.var / "rundbrief.db", check_same_thread=False))
        holder[0].execute("BEGIN IMMEDIATE")

    with Scripted({"DOT": [hold_the_database]}) as server:
        office = due_office(tmp_path, server.port, "ada")
        killed(office, lambda: bool(holder) and holder[0].in_transaction, more_seconds=0.5)
        holder[0].rollback()
        holder[0].close()
        states = restarted(office)

    assert states == {"ada@example.org": "in_doubt"}
    assert len(server.accepted) == 1


@pytest.mark.parametrize("cut", [0, 1, 700, 4120 * 2])
def test_04_power_loss_after_the_reply_leaves_sound_books_and_at_most_a_doubt(desk: Desk, cut: int) -> None:
    number = desk.approve("ada")
    at_the_dot: list[int] = []
    database = desk.office.settings.var / "rundbrief.db"
    wal = database.with_name("rundbrief.db-wal")

    with Scripted({"DOT": [lambda: at_the_dot.append(wal.stat().st_size)]}) as server:
        desk.work(server)
    copy = desk.folder / "copy.db"
    shutil.copy(database, copy)
    synced = wal.read_bytes()[: at_the_dot[0] + cut]  # what came after the fence is lost, or torn
    copy.with_name("copy.db-wal").write_bytes(synced)

    engine = open_database(f"sqlite:///{copy}")
    with engine.begin() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        connection.execute(update(delivery).values(worker="elsewhere:1:start"))
        reap(connection, desk.now + timedelta(days=1))
        left = connection.scalar(select(delivery.c.state).where(delivery.c.mailing_id == number))
    engine.dispose()
    assert left in ("in_doubt", "sent")
    assert left == "in_doubt" or cut > 4120


# --- 23 to 28: the machine


def test_23_two_senders_at_once_send_nothing_twice(desk: Desk) -> None:
    desk.approve(*(f"person{count}" for count in range(60)))

    with Scripted() as server:
        both = [desk.sender(server, 3) for _ in range(2)]
        threads = [Thread(target=sender.run, kwargs={"until_done": True}) for sender in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(server.recipients) == len(set(server.recipients)) == 60
    assert set(desk.states().values()) == {"sent"}


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_24_a_stop_finishes_the_flight_within_five_seconds(tmp_path: Path, how: int) -> None:
    with Scripted({"DOT": [lambda: time.sleep(0.5)] * 90}) as server:
        office = due_office(tmp_path, server.port, *(f"person{count}" for count in range(90)))
        process = start(office)
        wait(lambda: len(server.accepted) >= 10)
        asked = time.monotonic()
        process.send_signal(how)
        code = process.wait(timeout=60)
        took = time.monotonic() - asked
        states = states_of(office)

    assert code == 130
    assert took < 5
    assert set(states.values()) == {"sent", "queued"}
    assert sorted(name for name, state in states.items() if state == "sent") == sorted(server.recipients)


def test_25_who_unsubscribes_during_the_run_gets_nothing_more(desk: Desk) -> None:
    desk.approve("ada", "bo", "cy")

    def everybody_leaves() -> None:
        with desk.engine.begin() as connection:
            for token in connection.scalars(select(subscription.c.token)).all():
                unsubscribe(connection, token, "Klick", desk.now)

    with Scripted({"DATA": ["354 Go on", everybody_leaves]}) as server:
        desk.work(server)

    assert len(server.accepted) == 1
    assert sorted(desk.states().values()) == ["sent", "skipped", "skipped"]


def test_26_a_restored_backup_with_a_due_mailing_sends_nothing(desk: Desk) -> None:
    number = desk.approve("ada")
    database = desk.office.settings.var / "rundbrief.db"
    backup = desk.folder / "backup.db"
    with sqlite3.connect(database) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    with Scripted() as server:
        desk.work(server)
        assert server.recipients == ["ada@example.org"]

        restored = open_database(f"sqlite:///{backup}")
        late = desk.now + desk.office.grace + timedelta(minutes=1)
        tick(restored, late, grace=desk.office.grace, fingerprint=desk.office.fingerprint)
        with reading(restored) as connection:
            state = mailing.find(connection, str(number)).state
        restored.dispose()

    assert state == "missed"
    assert len(server.accepted) == 1


@pytest.mark.slow
def test_27_a_full_disk_stops_the_run_with_sound_books_and_it_goes_on_later(tmp_path: Path) -> None:
    people = [f"person{count}" for count in range(300)]
    with Scripted() as server:
        office = due_office(tmp_path, server.port, *people)
        wal = office.settings.var / "rundbrief.db-wal"
        office.engine.dispose()
        limit = office.settings.var.joinpath("rundbrief.db").stat().st_size // 1024 + 4
        process = start(office, limit_kib=limit, keep_errors=True)
        _, errors = process.communicate(timeout=120)
        assert process.returncode not in (0, 130), errors
        assert b"Traceback" not in errors
        with sqlite3.connect(office.settings.var / "rundbrief.db") as books:
            assert books.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        books.close()
        before = len(server.accepted)
        states = restarted(office)

    assert before < 300
    assert not wal.exists() or wal.stat().st_size < 100_000_000
    assert len(server.recipients) == len(set(server.recipients))
    doubts = [name for name, state in states.items() if state == "in_doubt"]
    assert len(doubts) <= 20
    assert {name for name, state in states.items() if state == "sent"} | set(doubts) == set(states)
    assert set(states) - set(server.recipients) <= set(doubts)


def test_28_a_locked_database_is_waited_for_and_nothing_is_lost(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.approve("ada", "bo", "cy")
    engine = open_database(str(desk.engine.url))
    from sqlalchemy import event

    def impatient(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute("PRAGMA busy_timeout = 100")

    event.listen(engine, "connect", impatient)
    other = sqlite3.connect(desk.office.settings.var / "rundbrief.db", check_same_thread=False)

    def lock_for_a_while() -> None:
        other.execute("BEGIN IMMEDIATE")
        Thread(target=lambda: (wait(lambda: "not to be had" in caplog.text), other.rollback())).start()

    with Scripted({"DATA": ["354 Go on", lock_for_a_while]}) as server, caplog.at_level(logging.WARNING):
        desk.engine = engine
        desk.work(server)
    other.close()
    engine.dispose()

    assert "the database is not to be had" in caplog.text
    assert sorted(server.recipients) == ["ada@example.org", "bo@example.org", "cy@example.org"]
    assert set(desk.states().values()) == {"sent"}


def test_28_a_database_that_stays_locked_ends_in_a_clear_error(desk: Desk) -> None:
    desk.approve("ada")
    engine = open_database(str(desk.engine.url))
    from sqlalchemy import event

    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
    with Scripted() as server:
        desk.engine = engine
        sender = desk.sender(server)
        other = sqlite3.connect(desk.office.settings.var / "rundbrief.db")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            sender.run(until_done=True)
        other.rollback()
        other.close()
        sender.run(until_done=True)
    engine.dispose()

    assert server.recipients == ["ada@example.org"]


# --- and control while it runs


@pytest.mark.parametrize("order", ["hold", "cancel"])
def test_hold_and_cancel_let_nothing_leave_after_the_flight_in_hand(desk: Desk, order: str) -> None:
    number = desk.approve(*(f"person{count}" for count in range(80)))

    with Scripted(delay_seconds=0.05) as server:
        sender = desk.sender(server, 2)
        running = Thread(target=sender.run, kwargs={"until_done": True})
        running.start()
        wait(lambda: len(server.accepted) >= 6)
        with desk.engine.begin() as connection:
            planned = mailing.find(connection, str(number))
            getattr(mailing, order)(connection, planned, "Zahl prüfen")
        seen = len(server.accepted)
        running.join(timeout=60)
        assert not running.is_alive()

        assert len(server.accepted) <= seen + 2  # one for each connection had passed the fence
        states = list(desk.states().values())
        assert states.count("sent") == len(server.accepted)
        assert set(states) == {"sent", "queued" if order == "hold" else "skipped"}
        if order == "hold":
            with desk.engine.begin() as connection:
                mailing.resume(connection, mailing.find(connection, str(number)))
            desk.work(server)
            assert sorted(server.recipients) == sorted(f"person{count}@example.org" for count in range(80))
