"""What the sender asks for all the time follows the outbox's small indexes, however large a mailing is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, update

from mailer.delivery import claims, outbox, reaper
from mailer.delivery.schema import delivery
from subscribers.database import reading
from tests.delivery.conftest import PostOffice
from tests.small_workspace import add_crowd, plan_and_approve

TOKEN = "t"
PEOPLE, WAITING = 3_000, 100
Asked = list[tuple[str, Any]]


@pytest.fixture
def waiting(post_office: PostOffice) -> PostOffice:
    """A mailing that is nearly over."""
    add_crowd(post_office.office, PEOPLE, post_office.now)
    plan_and_approve(post_office.office, post_office.now, post_office.now)
    post_office.expand()
    with post_office.office.engine.begin() as connection:
        last = connection.scalar(select(func.max(delivery.c.id)))
        assert last is not None
        gone = update(delivery).where(delivery.c.id <= last - WAITING)
        connection.execute(gone.values(state="sent", sent_at=post_office.now, reply="2.0.0 Ok", attempts=1))
    return post_office


def asked(post_office: PostOffice, act: Callable[[Connection], object]) -> Asked:
    """The statements over letters with which something is done; it stays undone."""
    heard: Asked = []

    def hear(_: Connection, __: object, statement: str, values: Any, ___: object, many: bool) -> None:
        if "delivery" in statement:
            heard.append((statement, values[0] if many else values))

    with post_office.office.engine.connect() as connection, connection.begin() as transaction:
        event.listen(connection, "before_cursor_execute", hear)
        act(connection)
        transaction.rollback()
    assert heard
    return heard


def plan(post_office: PostOffice, statements: Asked) -> str:
    """How the database would do it. PostgreSQL reads so few letters at once, where it is not forbidden."""
    with post_office.office.engine.connect() as connection, connection.begin() as transaction:
        how = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            how = "EXPLAIN"
            connection.exec_driver_sql("ANALYZE delivery")
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        rows = [
            str(row[-1])
            for statement, values in statements
            for row in connection.exec_driver_sql(f"{how} {statement}", values)
        ]
        transaction.rollback()
    return "\n".join(rows)


def take(post_office: PostOffice) -> list[claims.Claim]:
    with post_office.office.engine.begin() as connection:
        return claims.claim(connection, 20, TOKEN, post_office.now)


def reads_a_whole_mailing(told: str) -> bool:
    """All letters of a mailing, or of all mailings, are walked through."""
    lines = [line.strip() for line in told.splitlines()]
    return any(
        line == "SCAN delivery"
        or "Seq Scan on delivery" in line
        or "sqlite_autoindex_delivery_1" in line
        or "uq_delivery_mailing_id_subscriber_id" in line
        for line in lines
    )


def test_a_claim_follows_what_waits(waiting: PostOffice) -> None:
    told = plan(waiting, asked(waiting, lambda one: claims.claim(one, 20, TOKEN, waiting.now)))

    assert "ix_delivery_waiting" in told
    assert not reads_a_whole_mailing(told)


def test_the_fence_and_the_way_back_follow_what_is_taken(waiting: PostOffice) -> None:
    taken = take(waiting)
    stranger = taken[0]._replace(release=7)

    told = plan(
        waiting, asked(waiting, lambda one: outbox.fence(one, [stranger, *taken[1:]], TOKEN, waiting.now))
    )

    assert "ix_delivery_taken" in told
    assert not reads_a_whole_mailing(told)


def test_the_reaper_and_the_end_of_a_mailing_follow_what_is_taken(waiting: PostOffice) -> None:
    take(waiting)

    dead = plan(waiting, asked(waiting, lambda one: reaper.reap(one, waiting.now)))
    done = plan(waiting, asked(waiting, lambda one: reaper.finish(one, waiting.now)))

    assert "ix_delivery_taken" in dead
    assert "ix_delivery_taken" in done
    assert "ix_delivery_waiting" in done
    assert not reads_a_whole_mailing(dead + done)


def test_the_count_of_what_is_left_follows_both(waiting: PostOffice) -> None:
    take(waiting)
    books, heard = waiting.sender().ledger, list[tuple[str, Any]]()

    def hear(_: Connection, __: object, statement: str, values: Any, *___: object) -> None:
        heard.append((statement, values))

    event.listen(waiting.office.engine, "before_cursor_execute", hear)
    left = books.left()
    event.remove(waiting.office.engine, "before_cursor_execute", hear)

    told = plan(waiting, [each for each in heard if "delivery" in each[0]])
    assert left == WAITING
    assert "ix_delivery_taken" in told
    assert "ix_delivery_waiting" in told
    assert not reads_a_whole_mailing(told)


def test_who_holds_a_letter_has_a_token_and_nobody_else(waiting: PostOffice) -> None:
    ada, bo, cy, *others = take(waiting)
    with waiting.office.engine.begin() as connection:
        outbox.fence(connection, [ada, bo, cy], TOKEN, waiting.now)
        for one, outcome in ((ada, "sent"), (bo, "deferred"), (cy, "failed")):
            receipt = outbox.Receipt(outcome, "dot", 250, "")
            outbox.book(
                connection,
                [outbox.Result(one, receipt, waiting.now, timedelta(hours=72))],
                TOKEN,
                waiting.now,
            )
        outbox.put_off(connection, [(others[0], waiting.now)], TOKEN)
        outbox.give_back(connection, TOKEN, {others[-1].id})

    held = select(delivery.c.state, func.count()).where(delivery.c.token.is_not(None))
    with reading(waiting.office.engine) as connection:
        rows = connection.execute(held.group_by(delivery.c.state)).all()
    assert [tuple(row) for row in rows] == [("claimed", 1)]
