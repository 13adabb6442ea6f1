"""A mail server on a thread that does what a script says at one verb, and its duty at all others."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

EXTENSIONS = ("PIPELINING", "SIZE 10000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
LARGEST = 50_000_000  # octets of one message
PROPER = {
    "CONNECT": "220 scripted.example ESMTP",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go on",
    "DOT": "250 2.0.0 Ok: queued as {count}",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
    "STARTTLS": "220 2.0.0 Ready",
    "AUTH": "235 2.7.0 Welcome",
}


@dataclass(frozen=True, slots=True)
class Drop:
    """Hang up without an answer."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Say nothing any more."""


@dataclass(frozen=True, slots=True)
class Last:
    """Answer, and hang up."""

    reply: str


Act = str | bytes | Drop | Hang | Last | Callable[[], None]


class Scripted:
    """Runs while the `with` block lasts.

    Args:
        script: verb -> what to do in place of the proper answer; a list is used up from its front, one act
            for each time the verb comes, and what follows is proper. A callable is called before the answer.
        extensions: what EHLO offers.
        tls: for STARTTLS, or from the first byte with `implicit`.
        delay_seconds: between a message and its answer; it counts as accepted all the while.
    """

    def __init__(
        self,
        script: Mapping[str, Act | Sequence[Act]] | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        tls: ssl.SSLContext | None = None,
        *,
        implicit: bool = False,
        delay_seconds: float = 0.0,
    ) -> None:
        self._script = {
            verb: list(acts) if isinstance(acts, list | tuple) else acts
            for verb, acts in (script or {}).items()
        }
        self._extensions, self._tls, self._implicit = extensions, tls, implicit
        self._delay_seconds = delay_seconds
        self.accepted: list[tuple[str, bytes]] = []  # recipient, message: each got its 250 or its silence
        self.said: list[str] = []  # every command, as it came
        self.connections = 0

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.accepted]

    def _run(self, started: threading.Event) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        talks: set[asyncio.Task[None]] = set()

        async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            talks.add(task)
            try:
                await self._talk(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
                pass
            finally:
                writer.transport.abort()

        tls = self._tls if self._implicit else None
        server = await asyncio.start_server(welcome, "127.0.0.1", 0, ssl=tls, limit=LARGEST)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stop.wait()
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        recipient = ""
        await self._answer(writer, "CONNECT")
        while line := await reader.readline():
            command = line.decode().strip()
            self.said.append(command)
            verb = command.partition(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                await self._greet(writer, verb)
                continue
            if verb == "RCPT":
                recipient = command.partition("<")[2].partition(">")[0]
            proper = "" if recipient or verb != "DATA" else "554 5.5.1 No valid recipients"
            if verb == "DATA" and self._drops_the_body():
                _hold_back(writer)
            reply = await self._answer(writer, verb, proper)
            if verb == "RCPT" and reply[:1] != "2":
                recipient = ""
            if verb == "STARTTLS" and reply.startswith("220"):
                assert self._tls is not None
                await writer.start_tls(self._tls)
            if verb == "DATA" and reply.startswith("354"):
                if isinstance(self._act("BODY"), Drop):
                    return
                self.accepted.append((recipient, await self._message(reader)))
                await asyncio.sleep(self._delay_seconds)
                answer = await self._answer(writer, "DOT", proper and "554 5.5.1 No valid recipients")
                recipient = ""
                if answer[:1] in ("4", "5"):
                    self.accepted.pop()
            if verb == "QUIT":
                return

    async def _message(self, reader: asyncio.StreamReader) -> bytes:
        message = bytearray()
        while not (message == b".\r\n" or message.endswith(b"\r\n.\r\n")):
            message += await reader.readuntil(b".\r\n")  # line by line would cost more than the sender
        return bytes(message[:-3])

    async def _greet(self, writer: asyncio.StreamWriter, verb: str) -> None:
        lines = ["scripted.example", *self._extensions] if verb == "EHLO" else ["scripted.example"]
        proper = "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])
        await self._answer(writer, verb, proper)

    async def _answer(self, writer: asyncio.StreamWriter, verb: str, proper: str = "") -> str:
        act = self._act(verb)
        if callable(act):
            await asyncio.get_running_loop().run_in_executor(None, act)
            act = None
        if isinstance(act, Drop):
            raise ConnectionResetError
        if isinstance(act, Hang):
            await asyncio.sleep(3600)
        reply = act.reply if isinstance(act, Last) else act
        if reply is None:
            reply = proper or PROPER.get(verb, "502 5.5.1 Not known here").format(count=len(self.accepted))
        raw = reply if isinstance(reply, bytes) else f"{reply}\r\n".encode()
        writer.write(raw)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        if isinstance(act, Last):
            writer.close()
            raise ConnectionResetError
        return raw.decode("ascii", "replace")

    def _drops_the_body(self) -> bool:
        acts = self._script.get("BODY")
        return isinstance(acts[0] if isinstance(acts, list) and acts else acts, Drop)

    def _act(self, verb: str) -> Act | None:
        acts = self._script.get(verb)
        if isinstance(acts, list):
            return acts.pop(0) if acts else None
        return acts  # type: ignore[return-value]


def _hold_back(writer: asyncio.StreamWriter) -> None:
    """What is said now leaves together with the end of the connection: nobody can answer in between."""
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
