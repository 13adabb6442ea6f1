"""The plain flight: it books and fences as the long way does, and does nothing at all where it must not."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, text, update

from mailer.delivery import claims, outbox
from mailer.delivery.claims import Claim
from mailer.delivery.flight import PlainFlights, driver_of
from mailer.delivery.ledger import Answer, Ledger, Turn
from mailer.delivery.outbox import Result
from mailer.delivery.schema import attempt, delivery
from mailer.delivery.transport import Receipt
from subscribers.database import BUSY_SECONDS, open_database, reading
from tests.delivery.conftest import PostOffice

TOKEN = "t"
ALL = ("ada@example.org", "bo@example.org", "cy@example.org")
TAKEN = Receipt("sent", "dot", 250, "2.0.0 Ok: queued as 7")


@pytest.fixture
def waiting(post_office: PostOffice) -> PostOffice:
    """A mailing to three people, expanded, on SQLite."""
    if post_office.office.engine.dialect.name != "sqlite":
        pytest.skip("the plain flight is SQLite's; PostgreSQL takes the long way")
    post_office.approve(*ALL)
    post_office.expand()
    return post_office


@contextmanager
def flights(engine: Engine) -> Iterator[tuple[Connection, PlainFlights]]:
    with engine.connect() as connection:
        driver = driver_of(connection)
        assert driver is not None
        yield connection, PlainFlights(connection, driver)


def take(post_office: PostOffice) -> list[Claim]:
    with post_office.office.engine.begin() as connection:
        return claims.claim(connection, len(ALL), TOKEN, post_office.now)


def result(one: Claim, post_office: PostOffice, receipt: Receipt = TAKEN) -> Result:
    return Result(one, receipt, post_office.now, timedelta(hours=72))


def books(post_office: PostOffice) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Letters and tries as they stand, without the numbers of the tries."""
    with reading(post_office.office.engine) as connection:
        letters = connection.execute(select(delivery).order_by(delivery.c.id)).all()
        tries = connection.execute(select(attempt).order_by(attempt.c.id)).all()
    return [tuple(row) for row in letters], [tuple(row)[1:] for row in tries]


def test_it_writes_what_the_long_way_writes(waiting: PostOffice) -> None:
    ada, bo, cy = take(waiting)
    engine, now = waiting.office.engine, waiting.now
    with engine.begin() as connection:
        outbox.fence(connection, [ada], TOKEN, now)
    path = engine.url.database
    assert path is not None
    copy = Path(path).with_name("copy.db")
    with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)

    with engine.begin() as connection:
        outbox.book(connection, [result(ada, waiting)], TOKEN, now)
        assert outbox.fence(connection, [bo, cy], TOKEN, now) == {bo.id, cy.id}
    long_way = books(waiting)
    waiting.office.engine = open_database(f"sqlite:///{copy}")
    with flights(waiting.office.engine) as (_, plain):
        assert plain.write([result(ada, waiting)], [bo, cy], TOKEN, now)

    assert books(waiting) == long_way
    waiting.office.engine.dispose()
    engine.dispose()


def test_who_said_no_meanwhile_stops_the_flight_and_nothing_is_changed(waiting: PostOffice) -> None:
    ada, bo, cy = take(waiting)
    with waiting.office.engine.begin() as connection:
        outbox.fence(connection, [ada], TOKEN, waiting.now)
        connection.execute(text("UPDATE subscription SET state = 'unsubscribed' WHERE subscriber_id = 3"))
    before = books(waiting)

    with flights(waiting.office.engine) as (_, plain):
        written = plain.write([result(ada, waiting)], [bo, cy], TOKEN, waiting.now)

    assert not written
    assert books(waiting) == before


def test_a_held_mailing_stops_the_flight(waiting: PostOffice) -> None:
    taken = take(waiting)
    with waiting.office.engine.begin() as connection:
        connection.execute(text("UPDATE mailing SET state = 'held'"))

    with flights(waiting.office.engine) as (_, plain):
        assert not plain.write([], taken, TOKEN, waiting.now)

    assert set(waiting.states().values()) == {"claimed"}


def test_another_ones_claims_do_not_fly(waiting: PostOffice) -> None:
    taken = take(waiting)

    with flights(waiting.office.engine) as (_, plain):
        assert not plain.write([], taken, "another token", waiting.now)

    assert set(waiting.states().values()) == {"claimed"}


def test_letters_of_several_releases_fly_together(waiting: PostOffice) -> None:
    ada, *others = take(waiting)
    with waiting.office.engine.begin() as connection:
        connection.execute(update(delivery).where(delivery.c.id == ada.id).values(release=2))

    with flights(waiting.office.engine) as (_, plain):
        assert plain.write([], [ada._replace(release=2), *others], TOKEN, waiting.now)

    assert set(waiting.states().values()) == {"sending"}


def test_a_letter_that_was_written_before_a_patch_does_not_fly_and_goes_back(waiting: PostOffice) -> None:
    ada, *others = take(waiting)
    with waiting.office.engine.begin() as connection:
        connection.execute(update(delivery).where(delivery.c.id == ada.id).values(release=2))

    with flights(waiting.office.engine) as (_, plain):
        written = plain.write([], [ada, *others], TOKEN, waiting.now)
    with waiting.office.engine.begin() as connection:
        allowed = outbox.fence(connection, [ada, *others], TOKEN, waiting.now)

    assert not written
    assert allowed == {one.id for one in others}
    assert waiting.states() == {ALL[0]: "queued", ALL[1]: "sending", ALL[2]: "sending"}


def test_a_refusal_is_left_to_the_long_way(waiting: PostOffice) -> None:
    ada, *_ = take(waiting)
    refusal = result(ada, waiting, Receipt("failed", "rcpt", 550, "5.1.1 no such user"))

    with flights(waiting.office.engine) as (_, plain):
        assert not plain.write([refusal], [], TOKEN, waiting.now)

    assert waiting.states()[ALL[0]] == "claimed"


def test_it_does_not_wait_for_another_process_and_leaves_the_connection_as_it_was(
    waiting: PostOffice,
) -> None:
    taken, engine = take(waiting), waiting.office.engine

    with flights(engine) as (connection, plain):
        with engine.begin():
            began = time.monotonic()
            held_up = plain.write([], taken, TOKEN, waiting.now)
            waited = time.monotonic() - began
        afterwards = plain.write([], taken, TOKEN, waiting.now)
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()

    assert (held_up, afterwards) == (False, True)
    assert waited < BUSY_SECONDS / 10
    assert patience == BUSY_SECONDS * 1000


def test_a_sender_takes_the_long_way_for_its_claims_only(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [f"kim{number}@example.org" for number in range(40)]
    post_office.approve(*people)
    plain, flight = list[int](), Ledger.flight

    def counted(ledger: Ledger, turn: Turn) -> Answer | None:
        answer = flight(ledger, turn)
        if answer is not None:
            plain.append(len(turn.ready))
        return answer

    monkeypatch.setattr(Ledger, "flight", counted)

    post_office.work()

    assert sorted(post_office.caught()) == sorted(people)
    assert set(post_office.states().values()) == {"sent"}
    if post_office.office.engine.dialect.name == "sqlite":
        assert sum(plain) > len(people) / 2
    else:
        assert plain == []
