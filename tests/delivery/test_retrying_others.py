"""Failed letters of an issue that is patched, corrected, cancelled or sent by another mailing as well."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from mailer.delivery.schema import delivery, mailing
from tests.delivery.press import Press
from tests.delivery.refusals import (
    ELSEWHERE,
    FAULT,
    GONE,
    NAMES,
    POLICY,
    begun,
    fail,
    names,
    retried,
    send,
    states,
)


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    with begun(tmp_path, database_url) as made:
        yield made


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


def test_what_was_corrected_since_waits_for_the_mended_issue(press: Press) -> None:
    got = fail(press, "DOT", POLICY)
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")
    press.approve(2, 5)
    send(press)

    said = press.call("mailing", "retry", 1)
    held = press.read("mailing", "show", 1)
    too_soon = press.refuse("mailing", "resume", 1)
    press.approve(1, 1)
    reason = press.read("mailing", "show", 1)["reason"]
    press.call("mailing", "resume", 1)
    send(press)

    assert reason == "Release 2 is approved"
    assert "They would say what mailing 2 corrects, so that mailing 1 is held: approve" in said.stderr
    assert held["state"] == "held"
    assert "Approve the mended issue with `rundbrief mailing approve 1`" in held["reason"]
    assert too_soon.startswith("What waits of mailing 1 would say what mailing 2 corrects.")
    (late,) = set(NAMES) - set(got)
    relay: Any = press.box
    assert Counter(names(relay)) == Counter(NAMES)  # five corrections, one mended letter
    assert all(b"https://example.org/richtig" in message for _, message in relay.accepted)
    assert press.releases(1)[late] == ("sent", 2)


def test_a_correction_that_is_cancelled_stands_in_nobodys_way(press: Press) -> None:
    fail(press, "DOT", POLICY)
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")
    press.call("mailing", "cancel", 2)

    said = press.call("mailing", "retry", 1)
    send(press)

    assert "The issue reads differently now; what goes out is release 1, as approved." in said.stderr
    assert states(press) == {"sent": 6}


def test_what_failed_by_the_relays_fault_leaves_room_when_its_mailing_is_cancelled(press: Press) -> None:
    fail(press, "DOT", *[POLICY] * 5)
    press.call("mailing", "cancel", 1)
    cancelled = states(press)

    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(2, 6)
    send(press)

    assert cancelled == {"skipped": 6}
    assert sorted(names(press.box)) == NAMES


def test_who_is_unknown_gets_no_other_letter_after_a_cancelled_one(press: Press) -> None:
    fail(press, "RCPT", GONE)
    with press.office.engine.begin() as connection:
        connection.execute(update(mailing).values(state="held"))

    press.call("mailing", "cancel", 1)

    assert states(press) == {"sent": 5, "failed": 1}


def test_an_issue_names_the_mailing_whose_letters_failed(press: Press) -> None:
    fail(press, "DOT", POLICY)
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")

    one = press.read("mailing", "retry", "2025-10", "--dry-run")
    press.approve(2, 5)
    fail(press, "DOT", POLICY)
    several = press.refuse("mailing", "retry", "2025-10", code=1)

    assert one["mailing"] == 1
    assert several.startswith("Letters of several mailings of issue 2025-10 have failed: 1, 2.")


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


def test_a_letter_in_doubt_is_not_sent_again_as_it_is_corrected(press: Press) -> None:
    send(press)
    with press.office.engine.begin() as connection:
        connection.execute(update(delivery).where(delivery.c.id == 1).values(state="in_doubt"))
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")
    press.approve(2, 6)
    send(press)

    refused = press.call("doubt", "resolve", 1, "--resend", "--yes", code=5)
    send(press)

    said = f"{refused.exception or ''}{refused.stderr}"
    assert "Letter 1 cannot be sent again: it would say what mailing 2 corrects." in said
    assert states(press) == {"sent": 5, "in_doubt": 1}
    assert Counter(names(press.box)) == Counter([*NAMES, *NAMES])


def test_nor_after_the_mended_issue_was_approved(press: Press) -> None:
    fail(press, "DOT", POLICY)
    with press.office.engine.begin() as connection:
        sent = delivery.c.state == "sent"
        connection.execute(update(delivery).where(sent, delivery.c.id <= 3).values(state="in_doubt"))
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")
    press.approve(2, 5)
    send(press)
    press.call("mailing", "retry", 1)
    press.approve(1, 1)

    doubtful = [row["delivery"] for row in press.read("doubt", "list")]
    refused = press.call("doubt", "resolve", doubtful[0], "--resend", "--yes", code=5)

    said = f"{refused.exception or ''}{refused.stderr}"
    assert "cannot be sent again: the person has it or will get it by another mailing." in said


def test_two_corrections_bring_each_person_one(press: Press) -> None:
    send(press)
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/anders")
    press.call("mailing", "correct", "2025-10")
    press.approve(2, 6)
    fail(press, "DOT", POLICY, POLICY)
    press.change("programmes.toml", "https://example.org/anders", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")
    press.call("mailing", "retry", 2)
    press.approve(3, 6)
    send(press)

    press.approve(2, 2)
    press.call("mailing", "resume", 2)
    send(press)

    relay: Any = press.box
    right = Counter(to for to, message in relay.accepted if b"https://example.org/richtig" in message)
    assert set(right.values()) == {1}
    assert len(right) == 6
    assert Counter(state for state, _ in press.releases(2).values()) == {"sent": 4, "skipped": 2}
