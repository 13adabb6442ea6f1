"""kill -9 in the middle of a mailing, and a restart: nobody twice, nobody missing but those in doubt."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from mailer.cli.office import clock
from mailer.web.sandbox import Sandbox
from tests.conftest import ROOT
from tests.small_workspace import add_people, make_office, plan_and_approve

COUNT = 2000
CONNECTIONS = 10  # the default of config.toml
KILLS_AT = (250, 900, 1500)  # letters at the catcher


@pytest.mark.slow
def test_kill_nine_in_the_middle_of_2000_letters(tmp_path: Path, database_url: str) -> None:
    people = [f"person.{number}@example.org" for number in range(COUNT)]
    with Sandbox(tmp_path / "mails") as box:
        office = make_office(tmp_path / "workspace", port=box.port, database=database_url)
        add_people(office, people, clock())
        plan_and_approve(office, clock(), clock())
        office.engine.dispose()

        for kill_at in KILLS_AT:
            sender = _start(office.settings.file)
            _wait_for(box, kill_at, sender)
            sender.kill()
            assert sender.wait(timeout=10) == -9
        last = _start(office.settings.file, "--until-done")
        assert last.wait(timeout=120) in (0, 4)

        caught = Counter(recipient for each in box.received() for recipient in each.recipients)
        report = json.loads(_rundbrief(office.settings.file, "mailing", "report", "1", "--full", "--json"))
        doubtful = {each["address"] for each in report["in_doubt"]}
        named = {
            each["address"]
            for each in json.loads(_rundbrief(office.settings.file, "doubt", "list", "--json"))
        }

    assert [address for address, times in caught.items() if times > 1] == []
    assert set(people) - set(caught) <= doubtful
    assert len(doubtful) <= 2 * CONNECTIONS * len(KILLS_AT)
    assert named == doubtful
    assert report["counts"]["sent"] + len(doubtful) == COUNT
    assert report["state"] == "done"


def _start(config: Path, *more: str) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "mailer",
        "--config",
        str(config),
        "run",
        "--only",
        "scheduler,sender",
        *more,
    ]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.DEVNULL)


def _rundbrief(config: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mailer", "--config", str(config), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def _wait_for(box: Sandbox, count: int, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + 60
    while len(box.received()) < count:
        assert process.poll() is None, "the sender ended before it was killed"
        assert time.monotonic() < limit
        time.sleep(0.002)
