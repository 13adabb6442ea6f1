"""How a run that ends says that not everybody got it: a sentence, and an exit code that a timer can read."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.cli.office import Office, clock
from mailer.delivery import mailing
from subscribers.database import reading
from tests.delivery.books import letters_of, row_of, set_state
from tests.delivery.desk import due_office, killed, states_of
from tests.delivery.scripted import Hang, Scripted
from tests.frontdoor import Done, rundbrief

PARTLY = 4


def run(folder: Path) -> Done:
    return rundbrief("run", "--only", "scheduler,sender", "--until-done", cwd=folder)


def half_sent(folder: Path) -> Office:
    """A workspace whose first run has put a letter off, so that its mailing goes on."""
    with Scripted({"RCPT": ["450 4.2.1 Mailbox busy"]}) as server:
        office = due_office(folder, server.port, "ada", "bo", "cy")
        done = run(office.settings.folder)
    assert (done.returncode, sorted(states_of(office).values())) == (0, ["deferred", "sent", "sent"])
    return office


def one_in(office: Office, state: str) -> Any:
    """The first letter in this state."""
    with reading(office.engine) as connection:
        planned = mailing.find(connection, "1")
    found = (row_of(office, each) for each in letters_of(office, planned))
    return next(each for each in found if each.state == state)


def shown(office: Office, moment: datetime) -> str:
    return moment.astimezone(office.settings.zone).isoformat(timespec="seconds")


def test_a_relay_that_refuses_the_sender_is_no_success(tmp_path: Path) -> None:
    with Scripted({"MAIL": "550 5.7.1 Sender refused"}) as server:
        office = due_office(tmp_path, server.port, *(f"kim{number}" for number in range(6)))
        done = run(office.settings.folder)

    assert done.returncode == PARTLY
    assert "Mailing 1 is held: The relay refused the sender 3 times in a row" in done.stderr
    assert "sent" not in states_of(office).values()


def test_a_mailing_stopped_by_hand_on_the_way_is_no_success(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"

    def hold() -> None:
        command = [sys.executable, "-m", "mailer", "mailing", "hold", "1"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)

    with Scripted({"DOT": [hold]}) as server:
        office = due_office(tmp_path, server.port, *(f"kim{number}" for number in range(30)))
        done = run(folder)

    assert done.returncode == PARTLY
    assert "Mailing 1 is held: stopped by " in done.stderr
    assert "queued" in states_of(office).values()


def test_a_mailing_held_since_an_earlier_run_is_no_success(tmp_path: Path) -> None:
    with Scripted({"MAIL": "550 5.7.1 Sender refused"}) as server:
        office = due_office(tmp_path, server.port, *(f"kim{number}" for number in range(3)))
        run(office.settings.folder)
        tried = len(server.said)
        again = run(office.settings.folder)

        assert not [line for line in server.said[tried:] if line.startswith("MAIL")]
    assert again.returncode == PARTLY
    assert "Mailing 1 is held: The relay refused the sender 3 times in a row" in again.stderr


def test_what_is_tried_again_later_is_told_with_its_time(tmp_path: Path) -> None:
    office = half_sent(tmp_path)
    only, soon = one_in(office, "deferred").not_before, clock() + timedelta(minutes=2)

    one = run(office.settings.folder)
    set_state(office, one_in(office, "sent").id, "queued", not_before=soon, sent_at=None)
    two = run(office.settings.folder)

    assert (one.returncode, two.returncode) == (0, 0)
    said = "for another try: the next one is due at"
    after = "a run after that takes it."
    assert f"Of mailing 1 1 letter waits {said} {shown(office, only)}, {after}\n" in one.stderr
    assert f"Of mailing 1 2 letters wait {said} {shown(office, soon)}, {after}\n" in two.stderr


def test_what_could_leave_and_has_no_sender_is_told(tmp_path: Path) -> None:
    office = half_sent(tmp_path)
    set_state(office, one_in(office, "deferred").id, "queued", not_before=clock())

    done = rundbrief("run", "--only", "scheduler", "--until-done", cwd=office.settings.folder)

    assert done.returncode == 0
    assert "Of mailing 1 1 letter waits to be sent: the next run goes on.\n" in done.stderr


def test_a_doubt_of_a_mailing_that_goes_on_is_no_success(tmp_path: Path) -> None:
    office = half_sent(tmp_path)
    set_state(office, one_in(office, "sent").id, "in_doubt", sent_at=None)

    done = run(office.settings.folder)

    assert done.returncode == PARTLY
    assert "Of mailing 1 1 letter is in doubt: see `rundbrief doubt list`." in done.stderr
    assert "Of mailing 1 1 letter waits for another try" in done.stderr


@pytest.mark.parametrize("state", ["cancelled", "missed", "draft", "done"])
def test_what_an_earlier_run_has_told_is_not_told_again(tmp_path: Path, state: str) -> None:
    office = half_sent(tmp_path)
    with office.engine.begin() as connection:
        mailing.move(connection, 1, "sending", state)

    done = run(office.settings.folder)

    assert done.returncode == 0
    assert "ailing 1" not in done.stderr


@pytest.mark.slow
def test_what_a_killed_run_left_in_doubt_is_told_by_the_run_that_goes_on(tmp_path: Path) -> None:
    with Scripted({"DOT": [Hang()]}) as server:
        office = due_office(tmp_path, server.port, "ada", "bo", "cy")
        killed(office, lambda: bool(server.accepted))
        done = run(office.settings.folder)
        again = run(office.settings.folder)

    doubtful = list(states_of(office).values()).count("in_doubt")
    assert doubtful >= 1
    assert done.returncode == PARTLY
    letters = "letter is" if doubtful == 1 else "letters are"
    assert f"Of mailing 1 {doubtful} {letters} in doubt: see `rundbrief doubt list`." in done.stderr
    assert again.returncode == 0
