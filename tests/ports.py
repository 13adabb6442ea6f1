"""A port for those who listen later, or for nobody: no other process gets it meanwhile."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """Its number; who connects is refused until somebody listens there.

    A socket that is bound and does not listen keeps the port from all who ask for any, and lets one listen
    that names it: both say that they share it.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
