"""One SMTP connection as a state machine: what was said, what is awaited, and where each letter stands.

With PIPELINING (RFC 2920) one write carries the end of a letter, its dot and MAIL, RCPT, DATA of the next,
and one read brings the four replies: one round trip for each letter. Without it, or once a server answers a
group in its own way, the commands go one by one. A connection that is lost before the dot is harmless; after
the dot it leaves a doubt (RFC 1047), and only who counts the replies can tell the two apart.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

from mailer.delivery.dialogue import (
    ACCEPTED,
    PHASES,
    USUAL_REPLIES,
    USUAL_TURN,
    Reply,
    envelope,
    receipt_of,
)
from mailer.delivery.transport import Letter, Listener, Receipt, RelayDown, plain, plain_error
from mailer.delivery.wire import DOT_SECONDS, Wire

EARLY_OCTETS = 64 * 1024  # of a larger letter all but the end travels before the books are written
GOODBYE_SECONDS = 1.0


class SmtpLine(Wire):
    """Fulfils `transport.Line`; `open_to` makes it ready for letters."""

    def __init__(self, seconds: float, dot_seconds: float = DOT_SECONDS) -> None:
        super().__init__(seconds, dot_seconds)
        self._commands = deque[tuple[str, bytes]]()  # still to be said, one by one, each with its phase
        self._said: list[Reply] = []  # the answers to MAIL, RCPT, DATA of the announced letter
        self._announced: Letter | None = None
        self._travelling: Letter | None = None  # its dot has left, its reply has not come
        self._rest: Sequence[bytes] = ()  # of the announced letter
        self._ready = self._unclean = self._spoiled = False
        self.extensions: dict[str, str] = {}
        self.largest = 0
        self._stepwise = True

    def open_to(self, listener: Listener, extensions: dict[str, str]) -> None:
        """The opening dialogue is over: letters may come."""
        self._listener, self.extensions = listener, extensions
        size = extensions.get("SIZE", "")
        self.largest = int(size) if size.isascii() and size.isdecimal() else 0
        self._stepwise = "PIPELINING" not in extensions

    # --- letters out

    def announce(self, letter: Letter) -> None:
        """MAIL, RCPT, DATA; what comes of it is told to the listener."""
        self._write(self._begin(letter))
        self._rearm()

    def dispatch(self, following: Letter | None) -> None:
        """The dot of the letter that is ready leaves, and the next one is announced with it."""
        self._travelling, self._announced, self._ready = self._announced, None, False
        self._awaited.append("dot")
        rest, self._rest = self._rest, ()
        end = b".\r\n" + self._begin(following) if following else b".\r\n"
        self.writes += 1
        self.transport.writelines([*rest, end])
        self._rearm()

    def withdraw(self) -> bool:
        """The announced letter never leaves: an unfinished DATA is dropped by the server."""
        self._spoiled = self._announced is not None  # the server waits, or will, for what never comes
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

    def _begin(self, letter: Letter) -> bytes:
        """What may be said for it now: everything, or one command after all replies."""
        if letter.smtputf8 and "SMTPUTF8" not in self.extensions:
            why = "the relay takes no addresses with umlauts (SMTPUTF8)"
            self._loop.call_soon(self._refuse, letter, Receipt("failed", "mail", 0, why))
            return b""
        self._announced, self._said = letter, []
        phases, commands = PHASES, envelope(letter, self.extensions, sized=self.largest > 0)
        if self._unclean:
            self._unclean, phases, commands = False, ("void", *phases), (b"RSET\r\n", *commands)
        if self._stepwise:
            self._commands.extend(zip(phases, commands, strict=True))
            return self._next_step()
        self._awaited.extend(phases)
        return b"".join(commands)

    def _refuse(self, letter: Letter, receipt: Receipt) -> None:
        self._listener.settled(self, letter, receipt)
        self._rest_awhile()

    def _next_step(self) -> bytes:
        if self._awaited or not self._commands:
            return b""
        phase, command = self._commands.popleft()
        self._awaited.append(phase)
        return command

    # --- replies in

    def data_received(self, data: bytes) -> None:
        if self._awaited == USUAL_TURN and self._replies.idle and (usual := USUAL_REPLIES.fullmatch(data)):
            self._awaited.clear()
            self._taken(usual[1])
        else:
            super().data_received(data)

    def _taken(self, words: bytes) -> None:
        """The letter that travels is taken, and the announced one may come: what nearly always happens."""
        letter, self._travelling = self._travelling, None
        assert letter is not None
        self._listener.settled(self, letter, Receipt("sent", "dot", 250, plain(words)))
        if self._announced is not None:
            self._make_ready()
        else:
            self._rest_awhile()

    def _answered(self, phase: str, reply: Reply) -> None:
        if phase == "ask":
            if not self._answer.done():
                self._answer.set_result(reply)
        elif phase == "dot":
            self._dot_answered(reply)
        elif reply.code == 421 or not phase:
            self._lose(f"{reply.code} {reply.text}", host=True)
        elif phase == "void":
            self._write(self._next_step())
        else:
            self._said.append(reply)
            if phase == "data" or (self._stepwise and reply.code not in ACCEPTED[phase]):
                self._commands.clear()
                self._judge()
            elif self._stepwise:
                self._write(self._next_step())

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
            self._rearm()
            if self._draining:
                return  # `resume_writing` says when it has left
        else:
            self._rest, self._ready = wire, True
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
            self._write(self._next_step())

    def _rest_awhile(self) -> None:
        if self._spoiled:
            self._lose("closed before the dot of a letter that was withdrawn")
        elif self.alive and self._announced is None and self._travelling is None:
            self._listener.free(self)

    # --- the connection itself

    def resume_writing(self) -> None:
        self._draining = False
        if self._ready and self._rest and self._announced is not None and not self._awaited:
            self._rearm()
            if self._announced.size > EARLY_OCTETS:
                self._listener.ready(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(plain_error(exc) if exc else "the relay hung up")

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
