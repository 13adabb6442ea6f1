"""The one statement that both databases spell alike but SQLAlchemy imports apart: insert what is new."""

from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"


def insert_new(connection: Connection, table: Table) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`: a row that somebody else wrote first stays as it is.

    The result's rowcount is the number of rows written, on PostgreSQL too, where it is -1 unless asked for.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # 3 MB and 0.02 s that SQLite has no use for

        return postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sqlite.insert(table).on_conflict_do_nothing()
