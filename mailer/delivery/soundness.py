"""Whether the pages of the books can be believed: SQLite's check of its own file, before letters leave."""

import logging
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
HINT = "Stop all of Rundbrief, keep this file, and bring the last good one back from the backup."


@contextmanager
def examined(engine: Engine, found: Callable[[Problem], None]) -> Iterator[None]:
    """Look at every page of a SQLite file. A large one is looked at while the block runs, and damage that
    shows only then is told to `found`. A server has checksums of its own.

    Raises:
        Problem: the database is damaged; nothing of the block was done.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    look = _Look(engine, found)
    look.thread.join(PATIENCE_SECONDS)
    try:
        if problem := look.answer():
            raise problem
        yield
    finally:
        look.end()


class _Look:
    """One examination, on a thread and a connection of its own."""

    def __init__(self, engine: Engine, found: Callable[[Problem], None]) -> None:
        self._engine, self._found = engine, found
        self._raw: Any = None
        self._problem: Problem | None = None
        self._wanted = True  # nobody has asked for the answer yet
        self.thread = Thread(target=self._work, name="soundness", daemon=True)
        self.thread.start()

    def answer(self) -> Problem | None:
        """What was found so far; from now on `found` is told."""
        self._wanted = False
        return self._problem

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
            self._raw = connection.connection.driver_connection
            said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
            self._raw = None
        if said == "ok":
            return None
        return Problem("The database is damaged.", place=str(self._engine.url.database), hint=HINT)
