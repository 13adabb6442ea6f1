"""One SMTP connection, one message at a time, every phase known: a drop before the final dot is harmless, one
after it leaves a doubt, and only who drives the phases can tell them apart (RFC 5321, RFC 1047).
"""

import contextlib
import re
import select
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

DOT_SECONDS = 600.0  # RFC 5321 section 4.5.3.2.6
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


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

    def __repr__(self) -> str:
        return f"Relay({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True)
class Receipt:
    """How one try ended: `outcome` is a delivery state, `phase` where the conversation stood.

    outcome: sent | deferred | failed | in_doubt | skipped (withdrawn before the dot).
    """

    outcome: str
    phase: str  # mail | rcpt | data | body | dot
    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """The enhanced status code of the reply (RFC 3463), or nothing."""
        found = _ENHANCED.match(self.text)
        return found[0] if found else ""


class RelayDown(Exception):
    """The relay itself does not take mail now; no recipient is to blame and none is marked.

    Args:
        text: what it said or how it failed.
        permanent: waiting will not help (log-in refused, TLS missing or invalid, sender refused).
    """

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent


class Line:
    """An open, logged-in connection to the relay.

    Raises:
        RelayDown: it cannot be opened; without STARTTLS or with a bad certificate it stays closed.
    """

    def __init__(self, relay: Relay) -> None:
        self.alive, self._phase = False, "connect"
        try:
            self._smtp = _connect(relay)
            self._open(relay)
        except (OSError, smtplib.SMTPException) as error:
            raise _relay_down(error) from None
        self._timeout = relay.timeout_seconds
        self.alive = True

    def _open(self, relay: Relay) -> None:
        smtp = self._smtp
        _ok(smtp.ehlo())
        if relay.security == "starttls":
            if not smtp.has_extn("starttls"):
                smtp.close()
                raise RelayDown(
                    "the relay offers no STARTTLS, and clear text is not an option", permanent=True
                )
            smtp.starttls(context=ssl.create_default_context())
            _ok(smtp.ehlo())  # what was offered before TLS does not count
        if relay.user:
            smtp.login(relay.user, relay.password)
        assert smtp.sock is not None
        # Without it, body and dot in two writes wait 40 ms for each other's acknowledgement.
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def carry(
        self,
        sender: str,
        recipient: str,
        message: bytes,
        fence: Callable[[], bool],
        *,
        smtputf8: bool = False,
    ) -> Receipt:
        """Hand over one message. `fence` is asked right before the final dot; False withdraws the message.

        A reply or none decides: before the dot any trouble means "later"; after it silence means "in doubt".

        Raises:
            RelayDown: the relay refuses to work at all (421, or MAIL refused); nobody is marked.
        """
        self._phase = "mail"
        try:
            if refusal := self._envelope(sender, recipient, smtputf8=smtputf8):
                return refusal
            self._phase = "body"
            self._smtp.send(smtplib._quote_periods(message))  # type: ignore[attr-defined]
            if not fence():
                self.close()  # an unfinished DATA is dropped by the server
                return Receipt("skipped", "body", 0, "withdrawn before the final dot")
            if self._has_left():
                self.close()
                return Receipt("deferred", "body", 0, "the relay hung up while the message travelled")
            return self._dot(message)
        except (OSError, smtplib.SMTPException) as error:
            self.close()  # after a time-out a late reply would be taken for the next command's
            outcome = "in_doubt" if self._phase == "dot" else "deferred"
            return Receipt(outcome, self._phase, 0, f"{type(error).__name__}: {_plain(str(error))}")
        except BaseException:
            self.close()  # whatever came out of the fence: the server drops the unfinished message
            raise

    def _envelope(self, sender: str, recipient: str, *, smtputf8: bool) -> Receipt | None:
        """MAIL, RCPT, DATA; None when the server waits for the message."""
        smtp = self._smtp
        if smtputf8 and not smtp.has_extn("smtputf8"):
            return Receipt("failed", "mail", 0, "the relay takes no addresses with umlauts (SMTPUTF8)")
        code, text = smtp.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if smtputf8 else [])
        if code != 250:
            self.close()
            raise RelayDown(f"MAIL refused: {code} {_plain(text)}", permanent=500 <= code < 600)
        self._phase = "rcpt"
        code, text = smtp.rcpt(recipient)
        if code in (250, 251):
            self._phase = "data"
            code, text = smtp.docmd("DATA")
        return None if code == 354 else self._refused(self._phase, code, text)

    def _dot(self, message: bytes) -> Receipt:
        smtp, self._phase = self._smtp, "dot"
        assert smtp.sock is not None
        smtp.sock.settimeout(DOT_SECONDS)
        smtp.send(b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
        code, text = smtp.getreply()
        smtp.sock.settimeout(self._timeout)
        return self._judge("dot", code, text)

    def quit(self) -> None:
        """Say goodbye; an answer is not needed."""
        if self.alive:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self.close()

    def close(self) -> None:
        """Drop the connection."""
        self.alive = False
        self._smtp.close()

    def _has_left(self) -> bool:
        """True if the relay hung up or spoke out of turn: then the dot is better not sent at all.

        Under TLS a record may arrive at any time, so there only the reply to the dot tells.
        """
        sock = self._smtp.sock
        assert sock is not None
        return not isinstance(sock, ssl.SSLSocket) and bool(select.select([sock], [], [], 0)[0])

    def _refused(self, phase: str, code: int, text: bytes) -> Receipt:
        if code == 421:
            self.close()
            raise RelayDown(f"{code} {_plain(text)}")
        receipt = self._judge(phase, code, text)
        if self.alive:
            self._smtp.rset()
        return receipt

    def _judge(self, phase: str, code: int, text: bytes) -> Receipt:
        plain = _plain(text)
        if phase == "dot" and 200 <= code < 300:
            return Receipt("sent", phase, code, plain)
        # 552 from old servers means "too many recipients for now" (RFC 5321 section 4.5.3.1.10).
        if 400 <= code < 500 or code == 552:
            if code == 421:
                self.close()
            return Receipt("deferred", phase, code, plain)
        if 500 <= code < 600:
            return Receipt("failed", phase, code, plain)
        self.close()  # no SMTP at all: who knows what the next line would answer
        return Receipt("in_doubt" if phase == "dot" else "deferred", phase, code, f"not a reply: {plain}")


def _connect(relay: Relay) -> smtplib.SMTP:
    hello, timeout = relay.hello, relay.timeout_seconds
    if relay.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(relay.host, relay.port, hello, timeout=timeout, context=context)
    return smtplib.SMTP(relay.host, relay.port, hello, timeout=timeout)


def _ok(reply: tuple[int, bytes]) -> None:
    if reply[0] != 250:
        raise smtplib.SMTPResponseException(reply[0], _plain(reply[1]))


def _relay_down(error: Exception) -> RelayDown:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return RelayDown(
            f"log-in refused: {error.smtp_code} {_plain(error.smtp_error)}", permanent=error.smtp_code >= 500
        )
    if isinstance(error, ssl.SSLError):
        return RelayDown(f"TLS failed: {error.reason or error}", permanent=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return RelayDown(f"{error.smtp_code} {_plain(error.smtp_error)}")
    if isinstance(error, ConnectionRefusedError):
        return RelayDown("nobody listens there (connection refused)")
    return RelayDown(_plain(str(error)) or type(error).__name__)


def _plain(text: bytes | str) -> str:
    """One short printable line of a reply; a hostile server must not fill the database."""
    decoded = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    return " ".join("".join(c if c.isprintable() else " " for c in decoded).split())[:500]
