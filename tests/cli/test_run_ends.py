"""How a run that ends says that not everybody got it: a sentence, and an exit code that a timer can read."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.delivery.desk import due_office, killed, states_of
from tests.delivery.scripted import Hang, Scripted
from tests.frontdoor import Done, rundbrief

PARTLY = 4


def run(folder: Path) -> Done:
    return rundbrief("run", "--only", "scheduler,sender", "--until-done", cwd=folder)


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
    assert f"Of mailing 1 {doubtful} letters are in doubt: see `rundbrief doubt list`." in done.stderr
    assert again.returncode == 0
