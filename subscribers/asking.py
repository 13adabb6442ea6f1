"""Asking the database in plain SQL: by SQLAlchemy's connection, or by SQLite's own driver alone.

For the few questions that a person waits for: to import SQLAlchemy takes longer than such a command may. A
question is text with names for its values, which both ways understand.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subscribers.trouble import PLACE

if TYPE_CHECKING:
    from sqlalchemy import Connection

Ask = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
"""`ask("SELECT … WHERE email_key = :key", {"key": …})`: the rows, by the names of the columns."""

_SECONDS = 1  # a reader of a write-ahead log hardly ever waits


def asking(connection: "Connection") -> Ask:
    """By a connection, on SQLite and PostgreSQL."""
    from sqlalchemy import text

    def ask(question: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in connection.execute(text(question), values).mappings()]

    return ask


@contextmanager
def asking_file(path: Path) -> Iterator[Ask]:
    """By SQLite's driver alone: one snapshot of a database that exists, nothing is written.

    Raises:
        sqlite3.Error: it cannot be read so; another way may know why.
    """
    import sqlite3

    address = f"{path.absolute().as_uri()}?mode=rw"  # `ro` could not open a log that is left to be read
    try:
        with closing(
            sqlite3.connect(address, uri=True, timeout=_SECONDS, isolation_level=None)
        ) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only=ON")
            connection.execute("BEGIN")
            yield lambda question, values: [dict(row) for row in connection.execute(question, values)]
    except sqlite3.Error as error:
        error.add_note(f"{PLACE}{path}")
        raise


def instant(value: str | datetime) -> datetime:
    """A moment as either database gives it to plain SQL, see `schema.Moment`."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
