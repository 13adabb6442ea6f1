"""The command line, each command in a process of its own that need not import the program first.

A nest imports everything once and forks for each command: what else takes a second of CPU takes a twentieth.
What a command imports by itself is tested where that is the question, with an interpreter of its own.
"""

import atexit
import functools
import gc
import importlib
import json
import logging
import os
import pkgutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
Done = subprocess.CompletedProcess[str]


def rundbrief(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Done:
    """Run `rundbrief ARGUMENTS` in `cwd`, with `env` beside the environment; nobody types anything."""
    environment = dict(os.environ) | dict(env or {})
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = _nest().run(arguments, cwd, environment, out, err)
        said = [_read(each) for each in (out, err)]
    return Done(["rundbrief", *arguments], code, *said)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


class _Nest:
    def __init__(self) -> None:
        command = [sys.executable, __file__]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def run(
        self,
        arguments: tuple[str, ...],
        cwd: Path,
        environment: Mapping[str, str],
        out: IO[bytes],
        err: IO[bytes],
    ) -> int:
        # The files are opened by the process that runs the command: by their number in ours.
        streams = [f"/proc/{os.getpid()}/fd/{each.fileno()}" for each in (out, err)]
        order = {"arguments": arguments, "cwd": str(cwd), "environment": environment, "streams": streams}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=60)


@functools.cache
def _nest() -> _Nest:
    nest = _Nest()
    atexit.register(nest.close)
    return nest


def _hatch() -> None:
    """One command for each line on standard input, and its exit code on standard output."""
    import mailer
    import subscribers

    for package in (subscribers, mailer):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("__main__", ".env")) and ".versions" not in module.name:
                importlib.import_module(module.name)
    _compile_a_letter()
    gc.freeze()
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _compile_a_letter() -> None:
    """The shipped templates are compiled here; a command compiles what is another one in its workspace."""
    from tests.small_workspace import make_office

    with tempfile.TemporaryDirectory(prefix="rundbrief-") as folder:
        office = make_office(Path(folder))
        office.compile(office.read_issue("2025-10"))


def _become(order: Mapping[str, Any]) -> NoReturn:
    """The command: this process has nothing of the nest but what is imported, and does not take that down."""
    from mailer.__main__ import main

    places = [(os.devnull, os.O_RDONLY), *((each, os.O_WRONLY) for each in order["streams"])]
    for number, (place, mode) in enumerate(places):
        opened = os.open(place, mode)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["rundbrief", *order["arguments"]]
    code: object = 1
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    gc.collect()  # closes databases, as the end of an interpreter would; what the nest has is frozen
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    _hatch()
