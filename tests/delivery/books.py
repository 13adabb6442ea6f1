"""A mailing with its letters in the books, without a sender: for what is done to the books by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.expansion import expand
from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import LOST, attempt, delivery
from subscribers.database import reading
from tests.small_workspace import add_people, plan_and_approve


def expanded(office: Office, addresses: Sequence[str], now: datetime) -> Mailing:
    """A mailing to these people whose letters wait for the sender."""
    add_people(office, list(addresses), now)
    number = plan_and_approve(office, now, now)
    with office.engine.begin() as connection:
        mailing.move(connection, number, "approved", "expanding")
        planned = mailing.find(connection, str(number))
        after: int | None = 0
        while after is not None:
            after = expand(connection, planned, after, now)
        mailing.move(connection, number, "expanding", "sending")
        return mailing.find(connection, str(number))


def letters_of(office: Office, planned: Mailing) -> list[int]:
    """The numbers of its letters."""
    with reading(office.engine) as connection:
        query = select(delivery.c.id).where(delivery.c.mailing_id == planned.id).order_by(delivery.c.id)
        return list(connection.scalars(query))


def set_state(office: Office, letter: int, state: str, **values: Any) -> None:
    """Write a state into the books as the sender would."""
    values |= {"state": state, "holds_edition": None if state in LOST else True}
    with office.engine.begin() as connection:
        connection.execute(update(delivery).where(delivery.c.id == letter).values(values))


def add_try(
    office: Office, letter: int, reply: str, now: datetime, *, phase: str = "dot", number: int = 1
) -> None:
    """One try with its answer."""
    code, _, words = reply.partition(" ")
    enhanced = words.split(" ")[0] if words[1:2] == "." else ""
    with office.engine.begin() as connection:
        connection.execute(
            insert(attempt).values(
                delivery_id=letter,
                number=number,
                worker="test:1:x",
                at=now,
                phase=phase,
                code=int(code),
                enhanced=enhanced,
                reply=words,
            )
        )


def row_of(office: Office, letter: int) -> Any:
    """The letter as it stands in the books."""
    with reading(office.engine) as connection:
        return connection.execute(select(delivery).where(delivery.c.id == letter)).one()
