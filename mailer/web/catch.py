"""The folder of the sandbox: one file per message, and index.jsonl with the envelopes.

The files hold the message exactly as received. A line of the index, here in two:

    {"n": 1, "file": "000001-ada@example.org.eml", "from": "…", "to": ["ada@example.org"],
     "at": "2026-11-24T08:30:00+00:00", "bytes": 1234, "subject": "…"}
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailer.web.inbox_headers import subject
from subscribers.errors import Problem, TryLater

INDEX = "index.jsonl"
_NUMBERED = re.compile(r"(\d{6,})-")


@dataclass(frozen=True, slots=True)
class Caught:
    """One message: its file and the envelope it came in."""

    file: Path
    sender: str
    recipients: tuple[str, ...]


class CatchFolder:
    """Numbers and stores messages; goes on counting where an earlier run stopped."""

    def __init__(self, folder: Path) -> None:
        """Make the folder if need be, and take it for this process alone.

        Raises:
            TryLater: another sandbox writes there.
            Problem: the folder cannot be made or written.
        """
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = (folder / INDEX).open("ab", buffering=0)
        except OSError as error:
            raise Problem(
                f"The folder cannot be used ({error.strerror}).",
                place=str(folder),
                hint="Name another one with --folder.",
            ) from None
        try:
            fcntl.flock(self._index, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._index.close()
            raise TryLater(
                "Another sandbox writes to this folder.",
                place=str(folder),
                hint="End it, or name another folder with --folder.",
            ) from None
        self._number = max((_number(file.name) for file in folder.iterdir()), default=0)

    def keep(self, sender: str, recipients: tuple[str, ...], message: bytes, *, now: datetime) -> Caught:
        """Write the message and its line in the index; raises OSError and counts nothing if it cannot."""
        number = self._number + 1
        file = self._folder / f"{number:06}-{_safe(recipients[0])}.eml"
        line = {
            "n": number,
            "file": file.name,
            "from": sender,
            "to": recipients,
            "at": now.isoformat(),
            "bytes": len(message),
            "subject": subject(message),
        }
        hidden = file.with_name(f".{file.name}.part")
        try:
            hidden.write_bytes(message)
            with locked(self._folder):
                self._note(hidden, file, json.dumps(line, ensure_ascii=False).encode("utf-8", "replace"))
        except OSError:
            hidden.unlink(missing_ok=True)
            raise
        self._number = number
        return Caught(file, sender, recipients)

    def _note(self, hidden: Path, file: Path, line: bytes) -> None:
        end_of_index = self._index.seek(0, os.SEEK_END)
        try:
            hidden.rename(file)
            self._index.write(line + b"\n")
        except OSError:
            file.unlink(missing_ok=True)
            self._index.truncate(end_of_index)
            raise

    def close(self) -> None:
        self._index.close()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder while a mail is noted or all are thrown away; raises OSError where there is none."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _number(name: str) -> int:
    match = _NUMBERED.match(name)
    return int(match[1]) if match else 0


def _safe(recipient: str) -> str:
    """A name for every file system, from whatever a client sent."""
    return re.sub(r"[^a-z0-9.@_-]", "_", recipient.lower())[:120]
