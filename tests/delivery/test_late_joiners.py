"""Late joiners: who never got the issue and can get it now, once; nobody who has it or may have it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press

LATE = ("mailing", "plan", "2025-10", "--late-joiners")
NONE_LEFT = "Nobody of segment 'maler' is left for issue 2025-10: "


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    """Issue 2025-10 went to five: one got it, two addresses do not exist, one is in doubt, one said no."""
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, database_url)
        made.people(["ada", "550-bo", "550-cem", "drop-dot-dora", "eva"])
        made.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
        made.approve(1, 5)
        made.tick()
        books = made.sender().ledger
        books.look()
        books.expand(briefly=False)
        books.close()
        made.call("subscribers", "unsubscribe", "eva@example.org", "--newsletter", "rundbrief")
        made.send()
        yield made
        made.office.engine.dispose()


def move(press: Press, old: str, new: str) -> None:
    press.call("subscribers", "change", f"{old}@example.org", "--new-address", f"{new}@example.org")


def late(press: Press) -> dict[str, Any]:
    """Plan, approve and send it to the late joiners; the books of that mailing."""
    planned = press.read(*LATE)
    press.approve(planned["mailing"], planned["recipients"])
    press.send()
    books: dict[str, Any] = press.read("mailing", "show", planned["mailing"])
    return books


def test_the_issue_went_out_as_the_other_tests_expect(press: Press) -> None:
    assert {name: state for name, (state, _) in press.releases(1).items()} == {
        "ada": "sent",
        "550-bo": "failed",
        "550-cem": "failed",
        "drop-dot-dora": "in_doubt",
        "eva": "skipped",
    }


def test_nobody_is_late_while_the_addresses_are_the_same(press: Press) -> None:
    said = press.refuse(*LATE)

    assert said.startswith(f"{NONE_LEFT}2 have it or will get it, for 2 it failed and the address is ")
    assert "rundbrief subscribers change" in said


def test_who_has_another_address_since_gets_it_there_and_once(press: Press) -> None:
    move(press, "550-bo", "bo")
    move(press, "ada", "ada.neu")
    move(press, "drop-dot-dora", "dora")

    books = late(press)
    again = press.refuse(*LATE)

    assert press.releases(2) == {"bo": ("sent", 1)}
    assert books["candidates"] == 5
    assert books["excluded"] == {
        "has this edition already": 2,
        "an earlier letter failed, and the address is the same": 1,
        "subscription unsubscribed": 1,
    }
    assert {name: len(letters) for name, letters in press.caught().items()} == {
        "ada": 1,
        "bo": 1,
        "drop-dot-dora": 1,
    }
    assert again.startswith(f"{NONE_LEFT}3 have it or will get it, for 1 it failed")


def test_a_new_address_that_fails_as_well_waits_for_another_one(press: Press) -> None:
    move(press, "550-bo", "550-bo-zwei")
    first = late(press)
    refused = press.refuse(*LATE)
    move(press, "550-bo-zwei", "bo")
    second = late(press)

    assert (first["failed"], second["sent"]) == (1, 1)
    assert "for 2 it failed and the address is the same" in refused
    assert len(press.caught()["bo"]) == 1


def test_other_fields_of_a_person_are_no_new_address(press: Press) -> None:
    press.call("subscribers", "change", "550-bo@example.org", "--nachname", "Beispiel")

    assert press.refuse(*LATE).startswith(NONE_LEFT)


def test_a_doubt_that_was_given_up_is_not_sent_again(press: Press) -> None:
    (doubt,) = press.read("doubt", "list")
    press.call("doubt", "resolve", doubt["delivery"], "--skip", "--yes")
    move(press, "drop-dot-dora", "dora")
    press.people(["finn"])

    books = late(press)

    assert press.releases(2) == {"finn": ("sent", 1)}
    assert books["excluded"]["may have this edition already: its letter was in doubt and given up"] == 1


def test_another_segment_does_not_try_a_dead_address_again(press: Press) -> None:
    press.people(["finn"], gewerk="Tischler")
    press.call("mailing", "plan", "2025-10", "--segment", "all", "--now")
    press.approve(2, 1)
    press.send()

    assert {name: state for name, (state, _) in press.releases(2).items()} == {
        "ada": "skipped",
        "550-bo": "skipped",
        "550-cem": "skipped",
        "drop-dot-dora": "skipped",
        "finn": "sent",
    }
    assert press.read("mailing", "report", 2)["skipped_reasons"] == {
        "an earlier letter failed, and the address is the same": 2,
        "has this edition already": 2,
    }
