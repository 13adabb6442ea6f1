"""One SMTP connection as a state machine: what was said, what is awaited, and where each letter stands.

With PIPELINING (RFC 2920) one write carries the end of a letter, its dot and MAIL, RCPT, DATA of the next,
and one read brings the four replies: one round trip for each letter. Without it, or once a server answers a
group in its own way, the commands go one by one. A connection that is lost before the dot is harmless; after
the dot it leaves a doubt (RFC 1047), and only who counts the replies can tell the two apart.
"""

import asyncio
import contextlib
from collections import deque
from typing import cast

from mailer.delivery.dialogue import ACCEPTED, PHASES, Garbled, Replies, Reply, envelope, receipt_of
from mailer.delivery.transport import Letter, Listener, Receipt, RelayDown, plain_error

DOT_SECONDS = 600.0  # RFC 5321 section 4.5.3.2.6
EARLY_OCTETS = 64 * 1024  # of a larger letter all but the end travels before the books are written
GOODBYE_SECONDS = 1.0


class SmtpLine(asyncio.Protocol):
    """Fulfils `transport.Line`; `open_to` makes it ready for letters.

    Args:
        seconds: how long a reply may take, but for the one to the dot.
        dot_seconds: how long the reply to the dot may take.
    """

    def __init__(self, seconds: float, dot_seconds: float = DOT_SECONDS) -> None:
        self._seconds, self._dot_seconds = seconds, dot_seconds
        self._loop = asyncio.get_running_loop()
        self._replies = Replies()
        self._awaited: deque[str] = deque(
            ["ask"]
        )  # one for each reply that is due; the first is the greeting
        self._answer: asyncio.Future[Reply] = self._loop.create_future()
        self._answer.add_done_callback(_look_away)
        self._commands: deque[tuple[str, bytes]] = deque()  # still to be said, one by one
        self._said: list[Reply] = []  # the answers to MAIL, RCPT, DATA of the announced letter
        self._announced: Letter | None = None
        self._travelling: Letter | None = None  # its dot has left, its reply has not come
        self._rest: list[bytes] = []  # of the announced letter, with what follows its dot
        self._ready = self._draining = self._unclean = False
        self.extensions: dict[str, str] = {}
        self.largest = 0
        self.writes = 0  # so often something was said: with a pipeline once for each letter
        self.alive = True
        self._stepwise = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is of no common class
        self.transport.set_write_buffer_limits(high=0)  # so that a full socket is told at once
        self._rearm()
        self._watch = self._loop.call_later(self._pulse, self._look)

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

    def open_to(self, listener: Listener, extensions: dict[str, str]) -> None:
        """The opening dialogue is over: letters may come."""
        self._listener, self.extensions = listener, extensions
        size = extensions.get("SIZE", "")
        self.largest = int(size) if size.isascii() and size.isdecimal() else 0
        self._stepwise = "PIPELINING" not in extensions

    # --- letters out

    def announce(self, letter: Letter) -> None:
        """MAIL, RCPT, DATA; what comes of it is told to the listener."""
        self._begin(letter)
        if self._announced is not None:
            self._write(self._next_words())
            self._rearm()

    def dispatch(self, following: Letter | None) -> None:
        """The dot of the letter that is ready leaves, and the next one is announced with it."""
        self._travelling, self._announced, self._ready = self._announced, None, False
        self._awaited.append("dot")
        out = [*self._rest, b".\r\n"]
        self._rest = []
        if following is not None:
            self._begin(following)
            if not self._stepwise:
                out.append(self._next_words())
        self.writes += 1
        self.transport.writelines(out)
        self._rearm()

    def withdraw(self) -> bool:
        """The announced letter never leaves: an unfinished DATA is dropped by the server."""
        self._announced = None
        self._commands.clear()
        if self._travelling is None:
            self.close()
        return not self.alive

    def close(self) -> None:
        """Drop the connection."""
        self._end()
        self._announced = self._travelling = None

    async def quit(self) -> None:
        """Say goodbye; an answer is not needed."""
        if self.alive and self._announced is None and self._travelling is None and not self._awaited:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self.ask("QUIT")
        self.close()

    def _begin(self, letter: Letter) -> None:
        if letter.smtputf8 and "SMTPUTF8" not in self.extensions:
            why = "the relay takes no addresses with umlauts (SMTPUTF8)"
            self._loop.call_soon(self._refuse, letter, Receipt("failed", "mail", 0, why))
            return
        self._announced, self._said = letter, []
        if self._unclean:
            self._commands.append(("void", b"RSET\r\n"))
            self._unclean = False
        self._commands.extend(envelope(letter, self.extensions, sized=bool(self.largest)))

    def _refuse(self, letter: Letter, receipt: Receipt) -> None:
        self._listener.settled(self, letter, receipt)
        self._rest_awhile()

    def _next_words(self) -> bytes:
        """What may be said now: everything, or one command after all replies."""
        if self._stepwise:
            if self._awaited or not self._commands:
                return b""
            phase, command = self._commands.popleft()
            self._awaited.append(phase)
            return command
        self._awaited.extend(phase for phase, _ in self._commands)
        words = b"".join(command for _, command in self._commands)
        self._commands.clear()
        return words

    def _write(self, data: bytes) -> None:
        if data and self.alive:
            self.writes += 1
            self.transport.write(data)

    # --- replies in

    def data_received(self, data: bytes) -> None:
        try:
            for reply in self._replies.feed(data):
                if not self.alive:
                    return
                self._answered(reply)
        except Garbled as garbled:
            self._lose(str(garbled))
        self._rearm()

    def _answered(self, reply: Reply) -> None:
        phase = self._awaited.popleft() if self._awaited else ""
        if phase == "ask":
            if not self._answer.done():
                self._answer.set_result(reply)
        elif phase == "dot":
            self._dot_answered(reply)
        elif reply.code == 421 or not phase:
            self._lose(f"{reply.code} {reply.text}", host=True)
        elif phase == "void":
            self._write(self._next_words())
        else:
            self._said.append(reply)
            if phase == "data" or (self._stepwise and reply.code not in ACCEPTED[phase]):
                self._commands.clear()
                self._judge()
            elif self._stepwise:
                self._write(self._next_words())

    def _judge(self) -> None:
        """MAIL, RCPT and DATA are answered, or one of them was refused."""
        if self._announced is None:
            return None  # withdrawn meanwhile
        for phase, reply in zip(PHASES, self._said, strict=False):
            if reply.code not in ACCEPTED[phase]:
                return self._refused(phase, reply)
        return self._make_ready()

    def _refused(self, phase: str, reply: Reply) -> None:
        if not 400 <= reply.code < 600:
            return self._lose(f"{reply.code} is no answer to {phase.upper()}: {reply.text}")
        receipt = receipt_of(phase, reply)
        if receipt.scope == "host":
            return self._lose(f"{reply.code} {reply.text}", host=True)
        letter, self._announced, self._unclean = self._announced, None, True
        assert letter is not None
        if self._said[-1].code == 354:
            # It waits for a message nobody is to get: end that, and go step by step from now on.
            self._stepwise = True
            self._awaited.append("void")
            self._write(b".\r\n")
        self._listener.settled(self, letter, receipt)
        return self._rest_awhile()

    def _make_ready(self) -> None:
        assert self._announced is not None
        wire = self._announced.wire
        if self._announced.size > EARLY_OCTETS:
            whole = b"".join(wire)
            self._rest, self._ready = [whole[-1:]], True
            self._write(whole[:-1])
            if self._draining:
                return  # `resume_writing` says when it has left
        else:
            self._rest, self._ready = list(wire), True
        self._listener.ready(self)

    def _dot_answered(self, reply: Reply) -> None:
        letter, self._travelling = self._travelling, None
        assert letter is not None
        self._listener.settled(self, letter, receipt_of("dot", reply))
        if reply.code == 421:
            self._lose(f"421 {reply.text}", host=True)
        elif not (reply.good or 400 <= reply.code < 600):
            self._lose(f"{reply.code} is no answer to the final dot")
        elif self._announced is None:
            self._rest_awhile()
        elif self._stepwise:
            self._write(self._next_words())

    def _rest_awhile(self) -> None:
        if self.alive and self._announced is None and self._travelling is None:
            self._listener.free(self)

    # --- the connection itself

    def pause_writing(self) -> None:
        self._draining = True

    def resume_writing(self) -> None:
        self._draining = False
        if self._ready and self._rest and self._announced is not None and not self._awaited:
            self._rearm()
            if self._announced.size > EARLY_OCTETS:
                self._listener.ready(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(plain_error(exc) if exc else "the relay hung up")

    def _look(self) -> None:
        """Time runs while a reply is due, and while a letter does not get through."""
        busy = bool(self._awaited) or self._draining
        if busy and self._loop.time() > self._deadline:
            self._lose("no reply in time")
        elif self.alive:
            self._watch = self._loop.call_later(self._pulse, self._look)

    @property
    def _pulse(self) -> float:
        return min(1.0, min(self._seconds, self._dot_seconds) / 4)

    def _rearm(self) -> None:
        dot = self._awaited and self._awaited[0] == "dot" and not self._draining
        self._deadline = self._loop.time() + (self._dot_seconds if dot else self._seconds)

    def _lose(self, why: str, *, host: bool = False) -> None:
        """The connection is over. A letter whose dot has left is in doubt, one before its dot is not."""
        if not self.alive:
            return
        self._end()
        if not self._answer.done():
            self._answer.set_exception(ConnectionResetError(why))
        if not hasattr(self, "_listener"):
            return
        travelling, announced = self._travelling, self._announced
        self._travelling = self._announced = None
        untouched = announced if not self._ready and (travelling or host or not self._said) else None
        if travelling:
            self._listener.settled(self, travelling, Receipt("in_doubt", "dot", 0, why))
        if announced and not untouched:
            phase = "body" if self._ready else PHASES[min(len(self._said), 2)]
            self._listener.settled(self, announced, Receipt("deferred", phase, 0, why))
        self._listener.gone(self, untouched, RelayDown(why), idle=not (travelling or announced))

    def _end(self) -> None:
        self.alive = False
        self._watch.cancel()
        self.transport.abort()


def _look_away(answer: "asyncio.Future[Reply]") -> None:
    """Nobody may be waiting any more; that is no error."""
    if not answer.cancelled():
        answer.exception()
