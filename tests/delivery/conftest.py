"""A post office with its books on each kind of database and a catcher at the other end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.ledger import Ledger
from mailer.delivery.schema import delivery
from mailer.delivery.sender import Route, Sender
from mailer.schedule.ticker import tick
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from subscribers.schema import subscriber
from tests.delivery.desk import Desk
from tests.small_workspace import add_people, make_office, plan_and_approve


class PostOffice:
    """An approved mailing, a sender driven by hand, and what came of it."""

    def __init__(self, office: Office, box: Sandbox, now: datetime) -> None:
        self.office, self.box, self.now, self.stop = office, box, now, Event()

    def approve(self, *addresses: str) -> int:
        """Plan and approve a mailing to these people, due now."""
        add_people(self.office, list(addresses), self.now)
        return plan_and_approve(self.office, self.now, self.now)

    def sender(self, connections: int = 2, **relay: Any) -> Sender:
        """A sender whose clock stands still until a test moves it; `relay` changes the relay's fields."""
        route = Route.to(replace(self.office.relay(), **relay), connections)
        return Sender(
            self.office.engine, {"": route}, self.office.secret, clock=lambda: self.now, stop=self.stop
        )

    def expand(self) -> Ledger:
        """Tick, and freeze the audience of what is due; the books of the sender that did it."""
        self.tick()
        books = self.sender().ledger
        books.look()
        while books.expand(briefly=False):
            pass
        return books

    def tick(self) -> None:
        """Let the scheduler look once."""
        tick(self.office.engine, self.now, grace=self.office.grace, fingerprint=self.office.fingerprint)

    def work(self) -> Sender:
        """Tick, and send until nothing is left that could leave now."""
        self.tick()
        sender = self.sender()
        sender.run(until_done=True)
        return sender

    def states(self) -> dict[str, str]:
        """Address -> state of the delivery."""
        with reading(self.office.engine) as connection:
            rows = connection.execute(
                select(subscriber.c.email, delivery.c.state).join(
                    delivery, delivery.c.subscriber_id == subscriber.c.id
                )
            )
            return {row[0]: row[1] for row in rows}

    def state(self, number: int) -> str:
        """The state of a mailing."""
        with reading(self.office.engine) as connection:
            return mailing.find(connection, str(number)).state

    def caught(self) -> list[str]:
        """The recipients of what the catcher holds, in order."""
        return [recipient for each in self.box.received() for recipient in each.recipients]


@pytest.fixture
def post_office(tmp_path: Path, database_url: str, now: datetime) -> Iterator[PostOffice]:
    with Sandbox(tmp_path / "mails") as box:
        office = make_office(tmp_path / "workspace", port=box.port, database=database_url)
        yield PostOffice(office, box, now)
        office.engine.dispose()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()
