import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from mailer.schedule import ticker
from mailer.schedule.ticker import tick
from subscribers.database import reading
from subscribers.errors import Problem
from tests.small_workspace import make_office, plan_and_approve

GRACE = timedelta(hours=6)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    made = make_office(tmp_path, database=database_url)
    yield made
    made.engine.dispose()


def state_of(office: Office, number: int) -> tuple[str, str]:
    with reading(office.engine) as connection:
        found = mailing.find(connection, str(number))
    return found.state, found.reason


def tick_at(office: Office, when: datetime, fingerprint: Callable[[Mailing], str] | None = None) -> list[int]:
    return tick(office.engine, when, grace=GRACE, fingerprint=fingerprint or office.fingerprint)


def editorial(office: Office) -> Path:
    return office.settings.issues / "2025-10" / "editorial.md"


@pytest.mark.parametrize(
    ("late", "state"),
    [
        (-MINUTE, "approved"),
        (timedelta(0), "due"),
        (MINUTE, "due"),
        (GRACE, "due"),
        (GRACE + MINUTE, "missed"),
    ],
)
def test_a_mailing_goes_when_its_time_has_come_and_never_long_after(
    office: Office, now: datetime, late: timedelta, state: str
) -> None:
    number = plan_and_approve(office, now, now - MINUTE)

    moved = tick_at(office, now + late)

    assert moved == ([number] if state == "due" else [])
    assert state_of(office, number)[0] == state


def test_a_missed_mailing_says_how_late_it_was_and_stays_missed(office: Office, now: datetime) -> None:
    number = plan_and_approve(office, now, now)

    tick_at(office, now + timedelta(hours=30))
    again = tick_at(office, now + timedelta(hours=31))

    assert again == []
    assert state_of(office, number) == ("missed", "due 1 day, 6:00:00 before anybody looked")


def test_a_changed_issue_takes_the_approval_back(office: Office, now: datetime) -> None:
    number = plan_and_approve(office, now, now)
    editorial(office).write_text(editorial(office).read_text("utf-8") + "\nNoch ein Satz.\n", "utf-8")

    moved = tick_at(office, now)

    assert moved == []
    assert state_of(office, number) == ("draft", "changed since it was approved")


def test_an_issue_that_cannot_be_read_takes_the_approval_back_and_says_why(
    office: Office, now: datetime
) -> None:
    number = plan_and_approve(office, now, now)
    editorial(office).write_text("ohne Kopf", "utf-8")

    moved = tick_at(office, now)

    state, reason = state_of(office, number)
    assert (moved, state) == ([], "draft")
    assert reason.startswith("cannot be read any more: issues/2025-10/editorial.md:1: ")


@pytest.mark.parametrize("state", ["draft", "checked"])
def test_what_nobody_approved_in_time_is_missed_and_keeps_its_story(
    office: Office, now: datetime, state: str
) -> None:
    number = plan_and_approve(office, now, now)
    with office.engine.begin() as connection:
        mailing.void(connection, number, "changed since it was approved")
        mailing.move(connection, number, "draft", state)

    tick_at(office, now + GRACE)
    within = state_of(office, number)[0]
    tick_at(office, now + GRACE + MINUTE)

    assert within == state
    assert state_of(office, number) == (
        "missed",
        "nobody approved it in time; changed since it was approved",
    )


def test_what_is_not_approved_never_moves(office: Office, now: datetime) -> None:
    number = plan_and_approve(office, now, now)
    for state in ("draft", "checked", "due", "expanding", "sending", "done", "held", "missed", "cancelled"):
        with office.engine.begin() as connection:
            mailing.move(connection, number, mailing_states(), state)

        assert tick_at(office, now + MINUTE) == []
        assert state_of(office, number)[0] == state


def mailing_states() -> tuple[str, ...]:
    from mailer.delivery.schema import MAILING_STATES

    return MAILING_STATES


def test_of_two_ticks_at_once_one_wins(office: Office, now: datetime) -> None:
    numbers = [plan_and_approve(office, now, now) for _ in range(5)]
    together, found = Barrier(2), list[int]()

    def slow(planned: Mailing) -> str:
        together.wait(timeout=60)  # both have read every row before either changes one
        return office.fingerprint(planned)

    threads = [Thread(target=lambda: found.extend(tick_at(office, now, slow))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == numbers
    assert {state_of(office, number)[0] for number in numbers} == {"due"}


def test_a_cancellation_during_the_tick_holds(office: Office, now: datetime) -> None:
    number = plan_and_approve(office, now, now)

    def cancelled_meanwhile(planned: Mailing) -> str:
        with office.engine.begin() as connection:
            mailing.cancel(connection, planned, "doch nicht")
        return office.fingerprint(planned)

    assert tick_at(office, now, cancelled_meanwhile) == []
    assert state_of(office, number) == ("cancelled", "doch nicht")


def test_a_fault_in_one_mailing_does_not_keep_the_others(
    office: Office, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    faulty = plan_and_approve(office, now - MINUTE, now)
    good = plan_and_approve(office, now, now)

    def fingerprint(planned: Mailing) -> str:
        return office.fingerprint(planned) if planned.id == good else str(1 / 0)

    moved = tick_at(office, now, fingerprint)

    assert moved == [good]
    assert state_of(office, faulty)[0] == "approved"
    assert f"mailing {faulty} could not be looked at" in caplog.text


def test_in_the_background_it_ticks_until_it_is_shut_down(office: Office, now: datetime) -> None:
    moments, seen = iter([now - MINUTE, now - MINUTE]), Event()
    number = plan_and_approve(office, now, now - MINUTE)

    def clock() -> datetime:
        moment = next(moments, now)
        if moment == now:
            seen.set()
        return moment

    running = ticker.start(office.engine, clock, grace=GRACE, fingerprint=office.fingerprint, seconds=0.02)
    assert seen.wait(60)
    running.shutdown()  # waits for the tick in hand

    assert state_of(office, number)[0] == "due"


def test_a_tick_that_fails_is_repeated(
    office: Office, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    number = plan_and_approve(office, now, now)
    failed, seen = [False], Event()

    def clock() -> datetime:
        if not failed[0]:
            failed[0] = True
            raise OSError("database is locked")
        seen.set()
        return now

    with caplog.at_level(logging.ERROR):
        running = ticker.start(
            office.engine, clock, grace=GRACE, fingerprint=office.fingerprint, seconds=0.02
        )
        assert seen.wait(60)
        running.shutdown()

    assert "the tick failed and will be repeated" in caplog.text
    assert state_of(office, number)[0] == "due"


def test_a_problem_of_any_kind_is_told_in_one_line(office: Office, now: datetime) -> None:
    number = plan_and_approve(office, now, now)

    def fingerprint(planned: Mailing) -> str:
        raise Problem("The theme is gone.", place="config.toml: theme")

    tick_at(office, now, fingerprint)

    assert state_of(office, number) == (
        "draft",
        "cannot be read any more: config.toml: theme: The theme is gone.",
    )
