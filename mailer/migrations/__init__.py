"""The shape of the database over time: what version it has, and how it gets to today's."""

from pathlib import Path
from typing import TYPE_CHECKING

from subscribers.errors import Problem, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

HEAD = "0009"
_LOCK = 7_108_642_201  # any number; all processes of this program use the same one


def current(connection: "Connection") -> str | None:
    """The version, None before the first one; without Alembic, whose import takes a second."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def require_current(engine: "Engine") -> None:
    """Make an empty database usable, and stop before one of another version is touched.

    Raises:
        Refused: the database is older, newer, or not ours.
    """
    with engine.connect() as connection:
        version = _version_of_ours(connection)
    if version is None:
        upgrade(engine)
    elif version < HEAD:
        raise Refused(
            f"The database has version {version}, this Rundbrief needs {HEAD}.",
            hint="Back up first (copy the workspace with all of var), then run `rundbrief migrate`.",
        )


def upgrade(engine: "Engine") -> None:
    """Bring the database to today's version, in one transaction; doing it again changes nothing.

    Raises:
        Refused: the database was made by a newer version, or is not ours.
        Problem: rows would lose the row they point at; then nothing is changed.
    """
    from sqlalchemy import text

    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if sqlite:
            # Rebuilding a table drops it, and with foreign keys on that deletes the rows that point at it.
            # Within a transaction the pragma does nothing, hence before BEGIN, on the driver's connection.
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                _upgrade(connection)
                if sqlite and (lost := connection.execute(text("PRAGMA foreign_key_check")).all()):
                    raise Problem(f"{len(lost)} rows would point at nothing, first in {lost[0][0]}.")
        finally:
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def _upgrade(connection: "Connection") -> None:
    from sqlalchemy import text

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    if _version_of_ours(connection) == HEAD:
        return

    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def _version_of_ours(connection: "Connection") -> str | None:
    """The version, None for an empty database; what was made by others is refused."""
    from sqlalchemy import inspect

    # In this order: while it is looked at, another process may be making the tables.
    tables = inspect(connection).get_table_names()
    version = current(connection)
    if version is None and tables:
        raise Refused(
            f"This database holds tables (such as {tables[0]}), but was not made by Rundbrief.",
            hint="Name another database in config.toml.",
        )
    if version is not None and version > HEAD:
        raise Refused(
            f"This database was made by a newer Rundbrief (version {version}, this one knows {HEAD}).",
            hint="Update Rundbrief.",
        )
    return version
