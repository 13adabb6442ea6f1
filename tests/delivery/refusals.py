"""A relay that refuses at first, a mailing to six people, and what the books say of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import select

from mailer.cli.office import clock
from mailer.delivery.schema import attempt, delivery
from mailer.delivery.sender import Route, Sender
from subscribers.database import reading
from subscribers.schema import metadata, subscriber
from tests.delivery.press import Press
from tests.delivery.scripted import Scripted

NAMES = [f"p{number}" for number in range(6)]
POLICY = "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org"
GONE = "550 5.1.1 User unknown"
FAULT, NO_FAULT = "refused for policy", "not the fault of the sender or its relay"
ELSEWHERE = "has it or will get it by another mailing"


@contextmanager
def begun(folder: Path, database_url: str) -> Iterator[Press]:
    """A mailing to six people, approved and due."""
    with Scripted() as server:  # the relay when all is well
        made = Press(folder / "w", server, database_url)  # type: ignore[arg-type]  # the port is all it asks
        made.people(NAMES)
        made.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
        made.approve(1, len(NAMES))
        yield made
        made.office.engine.dispose()


def send(press: Press, server: Scripted | None = None) -> None:
    """Tick and send all that may leave now; over this relay in place of the one where all is well."""
    press.tick()
    sender(press, server or press.box, Event()).run(until_done=True)


def sender(press: Press, server: Any, stop: Event) -> Sender:
    routes = {"": Route.to(replace(press.office.relay(), port=server.port), 1)}
    return Sender(press.office.engine, routes, press.office.secret, clock=clock, stop=stop)


def fail(press: Press, verb: str, *replies: str) -> list[str]:
    """Send over a relay that answers so at first; the names that got their letter."""
    with Scripted({verb: list(replies)}) as server:
        send(press, server)
        return names(server)


def names(server: Any) -> list[str]:
    return [recipient.partition("@")[0] for recipient in server.recipients]


def retried(press: Press, *options: object, code: int = 0) -> dict[tuple[str, str, str], int]:
    """What the command says, as outcome, reason and why -> letters."""
    done = press.call("mailing", "retry", *(options or (1,)), code=code)
    rows = [line.split("\t") for line in done.stdout.splitlines()[1:]]
    return {(outcome, reason, why): int(letters) for outcome, reason, why, letters in rows}


def states(press: Press, number: int = 1) -> Counter[str]:
    return Counter(state for state, _ in press.releases(number).values())


def state(press: Press, number: int = 1) -> str:
    return str(press.read("mailing", "show", number)["state"])


def tries(press: Press, name: str) -> list[tuple[int, int]]:
    """Number and code of each try for a person."""
    query = (
        select(attempt.c.number, attempt.c.code)
        .join(delivery, delivery.c.id == attempt.c.delivery_id)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(subscriber.c.email == f"{name}@example.org")
        .order_by(attempt.c.id)
    )
    with reading(press.office.engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def books(press: Press) -> dict[str, Sequence[Any]]:
    """Every row of every table."""
    with reading(press.office.engine) as connection:
        return {
            table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in metadata.sorted_tables
        }
