"""Many rows at once, past the query builder: statements compiled once, values as the driver wants them.

Only imports need it; half of their time would go into building parameters one by one.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

_SQLITE = sqlite.dialect()
_POSTGRES: Any = psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]

_FOR_MUCH = ("synchronous=NORMAL", "cache_size=-40000", "wal_autocheckpoint=0")
_AS_USUAL = ("synchronous=FULL", "cache_size=-2000", "wal_autocheckpoint=1000")
# Who waits for SQLite looks every 25 ms while that lasts 128 ms, then every 50 ms.
_SHORT, _SHORT_PAUSE, _PAUSE = 0.12, 0.03, 0.055  # seconds
_TARGET = 0.1  # seconds of a transaction
_FEWEST, _MOST = 2_000, 8_000  # rows of a transaction

Row = tuple[Any, ...]


@dataclass(slots=True)
class Pace:
    """How many rows to write in one transaction, learned from the earlier ones."""

    rows: int = _FEWEST

    def took(self, rows: int, seconds: float) -> None:
        """What a transaction took: the next one may be half as large again, or as small as it must."""
        fitting = int(rows * _TARGET / max(seconds, 0.001))
        self.rows = max(_FEWEST, min(fitting, self.rows * 3 // 2, _MOST))


@dataclass(frozen=True, slots=True)
class Writer:
    """A connection for many transactions.

    Args:
        opened: opens the next transaction.
        raw: the connection of the driver, where it is SQLite's.
    """

    opened: Callable[[], AbstractContextManager[Connection]]
    raw: Any


@contextmanager
def writing_much(engine: Engine) -> Iterator[Writer]:
    """Gives a way to open many transactions in a row on one connection, none of which waits for the disk.

    After a power cut the last of them may be missing, which is no harm: an import can be repeated. The next
    transaction of the usual kind makes all of them durable.
    """
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        sqlite_file = connection.dialect.name == "sqlite"
        free = 0.0

        @contextmanager
        def opened() -> Iterator[Connection]:
            nonlocal free
            time.sleep(max(0.0, free - time.monotonic()))
            with connection.begin():
                began = time.monotonic()
                yield connection
            ended = time.monotonic()
            free = ended + (_SHORT_PAUSE if ended - began < _SHORT else _PAUSE)
            if sqlite_file:  # locks nobody out; who writes next would do it while others wait
                raw.execute("PRAGMA wal_checkpoint(PASSIVE)")

        try:
            for pragma in _FOR_MUCH if sqlite_file else ():
                raw.execute(f"PRAGMA {pragma}")
            yield Writer(opened, raw if sqlite_file else None)
        finally:
            for pragma in _AS_USUAL if sqlite_file else ():
                raw.execute(f"PRAGMA {pragma}")


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row], *, skip: bool = False
) -> None:
    """Write rows whose values stand in the order of `columns`; `skip` leaves out what is there already."""
    if rows:
        name = connection.dialect.name
        connection.exec_driver_sql(_insert(name, table, tuple(columns), skip), list(rows))


def update_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Overwrite columns of rows by id; each row of values ends with the id."""
    if rows:
        connection.exec_driver_sql(_update(connection.dialect.name, table, tuple(columns)), list(rows))


def stored(connection: Connection, column: Column[Any]) -> Callable[[Any], Any]:
    """Turns a value of this column into what the driver writes."""
    processor = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return processor or (lambda value: value)


def next_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Ids that nobody else takes: SQLite has one writer, PostgreSQL a sequence."""
    if connection.dialect.name == "postgresql":
        sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
        query = select(sequence).select_from(func.generate_series(1, count))
        return [int(number) for number in connection.scalars(query)]
    newest = connection.scalar(select(func.max(table.c.id))) or 0
    return range(newest + 1, newest + count + 1)


def lock(connection: Connection, *tables: Table) -> None:
    """Keep other writers out until the end of the transaction, as SQLite does by itself; readers go on."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def chosen(connection: Connection, query: str, values: Iterable[Any], *first: Any) -> Sequence[Row]:
    """The rows of a SELECT whose last `{values}` are these; `first` are those before, each `{one}`."""
    given = [*values]
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(query.format(values="= ANY(%s)", one="%s"), (*first, given)).all()
    marks = f"IN ({','.join('?' * len(given))})"
    return connection.exec_driver_sql(query.format(values=marks, one="?"), (*first, *given)).all()


@lru_cache
def _insert(dialect: str, table: Table, columns: tuple[str, ...], skip: bool) -> str:
    module, made = (postgresql, _POSTGRES) if dialect == "postgresql" else (sqlite, _SQLITE)
    statement: Any = module.insert(table).on_conflict_do_nothing() if skip else insert(table)
    return _text(statement.compile(dialect=made, column_keys=columns), columns)


@lru_cache
def _update(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    from sqlalchemy import bindparam

    statement = update(table).where(table.c.id == bindparam("which"))
    made = _POSTGRES if dialect == "postgresql" else _SQLITE
    return _text(statement.compile(dialect=made, column_keys=[*columns, "which"]), (*columns, "which"))


def _text(compiled: Any, columns: tuple[str, ...]) -> str:
    assert tuple(compiled.positiontup) == columns, (
        "every column with a default must be given, in the table's order"
    )
    return str(compiled)
