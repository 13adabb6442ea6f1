"""The database as the preview sees it: looked into where it is, never made, not asked twice for the same."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from subscribers.errors import Problem
from subscribers.output import say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailer.cli.office import Office

_Found = TypeVar("_Found")
_SECONDS = 5  # so long a number from a database server counts as fresh
_MOST = 64  # answers kept


class Shown:
    """Looks into the database of a workspace.

    Args:
        office: the workspace as config.toml describes it at this moment.
    """

    def __init__(self, office: "Callable[[], Office]") -> None:
        self._office = office
        self._refused: tuple[Hashable, str] = (None, "")
        self._kept: dict[Hashable, tuple[Hashable, Any]] = {}
        self._one_at_a_time = threading.Lock()

    @contextmanager
    def reading(self) -> "Iterator[Connection | None]":
        """A connection for looking; None where there is no database, or none that can be read."""
        connection = self._open()
        try:
            yield connection
        finally:
            if connection is not None:
                connection.close()

    def once(self, key: Hashable, ask: "Callable[[Connection], _Found]", otherwise: _Found) -> _Found:
        """The answer to a question, asked again when the database changed; `otherwise` without one."""
        with self._one_at_a_time:
            state = self.state()
            if (known := self._kept.get(key)) is not None and known[0] == state:
                found: _Found = known[1]
                return found
            with self.reading() as connection:
                found = otherwise if connection is None else ask(connection)
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = (state, found)
            return found

    def _open(self) -> "Connection | None":
        office = self._office()
        if not office.has_database or self._main() == self._refused[0]:
            return None
        from sqlalchemy.exc import DBAPIError

        try:
            return office.engine.connect().execution_options(readonly=True)
        except (Problem, DBAPIError) as problem:
            sentence = str(problem).splitlines()[0]
            if sentence != self._refused[1]:  # once, not at each save
                say(f"The preview goes on without the database: {sentence}")
            self._refused = self._main(), sentence
            return None

    def _main(self) -> Hashable:
        """The database itself: one that was refused is tried again when it was replaced or migrated."""
        office = self._office()
        file = office.essentials.database_file
        return id(office), _seen(Path(file)) if file else int(time.monotonic() / _SECONDS)

    def state(self) -> Hashable:
        """Another value after each change: of SQLite the files tell it, of a server the clock."""
        office = self._office()
        file = office.essentials.database_file
        if not file:
            return id(office), int(time.monotonic() / _SECONDS)
        return id(office), tuple(_seen(Path(f"{file}{ending}")) for ending in ("", "-wal"))


def _seen(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
