"""Which columns of a list mean which fields, kept under a name for the next list from the same place."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from subscribers.errors import BadUsage
from subscribers.schema import import_profile

LONGEST_NAME = 64


def save_profile(connection: Connection, name: str, columns: Mapping[str, str], now: datetime) -> None:
    """Keep a mapping; one of the same name is replaced.

    Raises:
        BadUsage: the name is empty or too long.
    """
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME:
        raise BadUsage(f"A profile is named with 1 to {LONGEST_NAME} characters.")
    connection.execute(delete(import_profile).where(import_profile.c.name == plain))
    row = {"name": plain, "columns": dict(columns), "created_at": now}
    connection.execute(insert(import_profile).values(row))


def profile_of(connection: Connection, name: str) -> dict[str, str]:
    """The mapping of this name.

    Raises:
        BadUsage: there is none.
    """
    query = select(import_profile.c.columns).where(import_profile.c.name == name.strip())
    found = connection.execute(query).one_or_none()
    if found is None:
        known = ", ".join(profiles(connection)) or "none so far"
        raise BadUsage(f"There is no profile {name!r}.", hint=f"There is: {known}.")
    return dict(found.columns)


def profiles(connection: Connection) -> Sequence[str]:
    """The names of all profiles."""
    return connection.scalars(select(import_profile.c.name).order_by(import_profile.c.name)).all()
