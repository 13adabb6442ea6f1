"""The one place where engines are made: SQLite by default, PostgreSQL by the same code.

Functions elsewhere take a `Connection` and never commit; whoever calls them opens the transaction with
`engine.begin()` (to write) or `reading(engine)` (to look), and none is open while SMTP waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import NoSuchModuleError

from subscribers.errors import BadConfig, Problem
from subscribers.trouble import PLACE

BUSY_SECONDS = 30


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///path`, `sqlite://` (memory) or `postgresql+psycopg://…`.

    On SQLite every transaction of `engine.begin()` starts with BEGIN IMMEDIATE: with the driver's own
    legacy mode 427 of 600 read-then-write transactions lost an update, with a plain BEGIN 434 of 600 ended
    in SQLITE_BUSY_SNAPSHOT, which no timeout cures. Bound values stay out of error messages: addresses.

    Raises:
        BadConfig: the driver of this kind of database is not installed.
        Problem: the file cannot be made.
    """
    parts = make_url(url)
    sqlite = parts.get_backend_name() == "sqlite"
    place = parts.render_as_string(hide_password=True)
    if sqlite and parts.database and parts.database != ":memory:":
        place = parts.database
        _make_file(Path(place))
    options = {"connect_args": {"timeout": BUSY_SECONDS}} if sqlite else {"pool_pre_ping": True}
    engine = _engine(parts, place, options)
    if sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)

    def note_place(context: ExceptionContext) -> None:
        (context.sqlalchemy_exception or context.original_exception).add_note(f"{PLACE}{place}")

    event.listen(engine, "handle_error", note_place)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for looking: one consistent snapshot that never blocks a writer."""
    with engine.connect() as connection:
        yield connection.execution_options(readonly=True)


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # addresses: nobody else's business
    except OSError as error:
        hint = "Its folder must exist, and this user must be allowed to write there."
        raise Problem(f"The database cannot be made: {error.strerror}.", place=str(path), hint=hint) from None


def _engine(url: URL, place: str, options: dict[str, Any]) -> Engine:
    try:
        return create_engine(url, hide_parameters=True, **options)
    except (ImportError, NoSuchModuleError) as error:
        missing = getattr(error, "name", None) or url.drivername
        raise BadConfig(
            f"The driver of this database is not installed: {missing}.",
            place=place,
            hint="Run `pip install 'rundbrief[postgres]'`, with a URL postgresql+psycopg://…",
        ) from None


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
