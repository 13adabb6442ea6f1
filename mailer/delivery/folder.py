"""The folder transport: each letter becomes an .eml file and leaves this machine not at all."""

import asyncio
import re
from pathlib import Path

from mailer.delivery.proof import as_file
from mailer.delivery.transport import Letter, Listener, Receipt, RelayDown


class FolderTransport:
    """Fulfils `transport.Transport`; files are named after the delivery and the address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def open(self, listener: Listener) -> "FolderLine":
        """A line into the folder, which is made if it is missing.

        Raises:
            RelayDown: the folder cannot be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RelayDown(f"{self._folder} cannot be made: {error.strerror}", permanent=True) from None
        return FolderLine(self._folder, listener)


class FolderLine:
    """Fulfils `transport.Line`."""

    largest = 0

    def __init__(self, folder: Path, listener: Listener) -> None:
        self._folder, self._listener = folder, listener
        self._loop = asyncio.get_running_loop()
        self._announced: Letter | None = None
        self._alive = True

    def announce(self, letter: Letter) -> None:
        """A folder takes everything; it says so in the next turn of the loop, as a server would."""
        self._announced = letter
        self._loop.call_soon(self._make_ready, letter)

    def dispatch(self, following: Letter | None) -> None:
        """Write the file, whole or not at all."""
        letter, self._announced = self._announced, None
        assert letter is not None
        receipt = self._write(letter)
        self._loop.call_soon(self._settle, letter, receipt)
        if following is not None:
            self.announce(following)

    def withdraw(self) -> bool:
        """Nothing is ever on its way here."""
        self._announced = None
        return False

    def close(self) -> None:
        """No more files."""
        self._announced, self._alive = None, False

    async def quit(self) -> None:
        """No more files."""
        self.close()

    def _make_ready(self, letter: Letter) -> None:
        if self._alive and self._announced is letter:
            self._listener.ready(self)

    def _settle(self, letter: Letter, receipt: Receipt) -> None:
        self._listener.settled(self, letter, receipt)
        if self._alive and self._announced is None:
            self._listener.free(self)

    def _write(self, letter: Letter) -> Receipt:
        path = self._folder / f"{letter.key:08}-{_safe(letter.recipient)}.eml"
        hidden = path.with_name(f".{path.name}.part")
        try:
            hidden.write_bytes(as_file(letter))
            hidden.replace(path)
        except OSError as error:
            hidden.unlink(missing_ok=True)
            return Receipt("deferred", "body", 0, f"the file cannot be written: {error.strerror}")
        return Receipt("sent", "dot", 250, f"2.0.0 written to {path.name}")


def _safe(recipient: str) -> str:
    """A name for every file system."""
    return re.sub(r"[^a-z0-9.@_-]", "_", recipient.lower())[:120]
