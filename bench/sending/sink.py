"""An SMTP server that takes everything and keeps nothing: quick, or as far away as a relay of the real world.

    python bench/sending/sink.py [--delay SECONDS] [--names FILE]

Prints its port. Then it obeys lines on stdin: `tell N` prints count and moment as JSON when N more messages
are accepted, `end` prints the sum and ends; so does the end of stdin. FILE gets the recipient of each
message that came complete, in order. It runs on uvloop where that is installed.
"""

import asyncio
import json
import sys
import time
from argparse import ArgumentParser
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

GREETING = b"220 sink.example.org ESMTP\r\n"
EHLO = b"250-sink.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 52428800\r\n250 SMTPUTF8\r\n"
OK, GO_ON, GOODBYE = b"250 2.0.0 Ok\r\n", b"354 End with a dot\r\n", b"221 2.0.0 Bye\r\n"
END = b"\r\n.\r\n"


class Register:
    """What was accepted, and who wants to hear of it."""

    def __init__(self, names: IO[bytes] | None) -> None:
        self._names, self.count, self.octets = names, 0, 0
        self.first = self.last = 0.0
        self._wishes: list[int] = []

    def accept(self, recipient: bytes, octets: int) -> None:
        """Note a message that came complete."""
        self.count += 1
        self.octets += octets
        self.last = time.monotonic()
        self.first = self.first or self.last
        if self._names:
            self._names.write(recipient + b"\n")
        if self._wishes and self.count >= self._wishes[0]:
            self._wishes.pop(0)
            print(json.dumps({"count": self.count, "at": self.last}), flush=True)

    def wish(self, more: int) -> None:
        """Tell when so many more are there."""
        self._wishes = sorted([*self._wishes, self.count + more])

    def close(self) -> None:
        """Say the sum."""
        if self._names:
            self._names.close()
        names = ("count", "octets", "first", "last")
        print(json.dumps({name: getattr(self, name) for name in names}), flush=True)


class Guest(asyncio.Protocol):
    """One connection. Replies to what came in one packet leave together, each `delay` seconds later."""

    def __init__(self, register: Register, delay: float) -> None:
        self._register, self._delay = register, delay
        self._rest, self._size, self._in_data = b"", 0, False
        self._recipient, self._late = b"", deque[bytes]()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._reply([GREETING])

    def data_received(self, data: bytes) -> None:
        replies: list[bytes] = []
        self._rest += data
        while self._take_body(replies) if self._in_data else self._take_command(replies):
            pass
        self._reply(replies)

    def _take_body(self, replies: list[bytes]) -> bool:
        at = self._rest.find(END)
        if at < 0:  # keep what may be the beginning of the end
            self._size += max(len(self._rest) - len(END) + 1, 0)
            self._rest = self._rest[-len(END) + 1 :]
            return False
        self._register.accept(self._recipient, self._size + at)
        self._rest, self._size, self._in_data = self._rest[at + len(END) :], 0, False
        replies.append(OK)
        return True

    def _take_command(self, replies: list[bytes]) -> bool:
        line, found, after = self._rest.partition(b"\r\n")
        if not found:
            return False
        self._rest, verb = after, line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0]
        self._in_data = verb == b"DATA"
        replies.append({b"EHLO": EHLO, b"DATA": GO_ON, b"QUIT": GOODBYE}.get(verb, OK))
        return True

    def _reply(self, replies: list[bytes]) -> None:
        if not replies:
            return
        if not self._delay:
            self._transport.write(b"".join(replies))
            return
        self._late.append(b"".join(replies))
        asyncio.get_running_loop().call_later(self._delay, self._send_late)

    def _send_late(self) -> None:
        self._transport.write(self._late.popleft())


async def serve(register: Register, delay: float) -> None:
    """Until told to end."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    server = await loop.create_server(lambda: Guest(register, delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.add_reader(0, lambda: _obey(sys.stdin.readline(), register, over.set))
    await over.wait()
    server.close()
    register.close()


def _obey(line: str, register: Register, end: Callable[[], None]) -> None:
    word, _, number = line.strip().partition(" ")
    if word == "tell":
        register.wish(int(number))
    else:
        end()


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--names")
    chosen = parser.parse_args()
    names = open(chosen.names, "ab") if chosen.names else None  # noqa: SIM115, PTH123
    loop_factory = None
    with suppress(ImportError):
        import uvloop

        loop_factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(serve(Register(names), chosen.delay))


if __name__ == "__main__":
    main()
