"""What a large mailing takes of memory and time: `python tests/delivery/heap.py CONFIG` prints JSON.

The other side takes every letter at once and keeps none, so that what is measured is ours alone. The first
letters and the last are really sent; those between are only written into the books as sent.
"""

import asyncio
import json
import re
import sys
import time
from pathlib import Path
from threading import Event

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from sqlalchemy import func, select, update

from mailer.cli.office import Office, clock
from mailer.delivery.schema import delivery
from mailer.delivery.sender import Route, Sender
from mailer.delivery.transport import Letter, Listener, Receipt
from mailer.schedule.ticker import tick
from subscribers.database import reading

PART = 10_000  # letters of the first and of the last part


class Nothing:
    """Fulfils `transport.Transport`, counts, and says stop after a part."""

    def __init__(self, stop: Event) -> None:
        self.letters = self.octets = 0
        self._stop = stop

    async def open(self, listener: Listener) -> "NoLine":
        return NoLine(self, listener)

    def take(self, letter: Letter) -> None:
        self.letters += 1
        self.octets = max(self.octets, sum(map(len, letter.wire)))
        if self.letters == PART:
            self._stop.set()


class NoLine:
    """Fulfils `transport.Line`."""

    largest = 0

    def __init__(self, end: Nothing, listener: Listener) -> None:
        self._end, self._listener, self._announced = end, listener, None
        self._loop = asyncio.get_running_loop()

    def announce(self, letter: Letter) -> None:
        self._announced = letter
        self._loop.call_soon(self._ready, letter)

    def dispatch(self, following: Letter | None) -> None:
        letter, self._announced = self._announced, None
        self._end.take(letter)
        self._loop.call_soon(self._settle, letter)
        if following is not None:
            self.announce(following)

    def withdraw(self) -> bool:
        self._announced = None
        return False

    def close(self) -> None:
        self._announced = None

    async def quit(self) -> None:
        self.close()

    def _ready(self, letter: Letter) -> None:
        if self._announced is letter:
            self._listener.ready(self)

    def _settle(self, letter: Letter) -> None:
        self._listener.settled(self, letter, Receipt("sent", "dot", 250, "2.0.0 Ok"))
        if self._announced is None:
            self._listener.free(self)


def peak() -> float:
    """The most memory that this process ever had, in MB; `getrusage` would count that of its parent in."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert found
    return int(found[1]) / 1024


def send(office: Office) -> tuple[Nothing, float]:
    """One part; what came of it, and the processor seconds for a thousand letters."""
    stop = Event()
    end, began = Nothing(stop), time.process_time()
    Sender(office.engine, {"": Route(end)}, office.secret, clock=clock, stop=stop).run(until_done=True)
    return end, 1000 * (time.process_time() - began) / end.letters


def leap(office: Office) -> None:
    """Take for sent all but the last part."""
    with office.engine.begin() as connection:
        last = connection.scalar(select(func.max(delivery.c.id))) or 0
        between = (delivery.c.state == "queued") & (delivery.c.id <= last - PART)
        connection.execute(update(delivery).where(between).values(state="sent"))


def main() -> None:
    """Send, leap, send."""
    office = Office(sys.argv[1])
    tick(office.engine, clock(), grace=office.grace, fingerprint=office.fingerprint)
    first, early = send(office)
    memory = peak()
    leap(office)
    last, late = send(office)
    with reading(office.engine) as connection:
        counted = select(delivery.c.state, func.count()).group_by(delivery.c.state)
        states = dict(connection.execute(counted).all())
    told = {"states": states, "sent": [first.letters, last.letters], "octets": first.octets}
    told |= {"early_peak_mb": round(memory, 1), "peak_mb": round(peak(), 1)}
    print(json.dumps(told | {"early_seconds": round(early, 4), "late_seconds": round(late, 4)}))


if __name__ == "__main__":
    main()
