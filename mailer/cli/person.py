"""The person at the keyboard: who it is, and whether anybody is there to be asked."""

import getpass
import sys


def user() -> str:
    """The name that the books keep for what was done by hand."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return "unknown"


def is_there() -> bool:
    """Whether a question would be seen and could be answered."""
    return sys.stdin.isatty()
