"""The approval as the one who gives it meets it: who may, what is shown, what is kept, what is refused."""

import getpass
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press

PLAN = ("mailing", "plan", "2025-10", "--segment", "maler", "--now")
YES = ("--yes", "--expect-recipients")


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, "sqlite:///var/rundbrief.db")
        made.people(["ada", "bo"])
        yield made
        made.office.engine.dispose()


def test_what_is_approved_is_kept_with_name_time_and_hash(press: Press) -> None:
    press.call(*PLAN)

    told = press.read("mailing", "approve", 1, *YES, 2, "--by", "alex")

    shown = press.read("mailing", "show", 1)
    (kept,) = shown["releases"]
    assert (told["release"], told["recipients"], told["variants"]) == (1, 2, {"standard": 2})
    assert (told["approved_by"], told["keyboard"]) == ("alex", getpass.getuser())
    assert told["changes"][0]["changes"] == []
    assert {each["severity"] for each in told["findings"]} <= {"warning"}
    assert (kept["approved_by"], kept["keyboard"], kept["recipients"]) == ("alex", getpass.getuser(), 2)
    assert kept["sha256"] == told["sha256"] == shown["sha256"]
    assert len(kept["warnings"]) == len(told["findings"])


def test_nothing_changed_is_said(press: Press) -> None:
    press.call(*PLAN, "--by", "kim")

    done = press.approve(1, 2)

    assert done.stderr.startswith("Since it was planned (")
    assert ", kim): nothing changed.\n" in done.stderr


@pytest.mark.parametrize("state", ["due", "expanding", "sending"])
def test_what_is_being_sent_is_said_to_be_and_how_to_hold_it(press: Press, state: str) -> None:
    press.call(*PLAN)
    press.approve(1, 2)
    with press.office.engine.begin() as connection:
        mailing.move(connection, 1, "approved", state)

    refused = press.refuse("mailing", "approve", 1, *YES, 2)
    press.call("mailing", "hold", 1)

    assert refused == "Mailing 1 is being sent. To approve it anew, hold it first: rundbrief mailing hold 1"
    assert press.read("mailing", "show", 1)["state"] == "held"


def test_four_eyes_are_two_people(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.change("config.toml", 'list_id = "', 'four_eyes = true\nlist_id = "')
    press.call(*PLAN, "--by", "kim")
    press.call("mailing", "plan", "2025-10", "--segment", "all", "--now")

    same = press.refuse("mailing", "approve", 1, *YES, 2, "--by", "kim")
    at_the_same_keyboard = press.refuse("mailing", "approve", 2, *YES, 2, "--by", "alex")
    by_another_name = press.refuse("mailing", "approve", 1, *YES, 2, "--by", "alex")
    planner = getpass.getuser()
    monkeypatch.setenv("LOGNAME", "alex")
    other = press.read("mailing", "approve", 1, *YES, 2)

    assert same == by_another_name
    assert same == (
        "kim planned mailing 1, and rundbrief wants four eyes. Somebody else has to approve it, under "
        "another name and as another user of this machine: --by alone does not count."
    )
    assert at_the_same_keyboard.startswith(f"{planner} planned mailing 2")
    assert other["four_eyes"] is True
    assert press.read("mailing", "show", 1)["releases"][0]["four_eyes"] is True


def test_two_eyes_are_enough_where_nothing_else_is_said(press: Press) -> None:
    press.call(*PLAN, "--by", "kim")

    told = press.read("mailing", "approve", 1, *YES, 2, "--by", "kim")

    assert told["four_eyes"] is False


def test_a_name_that_is_none_is_refused(press: Press) -> None:
    press.call(*PLAN)

    for name in ("", "x" * 65, "a\nb"):
        assert "--by takes a name" in press.refuse("mailing", "approve", 1, *YES, 2, "--by", name, code=2)


def test_what_changes_while_somebody_looks_is_not_approved(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.call(*PLAN)
    looked = Office.check

    def saved_meanwhile(office: Office, *arguments: object) -> object:
        press.change("issues/2025-10/editorial.md", "erste", "zweite")
        return looked(office, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Office, "check", saved_meanwhile)
        why = press.refuse("mailing", "approve", 1, *YES, 2)

    assert why.startswith("The issue changed while you were looking; nothing is approved.")
    assert press.read("mailing", "show", 1)["state"] == "checked"


def test_of_two_who_approve_at_once_one_is_refused(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.call(*PLAN)
    looked = Office.check

    def approved_meanwhile(office: Office, *arguments: object) -> object:
        monkeypatch.setattr(Office, "check", looked)
        press.approve(1, 2, "--by", "alex")
        return looked(office, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Office, "check", approved_meanwhile)
    why = press.refuse("mailing", "approve", 1, *YES, 2, "--by", "kim")

    assert why.startswith("Somebody else changed mailing 1 meanwhile.")
    assert press.read("mailing", "show", 1)["approved_by"] == "alex"


def test_an_error_blocks_the_patch_of_a_held_mailing_too(press: Press) -> None:
    press.call(*PLAN)
    press.approve(1, 2)
    press.tick()
    press.call("mailing", "hold", 1)
    press.change("issues/2025-10/editorial.md", 'Bergmann"', 'Bergmann"  # bitte prüfen')

    why = press.refuse("mailing", "approve", 1, *YES, 2)

    assert why.startswith("1 finding(s) above stand in the way.")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("plan", "2025-10", "--at", "2020-01-07 09:30"), 5, "2020-01-07 09:30 is in the past."),
        (("plan", "sonderbrief", "--now"), 5, "Issue sonderbrief has no month."),
        (("plan", "2025-10", "--late-joiners"), 5, "Issue 2025-10 has not been sent yet"),
        (("plan", "2025-10", "--now", "--at", "2099-01-01 09:00"), 2, "--at and --now exclude each other."),
        (("approve", "7"), 1, "There is no mailing '7'."),
        (("correct", "7"), 1, "There is no mailing '7'."),
        (("explain", "2025-10", "--for", "ada@example.org"), 1, "There is no mailing '2025-10'."),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_planned(
    press: Press, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    special = press.folder / "issues" / "sonderbrief"
    special.mkdir()
    for name in ("editorial.md", "highlights.toml", "werkstatt.png"):
        (special / name).write_bytes((press.issue / name).read_bytes())

    why = press.refuse("mailing", *arguments, code=code)

    assert sentence in why
    assert press.read("mailing", "list") == []


def test_an_issue_that_cannot_be_compiled_is_not_planned(press: Press) -> None:
    press.change("templates/letter.txt", "{{ say.browser }}", "{{ gone }}")

    press.refuse(*PLAN, code=1)

    assert press.read("mailing", "list") == []
