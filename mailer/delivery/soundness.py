"""Whether the pages of the books can be believed: SQLite's check of its own file, before letters leave."""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from subscribers.database import reading
from subscribers.errors import Problem
from subscribers.trouble import database_trouble

log = logging.getLogger("rundbrief.sender")
PATIENCE_SECONDS = 0.2  # a file of a million people takes two seconds; its letters do not wait for that
BESIDE = 10  # the niceness of a look that goes on beside the letters; with more they would wait for its end
HINT = "Stop all of Rundbrief, keep this file, and bring the last good one back from the backup."


@contextmanager
def examined(engine: Engine, found: Callable[[Problem], None]) -> Iterator[Callable[[], None]]:
    """Look at every page of a SQLite file while the block runs; a server has checksums of its own.

    The block is given what it calls before it changes anything: that waits for the answer, a moment since
    the beginning at most, and raises Problem if the database is damaged. Damage in a large file that shows
    only later is told to `found`.
    """
    if engine.dialect.name != "sqlite":
        yield lambda: None
        return
    look = _Look(engine, found)
    try:
        yield look.wait
    finally:
        look.end()


class _Look:
    """One examination, on a thread and a connection of its own."""

    def __init__(self, engine: Engine, found: Callable[[Problem], None]) -> None:
        self._engine, self._found = engine, found
        self._raw: Any = None
        self._problem: Problem | None = None
        self._wanted = True  # nobody has asked for the answer yet
        self._until = time.monotonic() + PATIENCE_SECONDS
        self.thread = Thread(target=self._work, name="soundness", daemon=True)
        self.thread.start()

    def wait(self) -> None:
        """Raise what was found so far; from now on `found` is told, and the look no longer hurries."""
        self.thread.join(max(0.0, self._until - time.monotonic()))
        self._wanted = False
        if self._problem:
            raise self._problem
        # Elsewhere a thread has no niceness of its own, and its number is none of a process.
        if sys.platform == "linux" and self.thread.is_alive() and self.thread.native_id:
            with suppress(OSError):  # it ended this very moment
                os.setpriority(os.PRIO_PROCESS, self.thread.native_id, BESIDE)

    def end(self) -> None:
        """Stop looking."""
        if self._raw is not None:
            with suppress(Exception):  # it may be over this very moment
                self._raw.interrupt()
        self.thread.join()

    def _work(self) -> None:
        try:
            self._problem = self._examine()
        except SQLAlchemyError as error:
            if "interrupted" in str(error):
                return
            self._problem = database_trouble(error)
            log.warning("the database cannot be examined: %s", self._problem or error)
        if self._problem and not self._wanted:
            self._found(self._problem)

    def _examine(self) -> Problem | None:
        with reading(self._engine) as connection:
            connection.detach()  # closed afterwards: it has seen each page once, and would keep 2 MB of them
            connection.exec_driver_sql("PRAGMA cache_size=-256")
            self._raw = connection.connection.driver_connection
            said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
            self._raw = None
        if said == "ok":
            return None
        return Problem("The database is damaged.", place=str(self._engine.url.database), hint=HINT)
