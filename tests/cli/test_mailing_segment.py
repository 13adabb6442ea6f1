"""The segment of a mailing is the one that it has now: what is explained is what would be approved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press

PLAN = ("mailing", "plan", "2025-10", "--segment", "maler", "--now")
YES = ("--yes", "--expect-recipients")


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, "sqlite:///var/rundbrief.db")
        made.people(["ada", "bo"])
        made.people(["di"], gewerk="Tischler")
        yield made
        made.office.engine.dispose()


def explained(press: Press, name: str) -> dict[str, Any]:
    answer = press.read("mailing", "explain", "1", "--for", f"{name}@example.org")
    return dict(answer["mailings"][0])


def change_segment(press: Press, rule: str) -> None:
    press.call("segments", "remove", "maler")
    press.call("segments", "add", "maler", rule)


def test_a_changed_rule_counts_for_a_draft_everywhere(press: Press) -> None:
    press.call(*PLAN)
    change_segment(press, "gewerk = Tischler")

    ada, di = explained(press, "ada"), explained(press, "di")
    shown = press.read("mailing", "show", 1)
    approved = press.read("mailing", "approve", 1, *YES, 1)

    assert (ada["gets"], di["gets"]) == (False, True)
    assert di["rule"]["words"] == "gewerk is 'Tischler'"
    assert (shown["candidates"], shown["to_come"]) == (1, 1)
    assert approved["recipients"] == 1


def test_what_left_is_explained_by_the_rule_it_left_with(press: Press) -> None:
    press.call(*PLAN)
    press.approve(1, 2)
    press.send()
    change_segment(press, "gewerk = Tischler")

    ada = explained(press, "ada")

    assert (ada["gets"], ada["rule"]["words"]) == (True, "gewerk is 'Maler'")


def test_for_a_removed_segment_nothing_is_approved(press: Press) -> None:
    press.call(*PLAN)
    press.call("segments", "remove", "maler")

    refused = press.refuse("mailing", "approve", 1, *YES, 2)
    shown = press.read("mailing", "show", 1)
    press.call("segments", "add", "maler", "gewerk = Maler")
    press.approve(1, 2)

    assert refused == (
        "Segment 'maler' of mailing 1 was removed. Save it again with `rundbrief segments add maler`, or "
        "cancel the mailing and plan it for another segment."
    )
    assert shown["reason"] == "Segment 'maler' of mailing 1 was removed."
    assert press.read("mailing", "show", 1)["state"] == "approved"


def test_what_is_approved_keeps_the_rule_of_a_segment_that_is_removed(press: Press) -> None:
    press.call(*PLAN)
    press.approve(1, 2)
    press.call("segments", "remove", "maler")

    press.send()

    assert {*press.caught()} == {"ada", "bo"}
