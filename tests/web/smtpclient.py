"""Two ways to talk to a sandbox: smtplib, and a bare socket that may misbehave."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from mailer.web.sandbox import Sandbox
from mailer.web.server import LOOPBACK

SENDER = "brief@example.org"
MESSAGE = b"Subject: Gru\xc3\x9f\r\n\r\nGuten Tag\r\n.\r\n..zwei\r\nEnde\r\n"


@contextmanager
def client(box: Sandbox) -> Iterator[smtplib.SMTP]:
    smtp = smtplib.SMTP(LOOPBACK, box.port, timeout=60)
    try:
        smtp.ehlo("test.example.org")
        yield smtp
    finally:
        smtp.close()


@contextmanager
def wire(box: Sandbox) -> Iterator[socket.socket]:
    """A bare connection, greeting already read."""
    with socket.create_connection((LOOPBACK, box.port), timeout=60) as connection:
        assert connection.recv(1000).startswith(b"220 ")
        yield connection


def replies(connection: socket.socket, count: int) -> list[str]:
    """The next `count` replies; of a long one the last line."""
    found, rest = [], b""
    while len(found) < count:
        chunk = connection.recv(4096)
        assert chunk, f"closed after {found}"
        *lines, rest = (rest + chunk).split(b"\r\n")
        found += [line.decode() for line in lines if line[3:4] == b" "]
    return found
