"""Which copy of the books may send: after a restored backup, or on a copy, nothing leaves without a person.

The database counts up, and a file beside it, which no backup of the database holds, remembers how far. A
database that is behind its file is an old one: letters that it takes for unsent have arrived long ago.
A note outside the workspace remembers it too: a backup of the whole workspace brings the file back as well.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mailer.delivery.mailing import list_mailings, move, void
from mailer.delivery.schema import mailing
from subscribers.schema import stamp

LIVE = ("approved", "due", "expanding", "sending", "held")  # states from which letters can leave
UNDER_WAY = ("due", "expanding", "sending")
AFTERWARDS = "the books were restored or copied: what left since then is missing in them, so look first"
_PREFIX = "instance:"
_TOUCHED = timedelta(seconds=60)  # a file that was restored was changed long after it was written
_MACHINE = Path("/etc/machine-id")
_IDENTITY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the file remembers: whose database it was, how far it had come, where the file belongs."""

    id: str
    generation: int
    place: str
    written_at: datetime

    def as_text(self) -> str:
        """For the file; `read_mark` reads it again."""
        values = {"id": self.id, "generation": self.generation, "place": self.place}
        return json.dumps({**values, "written_at": self.written_at.isoformat()}) + "\n"


def place_of(folder: Path) -> str:
    """This folder of this machine; in a container, which has no lasting name, the folder alone."""
    try:
        machine = _MACHINE.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        machine = ""
    return hashlib.sha256(f"{machine}\0{folder.resolve()}".encode()).hexdigest()[:32]


def read_mark(file: Path) -> Mark | None:
    """What the file says; None when there is none.

    Raises:
        ValueError: it is damaged.
        OSError: it cannot be read.
    """
    try:
        values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    try:
        written_at = datetime.fromisoformat(values["written_at"])
        return Mark(str(values["id"]), int(values["generation"]), str(values["place"]), written_at)
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from None


def remembered(notes: Path | None, identity: str) -> int:
    """How far this instance has come by the note outside the workspace; 0 without one that can be read."""
    if notes is None or not _IDENTITY.fullmatch(identity):
        return 0
    try:
        mark = read_mark(notes / identity)
    except (OSError, ValueError):
        return 0
    return mark.generation if mark is not None and mark.id == identity else 0


def trouble(connection: Connection, file: Path, notes: Path | None = None) -> str:
    """Why nothing may be sent from here, as a sentence; empty while all is well.

    Args:
        file: the mark in the workspace.
        notes: the folder outside it, with one note for each instance.
    """
    try:
        mark = read_mark(file)
        changed = datetime.fromtimestamp(file.stat().st_ctime, UTC) if mark else None
    except (OSError, ValueError):
        return f"{file} cannot be read or is damaged."
    if mark is None or changed is None:
        return "This database was never used for sending from here."
    known = max(mark.generation, remembered(notes, mark.id))  # before the database, which may go on meanwhile
    if (generation := _generation(connection, mark.id)) is None:
        return "This is another database than the one that was used from here, or another copy took over."
    if generation < known:
        return (
            f"This database is older than what was used here before (state {generation} instead of "
            f"{known}): it comes from a backup."
        )
    if mark.place != place_of(file.parent):
        return "This workspace was copied or moved from another folder or machine."
    if changed - mark.written_at > _TOUCHED:
        return f"{file} was copied or brought back from a backup."
    return ""


def is_untouched(connection: Connection, file: Path) -> bool:
    """Nothing was ever mailed with this database, so that it may be used from here without asking."""
    return connection.scalar(select(mailing.c.id).limit(1)) is None or (
        not file.exists() and not _instances(connection) and not list_mailings(connection, *LIVE)
    )


def register(connection: Connection, identity: str) -> None:
    """Let the database know this instance; its count begins."""
    connection.execute(insert(stamp).values(name=_PREFIX + identity, value="1"))


def count_up(connection: Connection, identity: str) -> int | None:
    """One further; None when the database does not know this instance any more."""
    own = stamp.c.name == _PREFIX + identity
    kept = connection.scalar(select(stamp.c.value).where(own).with_for_update())
    if kept is None:
        return None
    connection.execute(update(stamp).where(own).values(value=str(int(kept) + 1)))
    return int(kept) + 1


def take_over(connection: Connection, now: datetime) -> list[int]:
    """Make every other copy unknown and stop what is under way; the mailings that were stopped.

    What is approved for later stays: nothing of it can have left.
    """
    connection.execute(delete(stamp).where(stamp.c.name.startswith(_PREFIX)))
    stopped = []
    for each in list_mailings(connection, *UNDER_WAY, "approved"):
        held = move(connection, each.id, UNDER_WAY, "held", reason=AFTERWARDS)
        if held or (each.due_at <= now and void(connection, each.id, AFTERWARDS)):
            stopped.append(each.id)
    return stopped


def _generation(connection: Connection, identity: str) -> int | None:
    value = connection.scalar(select(stamp.c.value).where(stamp.c.name == _PREFIX + identity))
    return None if value is None else int(value)


def _instances(connection: Connection) -> list[str]:
    return list(connection.scalars(select(stamp.c.name).where(stamp.c.name.startswith(_PREFIX))))
