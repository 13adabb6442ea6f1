"""A glance at the address book: straight at the file where all is plainly in order, else the usual way."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from subscribers.asking import Ask, asking, asking_file
from subscribers.keyhash import STAMP, mark_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mailer.settings.essentials import Essentials


@contextmanager
def look_up(known: "Essentials", usual: "Callable[[], tuple[Engine, bytes]]") -> Iterator[tuple[Ask, bytes]]:
    """Whom to ask, and the key that fits this database.

    Args:
        usual: opens the database with all care, and gives its key.

    Raises:
        Problem: as opening the database does.
    """
    with ExitStack() as stack:
        yield _at_once(known, stack) or _by_sqlalchemy(stack, *usual())


def _at_once(known: "Essentials", stack: ExitStack) -> tuple[Ask, bytes] | None:
    """Without SQLAlchemy; None where anything is not as it should be: the usual way mends it or says why."""
    import sqlite3

    from mailer.migrations import HEAD

    if not Path(known.database_file).is_file() or known.lacks_key:
        return None
    with ExitStack() as mine:
        try:
            ask = mine.enter_context(asking_file(Path(known.database_file)))
            version = ask("SELECT version_num FROM alembic_version", {})
            stamp = ask("SELECT value FROM stamp WHERE name = :name", {"name": STAMP})
        except sqlite3.Error:
            return None
        secret = known.read_key(make=False)
        if [row["version_num"] for row in version] != [HEAD] or not stamp:
            return None
        if not hmac.compare_digest(str(stamp[0]["value"]), mark_of(secret)):
            return None
        stack.push(mine.pop_all())
        return ask, secret
    return None


def _by_sqlalchemy(stack: ExitStack, engine: "Engine", secret: bytes) -> tuple[Ask, bytes]:
    from subscribers.database import reading

    return asking(stack.enter_context(reading(engine))), secret
