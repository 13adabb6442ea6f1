"""kill -9 in the middle of a mailing, and a restart: nobody twice, nobody missing but those in doubt."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mailer.cli.office import clock
from tests.conftest import ROOT
from tests.delivery.desk import wait
from tests.delivery.scripted import Scripted
from tests.frontdoor import rundbrief
from tests.small_workspace import add_crowd, make_office, plan_and_approve

COUNT = 2000
CONNECTIONS = 10  # the default of config.toml
KILLS_AT = (250, 900, 1500)  # letters at the other side


@pytest.mark.slow
def test_kill_nine_in_the_middle_of_2000_letters(tmp_path: Path, database_url: str) -> None:
    with Scripted(delay_seconds=0.002) as server:
        office = make_office(tmp_path / "workspace", port=server.port, database=database_url)
        people = add_crowd(office, COUNT, clock())
        plan_and_approve(office, clock(), clock())
        office.engine.dispose()

        for kill_at in KILLS_AT:
            sender = _start(office.settings.file)
            wait(lambda limit=kill_at: len(server.accepted) >= limit, 60)
            sender.kill()
            assert sender.wait(timeout=30) == -9
        last = _start(office.settings.file, "--until-done")
        assert last.wait(timeout=120) in (0, 4)

        got = Counter(server.recipients)
        report = json.loads(_told(office.settings.folder, "mailing", "report", "1", "--full", "--json"))
        doubtful = {each["address"] for each in report["in_doubt"]}
        named = {
            each["address"] for each in json.loads(_told(office.settings.folder, "doubt", "list", "--json"))
        }

    assert [address for address, times in got.items() if times > 1] == []
    assert set(people) - set(got) <= doubtful
    assert len(doubtful) <= 2 * CONNECTIONS * len(KILLS_AT)
    assert named == doubtful
    assert report["counts"]["sent"] + len(doubtful) == COUNT
    assert report["state"] == "done"


def _start(config: Path, *more: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "mailer", "--config", str(config), "run"]
    return subprocess.Popen(
        [*command, "--only", "scheduler,sender", *more], cwd=ROOT, env=os.environ, stderr=subprocess.DEVNULL
    )


def _told(folder: Path, *arguments: str) -> str:
    return rundbrief(*arguments, cwd=folder).stdout
