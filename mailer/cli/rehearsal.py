"""The rehearsal: everything that is due goes its whole way on a copy of the books, into a folder of files."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from mailer.cli.office import Office, clock
from subscribers.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mailer.delivery.sender import Tally

CHUNK = 5_000


def rehearse(office: Office, folder: Path, stop: Event) -> "Tally":
    """Tick and send into `folder`; the books of the workspace stay as they are.

    Raises:
        Problem: nothing can be written there.
    """
    from mailer.delivery.folder import FolderTransport
    from mailer.delivery.sender import Route, Sender
    from mailer.schedule.ticker import tick

    _require_folder(folder)
    with copied(office.engine) as engine:
        tick(engine, clock(), grace=office.grace, fingerprint=office.fingerprint)
        routes = {name: Route(FolderTransport(folder), 1) for name in ("", *office.settings.config.relays)}
        sender = Sender(engine, routes, office.secret, clock=clock, stop=stop, signer_of=office.signer)
        sender.run(until_done=True)
        return sender.tally


def _require_folder(folder: Path) -> None:
    """Make it, and try it out: a folder that takes nothing is no relay that refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"The letters cannot be written into {folder}: {error.strerror or error}."
        raise Problem(message, hint="Name another folder.") from None


@contextmanager
def copied(engine: "Engine") -> "Iterator[Engine]":
    """A copy of the database in a file of its own, which is gone after the block."""
    from subscribers.database import open_database

    with tempfile.TemporaryDirectory(prefix="rundbrief-") as folder:
        copy = Path(folder) / "books.db"
        if engine.dialect.name == "sqlite":
            with sqlite3.connect(engine.url.database or "") as source, sqlite3.connect(copy) as target:
                source.backup(target)
            source.close()
            target.close()
            made = open_database(f"sqlite:///{copy}")
        else:
            made = open_database(f"sqlite:///{copy}")
            _copy_rows(engine, made)
        try:
            yield made
        finally:
            made.dispose()


def _copy_rows(source: "Engine", target: "Engine") -> None:
    """Table by table, from one kind of database to the other."""
    from mailer.delivery import schema
    from subscribers.database import reading

    metadata = schema.mailing.metadata
    with target.begin() as into:
        metadata.create_all(into)
    with reading(source) as connection:
        for table in metadata.sorted_tables:
            rows = connection.execution_options(yield_per=CHUNK).execute(table.select()).mappings()
            for part in rows.partitions(CHUNK):
                with target.begin() as into:
                    into.execute(table.insert(), [dict(row) for row in part])
