"""What an error of the database or of the disk means for a person: one sentence, the place, the next step.

Told by names, so that the program starts without importing what it may never need.
"""

import re
from typing import TYPE_CHECKING

from subscribers.errors import Problem, TryLater

if TYPE_CHECKING:
    from logging import Logger

PLACE = "database: "  # the note that `open_database` leaves on each error of its engine

_DRIVERS = ("sqlalchemy", "sqlite3", "psycopg")
_BUGS = ("no such", "syntax error", "does not exist at character", "undefined")
_OURS = ("OperationalError", "DatabaseError", "InterfaceError", "InternalError", "DisconnectionError")

_Meaning = tuple[str, str, str, type[Problem]]  # what the cause says; the sentence, the next step, the kind

# The first pattern that is found decides; a server that refuses for good also speaks of a connection.
_SQLITE: tuple[_Meaning, ...] = (
    (r"locked", "Another process holds the database.", "Try again in a moment.", TryLater),
    (
        r"file is not a database",
        "This file is not a database.",
        "Correct database.url in config.toml, or bring the file back from the backup.",
        Problem,
    ),
    (
        r"malformed|could not decode",
        "The database is damaged.",
        "Stop all of Rundbrief, keep this file, and bring the last good one back from the backup.",
        Problem,
    ),
    (
        r"readonly",
        "The database cannot be written.",
        "This user must be allowed to write the file, those beside it (-wal, -shm) and their folder.",
        Problem,
    ),
    (
        r"unable to open",
        "The database cannot be opened.",
        "It must be a file, in a folder where this user may read and write.",
        Problem,
    ),
    (r"is full", "There is no space left for the database.", "Make room on its disk.", Problem),
    (
        r"disk i/o",
        "The disk failed while the database was read or written.",
        "Look at the free space and the health of the disk.",
        Problem,
    ),
)
_SERVER: tuple[_Meaning, ...] = (
    (
        r"password|authentication|pg_hba|role .* does not exist|database .* does not exist|permission denied",
        "The database server refuses: {cause}.",
        "Correct database.url in config.toml or RUNDBRIEF_DATABASE_URL, or the rights on the server.",
        Problem,
    ),
    (
        r"connect|resolve|translate host|terminat|time(d )?out|starting up|shutting down|too many clients",
        "The database does not answer: {cause}.",
        "Try again in a moment; if it stays so, look at the host and port in the URL.",
        TryLater,
    ),
)
_ELSE: _Meaning = ("", "The database failed: {cause}.", "Look at its disk and its log.", Problem)


def tell_failure(log: "Logger", error: BaseException, message: str, *values: object) -> None:
    """Log what failed: in one sentence where the database is the trouble, else with the place in the code."""
    if trouble := database_trouble(error):
        log.error(f"{message}: %s", *values, trouble)
    else:
        log.error(message, *values, exc_info=error)


def database_trouble(error: BaseException) -> Problem | None:
    """The sentence for an error of the database; None for a bug of ours, and for errors of other kinds."""
    if type(error).__module__.partition(".")[0] not in _DRIVERS:
        return None
    cause = (str(getattr(error, "orig", None) or error).strip().splitlines() or [""])[0].rstrip(". ")
    refused = "permission denied" in cause
    if not refused and not any(name in _OURS for name in (base.__name__ for base in type(error).__mro__)):
        return None
    known = (*_SQLITE, *_SERVER)
    found = next((meaning for meaning in known if re.search(meaning[0], cause, re.IGNORECASE)), None)
    if found is None and any(word in cause.lower() for word in _BUGS):
        return None
    _, message, hint, kind = found or _ELSE
    return kind(message.format(cause=cause), place=_place(error), hint=hint)


def system_trouble(error: OSError) -> Problem:
    """The sentence for an error of the disk or the network, with the file if there is one."""
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return Problem(f"{error.strerror or error}.", place=" -> ".join(names) or None)


def _place(error: BaseException) -> str | None:
    notes = getattr(error, "__notes__", [])
    return next((note.removeprefix(PLACE) for note in notes if note.startswith(PLACE)), None)
