"""The programs that a figure needs: sinks at the other end, senders with their clocks; ended by their ids."""

import json
import os
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

CORES = sorted(os.sched_getaffinity(0))
SENDER_CORE, SINK_CORE = CORES[0], CORES[-1]  # the one must not wait for the other's share
PATIENCE, SLOWEST = 60.0, 50.0  # seconds for the start, and messages per second: below that it is given up


@dataclass(frozen=True, slots=True)
class Run:
    """A program that ended: its seconds by the wall and by the processor, and what it printed."""

    seconds: float
    cpu: float
    printed: str


class Postfix:
    """smtp-source and smtp-sink of Debian's package, found in the folder of an unpacked one or on PATH."""

    def __init__(self, folder: str) -> None:
        places = os.pathsep.join((f"{folder}/usr/sbin", os.environ.get("PATH", ""), "/usr/sbin"))
        self.source, self.sink = (shutil.which(name, path=places) for name in ("smtp-source", "smtp-sink"))
        libraries = f"{folder}/usr/lib/postfix"
        self.environment = {**os.environ, "LD_LIBRARY_PATH": libraries} if folder else None

    def __bool__(self) -> bool:
        return bool(self.source and self.sink)

    @contextmanager
    def running_sink(self) -> Iterator[int]:
        """A fresh smtp-sink; its port."""
        port = free_port()
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        process = subprocess.Popen(
            [str(self.sink), *user, f"127.0.0.1:{port}", "100"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            os.sched_setaffinity(process.pid, {SINK_CORE})
            wait_for(port)
            yield port
        finally:
            process.kill()
            process.wait()

    def send(self, port: int, letters: int, connections: int, message: Path) -> Run:
        """One smtp-source over kept connections (-d) with a message from a file."""
        command = [str(self.source), "-d", "-s", str(connections), "-m", str(letters), "-F", str(message)]
        people = ["-f", "rundbrief@example.org", "-t", "person@example.org", "-M", "source.example.org"]
        return run([*command, *people, f"127.0.0.1:{port}"], letters, self.environment)


class Sink:
    """A sink of our own, see sink.py."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self._to, self._from = process.stdin, process.stdout
        self.process, self.total = process, dict[str, Any]()
        self.port = int(self._line())

    def tell(self, more: int) -> None:
        """Ask for a word when so many more letters are accepted."""
        self._say(f"tell {more}")

    def told(self) -> dict[str, Any]:
        """Wait for that word: count and moment (of the monotonic clock).

        Raises:
            RuntimeError: it does not come; the sender ended or hangs.
        """
        if not select.select([self._from], [], [], PATIENCE)[0]:
            raise RuntimeError(f"the sink heard of no letter for {PATIENCE:.0f} s")
        found: dict[str, Any] = json.loads(self._line())
        return found

    def end(self) -> None:
        """Let it print its sum."""
        self._say("end")
        for line in self._from:
            self.total = json.loads(line)
        self.process.wait()

    def _say(self, line: str) -> None:
        self._to.write(line + "\n")
        self._to.flush()

    def _line(self) -> str:
        return self._from.readline()


@contextmanager
def own_sink(*, delay: float = 0.0, names: Path | None = None) -> Iterator[Sink]:
    """A fresh sink of our own; after the block its `total` is known."""
    more = ["--names", str(names)] if names else []
    command = [sys.executable, str(Path(__file__).with_name("sink.py")), "--delay", str(delay), *more]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        os.sched_setaffinity(process.pid, {SINK_CORE})
        sink = Sink(process)
        yield sink
        sink.end()
    finally:
        process.kill()
        process.communicate()


@contextmanager
def started(command: Sequence[str]) -> "Iterator[subprocess.Popen[bytes]]":
    """A sender on its own core, silent; the end of the block is a kill -9 for it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        os.sched_setaffinity(process.pid, {SENDER_CORE})
        yield process
    finally:
        process.kill()
        process.wait()


def run(command: Sequence[str], letters: int, environment: dict[str, str] | None = None) -> Run:
    """A sender on its own core until it ends.

    Raises:
        RuntimeError: it failed or took far too long; its last words are in it.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    os.sched_setaffinity(process.pid, {SENDER_CORE})
    timer = Timer(PATIENCE + letters / SLOWEST, process.kill)
    timer.start()
    before = os.times()
    try:
        printed, words = process.communicate()
    finally:
        timer.cancel()
        process.kill()
    after, seconds = os.times(), time.monotonic() - began
    if process.returncode:
        raise RuntimeError(f"{Path(command[0]).name} ended with {process.returncode}: {words[-2000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(seconds, cpu, printed)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nobody listens on port {port}")
