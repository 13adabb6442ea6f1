"""The one statement that both databases spell alike but SQLAlchemy imports apart: insert what is new."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert_new(connection: Connection, table: Table) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`: a row that somebody else wrote first stays as it is.

    The result's rowcount is the number of rows written, on PostgreSQL too, where it is -1 unless asked for.
    """
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sqlite.insert(table).on_conflict_do_nothing()
