"""One SMTP connection under the letters: replies in any pieces, time, and letters that are taken back."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.line import SmtpLine
from mailer.delivery.smtp import Relay, SmtpTransport
from mailer.delivery.transport import Letter, Line, Receipt, RelayDown
from tests.delivery.scripted import Scripted

REPLIES = b"250 2.0.0 Ok: queued as 7\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go on\r\n"


def letter(number: int) -> Letter:
    wire = [f"Subject: Nummer {number}\r\n\r\nText\r\n".encode()]
    return Letter(number, "brief@example.org", f"p{number}@example.org", wire, len(wire[0]))


class Ear:
    """Notes what a line tells."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []
        self.word = asyncio.Event()

    def ready(self, line: Line) -> None:
        self._note("ready")

    def settled(self, line: Line, letter: Letter, receipt: Receipt) -> None:
        self._note("settled", letter.key, receipt)

    def free(self, line: Line) -> None:
        self._note("free")

    def gone(self, line: Line, untouched: Letter | None, why: RelayDown, *, idle: bool) -> None:
        self._note("gone", untouched and untouched.key, idle)

    def _note(self, *words: Any) -> None:
        self.heard.append(words)
        self.word.set()

    async def listen(self, count: int) -> None:
        """Until so many words were heard."""
        async with asyncio.timeout(30):
            while len(self.heard) < count:
                self.word.clear()
                await self.word.wait()


class Silent(asyncio.Transport):
    """A connection on which everything is said and nothing leaves."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def write(self, data: bytes | bytearray | memoryview) -> None:
        pass

    def abort(self) -> None:
        pass


async def heard_when_cut(pieces: list[bytes]) -> list[tuple[Any, ...]]:
    """What is told when one letter travels, the next is announced, and the replies come in these pieces."""
    line, ear = SmtpLine(30.0), Ear()
    line.connection_made(Silent())
    line.data_received(b"220 here\r\n")
    line.open_to(ear, {"PIPELINING": ""})
    line.announce(letter(1))
    line.data_received(b"250 Ok\r\n250 Ok\r\n354 Go on\r\n")
    line.dispatch(letter(2))
    for piece in pieces:
        line.data_received(piece)
    line.close()
    return ear.heard


@given(st.lists(st.integers(1, len(REPLIES) - 1), max_size=5, unique=True).map(sorted))
def test_replies_mean_the_same_in_one_piece_and_in_many(cuts: list[int]) -> None:
    pieces = [REPLIES[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(REPLIES)], strict=True)]

    heard = asyncio.run(heard_when_cut(pieces))

    receipt = Receipt("sent", "dot", 250, "2.0.0 Ok: queued as 7")
    assert heard == [("ready",), ("settled", 1, receipt), ("ready",)]


@pytest.mark.parametrize(
    "unusual",
    [
        REPLIES.replace(b"2.1.5 Ok", b"2.1.5  \tOk"),
        REPLIES.replace(b"250 2.1.5 Ok", b"251 2.1.5 Ok"),
        REPLIES.replace(b"250 2.1.5 Ok", b"250-2.1.5\r\n250 Ok"),
        REPLIES.replace(b"\r\n", b"\n"),
    ],
)
def test_what_is_unusual_and_allowed_means_the_same(unusual: bytes) -> None:
    usual = asyncio.run(heard_when_cut([REPLIES]))

    assert asyncio.run(heard_when_cut([unusual])) == usual


def test_a_refused_recipient_in_the_usual_place_is_no_success() -> None:
    refused = REPLIES.replace(b"250 2.1.5 Ok", b"550 5.1.1 nobody").replace(b"354 Go on", b"554 5.5.1 none")

    heard = asyncio.run(heard_when_cut([refused]))

    assert [words[:2] for words in heard] == [("ready",), ("settled", 1), ("settled", 2), ("free",)]
    assert [words[2].outcome for words in heard if words[0] == "settled"] == ["sent", "failed"]


def test_a_line_whose_letter_was_withdrawn_carries_no_other_one() -> None:
    """The server waits for that letter's text: whatever came next would reach its recipient."""

    async def withdraw(port: int) -> list[tuple[Any, ...]]:
        ear = Ear()
        line = await SmtpTransport(Relay("127.0.0.1", port, "none", "", "", "example.org", 30)).open(ear)
        line.announce(letter(1))
        await ear.listen(1)
        line.dispatch(letter(2))
        assert not line.withdraw()  # the reply to the first letter is still due
        await ear.listen(3)
        line.close()
        return ear.heard

    with Scripted(delay_seconds=0.05) as server:
        heard = asyncio.run(withdraw(server.port))

    assert [words[:2] for words in heard] == [("ready",), ("settled", 1), ("gone", None)]
    assert server.recipients == ["p1@example.org"]
