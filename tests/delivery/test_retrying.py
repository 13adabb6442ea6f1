"""What failed by the fault of the sender or its relay is tried again by hand, to each person once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import update

from mailer.cli.office import clock
from mailer.delivery.schema import mailing
from tests.delivery.desk import wait
from tests.delivery.press import Press
from tests.delivery.refusals import (
    FAULT,
    GONE,
    NAMES,
    NO_FAULT,
    POLICY,
    begun,
    books,
    fail,
    names,
    retried,
    send,
    sender,
    state,
    states,
    tries,
)
from tests.delivery.scripted import Scripted


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    with begun(tmp_path, database_url) as made:
        yield made


def test_after_a_block_list_everybody_who_failed_gets_it_once(press: Press) -> None:
    got = fail(press, "DOT", POLICY, POLICY)
    assert (state(press), states(press)) == ("done", {"failed": 2, "sent": 4})

    said = retried(press)
    waiting = state(press), states(press)
    send(press)

    assert said == {("again", FAULT, ""): 2}
    assert waiting == ("sending", {"queued": 2, "sent": 4})
    assert sorted([*got, *names(press.box)]) == NAMES
    assert (state(press), states(press)) == ("done", {"sent": 6})
    assert tries(press, next(name for name in NAMES if name not in got)) == [(1, 554), (2, 250)]


def test_a_held_mailing_stays_held_until_it_is_resumed(press: Press) -> None:
    got = fail(press, "DOT", *[POLICY] * 5)
    assert (state(press), states(press)["failed"]) == ("held", 5)
    reason = press.read("mailing", "show", 1)["reason"]

    said = press.call("mailing", "retry", 1).stderr
    send(press)
    held = state(press), names(press.box)
    press.call("mailing", "resume", 1)
    send(press)

    assert "queue what failed again with `rundbrief mailing retry 1` and go on with" in reason
    assert "5 letters of mailing 1 can leave once more.\nThe mailing stays held; go on with" in said
    assert held == ("held", [])
    assert sorted([*got, *names(press.box)]) == NAMES
    assert (state(press), states(press)) == ("done", {"sent": 6})


def test_a_sender_at_work_takes_them_up(press: Press) -> None:
    said, stop = list[dict[tuple[str, str, str], int]](), Event()

    def again() -> None:
        said.append(retried(press))

    def end() -> None:
        wait(lambda: states(press) == {"sent": 6})
        stop.set()

    with Scripted({"DOT": [POLICY, again]}) as server:
        press.tick()
        Thread(target=end).start()
        sender(press, server, stop).run()

        assert said == [{("again", FAULT, ""): 1}]
        assert sorted(names(server)) == NAMES


def test_what_was_refused_before_does_not_hold_it_again(press: Press) -> None:
    fail(press, "DOT", *[POLICY] * 4)

    retried(press)
    fail(press, "DOT", *[POLICY] * 4)  # eight of them would be too many
    again = state(press), states(press)["failed"]
    retried(press)
    send(press)

    assert again == ("done", 4)
    assert states(press) == {"sent": 6}


def test_resumed_first_it_can_still_be_retried_before_a_sender_looks(press: Press) -> None:
    fail(press, "DOT", *[POLICY] * 5)

    press.call("mailing", "resume", 1)
    due = state(press)
    said = retried(press)
    send(press)

    assert (due, said) == ("due", {("again", FAULT, ""): 5})
    assert states(press) == {"sent": 6}


def test_a_dead_address_is_left_alone_unless_all_are_named(press: Press) -> None:
    fail(press, "RCPT", GONE, POLICY)

    dry = retried(press, 1, "--dry-run", code=4)
    said = press.call("mailing", "retry", 1, code=4)
    send(press)
    again = retried(press, 1, code=4)
    everybody = retried(press, 1, "--all")
    send(press)

    dead = "the address does not exist"
    assert dry == {("again", FAULT, ""): 1, ("stays failed", dead, NO_FAULT): 1}
    assert (
        "1 letter of mailing 1 is tried again while `rundbrief run` is running, 1 stays failed" in said.stderr
    )
    assert "With --all 1 more would be tried again" in said.stderr
    assert again == {("stays failed", dead, NO_FAULT): 1}
    assert everybody == {("again", dead, ""): 1}
    assert states(press) == {"sent": 6}


def test_after_a_relay_that_knew_nobody_all_get_it(press: Press) -> None:
    more = [f"q{number:02}" for number in range(54)]
    press.people(more)
    fail(press, "RCPT", *[GONE] * 60)
    held = press.read("mailing", "show", 1)
    failed = states(press)["failed"]

    said = retried(press, 1, "--all")
    press.call("mailing", "resume", 1)
    send(press)

    assert held["state"] == "held"
    assert "`rundbrief mailing retry 1 --all` and go on with `rundbrief mailing resume 1`." in held["reason"]
    assert said == {("again", "the address does not exist", ""): failed}
    assert failed >= 50
    assert sorted(names(press.box)) == sorted([*NAMES, *more])


def test_a_dry_run_writes_nothing(press: Press) -> None:
    fail(press, "DOT", POLICY, POLICY)
    before = books(press)

    said = press.read("mailing", "retry", 1, "--all", "--dry-run")

    assert (said["again"], said["stays_failed"], said["state"]) == (2, 0, "done")
    assert books(press) == before


def test_a_letter_that_is_old_is_tried_once_more_and_that_is_said(press: Press) -> None:
    fail(press, "DOT", POLICY, POLICY)
    with press.office.engine.begin() as connection:
        connection.execute(update(mailing).values(due_at=clock() - timedelta(hours=73)))

    said = press.call("mailing", "retry", 1)
    fail(press, "DOT", "451 4.3.0 Try again later")

    assert "They are older than 72 hours (stale_hours in config.toml): each is tried once" in said.stderr
    assert states(press) == {"sent": 5, "failed": 1}
    assert state(press) == "done"


@pytest.mark.parametrize("gone", ["draft", "checked", "approved", "due", "missed", "cancelled"])
def test_what_was_not_begun_or_is_ended_is_refused(press: Press, gone: str) -> None:
    with press.office.engine.begin() as connection:
        connection.execute(update(mailing).values(state=gone))
    before = books(press)

    why = press.refuse("mailing", "retry", 1, "--all")

    assert why.startswith(f"No letter of mailing 1 can be tried again: it is {gone}, ")
    assert books(press)["mailing"] == before["mailing"]


def test_a_mailing_without_failures_is_left_as_it_is(press: Press) -> None:
    send(press)

    done = press.call("mailing", "retry", 1, "--all")

    assert done.stderr == "No letter of mailing 1 has failed.\n"
    assert state(press) == "done"
