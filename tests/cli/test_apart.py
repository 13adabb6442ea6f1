"""Work in a process of its own: its results stay, its memory goes, and nothing hangs on it."""

import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

from mailer.cli.apart import apart
from tests.conftest import ROOT

PROGRAM = """
import os, signal, sys, threading, time
from pathlib import Path
from mailer.cli.apart import apart
folder, stop = Path(sys.argv[1]), threading.Event()
{setting}
def job():
    {job}
apart(job, stop)
print(os.getpid())
"""


def run(folder: Path, job: str, setting: str = "") -> "subprocess.CompletedProcess[str]":
    """A small program with one thread that has this job done."""
    code = PROGRAM.format(job=job, setting=setting)
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=120)


def test_the_job_is_done_elsewhere_and_is_waited_for(tmp_path: Path) -> None:
    done = run(tmp_path, "time.sleep(0.1); import json; (folder / 'pid').write_text(str(os.getpid()))")

    assert int((tmp_path / "pid").read_text()) != int(done.stdout)
    assert done.stderr == ""


def test_a_job_that_fails_is_told_and_ends_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "raise ValueError('no such thing')")

    assert done.stdout.strip().isdigit()
    assert "ValueError: no such thing" in done.stderr


def test_a_stop_ends_the_job(tmp_path: Path) -> None:
    began = time.monotonic()

    done = run(tmp_path, "time.sleep(50)", "stop.set()")

    assert done.stdout.strip().isdigit()
    assert time.monotonic() - began < 40


def test_beside_a_thread_it_is_done_here() -> None:
    over, done = Event(), list[int]()
    beside = Thread(target=over.wait)
    beside.start()

    apart(lambda: done.append(1), Event())
    over.set()
    beside.join()

    assert done == [1]
