"""One body of tests over every transport: what goes in comes out once, and only what was dispatched."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailer.delivery.folder import FolderTransport
from mailer.delivery.smtp import Relay, SmtpTransport
from mailer.delivery.transport import Letter, Line, Receipt, RelayDown, Transport
from tests.delivery.scripted import EXTENSIONS, Scripted

Received = Callable[[], list[bytes]]


def letter(number: int, lines: int = 3) -> Letter:
    wire = [f"Subject: Nummer {number}\r\n\r\n".encode(), b"..punkt\r\n", b"zeile\r\n" * lines]
    return Letter(number, "brief@example.org", f"p{number}@example.org", wire, sum(map(len, wire)))


@contextmanager
def by_smtp(folder: Path, extensions: tuple[str, ...]) -> Iterator[tuple[Transport, Received]]:
    with Scripted({}, extensions) as server:
        relay = Relay("127.0.0.1", server.port, "none", "", "", "example.org", 30)
        yield SmtpTransport(relay), lambda: [unstuffed(message) for _, message in server.accepted]


def unstuffed(message: bytes) -> bytes:
    return b"".join(line.removeprefix(b".") for line in message.splitlines(keepends=True))


@pytest.fixture(params=["smtp", "smtp step by step", "folder"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Transport, Received]]:
    if request.param == "folder":
        folder = tmp_path / "mails"
        yield FolderTransport(folder), lambda: [each.read_bytes() for each in sorted(folder.glob("*.eml"))]
        return
    offer = EXTENSIONS if request.param == "smtp" else EXTENSIONS[1:]
    with by_smtp(tmp_path, offer) as made:
        yield made


class Flights:
    """A listener that lets every letter go, in the order given, over one line."""

    def __init__(self, letters: list[Letter], withdrawn: int | None = None) -> None:
        self.letters, self.withdrawn = letters, withdrawn
        self.receipts: list[tuple[int, Receipt]] = []
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._announced: Letter | None = None

    def free(self, line: Line) -> None:
        if self.letters:
            self._announced = self.letters.pop(0)
            line.announce(self._announced)
        elif not self.over.done():
            self.over.set_result(None)

    def ready(self, line: Line) -> None:
        assert self._announced is not None
        if self._announced.key == self.withdrawn:
            line.withdraw()
            line.close()
            self.over.set_result(None)
            return
        self._announced = self.letters.pop(0) if self.letters else None
        line.dispatch(self._announced)

    def settled(self, line: Line, letter: Letter, receipt: Receipt) -> None:
        self.receipts.append((letter.key, receipt))

    def gone(self, line: Line, untouched: Letter | None, why: RelayDown, *, idle: bool) -> None:
        if not self.over.done():
            self.over.set_exception(why)


async def fly(transport: Transport, letters: list[Letter], withdrawn: int | None = None) -> Flights:
    flights = Flights(letters, withdrawn)
    line = await transport.open(flights)
    flights.free(line)
    async with asyncio.timeout(60):
        await flights.over
    await line.quit()
    return flights


def test_every_letter_arrives_once_in_order_and_has_its_receipt(way: tuple[Transport, Received]) -> None:
    transport, received = way

    flights = asyncio.run(fly(transport, [letter(number) for number in range(1, 30)]))

    expected = [b"".join(letter(number).wire).replace(b"\r\n..", b"\r\n.") for number in range(1, 30)]
    assert received() == expected
    assert [(key, receipt.outcome, receipt.phase) for key, receipt in flights.receipts] == [
        (number, "sent", "dot") for number in range(1, 30)
    ]
    assert all(receipt.text.startswith("2.0.0 ") for _, receipt in flights.receipts)


def test_a_letter_that_is_withdrawn_when_it_is_ready_never_leaves(way: tuple[Transport, Received]) -> None:
    transport, received = way

    flights = asyncio.run(fly(transport, [letter(1), letter(2), letter(3)], withdrawn=2))

    assert len(received()) == 1
    assert [key for key, _ in flights.receipts] == [1]


def test_a_letter_larger_than_every_buffer_arrives_whole(way: tuple[Transport, Received]) -> None:
    transport, received = way
    large = letter(1, lines=700_000)

    asyncio.run(fly(transport, [large, letter(2)]))

    first, second = received()
    assert len(first) == large.size - 1  # the dot that SMTP added is gone
    assert b"Nummer 2" in second


def test_one_round_trip_for_each_letter_where_the_relay_takes_a_pipeline() -> None:
    count = 50

    def waits(extensions: tuple[str, ...]) -> int:
        with Scripted({}, extensions) as server:
            relay = Relay("127.0.0.1", server.port, "none", "", "", "example.org", 30)
            writes = asyncio.run(counted(SmtpTransport(relay)))
        assert len(server.accepted) == count
        return writes

    async def counted(transport: SmtpTransport) -> int:
        flights = Flights([letter(number) for number in range(count)])
        line = await transport.open(flights)
        before = line.writes
        flights.free(line)
        await flights.over
        writes = line.writes - before
        await line.quit()
        return writes

    assert waits(EXTENSIONS) == count + 1
    assert waits(EXTENSIONS[1:]) == 4 * count


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(RelayDown, match="cannot be made"):
        asyncio.run(fly(FolderTransport(tmp_path / "file" / "below"), [letter(1)]))
