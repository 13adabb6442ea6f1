"""One SMTP dialogue of the sandbox (RFC 5321), from the greeting to the goodbye.

Strict where real servers are: commands end in CRLF, a lone CR or LF or a line over 998 octets in a message
is refused after the dot, and only CRLF.CRLF ends a message, so none can be smuggled.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from mailer.web.faults import Fault, Moment, fault_of

SIZE_BYTES = 50 * 1024 * 1024
COMMAND_OCTETS = 2048  # RFC 5321 section 4.5.3.1.4 says 512, and extensions lengthen MAIL and RCPT
LINE_OCTETS = 1000  # section 4.5.3.1.6, with CRLF
RECIPIENTS = 1000
IDLE_SECONDS = 300
EXTENSIONS = ("PIPELINING", "8BITMIME", f"SIZE {SIZE_BYTES}", "SMTPUTF8", "ENHANCEDSTATUSCODES")

_PATH = re.compile(r'(FROM|TO):\s*<((?:"(?:[^"\\]|\\.)*"|[^<>"\s])*)>((?:\s+\S+)*)\s*', re.IGNORECASE)
_KEPT = "250 2.0.0 Kept"
_TOO_BIG = "552 5.3.4 The message is larger than SIZE"


@dataclass(slots=True)
class Envelope:
    """Sender and recipients as accepted so far, with the faults the recipients ask for."""

    sender: str
    utf8: bool = False
    recipients: list[str] = field(default_factory=list)
    faults: dict[Moment, Fault] = field(default_factory=dict)


class Dialogue:
    """Talks to one client; `keep` stores a message before its 250 is sent."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keep: Callable[[Envelope, bytes], None],
        delay_seconds: float = 0,
    ) -> None:
        self._reader, self._writer, self._keep, self._delay_seconds = reader, writer, keep, delay_seconds
        self._greeted = False
        self._envelope: Envelope | None = None
        self._verbs = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "VRFY": self._vrfy,
            "QUIT": self._quit,
        }

    async def hold(self) -> None:
        """Answer command after command, in order, until either side leaves."""
        try:
            await self._say("220 rundbrief.invalid ESMTP sandbox: nothing leaves this machine")
            while True:
                async with asyncio.timeout(IDLE_SECONDS):
                    line, overlong = await self._line(b"\n")
                await self._obey(line, overlong)
        except TimeoutError:
            with contextlib.suppress(OSError):
                await self._say("421 4.4.2 Nothing heard for too long")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except asyncio.CancelledError:
            self._writer.transport.abort()  # the sandbox ends; a client that does not read must not hold it
            raise
        finally:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def _obey(self, line: bytes, overlong: bool) -> None:
        command = line.removesuffix(b"\r\n")
        if overlong or len(line) > COMMAND_OCTETS:
            return await self._say("500 5.5.2 The command line is too long")
        if command == line or b"\r" in command or b"\0" in command:
            return await self._say("500 5.5.2 A command ends in CRLF and holds no other control character")
        try:
            verb, _, rest = command.decode().partition(" ")
        except UnicodeDecodeError:
            return await self._say("500 5.5.2 A command is UTF-8")
        answer = self._verbs.get(verb.strip().upper())
        if answer is None:
            return await self._say("502 5.5.1 Command not known here")
        return await answer(rest.strip())

    async def _ehlo(self, name: str) -> None:
        if not name:
            return await self._say("501 5.5.4 EHLO needs a name")
        self._greeted, self._envelope = True, None
        lines = ("rundbrief.invalid", *EXTENSIONS)
        return await self._say(*(f"250-{each}" for each in lines[:-1]), f"250 {lines[-1]}")

    async def _helo(self, name: str) -> None:
        if not name:
            return await self._say("501 5.5.4 HELO needs a name")
        self._greeted, self._envelope = True, None
        return await self._say("250 rundbrief.invalid")

    async def _mail(self, rest: str) -> None:
        if not self._greeted or self._envelope:
            return await self._say("503 5.5.1 " + ("MAIL once only" if self._greeted else "EHLO first"))
        match = _PATH.fullmatch(rest)
        if not match or match[1].upper() != "FROM":
            return await self._say("501 5.5.4 Write MAIL FROM:<address>")
        envelope = Envelope(match[2])
        for parameter in match[3].upper().split():
            name, _, value = parameter.partition("=")
            if name == "SIZE" and value.isdecimal():
                if int(value) > SIZE_BYTES:
                    return await self._say(_TOO_BIG)
            elif name == "SMTPUTF8" and not value:
                envelope.utf8 = True
            elif name != "BODY" or value not in {"7BIT", "8BITMIME"}:
                return await self._say(f"555 5.5.4 Parameter {name} not known here")
        if not (envelope.utf8 or match[2].isascii()):
            return await self._say("553 5.6.7 This address needs SMTPUTF8")
        self._envelope = envelope
        return await self._say("250 2.1.0 Sender accepted")

    async def _rcpt(self, rest: str) -> None:
        if self._envelope is None:
            return await self._say("503 5.5.1 MAIL first")
        match = _PATH.fullmatch(rest)
        if not match or match[1].upper() != "TO" or match[3]:
            return await self._say("501 5.5.4 Write RCPT TO:<address>")
        local, _, domain = match[2].rpartition("@")
        if not local or not domain:
            return await self._say("501 5.1.3 An address has a local part and a domain")
        if not (self._envelope.utf8 or match[2].isascii()):
            return await self._say("553 5.6.7 This address needs SMTPUTF8")
        if len(self._envelope.recipients) >= RECIPIENTS:
            return await self._say("452 4.5.3 Too many recipients")
        fault = fault_of(match[2])
        if fault and fault.moment is Moment.RECIPIENT:
            return await self._commit(fault)
        if fault:
            self._envelope.faults.setdefault(fault.moment, fault)
        self._envelope.recipients.append(match[2])
        return await self._say("250 2.1.5 Recipient accepted")

    async def _data(self, rest: str) -> None:
        if self._envelope is None:
            return await self._say("503 5.5.1 MAIL first")
        if rest:
            return await self._say("501 5.5.4 DATA takes nothing")
        if not self._envelope.recipients:
            return await self._say("554 5.5.1 No valid recipients")
        envelope, self._envelope = self._envelope, None
        await self._strike(envelope, Moment.DATA)
        if Moment.BODY in envelope.faults:
            self._hold_back()
        await self._say("354 End with CRLF.CRLF")
        await self._strike(envelope, Moment.BODY)
        async with asyncio.timeout(IDLE_SECONDS):
            message, refusal = await self._message()
        return await self._settle(envelope, message, refusal)

    async def _settle(self, envelope: Envelope, message: bytes, refusal: str) -> None:
        """The answer to the dot: what is kept is on disk before anybody hears of it."""
        fault = envelope.faults.get(Moment.REFUSE)
        if not (refusal or fault):
            try:
                self._keep(envelope, message)
                fault = envelope.faults.get(Moment.KEPT)
            except OSError as error:
                refusal = f"451 4.3.0 The message could not be stored ({error.strerror})"
        await asyncio.sleep(self._delay_seconds)
        if refusal or not fault:
            return await self._say(refusal or _KEPT)
        return await self._commit(fault, otherwise=_KEPT)

    async def _strike(self, envelope: Envelope, moment: Moment) -> None:
        if fault := envelope.faults.get(moment):
            await self._commit(fault)

    def _hold_back(self) -> None:
        """What is said next leaves together with the end of the connection: no message slips in between."""
        if hasattr(socket, "TCP_CORK"):  # Linux
            self._writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)

    async def _commit(self, fault: Fault, otherwise: str = "") -> None:
        """Do what the fault says; one that neither answers nor hangs up answers `otherwise`."""
        await asyncio.sleep(fault.pause_seconds)
        if fault.reply or (otherwise and not fault.hangs_up):
            await self._say(*[fault.reply or otherwise] * fault.repeats)
        if fault.hangs_up:
            raise ConnectionAbortedError("the fault hangs up")

    async def _message(self) -> tuple[bytes, str]:
        """The bytes up to the dot, dot-stuffing undone, and why they are refused, if they are."""
        body, refusal = bytearray(), ""
        while True:
            line, overlong = await self._line(b"\r\n")
            if line == b".\r\n" and not overlong:
                return bytes(body), refusal
            if line.startswith(b".") and not overlong:
                line = line[1:]
            if overlong or len(line) > LINE_OCTETS:
                refusal = refusal or "554 5.6.0 A line is longer than 998 octets"
            elif b"\n" in line[:-2] or b"\r" in line[:-2]:
                refusal = refusal or "554 5.6.0 A lone CR or LF stands in the message"
            elif len(body) + len(line) > SIZE_BYTES:
                refusal = refusal or _TOO_BIG
            elif not refusal:
                body += line

    async def _line(self, end: bytes) -> tuple[bytes, bool]:
        """The next line; of one longer than the buffer only the rest, and True."""
        overlong = False
        while True:
            try:
                return await self._reader.readuntil(end), overlong
            except asyncio.LimitOverrunError as error:
                await self._reader.readexactly(error.consumed)
                overlong = True

    async def _rset(self, _rest: str) -> None:
        self._envelope = None
        await self._say("250 2.0.0 Forgotten")

    async def _noop(self, _rest: str) -> None:
        await self._say("250 2.0.0 Nothing done")

    async def _vrfy(self, _rest: str) -> None:
        await self._say("252 2.1.5 Try to send and see")

    async def _quit(self, _rest: str) -> None:
        await self._say("221 2.0.0 Goodbye")
        raise ConnectionAbortedError("the client is done")

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()
