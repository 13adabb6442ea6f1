"""Failed letters are tried again while others write: two people, a sender, another mailing, a kill."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from mailer.cli.office import Office, clock
from mailer.delivery import mailing
from mailer.delivery.expansion import expand
from mailer.delivery.mailing import Mailing
from mailer.delivery.reaper import finish
from mailer.delivery.retrying import Failed, retry
from subscribers.address import parse_address
from subscribers.changes import change_address
from subscribers.database import reading
from subscribers.schema import subscriber
from tests.conftest import ROOT
from tests.delivery.books import add_try, expanded, letters_of, row_of, set_state
from tests.delivery.desk import states_of
from tests.small_workspace import make_office, plan_and_approve

PEOPLE = [f"p{number}@example.org" for number in range(6)]
POLICY = "554 5.7.1 blocked using zen.spamhaus.org"
KILLED = """
import sys, time
from mailer.cli.office import Office, clock
from mailer.delivery import mailing, retrying

office = Office(sys.argv[1])
with office.engine.begin() as connection:
    found = retrying.retry(connection, mailing.find(connection, "1"), clock(), "kim", whole=True)
    print(len(found), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    made = make_office(tmp_path / "w", database=database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def planned(office: Office) -> Mailing:
    """A mailing under way of which two letters have failed and the others were sent, and nobody closed it."""
    now = clock()
    made = expanded(office, PEOPLE, now)
    for number, letter in enumerate(letters_of(office, made)):
        reply = "250 2.0.0 Ok" if number > 1 else POLICY
        set_state(office, letter, "failed" if number < 2 else "sent", attempts=1, reply=reply)
        add_try(office, letter, reply, now)
    return made


def tried(office: Office, planned: Mailing, before: Callable[[], object] = lambda: None) -> list[Failed]:
    """Try all again in a transaction of its own; `before` is called before its end."""
    with office.engine.begin() as connection:
        found = retry(connection, planned, clock(), "kim", whole=True)
        before()
    return found


def beside(work: Callable[[], Any], found: list[Any]) -> Thread:
    """Do it on another thread, and keep what it gives."""
    thread = Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    return thread


def state(office: Office, planned: Mailing) -> str:
    with reading(office.engine) as connection:
        return mailing.find(connection, str(planned.id)).state


def move(office: Office, old: str, new: str) -> None:
    """Another address since the letter failed, to which another mailing would bring the issue."""
    with office.engine.begin() as connection:
        person = connection.scalars(select(subscriber.c.id).where(subscriber.c.email == old)).one()
        terms: dict[str, Any] = {"secret": office.secret, "now": clock(), "source": "Anruf"}
        change_address(connection, person, parse_address(new), **terms)


def other_mailing(office: Office) -> Mailing:
    """A second mailing of the issue to the same people, whose list is about to be made."""
    move(office, PEOPLE[0], "neu@example.org")
    now = clock()
    number = plan_and_approve(office, now, now)
    with office.engine.begin() as connection:
        mailing.move(connection, number, "approved", "expanding")
        return mailing.find(connection, str(number))


def test_of_two_people_at_the_same_time_one_is_told_that_nothing_is_left(
    office: Office, planned: Mailing
) -> None:
    together, found = Barrier(2), list[Any]()

    def one() -> list[Failed]:
        together.wait(60)
        return tried(office, planned)

    threads = [beside(one, found) for _ in range(2)]
    for thread in threads:
        thread.join(60)

    assert sorted(len(each) for each in found) == [0, 2]
    assert Counter(states_of(office).values()) == {"queued": 2, "sent": 4}


def test_a_sender_that_closes_the_mailing_at_this_moment_leaves_nobody_behind(
    office: Office, planned: Mailing
) -> None:
    begun, found = Event(), list[Any]()

    def close() -> list[int]:
        begun.set()
        with office.engine.begin() as connection:
            return finish(connection, clock())

    def meanwhile() -> None:
        threads.append(beside(close, found))
        assert begun.wait(60)
        threads[0].join(0.5)  # either it is through, or it waits for what is written here

    threads = list[Thread]()
    tried(office, planned, meanwhile)
    threads[0].join(60)

    assert found == [[]]
    assert state(office, planned) == "sending"
    assert Counter(states_of(office).values()) == {"queued": 2, "sent": 4}


def test_a_mailing_that_was_closed_just_before_is_opened_again(office: Office, planned: Mailing) -> None:
    found = list[Any]()

    with office.engine.begin() as connection:
        assert finish(connection, clock()) == [planned.id]
        thread = beside(lambda: tried(office, planned), found)
        thread.join(0.5)
    thread.join(60)

    assert [len(each) for each in found] == [2]
    assert state(office, planned) == "sending"


def test_who_gets_it_by_another_mailing_at_this_moment_does_not_get_it_twice(
    office: Office, planned: Mailing
) -> None:
    other, first, found = other_mailing(office), letters_of(office, planned)[0], list[Any]()

    with office.engine.begin() as connection:
        expand(connection, other, 0, clock())
        thread = beside(lambda: tried(office, planned), found)
        thread.join(0.5)
        early = list(found)
    thread.join(60)

    against = {each.delivery: each.against for each in found[0]}
    assert early == []
    assert against.pop(first) == "has it or will get it by another mailing"
    assert set(against.values()) == {""}
    assert row_of(office, first).state == "failed"


def test_another_mailing_behind_it_finds_that_everybody_has_a_letter(
    office: Office, planned: Mailing
) -> None:
    other, threads, found = other_mailing(office), list[Thread](), list[Any]()

    def add() -> int | None:
        with office.engine.begin() as connection:
            return expand(connection, other, 0, clock())

    def meanwhile() -> None:
        threads.append(beside(add, found))
        threads[0].join(0.5)

    tried(office, planned, meanwhile)
    threads[0].join(60)

    rows = [row_of(office, letter) for letter in letters_of(office, other)]
    assert [(row.state, row.reason) for row in rows] == [("skipped", "has this edition already")] * 6


def test_a_kill_before_the_end_changes_nothing(office: Office, planned: Mailing) -> None:
    command = [sys.executable, "-c", KILLED, str(office.settings.file)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"2\n"

    process.kill()
    code = process.wait(60)
    process.stdout.close()
    killed = Counter(states_of(office).values())
    again = tried(office, planned)

    assert code == -signal.SIGKILL
    assert killed == {"failed": 2, "sent": 4}
    assert [each.against for each in again] == ["", ""]
