"""Every question of a reader has an answer: in or out, by which rule, with which letter, and when."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, "sqlite:///var/rundbrief.db")
        cards = made.issue / "highlights.toml"
        cards.write_text(cards.read_text("utf-8") + "only_for = 'kreis = Unna'\n", "utf-8")
        made.people(["ada"], kreis="Unna")
        made.people(["bo", "cy"])
        made.people(["di"], gewerk="Tischler")
        yield made
        made.office.engine.dispose()


def explain(press: Press, name: str, which: str = "2025-10") -> Any:
    answer = press.read("mailing", "explain", which, "--for", f"{name}@example.org")
    assert answer["address"] == f"{name}@example.org"
    return answer["mailings"][-1]


def plan(press: Press) -> None:
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now", "--by", "kim")


def test_before_anything_leaves_it_says_who_would_get_what(press: Press) -> None:
    plan(press)

    ada, di = explain(press, "ada"), explain(press, "di")

    assert (ada["gets"], ada["verdict"], ada["variant"]) == (True, "would get it", "de-1")
    assert [each["holds"] for each in ada["choices"]] == [True]
    assert ada["rule"] == {"holds": True, "words": "gewerk is 'Maler'"}
    assert (di["gets"], di["verdict"]) == (False, "does not get it: The rule does not fit.")
    assert di["rule"]["words"] == "gewerk is 'Tischler', not 'Maler'"
    assert [each["what"] for each in ada["events"]] == ["planned by kim"]


def test_afterwards_it_says_what_happened_and_what_the_letter_was(press: Press) -> None:
    plan(press)
    press.approve(1, 3, "--by", "alex")
    press.send()

    ada, bo = explain(press, "ada"), explain(press, "bo", "1")

    assert (ada["gets"], ada["verdict"], ada["release"]) == (True, "got it", 1)
    assert (ada["variant"], ada["cards"]) == ("de-1", ["praemie"])
    assert (bo["variant"], bo["cards"], [each["holds"] for each in bo["choices"]]) == ("de-2", [], [False])
    whats = [each["what"] for each in ada["events"]]
    assert whats[:2] == ["planned by kim", "release 1 approved by alex"]
    assert whats[2].startswith("try 1, phase dot: 250")
    assert whats[3] == "sent"
    assert ada["letter"]["state"] == "sent"


def test_who_left_was_suppressed_or_came_late_is_told_why(press: Press) -> None:
    plan(press)
    press.approve(1, 3)
    press.call("subscribers", "unsubscribe", "bo@example.org", "--newsletter", "rundbrief")
    press.call("suppression", "add", "cy@example.org", "--reason", "objected")
    press.send()
    press.people(["late"])

    against = {name: explain(press, name)["against"] for name in ("bo", "cy", "late")}

    assert against == {
        "bo": ["The subscription is unsubscribed."],
        "cy": ["The address is on the suppression list."],
        "late": ["This person came when the list of recipients was complete."],
    }


def test_who_has_the_edition_from_another_mailing_is_told_so(press: Press) -> None:
    plan(press)
    press.approve(1, 3)
    press.send()
    press.people(["late"])
    press.call("mailing", "plan", "--late-joiners", "2025-10")

    assert explain(press, "ada", "2")["against"] == ["This person has this edition already."]
    assert explain(press, "late", "2")["gets"] is True


def test_a_correction_explains_itself(press: Press) -> None:
    plan(press)
    press.approve(1, 3)
    press.send()
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")

    ada, bo = explain(press, "ada", "2"), explain(press, "bo", "2")

    assert ada["gets"] is True
    assert bo["against"] == ["No letter to this person was wrong and is still to be corrected."]


def test_nobody_and_somebody_who_was_forgotten(press: Press) -> None:
    plan(press)
    press.call("subscribers", "forget", "cy@example.org", "--yes")

    nobody = press.refuse("mailing", "explain", 1, "--for", "nobody@example.org", code=1)
    forgotten = press.refuse("mailing", "explain", 1, "--for", "cy@example.org", code=1)

    assert nobody.startswith("Nobody has the address nobody@example.org.")
    assert "on the suppression list (forgotten)" in forgotten


def test_for_people_it_reads_like_an_answer(press: Press) -> None:
    plan(press)
    press.approve(1, 3)
    press.send()

    lines = press.call("mailing", "explain", "2025-10", "--for", "ada@example.org").stdout.splitlines()

    assert lines[1:7] == [
        "mailing\t1, issue 2025-10, segment maler: done",
        "verdict\tada@example.org got it",
        "rule\tyes  gewerk is 'Maler'",
        "variant\tde-1, release 1",
        "cards\tpraemie",
        "choice\tyes  kreis is 'Unna'",
    ]
