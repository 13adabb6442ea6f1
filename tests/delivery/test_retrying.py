"""What failed by the fault of the sender or its relay is tried again by hand, to each person once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.cli.office import clock
from mailer.delivery.schema import attempt, delivery, mailing
from mailer.delivery.sender import Route, Sender
from subscribers.database import reading
from subscribers.schema import metadata, subscriber
from tests.delivery.desk import wait
from tests.delivery.press import Press
from tests.delivery.scripted import Scripted

NAMES = [f"p{number}" for number in range(6)]
POLICY = "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org"
GONE = "550 5.1.1 User unknown"
FAULT, NO_FAULT = "refused for policy", "not the fault of the sender or its relay"
ELSEWHERE = "has it or will get it by another mailing"


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    with Scripted() as server:  # the relay when all is well
        made = Press(tmp_path / "w", server, database_url)  # type: ignore[arg-type]  # the port is all it asks
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


def test_whoever_may_not_get_it_any_more_stays_failed(press: Press) -> None:
    fail(press, "DOT", *[POLICY] * 4)
    failed = [name for name, (state, _) in press.releases(1).items() if state == "failed"]
    left, gone, moved, stays = failed
    press.call("subscribers", "unsubscribe", f"{left}@example.org", "--newsletter", "rundbrief")
    press.call("subscribers", "forget", f"{gone}@example.org", "--yes")
    press.call("subscribers", "change", f"{moved}@example.org", "--new-address", "neu@example.org")
    press.call("mailing", "plan", "2025-10", "--late-joiners")
    press.approve(2, 1)
    send(press)

    said = retried(press, 1, "--all", code=4)
    send(press)

    whys = {why: letters for (outcome, _, why), letters in said.items() if outcome == "stays failed"}
    assert whys == {"subscription unsubscribed": 1, "erased since": 1, ELSEWHERE: 1}
    assert sum(letters for (outcome, _, _), letters in said.items() if outcome == "again") == 1
    assert sorted(names(press.box)) == sorted(["neu", stays])


def test_a_patch_gives_the_newest_words_to_those_who_are_tried_again(press: Press) -> None:
    fail(press, "DOT", *[POLICY] * 5)
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.approve(1, 1)

    retried(press)
    press.call("mailing", "resume", 1)
    send(press)

    relay: Any = press.box
    assert Counter(press.releases(1).values()) == {("sent", 2): 6}
    assert all(b"https://example.org/richtig" in message for _, message in relay.accepted)


def test_what_was_corrected_since_is_not_sent_again_as_it_was(press: Press) -> None:
    fail(press, "DOT", POLICY)
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")

    draft = retried(press, 1, "--all", code=4)
    press.call("mailing", "cancel", 2)

    assert draft == {("stays failed", FAULT, "it would say what mailing 2 corrects"): 1}
    assert retried(press, 1, "--dry-run") == {("again", FAULT, ""): 1}


def test_a_correction_that_failed_is_tried_again(press: Press) -> None:
    send(press)
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")
    press.approve(2, 6)
    got = fail(press, "DOT", POLICY)

    said = retried(press, 2)
    send(press)

    assert said == {("again", FAULT, ""): 1}
    assert sorted([*got, *names(press.box)[6:]]) == NAMES
    assert states(press, 2) == {"sent": 6}


def test_a_letter_that_is_too_old_is_not_queued_only_to_fail_again(press: Press) -> None:
    fail(press, "DOT", POLICY)
    with press.office.engine.begin() as connection:
        connection.execute(update(mailing).values(due_at=clock() - timedelta(hours=73)))

    why = press.refuse("mailing", "retry", 1)

    assert "was worth sending until 2" in why
    assert "72 hours after its time (stale_hours in config.toml)" in why
    assert states(press)["failed"] == 1
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
