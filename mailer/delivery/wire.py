"""One connection to a relay below its letters: what is said, what is awaited and how long, and the end."""

import asyncio
from abc import abstractmethod
from collections import deque
from typing import cast

from mailer.delivery.dialogue import Garbled, Replies, Reply

DOT_SECONDS = 600.0  # RFC 5321 section 4.5.3.2.6


class Wire(asyncio.Protocol):
    """Speaks and counts replies; what a reply means is said by `_answered`, what a loss means by `_lose`.

    Args:
        seconds: how long a reply may take, but for the one to the dot.
        dot_seconds: how long the reply to the dot may take.
    """

    def __init__(self, seconds: float, dot_seconds: float = DOT_SECONDS) -> None:
        self._seconds, self._dot_seconds = seconds, dot_seconds
        self._loop = asyncio.get_running_loop()
        self._replies = Replies()
        self._awaited = deque(["ask"])  # one for each reply that is due; the first is the greeting
        self._answer: asyncio.Future[Reply] = self._loop.create_future()
        self._answer.add_done_callback(_look_away)
        self._draining = False
        self.writes = 0  # so often something was said: with a pipeline once for each letter
        self.alive = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is of no common class
        self.transport.set_write_buffer_limits(high=0)  # so that a full socket is told at once
        self._rearm()
        self._wait()

    async def ask(self, command: str = "", *, secret: bool = False) -> Reply:
        """Say something of the opening dialogue and wait; without a command, wait for the greeting.

        Raises:
            ConnectionError, TimeoutError: no reply came.
        """
        if command:
            self._answer = self._loop.create_future()
            self._answer.add_done_callback(_look_away)
            self._awaited.append("ask")
            self._write(f"{command}\r\n".encode())
        return await self._answer

    @property
    def spoke_too_early(self) -> bool:
        """Bytes lie here that nobody asked for: injected before TLS, they would be believed after it."""
        return not self._replies.idle

    def _write(self, data: bytes) -> None:
        if data and self.alive:
            self.writes += 1
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        try:
            for reply in self._replies.feed(data):
                if not self.alive:
                    return
                self._answered(self._awaited.popleft() if self._awaited else "", reply)
        except Garbled as garbled:
            self._lose(str(garbled))
        self._rearm()

    @abstractmethod
    def _answered(self, phase: str, reply: Reply) -> None:
        """A reply came to what was said in this phase; "" when nothing was."""

    @abstractmethod
    def _lose(self, why: str, *, host: bool = False) -> None:
        """The connection is over."""

    def pause_writing(self) -> None:
        self._draining = True

    def _rearm(self) -> None:
        dot = self._awaited and self._awaited[0] == "dot" and not self._draining
        self._deadline = self._loop.time() + (self._dot_seconds if dot else self._seconds)

    def _wait(self) -> None:
        pulse = min(1.0, min(self._seconds, self._dot_seconds) / 4)
        self._watch = self._loop.call_later(pulse, self._look)

    def _look(self) -> None:
        """Time runs while a reply is due, and while a letter does not get through."""
        busy = bool(self._awaited) or self._draining
        if busy and self._loop.time() > self._deadline:
            self._lose("no reply in time")
        elif self.alive:
            self._wait()

    def _end(self) -> None:
        self.alive = False
        self._watch.cancel()
        self.transport.abort()


def _look_away(answer: "asyncio.Future[Reply]") -> None:
    """Nobody may be waiting any more; that is no error."""
    if not answer.cancelled():
        answer.exception()
