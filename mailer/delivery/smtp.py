"""The SMTP transport: opens lines to a relay - TLS, log-in, what it can do - or says why not (RFC 5321)."""

import asyncio
import base64
import contextlib
import re
import socket
import ssl
from dataclasses import dataclass
from functools import cached_property

from mailer.delivery.dialogue import Reply
from mailer.delivery.line import SmtpLine
from mailer.delivery.transport import Listener, RelayDown, plain, plain_error
from mailer.delivery.wire import DOT_SECONDS

SEND_BUFFER = 256 * 1024  # a whole letter fits, so that one write is one system call
TOKEN_SECONDS = 30.0
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over, and how."""

    host: str
    port: int
    security: str  # none | starttls | tls
    user: str
    password: str
    hello: str
    timeout_seconds: float
    token_command: tuple[str, ...] | None = None  # prints a token for XOAUTH2
    dot_seconds: float = DOT_SECONDS

    def __repr__(self) -> str:
        return f"Relay({self.host}:{self.port}, {self.security})"


class SmtpTransport:
    """Fulfils `transport.Transport` for one relay."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def open(self, listener: Listener) -> SmtpLine:
        """A connection that takes letters.

        Raises:
            RelayDown: it cannot be opened; without STARTTLS or with a bad certificate it stays closed.
        """
        relay, line = self._relay, None
        try:
            async with asyncio.timeout(relay.timeout_seconds):
                line = await self._connect()
                greeting = await line.ask()
                if greeting.code != 220:
                    raise RelayDown(f"{greeting.code} {greeting.text}")
                extensions = await self._hello(line)
                if relay.security == "starttls":
                    extensions = await self._start_tls(line, extensions)
                if relay.user:
                    await self._log_in(line, extensions)
        except BaseException as error:
            if line is not None:
                line.close()
            if isinstance(error, OSError | TimeoutError):
                raise _relay_down(error) from None
            raise
        line.open_to(listener, extensions)
        return line

    async def _connect(self) -> SmtpLine:
        relay, loop = self._relay, asyncio.get_running_loop()
        tls = self._tls if relay.security == "tls" else None
        _, line = await loop.create_connection(
            lambda: SmtpLine(relay.timeout_seconds, relay.dot_seconds), relay.host, relay.port, ssl=tls
        )
        sock = line.transport.get_extra_info("socket")
        # Without it, body and dot in two writes wait 40 ms for each other's acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        return line

    async def _hello(self, line: SmtpLine) -> dict[str, str]:
        """EHLO; what the relay offers, by its name in capitals."""
        reply = await line.ask(f"EHLO {self._relay.hello}")
        if reply.code in (500, 501, 502, 504) and self._relay.security != "starttls":
            reply = await line.ask(f"HELO {self._relay.hello}")
        if reply.code != 250:
            raise RelayDown(f"{reply.code} {reply.text}")
        return offered(reply)

    async def _start_tls(self, line: SmtpLine, extensions: dict[str, str]) -> dict[str, str]:
        if "STARTTLS" not in extensions:
            raise RelayDown("the relay offers no STARTTLS, and clear text is not an option", permanent=True)
        reply = await line.ask("STARTTLS")
        if reply.code != 220:
            raise RelayDown(f"{reply.code} {reply.text}", permanent=reply.code >= 500)
        if line.spoke_too_early:
            raise RelayDown("bytes were slipped in before TLS began; somebody is on the line", permanent=True)
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(line.transport, line, self._tls, server_hostname=self._relay.host)
        if secured is None:
            raise ConnectionResetError("the relay hung up while TLS began")
        line.connection_made(secured)
        return await self._hello(line)  # what was offered before TLS does not count

    async def _log_in(self, line: SmtpLine, extensions: dict[str, str]) -> None:
        """AUTH (RFC 4954): XOAUTH2 with a token command, else PLAIN, else LOGIN."""
        relay, offers = self._relay, extensions.get("AUTH", "").upper().split()
        if relay.token_command:
            token = await _token(relay.token_command)
            whole = f"user={relay.user}\x01auth=Bearer {token}\x01\x01"
            reply = await line.ask(f"AUTH XOAUTH2 {_base64(whole)}")
            if reply.code == 334:  # the reason, in base64; an empty answer ends the try
                reply = await line.ask("=")
        elif "PLAIN" in offers:
            whole = f"\0{relay.user}\0{relay.password}"
            reply = await line.ask(f"AUTH PLAIN {_base64(whole)}")
        elif "LOGIN" in offers:
            reply = await line.ask("AUTH LOGIN")
            for secret in (relay.user, relay.password):
                if reply.code == 334:
                    reply = await line.ask(_base64(secret))
        else:
            raise RelayDown("the relay offers no log-in that we know (AUTH PLAIN or LOGIN)", permanent=True)
        if reply.code != 235:
            raise RelayDown(f"log-in refused: {reply.code} {reply.text}", permanent=reply.code >= 500)


def offered(reply: Reply) -> dict[str, str]:
    """The extensions that an EHLO reply names, with their parameters (RFC 5321 section 4.1.1.1)."""
    found = {}
    for line in reply.lines[1:]:
        name, _, rest = plain(line).replace("AUTH=", "AUTH ", 1).partition(" ")
        if name and name.upper() not in found:
            found[name.upper()] = rest
    return found


def is_safe(address: str) -> bool:
    """The address may stand in a command: no blank, no control character, no bracket."""
    return bool(address) and not _CONTROL.search(address) and "<" not in address and ">" not in address


async def _token(command: tuple[str, ...]) -> str:
    """What the token command prints. Raises RelayDown when it fails; its words stay out of the logs."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise RelayDown(f"the token command cannot be started: {error.strerror}", permanent=True) from None
    try:
        async with asyncio.timeout(TOKEN_SECONDS):
            printed, _ = await process.communicate()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise RelayDown(f"the token command took longer than {TOKEN_SECONDS:.0f} s") from None
    token = printed.decode("ascii", "replace").strip()
    if process.returncode or not token or not token.isprintable():
        raise RelayDown(f"the token command failed (exit code {process.returncode})", permanent=True)
    return token


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _relay_down(error: OSError | TimeoutError) -> RelayDown:
    if isinstance(error, ssl.SSLError):
        return RelayDown(f"TLS failed: {error.reason or plain_error(error)}", permanent=True)
    if isinstance(error, socket.gaierror):
        return RelayDown("its name is not known now (DNS)")
    if isinstance(error, ConnectionRefusedError):
        return RelayDown("nobody listens there (connection refused)")
    if isinstance(error, TimeoutError):
        return RelayDown("it does not answer in time")
    return RelayDown(plain_error(error))
