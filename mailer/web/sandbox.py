"""A mail server on this machine that keeps every message and delivers none."""

import asyncio
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.web.catch import CatchFolder, Caught
from mailer.web.dialogue import Dialogue, Envelope
from mailer.web.server import listen


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """Runs in a thread of its own while the `with` block lasts.

    Each message is written to `folder` (see catch.py) before its 250 is sent. Some addresses make the
    server fail on purpose (see faults.py).

    Args:
        folder: where the messages go; made if it is missing.
        port: on 127.0.0.1; 0 is any free one.
        delay_seconds: how long every answer to a final dot takes.
        clock: what time it is, for the index.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        delay_seconds: float = 0,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.folder, self.port = folder, port
        self._delay_seconds, self._clock = delay_seconds, clock
        self._received: list[Caught] = []
        self._more = threading.Condition()

    def __enter__(self) -> Self:
        """Open the port; raises Problem when port or folder cannot be had."""
        self._kept = CatchFolder(self.folder)
        try:
            listener = listen(self.port)
        except BaseException:
            self._kept.close()
            raise
        self.port = listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, args=(listener,), name="sandbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()
        self._kept.close()

    def received(self) -> list[Caught]:
        """The messages kept since the start, in order."""
        with self._more:
            return list(self._received)

    def wait_for(self, count: int, timeout: float) -> list[Caught]:
        """The messages as soon as there are `count` of them.

        Raises:
            TimeoutError: fewer came within `timeout` seconds.
        """
        with self._more:
            if not self._more.wait_for(lambda: len(self._received) >= count, timeout):
                raise TimeoutError(f"{len(self._received)} of {count} messages within {timeout} s")
            return list(self._received)

    def after(self, count: int, timeout: float) -> list[Caught]:
        """The messages after the first `count`, as soon as there is one; none when nothing comes in time."""
        with self._more:
            self._more.wait_for(lambda: len(self._received) > count, timeout)
            return self._received[count:]

    def _run(self, listener: socket.socket) -> None:
        self._loop.run_until_complete(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        dialogues: set[asyncio.Task[None]] = set()

        def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(Dialogue(reader, writer, self._keep, self._delay_seconds).hold())
            dialogues.add(task)
            task.add_done_callback(dialogues.discard)

        server = await asyncio.start_server(welcome, sock=listener)
        async with server:
            await self._stop.wait()
            server.close()
            open_dialogues = list(dialogues)
            for task in open_dialogues:
                task.cancel()
            await asyncio.gather(*open_dialogues, return_exceptions=True)

    def _keep(self, envelope: Envelope, message: bytes) -> None:
        caught = self._kept.keep(envelope.sender, tuple(envelope.recipients), message, now=self._clock())
        with self._more:
            self._received.append(caught)
            self._more.notify_all()
