"""Databases at today's version for tests, made once per process: a copy of a file, or a PostgreSQL one swept.

Only tests of the migrations need a database without tables; to all others the hundredth migration of a run
proves nothing and costs more than they do.
"""

import os
import secrets
import sqlite3
import tempfile
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

POSTGRES = os.environ.get("RUNDBRIEF_TEST_PG", "")
_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SHAPE = text(
    "SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull), ',' "
    "ORDER BY c.relname, a.attnum) || (SELECT version_num FROM alembic_version)) "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relnamespace = 'public'::regnamespace"
)
_USED = text(
    "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    "AND relkind = 'r' AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"
)
# For tests of what only SQLite does, or has.
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@cache
def migrated_file() -> bytes:
    """A SQLite database at today's version, as its bytes."""
    from mailer.migrations import upgrade
    from subscribers.database import open_database

    with tempfile.TemporaryDirectory(prefix="rundbrief-") as folder:
        path = Path(folder) / "rundbrief.db"
        engine = open_database(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        with sqlite3.connect(path) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        return path.read_bytes()


def place_file(path: Path) -> None:
    """Put a SQLite database at today's version there, readable by its owner alone as the program makes it."""
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(migrated_file())


class Shelf:
    """PostgreSQL databases that tests of this process use one after the other."""

    def __init__(self) -> None:
        self._free: list[str] = []
        self._shape: str | None = None

    def take(self) -> str:
        """The URL of a database at today's version without rows."""
        if self._free:
            return self._free.pop()
        from mailer.migrations import upgrade
        from subscribers.database import open_database

        url = create_empty()
        engine = open_database(url)
        upgrade(engine)
        with engine.connect() as connection:
            self._shape = connection.scalar(_SHAPE)
        engine.dispose()
        return url

    def give_back(self, url: str) -> None:
        """Sweep it for the next test; what was rebuilt goes away."""
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            kept = self._sweep(connection)
        engine.dispose()
        if kept:
            self._free.append(url)
        else:
            drop(url)

    def close(self) -> None:
        """Drop all."""
        while self._free:
            drop(self._free.pop())

    def _sweep(self, connection: Connection) -> bool:
        """No rows and nobody's transaction; False if the tables are not those of the beginning."""
        connection.execute(_OTHERS)
        if connection.scalar(_SHAPE) != self._shape:
            return False
        if used := connection.scalars(_USED).all():
            connection.execute(text(f"TRUNCATE {', '.join(used)} RESTART IDENTITY CASCADE"))
        return True


def create_empty() -> str:
    """The URL of a PostgreSQL database without tables."""
    name = f"rundbrief_{secrets.token_hex(6)}"
    _administer(f"CREATE DATABASE {name}")
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def drop(url: str) -> None:
    """Whoever is still connected."""
    _administer(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def _administer(statement: str) -> None:
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()
