"""The audience is frozen in small steps: whatever happens between two of them, everybody is there once."""

import pytest
from sqlalchemy import func, select, update

from mailer.delivery import ledger
from mailer.delivery.ledger import Ledger
from mailer.delivery.mailing import find, move
from mailer.delivery.schema import delivery, mailing
from subscribers.database import reading
from tests.delivery.conftest import PostOffice

PEOPLE = [f"p{number}@example.org" for number in range(9)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "SMALL_SLICE", 2)


def begun(post_office: PostOffice) -> tuple[Ledger, int]:
    """Books after the first step, and the mailing."""
    number = post_office.approve(*PEOPLE)
    post_office.tick()
    books = post_office.sender().ledger
    books.look()
    assert books.expand(briefly=True)
    return books, number


def go_on(books: Ledger) -> int:
    steps = 0
    while books.expand(briefly=True):
        steps += 1
    books.close()
    return steps


def frozen(post_office: PostOffice) -> dict[int, int]:
    """Release -> letters."""
    with reading(post_office.office.engine) as connection:
        query = select(delivery.c.release, func.count()).group_by(delivery.c.release)
        return {row[0]: row[1] for row in connection.execute(query)}


def test_each_step_looks_at_a_few(post_office: PostOffice, small: None) -> None:
    books, number = begun(post_office)
    first = frozen(post_office)
    steps = go_on(books)

    assert first == {1: 2}
    assert steps == 5  # 2, 2, 2, 1, and the one that finds nobody
    assert frozen(post_office) == {1: 9}
    assert post_office.state(number) == "sending"


def test_an_approval_between_two_steps_begins_anew_with_its_variants(
    post_office: PostOffice, small: None
) -> None:
    books, number = begun(post_office)
    with post_office.office.engine.begin() as connection:
        connection.execute(update(mailing).where(mailing.c.id == number).values(release=2))
    go_on(books)

    assert frozen(post_office) == {1: 2, 2: 7}
    assert post_office.state(number) == "sending"


def test_a_held_mailing_gets_no_further_row_and_all_of_them_after_its_resumption(
    post_office: PostOffice, small: None
) -> None:
    books, number = begun(post_office)
    with post_office.office.engine.begin() as connection:
        move(connection, number, "expanding", "held", reason="wait")
    go_on(books)
    while_held = frozen(post_office), post_office.state(number)
    with post_office.office.engine.begin() as connection:
        move(connection, number, "held", "due", reason="")
    books.look()
    go_on(books)

    assert while_held == ({1: 2}, "held")
    assert frozen(post_office) == {1: 9}
    assert post_office.state(number) == "sending"


def test_two_mailings_are_frozen_one_after_the_other(post_office: PostOffice, small: None) -> None:
    books, first = begun(post_office)
    with post_office.office.engine.begin() as connection:
        move(connection, first, "expanding", "held", reason="wait")
        planned = find(connection, str(first))
        values = {name: getattr(planned, name) for name in ("newsletter", "segment", "rule", "due_at")}
        values |= {"planned_at": post_office.now, "planned_by": "test", "envelope": {}, "selection": None}
        second = connection.execute(
            mailing.insert().values(**values, issue="2025-11", state="expanding", release=1)
        ).inserted_primary_key[0]
    go_on(books)

    assert (post_office.state(first), post_office.state(second)) == ("held", "sending")
    with reading(post_office.office.engine) as connection:
        own = select(func.count()).where(delivery.c.mailing_id == second)
        assert connection.scalar(own) == 9
