"""The door of the program: runs a command and turns what went wrong into one sentence and an exit code."""

import sys

import click

from mailer.cli import rundbrief
from subscribers.errors import Problem

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
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
