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
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    import psycopg

POSTGRES = os.environ.get("RUNDBRIEF_TEST_PG", "")
SMALL = 200_000  # octets; deleting the rows is quicker than TRUNCATE, which makes the files anew
_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SHAPE = (
    "SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull), ',' "
    "ORDER BY c.relname, a.attnum) || (SELECT version_num FROM alembic_version)) "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relnamespace = 'public'::regnamespace"
)
_USED = (
    "SELECT quote_ident(relname), pg_relation_size(oid) FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace "
    "AND relkind = 'r' AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"
)
# A table that was looked at while it was empty would be planned for as empty, for it is not made anew.
_UNSEEN = (
    "DO $$ DECLARE each text; BEGIN FOR each IN SELECT quote_ident(relname) FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP "
    "EXECUTE 'ALTER TABLE ' || each || ' SET (autovacuum_enabled = false)'; END LOOP; END $$"
)
_NUMBERS = (
    "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence "
    "WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
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
        with engine.begin() as connection:
            connection.execute(text(_UNSEEN))
            self._shape = connection.scalar(text(_SHAPE))
        engine.dispose()
        return url

    def give_back(self, url: str) -> None:
        """Sweep it for the next test; what was rebuilt goes away."""
        import psycopg

        place = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(place, autocommit=True) as connection:
            kept = self._sweep(connection)
        if kept:
            self._free.append(url)
        else:
            drop(url)

    def close(self) -> None:
        """Drop all."""
        while self._free:
            drop(self._free.pop())

    def _sweep(self, connection: "psycopg.Connection[Any]") -> bool:
        """No rows and nobody's transaction; False if the tables are not those of the beginning."""
        connection.execute(_OTHERS)
        if connection.execute(_SHAPE).fetchone() != (self._shape,):
            return False
        sizes = dict(connection.execute(_USED).fetchall())
        if max(sizes.values(), default=0) > SMALL:
            connection.execute(f"TRUNCATE {', '.join(sizes)} RESTART IDENTITY CASCADE")
        else:
            # All go, so nothing is left that one could refer to, whatever the order.
            connection.execute("SET session_replication_role = replica")
            connection.execute("; ".join(f"DELETE FROM {table}" for table in sizes))
            connection.execute(_NUMBERS)
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
