"""What is said and answered for one letter (RFC 5321): the commands, and replies read within bounds."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.delivery.replies import classify
from mailer.delivery.transport import Letter, Receipt, plain

LONGEST_LINE = 4096  # section 4.5.3.1.5 says 512; some servers write more
MOST_LINES = 200
ACCEPTED = {"mail": (250,), "rcpt": (250, 251, 252), "data": (354,)}
PHASES: tuple[str, ...] = tuple(ACCEPTED)
USUAL_TURN = deque(("dot", *PHASES))  # what a group of replies answers, one after the other
# What nearly always comes for it; all else is read line by line.
USUAL_REPLIES = re.compile(
    rb"250 ([!-~ ]{0,400})\r\n250 [!-~ ]{0,400}\r\n250 [!-~ ]{0,400}\r\n354 [!-~ ]{0,400}\r\n"
)
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*?))?\r?", re.DOTALL)


def envelope(letter: Letter, extensions: Mapping[str, str], *, sized: bool) -> tuple[bytes, ...]:
    """MAIL, RCPT and DATA with what the server understands of SIZE, 8BITMIME, SMTPUTF8 and DSN."""
    mail = f" SIZE={letter.size}" if sized else ""
    rcpt = ""
    if letter.smtputf8:
        mail += " BODY=8BITMIME SMTPUTF8" if "8BITMIME" in extensions else " SMTPUTF8"
    if "DSN" in extensions:  # RFC 3461: a bounce of headers only, and no word about what arrived
        mail, rcpt = f"{mail} RET=HDRS ENVID={letter.key}", " NOTIFY=FAILURE,DELAY"
    return (
        f"MAIL FROM:<{letter.sender}>{mail}\r\n".encode(),
        f"RCPT TO:<{letter.recipient}>{rcpt}\r\n".encode(),
        b"DATA\r\n",
    )


class Garbled(Exception):
    """What came is no SMTP; the connection cannot be trusted any more."""


@dataclass(slots=True)
class Reply:
    """One reply."""

    code: int
    lines: list[bytes]

    @property
    def text(self) -> str:
        """Its words on one line, without the code, as they are kept in the books."""
        return plain(self.lines[0] if len(self.lines) == 1 else b" ".join(self.lines))

    @property
    def good(self) -> bool:
        """It says yes."""
        return 200 <= self.code < 300


class Replies:
    """Turns what arrives into replies, however it is cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._begun: Reply | None = None

    @property
    def idle(self) -> bool:
        """Nothing is left over of what arrived."""
        return not self._rest and self._begun is None

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are complete now.

        Raises:
            Garbled: no three digits, several codes in one reply, too long a line, too many lines.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise Garbled("a line without an end")
        return [reply for line in lines if (reply := self._take(line)) is not None]

    def _take(self, line: bytes) -> Reply | None:
        match = _LINE.fullmatch(line)
        if match is None or len(line) > LONGEST_LINE:
            raise Garbled(f"not a reply: {plain(line[:80])}")
        code, mark, words = int(match[1]), match[2], match[3] or b""
        reply = self._begun or Reply(code, [])
        if reply.code != code or len(reply.lines) >= MOST_LINES:
            raise Garbled(f"a reply of several codes or without an end: {plain(line[:80])}")
        reply.lines.append(words)
        self._begun = reply if mark == b"-" else None
        return None if self._begun else reply


def receipt_of(phase: str, reply: Reply) -> Receipt:
    """What a reply means for the letter it was given to."""
    code, text = reply.code, reply.text
    if phase == "dot" and reply.good:
        return Receipt("sent", phase, code, text)
    if not 400 <= code < 600:
        return Receipt("in_doubt", phase, code, f"not a reply: {text}")
    receipt = Receipt("deferred", phase, code, text)
    verdict = classify(phase, code, receipt.enhanced, text)
    return Receipt(verdict.outcome, phase, code, text, verdict.scope, verdict.slow)
