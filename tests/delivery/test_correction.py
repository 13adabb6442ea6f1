"""A correction goes to exactly those whose letter was wrong, once, and only to those who are still there."""

from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path

import pytest

from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press

NAMES = [f"p{number:02}" for number in range(60)]
OLD, NEW = "https://example.org/praemie", "https://example.org/richtig"
NEWER = "https://example.org/noch-besser"


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, database_url)
        yield made
        made.office.engine.dispose()


def sent_to(press: Press, *names: str, others: int = 0) -> None:
    """The issue with a wrong link, sent to all of them and to others who are there."""
    press.people(names)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, len(names) + others)
    press.send()


def half_wrong(press: Press) -> set[str]:
    """The issue with a wrong link for some and the right one for the others; the former."""
    press.people(NAMES)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 60)
    sent = press.send_some()
    press.call("mailing", "hold", 1)
    press.change("programmes.toml", OLD, NEW)
    press.approve(1, 60 - sent)
    press.call("mailing", "resume", 1)
    press.send()
    assert 0 < sent < 60
    return {name for name, (_, release) in press.releases(1).items() if release == 1}


def subjects(letters: list[str]) -> list[str]:
    return [str(message_from_string(letter, policy=policy.default)["Subject"]) for letter in letters]


def test_exactly_those_with_the_wrong_release_get_it_once(press: Press) -> None:
    wrong = half_wrong(press)

    planned = press.call("mailing", "correct", "2025-10")
    press.approve(2, len(wrong))
    press.send()
    again = press.refuse("mailing", "correct", "2025-10")

    caught = press.caught()
    assert f"Release 1 of mailing 1, {len(wrong)} letters:" in planned.stderr
    assert f"[-{OLD}-]{{+{NEW}+}}" in planned.stderr
    assert {name for name, letters in caught.items() if len(letters) == 2} == wrong
    assert max(map(len, caught.values())) == 2
    for name in wrong:
        assert subjects(caught[name]) == ["Ein kurzer Brief", "Korrektur: Ein kurzer Brief"]
        assert [NEW in letter for letter in caught[name]] == [False, True]
    assert again == "Nobody who got a wrong letter of issue 2025-10 is left to be told."
    assert len(press.read("mailing", "list")) == 2


def test_a_whole_mailing_that_was_wrong_is_corrected_after_the_issue_was_mended(press: Press) -> None:
    sent_to(press, "ada", "bo")
    nothing = press.refuse("mailing", "correct", "2025-10")
    press.change("programmes.toml", OLD, NEW)

    press.call("mailing", "correct", "2025-10")
    press.approve(2, 2)
    press.send()

    assert nothing.startswith("Every letter that left says what the issue says now.")
    assert [subjects(letters)[1] for letters in press.caught().values()] == [
        "Korrektur: Ein kurzer Brief"
    ] * 2


def test_who_left_was_suppressed_or_forgotten_gets_none_and_is_named(press: Press) -> None:
    sent_to(press, "ada", "bo", "cy", "di", "ed")
    press.call("subscribers", "unsubscribe", "bo@example.org", "--newsletter", "rundbrief")
    press.call("suppression", "add", "cy@example.org", "--reason", "objected")
    press.call("subscribers", "forget", "di@example.org", "--yes")
    press.change("programmes.toml", OLD, NEW)

    named = press.read("mailing", "correct", "2025-10", "--dry-run")
    unplanned = press.read("mailing", "list")
    press.call("mailing", "correct", "2025-10")
    shown = press.read("mailing", "show", 2)
    press.approve(2, 2)
    press.send()
    books = press.read("mailing", "show", 2)

    assert [each["mailing"] for each in unplanned] == [1]
    assert named["recipients"] == 2
    assert {each["address"].partition("@")[0]: each["why_not"] for each in named["readers"]} == {
        "ada": "",
        "bo": "subscription unsubscribed",
        "cy": "on the suppression list",
        "(erased)": "erased since",
        "ed": "",
    }
    assert sorted(name for name, letters in press.caught().items() if len(letters) == 2) == ["ada", "ed"]
    for each in (shown, books):
        assert (each["candidates"], each["planned"]) == (5, 2)
        assert each["excluded"] == {
            "subscription unsubscribed": 1,
            "on the suppression list": 1,
            "erased since": 1,
        }


def test_a_correction_that_was_wrong_is_corrected_itself(press: Press) -> None:
    sent_to(press, "ada", "bo")
    press.change("programmes.toml", OLD, NEW)
    press.call("mailing", "correct", "2025-10")
    press.approve(2, 2)
    press.send()
    press.change("programmes.toml", NEW, NEWER)

    press.call("mailing", "correct", "2025-10")
    press.approve(3, 2)
    press.send()

    for letters in press.caught().values():
        assert [NEWER in letter for letter in letters] == [False, False, True]


def test_releases_that_are_all_wrong_have_to_be_named(press: Press) -> None:
    wrong = half_wrong(press)
    press.change("programmes.toml", NEW, NEWER)

    asked = press.refuse("mailing", "correct", "2025-10", code=2)
    strange = press.refuse("mailing", "correct", "2025-10", "--release", 7, code=2)
    first = press.read("mailing", "correct", "2025-10", "--release", 1, "--dry-run")
    both = press.read("mailing", "correct", "2025-10", "--release", 1, "--release", 2, "--dry-run")

    assert f"release 1 of mailing 1: {len(wrong)}; release 2 of mailing 1: {60 - len(wrong)}" in asked
    assert strange.startswith("No letter of release 7 has left.")
    assert (first["recipients"], both["recipients"]) == (len(wrong), 60)


def test_only_readers_of_the_variant_that_was_wrong_are_told(press: Press) -> None:
    cards = press.issue / "highlights.toml"
    cards.write_text(cards.read_text("utf-8") + "only_for = 'kreis = Unna'\n", "utf-8")
    press.people(["ada"], kreis="Unna")
    sent_to(press, "bo", others=1)
    press.change("programmes.toml", OLD, NEW)

    named = press.read("mailing", "correct", "2025-10", "--dry-run")

    assert [(each["address"], each["variant"]) for each in named["readers"]] == [("ada@example.org", "de-1")]


def test_a_mailing_that_goes_on_sending_what_is_wrong_is_held_first(press: Press) -> None:
    press.people(NAMES)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    unsent = press.refuse("mailing", "correct", "2025-10")
    press.approve(1, 60)
    press.send_some()
    press.change("programmes.toml", OLD, NEW)

    running = press.refuse("mailing", "correct", "2025-10")

    assert unsent.startswith("No letter of issue 2025-10 has left yet.")
    assert running.startswith("Mailing 1 is sending release 1 at this moment, which is wrong.")


def test_an_english_letter_is_called_a_correction(press: Press) -> None:
    head = 'title = "A short letter"\npreheader = "So that the list says something"'
    (press.issue / "editorial.en.md").write_text(f"+++\n{head}\n+++\nA parragraph.\n", "utf-8")
    press.people(["ada"], language="en")
    sent_to(press, "bo", others=1)
    press.change("issues/2025-10/editorial.en.md", "parragraph", "paragraph")

    press.call("mailing", "correct", "2025-10")
    press.approve(2, 1)
    press.send()

    assert subjects(press.caught()["ada"]) == ["A short letter", "Correction: A short letter"]
    assert len(press.caught()["bo"]) == 1
