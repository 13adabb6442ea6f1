"""The guard at the door: this copy of the workspace, its database, and whether they may send."""

import logging
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
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


def notes_folder(environment: Mapping[str, str]) -> Path | None:
    """Where this user's programs keep what outlives a workspace (XDG Base Directory Specification 0.8).

    None for a user without a home; a path in XDG_STATE_HOME that is not absolute does not count.
    """
    given = Path(environment.get("XDG_STATE_HOME", ""))
    try:
        return (given if given.is_absolute() else Path.home() / ".local" / "state") / "rundbrief"
    except RuntimeError:
        return None


def blindness(notes: Path | None) -> str:
    """Why a workspace that was restored as a whole would not be noticed; empty while it would."""
    if notes is None:
        return "this user has no home folder to note it in"
    try:
        notes.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=notes):
            return ""
    except OSError as error:
        return f"{notes} cannot be written: {error.strerror}"


class Instance:
    """This workspace as the place that sends.

    Args:
        file: remembers how far the database had come; it belongs into no backup of the database.
        clock: gives the present moment (aware UTC), the one that the file system knows too.
        notes: a folder outside the workspace, which remembers it where a backup brings `file` back.
    """

    def __init__(
        self, engine: Engine, file: Path, clock: Callable[[], datetime], notes: Path | None = None
    ) -> None:
        self._engine, self._file, self._clock, self._notes = engine, file, clock, notes

    def begin(self) -> None:
        """Make a database in which nothing was ever mailed known to this place; another one is left alone."""
        with reading(self._engine) as connection:
            trouble = room.trouble(connection, self._file, self._notes)
            if not trouble or not room.is_untouched(connection, self._file):
                return
        self._join()

    def trouble(self) -> str:
        """Why nothing may be sent from here, as a sentence; empty while all is well."""
        with reading(self._engine) as connection:
            return room.trouble(connection, self._file, self._notes)

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
        self._write(mark.id, generation)  # after the commit: neither file must be ahead by itself

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
    def watched(self, stop: Event, meanwhile: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Count up while letters leave; when the database turns out to be another one or damaged, set `stop`.

        Args:
            meanwhile: takes time and changes nothing; done while the pages of the database are looked at.

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

        with examined(self._engine, refuse) as require_sound:
            meanwhile()
            require_sound()
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
        mark = Mark(identity, generation, room.place_of(self._file.parent), self._clock())
        self._file.parent.mkdir(parents=True, exist_ok=True)
        _put(self._file, mark)
        # Another process of this workspace may be further already; and no letter waits for a second opinion.
        if self._notes is not None and room.remembered(self._notes, identity) < generation:
            with suppress(OSError):
                self._notes.mkdir(mode=0o700, parents=True, exist_ok=True)
                _put(self._notes / identity, mark)


def _put(target: Path, mark: Mark) -> None:
    """Whole or not at all, and for good: a machine that loses its power must find it again."""
    handle, name = tempfile.mkstemp(dir=target.parent)  # its owner's alone
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(mark.as_text())
            file.flush()
            os.fsync(handle)
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
