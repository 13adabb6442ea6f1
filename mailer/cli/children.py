"""The parts of `rundbrief run` in processes of their own: started, looked after, ended with their parent."""

import os
import signal
import subprocess
import sys
import time
from threading import Event

from mailer.cli.office import Office
from subscribers.errors import Problem
from subscribers.output import say

RESTARTS = 3
STABLE_SECONDS = 300.0
SETTLED = (2, 3, 5)  # usage, config, refused: starting again would end the same way


def supervise(office: Office, port: int, stop: Event, *parts: list[str]) -> None:
    """One child process for each list of arguments; one that ends by itself is started again."""
    from mailer.web.server import listen

    listen(port).close()  # a port in use is one sentence now, not four restarts
    # The children hold the reading end: when this process ends, however it ends, they read its end and stop.
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "mailer", "--config", str(office.settings.file), "run"]
    children = [_Child([*command, *each, "--parent", str(reading)], reading) for each in parts]
    try:
        while not stop.wait(0.5):
            for child in children:
                child.look_after(time.monotonic())
    finally:
        for child in children:
            child.process.terminate()
        for child in children:
            child.process.wait(timeout=15)
        os.close(writing)


class _Child:
    """A part that runs in a process of its own."""

    def __init__(self, command: list[str], pipe: int) -> None:
        self._command, self._pipe = command, pipe
        self._ends: list[float] = []
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, pass_fds=(self._pipe,))  # noqa: S603 - our own program

    def look_after(self, now: float) -> None:
        """Start it again if it ended; Problem if that would not help, or if it keeps ending."""
        if (code := self.process.poll()) is None:
            return
        name = " ".join(self._command[5:-2])
        self._ends = [*(end for end in self._ends if now - end < STABLE_SECONDS), now]
        if code in SETTLED or len(self._ends) > RESTARTS:
            raise Problem(f"`{name}` ended with exit code {code}.", hint="Its last lines above say why.")
        say(f"`{name}` ended with exit code {code}; starting it again.")
        self.process = self._start()


def end_with_parent(pipe: int) -> None:
    """Ask this process to end when the other end of the pipe is closed."""
    os.read(pipe, 1)  # nobody writes; this returns when the last writing end is closed
    os.kill(os.getpid(), signal.SIGTERM)
