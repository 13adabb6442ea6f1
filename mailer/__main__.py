"""The door of the program: runs a command and turns what went wrong into one sentence and an exit code."""

import errno
import os
import select
import sys
from contextlib import suppress

import click

from mailer.cli import rundbrief
from subscribers.errors import Problem
from subscribers.trouble import database_trouble, system_trouble

INTERRUPTED = 130
READER_GONE = 141  # 128 + SIGPIPE, as of any program whose reader went away
_PRINTERS = ("click.utils", "rich.console", __name__)


def main() -> None:
    """Run the command line; see `subscribers.errors` for the exit codes."""
    _open_what_is_closed()
    out, err = sys.stdout, sys.stderr
    try:
        code = _run()
        out.flush()
    except SystemExit:
        if sys.stdout is out:
            raise
        sys.stdout, sys.stderr = out, err  # click met a broken pipe and replaced both
        if _reader_is_gone():
            code = READER_GONE
            _muffle()
        else:
            code = _tell(system_trouble(BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))))
    except OSError as error:
        code = _unwritten(error)
    sys.exit(code)


def _run() -> int:
    try:
        code = rundbrief.main(prog_name="rundbrief", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Problem as problem:
        return _tell(problem)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except OSError:
        raise
    except Exception as error:
        if (trouble := database_trouble(error)) is None:
            raise
        return _tell(trouble)
    return code if isinstance(code, int) else 0


def _tell(problem: Problem) -> int:
    with suppress(OSError):
        click.echo(f"Error: {problem}", err=True)
    return problem.exit_code


def _unwritten(error: OSError) -> int:
    """Tell an output that nobody can take from any other trouble of the system."""
    if _printing(error):
        code = _tell(Problem(f"The output cannot be written: {error.strerror}."))
        _muffle()
        return code
    return _tell(system_trouble(error))


def _printing(error: OSError) -> bool:
    """Whether it was raised right where output is written."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals["__name__"] in _PRINTERS


def _reader_is_gone() -> bool:
    """Whether the pipe behind stdout or stderr has no other end any more (POSIX poll)."""
    streams = select.poll()
    for number in (1, 2):
        streams.register(number, 0)
    return any(events & select.POLLERR for _, events in streams.poll(0))


def _muffle() -> None:
    """Let what could not be written vanish, else Python complains about it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)


def _open_what_is_closed() -> None:
    """A standard stream that was closed (`>&-`) would else be the number of the next file that is opened.

    Opened for reading only, so that a command with something to say finds out that nobody hears it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # the lowest free number: this one
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


if __name__ == "__main__":
    main()
