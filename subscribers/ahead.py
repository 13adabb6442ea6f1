"""Works ahead: a second process reads and checks a long list while this one writes what is ready."""

import gc
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import IO, Any

from subscribers.errors import Problem
from subscribers.staging import Staged, is_plain, stage
from subscribers.usable import Portion, Task, portions

# The search path comes first, because the program may not be installed where Python looks by itself.
_COMMAND = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from subscribers.ahead import work; work(sys.stdin.buffer, sys.stdout.buffer)"
)
_RUN = 15_000  # rows that are put in order together
_WAITING = 4  # files that are ready and not yet fetched
_BUFFER = 1 << 20


@contextmanager
def ahead(task: Task) -> Iterator[Iterator[Staged | Portion]]:
    """The rows of a list from a process of its own, which ends with this block: plain ones are staged.

    What goes wrong there is raised here. The key travels through a pipe, never in an argument.

    Raises:
        Problem: the file cannot be read to its end, or the other process was ended by somebody.
    """
    with (
        TemporaryDirectory(prefix="rundbrief-") as folder,  # for this user only: it holds addresses
        subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", _COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=_BUFFER,
            process_group=0 if os.name == "posix" else None,  # Ctrl-C is for us, who end it
        ) as worker,
    ):
        assert worker.stdin is not None
        assert worker.stdout is not None
        with suppress(BrokenPipeError):  # it ended at once, which shows below
            worker.stdin.write(b"".join(map(pickle.dumps, (sys.path, Path(folder), task))))
            worker.stdin.close()
        try:
            yield _received(worker.stdout)
        finally:
            worker.kill()


def _received(pipe: IO[bytes]) -> Iterator[Staged | Portion]:
    while True:
        try:
            kind, content = pickle.load(pipe)  # noqa: S301 - written by our own process
        except (EOFError, pickle.UnpicklingError):
            message = "The process that reads the list was ended from outside."
            hint = "Run the same command once more: it goes on where this one stopped."
            raise Problem(message, hint=hint) from None
        if kind == "end":
            return
        if kind == "error":
            raise content
        yield content


def work(orders: IO[bytes], results: IO[bytes]) -> None:
    """What the second process does: read, check, stage, until the list or its reader ends."""
    folder: Path = pickle.load(orders)  # noqa: S301 - written by our own process
    task: Task = pickle.load(orders)  # noqa: S301
    gc.disable()  # rows hold no cycles, and looking for some would take a tenth of the time
    waiting = Queue[bytes | None](_WAITING)
    sender = threading.Thread(target=_send, args=(waiting, results, folder), daemon=True)
    sender.start()
    try:
        for number, (rows, found) in enumerate(portions(task, _RUN)):
            plain = [one for one in rows if is_plain(one)]
            waiting.put(_packed("some", Portion([one for one in rows if not is_plain(one)], found)))
            waiting.put(_packed("some", stage(folder / f"{number}.db", plain)))
        waiting.put(_packed("end"))
    except Exception as error:  # raised again where somebody can see it
        waiting.put(_packed("error", error))
    waiting.put(None)
    sender.join()


def _packed(kind: str, content: Any = None) -> bytes:
    return pickle.dumps((kind, content), pickle.HIGHEST_PROTOCOL)


def _send(waiting: "Queue[bytes | None]", results: IO[bytes], folder: Path) -> None:
    try:
        while (message := waiting.get()) is not None:
            results.write(message)
            results.flush()
    except OSError:  # nobody listens any more, and nobody else clears away
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)
