"""Opens a port and serves one app on it until somebody says stop."""

import errno
import socket
from types import FrameType
from typing import TYPE_CHECKING

from subscribers.errors import Problem

if TYPE_CHECKING:
    from starlette.applications import Starlette

LOOPBACK = "127.0.0.1"
NEIGHBOURS = 20


def listen(port: int, *, host: str = LOOPBACK, seek: bool = False) -> socket.socket:
    """A listening socket; port 0 is any free one, `seek` goes on to the next free one when `port` is taken.

    The socket already queues connections, so a browser may be sent there before the server runs.

    Raises:
        Problem: the port is taken or not allowed, or this machine has no such address.
    """
    candidates = [port, *range(port + 1, min(port + NEIGHBOURS, 65536)), 0] if seek and port else [port]
    for candidate in candidates:
        try:
            listener = socket.create_server((host, candidate), family=_family(host), backlog=128)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or candidate == candidates[-1]:
                raise _no_port(candidate, host, error) from None
        else:
            # Connections inherit it; without it the second part of an answer waits up to 40 ms for nothing.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return listener
    raise AssertionError("the last candidate answers or raises")


def in_url(host: str) -> str:
    """The host as it stands in an address (RFC 3986): one of IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def serve(app: "Starlette", listener: socket.socket, *, grace_seconds: int = 1) -> None:
    """Serve `app` until SIGTERM or Ctrl-C, then end within `grace_seconds` even with an open event stream.

    Requests are not logged: their paths carry tokens.
    """
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # uvicorn waits for open streams and they wait for files: tell them first.
            for stream in list(getattr(app.state, "streams", ())):
                stream.set()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
        proxy_headers=False,  # uvicorn would believe any X-Forwarded-For from this machine
        server_header=False,
        timeout_graceful_shutdown=grace_seconds,
    )
    with listener:
        Server(config).run(sockets=[listener])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _no_port(port: int, host: str, error: OSError) -> Problem:
    if error.errno == errno.EADDRNOTAVAIL:
        hint = "Name one that it has, such as 192.168.1.20; `ip address` or the network settings list them."
        return Problem(f"This machine has no address {host}.", hint=hint)
    why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
    return Problem(f"Port {port} on {host} {why}.", hint="Choose another one with --port, or 0 for any.")
