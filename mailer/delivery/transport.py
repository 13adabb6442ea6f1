"""What carries letters: the values that go in and come out, and the protocol that each transport fulfils.

SMTP is one transport, a folder of .eml files another. A letter is announced first; when the other side waits
for it, the line is ready, and nothing has left yet that counts. Only `dispatch` lets it go for good, so that
the books can be written in between (the fence).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
REPLY_CHARACTERS = 500


class Letter(NamedTuple):
    """One message for one person, ready for the wire: dot-stuffed, CRLF, without the final dot.

    A tuple, as all that is made for each letter: that takes a third of the time of a frozen dataclass.
    """

    key: int  # of its delivery
    sender: str
    recipient: str
    wire: Sequence[bytes]
    size: int

    @property
    def smtputf8(self) -> bool:
        """The address needs RFC 6531."""
        return not self.recipient.isascii()


class Receipt(NamedTuple):
    """How one try ended: `outcome` is a delivery state, `phase` where the conversation stood.

    outcome: sent | deferred | failed | in_doubt | skipped (withdrawn before the dot).
    scope: whom a refusal speaks of: recipient | host | sender | message.
    slow: it says that letters come too fast.
    """

    outcome: str
    phase: str  # mail | rcpt | data | body | dot
    code: int
    text: str
    scope: str = "recipient"
    slow: bool = False

    @property
    def enhanced(self) -> str:
        """The enhanced status code of the reply (RFC 3463), or nothing."""
        return enhanced_code(self.text)


class RelayDown(Exception):
    """The relay itself does not take mail now; no recipient is to blame and none is marked.

    Args:
        text: what it said or how it failed.
        permanent: waiting will not help (log-in refused, TLS missing or invalid, sender refused).
    """

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.relay = ""  # its name in config.toml; the usual one has none


class Line(Protocol):
    """One open way to the other side, with one letter announced at a time."""

    @property
    def largest(self) -> int:
        """The octets of the largest message that is taken; 0 when there is no limit."""

    def announce(self, letter: Letter) -> None:
        """Ask whether the letter may come; the answer is `ready` or `settled`."""

    def dispatch(self, following: Letter | None) -> None:
        """Let the letter that is ready go for good, and announce the next one with it."""

    def withdraw(self) -> bool:
        """Never let the announced letter go. True if the line is closed by that, False while the reply to an
        earlier letter is still due.
        """

    def close(self) -> None:
        """Drop the line; what was announced and not dispatched never leaves."""

    async def quit(self) -> None:
        """Say goodbye; an answer is not needed."""


class Listener(Protocol):
    """Who hears what becomes of the letters."""

    def ready(self, line: Line) -> None:
        """The announced letter waits for `dispatch`."""

    def settled(self, line: Line, letter: Letter, receipt: Receipt) -> None:
        """A try ended, one way or another."""

    def free(self, line: Line) -> None:
        """Nothing is announced; the line takes a letter."""

    def gone(self, line: Line, untouched: Letter | None, why: RelayDown, *, idle: bool) -> None:
        """The line is closed from the other side; `untouched` was announced and not tried.

        `idle` says that it carried nothing at that time.
        """


class Transport(Protocol):
    """A way to hand letters over."""

    async def open(self, listener: Listener) -> Line:
        """A new line.

        Raises:
            RelayDown: it cannot be had.
        """


def enhanced_code(text: str) -> str:
    """The enhanced status code that a reply begins with (RFC 2034), or nothing."""
    found = _ENHANCED.match(text)
    return found[0] if found else ""


def plain(text: bytes | str) -> str:
    """One short printable line of a reply; a hostile server must not fill the database."""
    decoded = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    if decoded.isprintable() and len(decoded) <= REPLY_CHARACTERS and "  " not in decoded:
        return decoded.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in decoded).split())[:REPLY_CHARACTERS]


def plain_error(error: BaseException) -> str:
    """An error of the network in words."""
    return plain(str(error)) or type(error).__name__
