"""The door of the program: runs a command and turns what went wrong into one sentence and an exit code."""

import sys

import click

from mailer.cli import rundbrief
from subscribers.errors import Problem, TryLater

INTERRUPTED = 130


def main() -> None:
    """Run the command line; see `subscribers.errors` for the exit codes."""
    try:
        code = rundbrief.main(prog_name="rundbrief", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except Problem as problem:
        click.echo(f"Error: {problem}", err=True)
        code = problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away; there is nobody left to tell
        code = 1
    except Exception as error:
        if (busy := _busy(error)) is None:
            raise
        click.echo(f"Error: {busy}", err=True)
        code = busy.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _busy(error: Exception) -> TryLater | None:
    """A database that another process holds, or that does not answer; sqlalchemy is not imported to tell."""
    if type(error).__name__ != "OperationalError" or not type(error).__module__.startswith("sqlalchemy"):
        return None
    cause = str(getattr(error, "orig", error)).strip().splitlines()[0]
    if not any(word in cause for word in ("locked", "connect", "terminat")):
        return None
    return TryLater(f"The database does not answer: {cause}.", hint="Try again in a moment.")


if __name__ == "__main__":
    main()
