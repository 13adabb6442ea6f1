import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.delivery.worker import is_gone, own_name
from tests.conftest import ROOT

SLEEPER = (
    "import time; from mailer.delivery.worker import own_name; print(own_name(), flush=True); time.sleep(60)"
)
FORKER = (
    "import os; from mailer.delivery.worker import own_name; parent = own_name(); child = os.fork()\n"
    "if child: os.waitpid(child, 0)\n"
    "else: print(own_name() != parent and f':{os.getpid()}:' in own_name())"
)


def start(script: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_a_process_is_gone_when_it_was_killed_and_not_before() -> None:
    with start(SLEEPER) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()

        alive = is_gone(name)
        process.kill()
        process.wait()

    assert not alive
    assert is_gone(name)


def test_a_zombie_is_gone() -> None:
    with start("from mailer.delivery.worker import own_name; print(own_name(), flush=True)") as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and its parent has not looked yet

        assert is_gone(name)


def test_this_process_is_alive() -> None:
    assert own_name() == own_name()
    assert f":{os.getpid()}:" in own_name()
    assert not is_gone(own_name())


def test_the_same_number_with_another_start_is_somebody_else() -> None:
    assert is_gone(own_name() + "0")


@pytest.mark.parametrize("worker", [None, "", "another-host:1:abc"])
def test_of_other_machines_nothing_is_known(worker: str | None) -> None:
    assert not is_gone(worker)


def test_a_forked_child_has_its_own_name() -> None:
    with start(FORKER) as process:
        assert process.stdout is not None
        answer = process.stdout.read().strip()

    assert answer == "True"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
def test_the_name_fits_its_column() -> None:
    assert len(own_name()) <= 128
    assert own_name().count(":") == 2
