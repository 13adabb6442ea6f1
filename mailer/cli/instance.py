"""The guard at the door: this copy of the workspace, its database, and whether they may send."""

import logging
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from mailer.delivery import instance as room
from mailer.delivery.instance import Mark
from mailer.delivery.schema import attempt
from mailer.delivery.soundness import examined
from subscribers.database import reading
from subscribers.errors import Problem, Refused

log = logging.getLogger("rundbrief.instance")
HINT = "Nothing leaves until a person says that this is the place to send from: `rundbrief adopt`."
LOOK_SECONDS = 1.0
REST_LOOKS = 60  # so many looks without a letter, and it counts up nevertheless


class Instance:
    """This workspace as the place that sends.

    Args:
        file: remembers how far the database had come; it belongs into no backup of the database.
        clock: gives the present moment (aware UTC), the one that the file system knows too.
    """

    def __init__(self, engine: Engine, file: Path, clock: Callable[[], datetime]) -> None:
        self._engine, self._file, self._clock = engine, file, clock

    def begin(self) -> None:
        """Make a database in which nothing was ever mailed known to this place; another one is left alone."""
        with reading(self._engine) as connection:
            if not room.trouble(connection, self._file) or not room.is_untouched(connection, self._file):
                return
        self._join()

    def trouble(self) -> str:
        """Why nothing may be sent from here, as a sentence; empty while all is well."""
        with reading(self._engine) as connection:
            return room.trouble(connection, self._file)

    def require(self) -> None:
        """Raises Refused when this is a restored or copied database; then nothing may be sent."""
        self.begin()
        if why := self.trouble():
            raise Refused(why, hint=HINT)

    def advance(self) -> None:
        """Count up, so that every backup made before is known to be old.

        Raises:
            Refused: the database was exchanged, or another copy took over.
        """
        self.require()
        mark = room.read_mark(self._file)
        assert mark is not None
        with self._engine.begin() as connection:
            generation = room.count_up(connection, mark.id)
        if generation is None:
            raise Refused("Another copy of this workspace took over.", hint=HINT)
        self._write(mark.id, generation)  # after the commit: the file must never be ahead by itself

    def note(self) -> None:
        """Count up after something was done by hand, where this is the place that sends."""
        if not self.trouble():
            self.advance()

    def adopt(self, *, beside: bool) -> list[int]:
        """Make this the place that sends, alone or beside others; the numbers of the stopped mailings."""
        stopped = []
        if not beside:
            with self._engine.begin() as connection:
                stopped = room.take_over(connection, self._clock())
        self._join()
        return stopped

    @contextmanager
    def watched(self, stop: Event) -> Iterator[None]:
        """Count up while letters leave; when the database turns out to be another one or damaged, set `stop`.

        Raises:
            Refused: at the beginning or at the end, when it may not send.
            Problem: the database is damaged.
        """
        problems, over = list[Problem](), Event()

        def refuse(problem: Problem) -> None:
            problems.append(problem)
            stop.set()

        def watch() -> None:
            for refusal in self._look(over):
                refuse(refusal)

        with examined(self._engine, refuse):
            self.advance()
            thread = Thread(target=watch, name="instance", daemon=True)
            thread.start()
            try:
                yield
            finally:
                over.set()
                thread.join()
        if problems:
            raise problems[0]
        self.note()

    def _look(self, over: Event) -> Iterator[Refused]:
        newest, rests = self._newest(), 0
        while not over.wait(LOOK_SECONDS):
            try:
                latest, rests = self._newest(), rests + 1
                if latest != newest or rests >= REST_LOOKS:
                    self.advance()
                    newest, rests = latest, 0
            except Refused as refusal:
                yield refusal
                return
            except (Problem, SQLAlchemyError, OSError):
                log.exception("the state of the database could not be noted and will be again")

    def _newest(self) -> int:
        with reading(self._engine) as connection:
            return connection.scalar(select(func.max(attempt.c.id))) or 0

    def _join(self) -> None:
        identity = secrets.token_hex(16)
        with self._engine.begin() as connection:
            room.register(connection, identity)
        self._write(identity, 1)

    def _write(self, identity: str, generation: int) -> None:
        """Whole or not at all, and for good: a machine that loses its power must find it again."""
        mark = Mark(identity, generation, room.place_of(self._file.parent), self._clock())
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=self._file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(mark.as_text())
            file.flush()
            os.fsync(handle)
        Path(unfinished).replace(self._file)
