"""The person at the keyboard: who it is, and whether anybody is there to be asked."""

import getpass
import sys

from subscribers.errors import BadUsage


def user() -> str:
    """The name that the books keep for what was done by hand."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return "unknown"


def name_of(by: str | None) -> str:
    """Who does something, as the books keep it.

    Raises:
        BadUsage: it is no name.
    """
    if by is None:
        return user()
    if not by.strip() or len(by) > 64 or not by.isprintable():
        raise BadUsage("--by takes a name of 1 to 64 letters.")
    return by.strip()


def is_there() -> bool:
    """Whether a question would be seen and could be answered."""
    return sys.stdin.isatty()
