"""A real server on a free port that ends as soon as it is told to, and a client that asks it."""

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

from mailer.web.server import LOOPBACK, listen

GRACE_SECONDS = 1.0  # for answers under way


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True)
class Site:
    """A running app: asks it over a real connection."""

    port: int

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())
        finally:
            connection.close()


class _Server(uvicorn.Server):
    """uvicorn's, which by itself would notice an end only after two or three tenths of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)

    async def main_loop(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        await self.on_tick(0)
        self.ready.set()
        await self._over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        limit = self._loop.time() + GRACE_SECONDS
        while (self.server_state.connections or self.server_state.tasks) and self._loop.time() < limit:
            await asyncio.sleep(0.002)
        for task in self.server_state.tasks:
            task.cancel()


@contextmanager
def running(app: Starlette, port: int = 0) -> Iterator[Site]:
    listener = listen(port)
    server = _Server(uvicorn.Config(app, lifespan="off", ws="none", access_log=False, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert server.ready.wait(30)
    try:
        yield Site(listener.getsockname()[1])
    finally:
        for stream in list(getattr(app.state, "streams", ())):
            stream.set()
        server.end()
        thread.join()
        listener.close()
