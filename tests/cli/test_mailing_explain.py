"""Every question of a reader has an answer: in or out, by which rule, with which letter, and when."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import update

from mailer.cli.office import clock
from mailer.delivery.claims import CANCELLED, REFUSED
from mailer.delivery.outbox import GONE_STALE
from mailer.delivery.schema import LOST, delivery
from mailer.delivery.sender import Route, Sender
from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press
from tests.delivery.scripted import Scripted


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


def send_over(press: Press, relay: Scripted) -> None:
    """Tick and send all that may leave now, over this relay."""
    press.tick()
    routes = {"": Route.to(replace(press.office.relay(), port=relay.port), 1)}
    terms: dict[str, Any] = {"clock": clock, "stop": Event()}
    Sender(press.office.engine, routes, press.office.secret, **terms).run(until_done=True)


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
        "late": ["The list of recipients was complete before this person could be on it."],
    }


def test_who_has_the_edition_from_another_mailing_is_told_so(press: Press) -> None:
    plan(press)
    press.approve(1, 3)
    press.send()
    press.people(["late"])
    press.call("mailing", "plan", "--late-joiners", "2025-10")

    assert explain(press, "ada", "2")["against"] == [
        "This person has this edition, or will get it, by another mailing."
    ]
    assert explain(press, "late", "2")["gets"] is True


def test_a_correction_explains_itself(press: Press) -> None:
    plan(press)
    press.approve(1, 3)
    press.send()
    press.change("programmes.toml", "https://example.org/praemie", "https://example.org/richtig")
    press.call("mailing", "correct", "2025-10")

    ada, bo = explain(press, "ada", "2"), explain(press, "bo", "2")
    press.call("mailing", "correct", "2025-10")
    press.approve(3, 1)
    press.send()

    assert ada["gets"] is True
    assert bo["against"] == ["This person got none of the letters that were wrong."]
    assert explain(press, "ada", "2")["against"] == ["This person got a wrong letter, but a right one since."]


@pytest.mark.parametrize(
    ("reply", "leads"),
    [("554 5.7.1 Client host blocked using zen.spamhaus.org", True), ("550 5.1.1 User unknown", False)],
)
def test_a_letter_that_failed_leads_to_another_try_where_that_helps(
    press: Press, reply: str, leads: bool
) -> None:
    plan(press)
    press.approve(1, 3)
    with Scripted({"DOT" if leads else "RCPT": [reply]}) as relay:
        send_over(press, relay)
    (name,) = (name for name, (state, _) in press.releases(1).items() if state == "failed")
    press.people(["late"])
    press.call("mailing", "plan", "--late-joiners", "2025-10")

    failed, again = explain(press, name, "1"), explain(press, name, "2")
    told = press.call("mailing", "explain", 1, "--for", f"{name}@example.org").stdout
    mended = press.call("mailing", "retry", 1, "--all")

    step = "Once the sender or its relay is mended: `rundbrief mailing retry 1`." if leads else ""
    assert failed["verdict"].startswith("did not get it: ")
    assert again["against"] == [
        "An earlier letter of this edition to this person failed, and the address is still the same."
    ]
    assert (failed["next_step"], again["next_step"]) == (step, step)
    assert (f"next step\t{step}" in told) == leads
    assert "1 letter of mailing 1 is tried again" in mended.stderr
    assert explain(press, name, "1")["next_step"] == ""


@pytest.mark.parametrize(
    ("state", "reason", "verdict"),
    [
        ("in_doubt", "the relay hung up", "may have got it: the relay hung up"),
        ("skipped", "given up by kim", "may have got it: the letter was in doubt and was given up by kim"),
        ("skipped", CANCELLED, "does not get it: the mailing was cancelled"),
        ("skipped", REFUSED, "does not get it: unsubscribed or suppressed meanwhile"),
        ("failed", GONE_STALE, "did not get it: the letter was put off until it was too old to be sent"),
    ],
)
def test_what_became_of_a_letter_is_a_sentence(press: Press, state: str, reason: str, verdict: str) -> None:
    plan(press)
    press.approve(1, 3)
    press.send()
    with press.office.engine.begin() as connection:
        lost = None if state in LOST else True
        values = {"state": state, "reason": reason, "holds_edition": lost, "sent_at": None}
        connection.execute(update(delivery).values(values))
    press.people(["late"])
    press.call("mailing", "plan", "--late-joiners", "2025-10")

    assert explain(press, "ada", "1")["verdict"] == verdict
    by_another = explain(press, "ada", "2")["against"]
    if reason.startswith("given up"):
        assert by_another == [
            "This person may have this edition already: an earlier letter was in doubt and was given up."
        ]


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
