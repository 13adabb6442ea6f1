"""A restored backup or a copy of the workspace sends nothing without a person's word."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result

from mailer.cli import rundbrief
from mailer.cli.instance import Instance
from mailer.cli.office import Office, clock
from mailer.delivery import mailing
from mailer.delivery.instance import read_mark
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from subscribers.errors import Refused
from tests.delivery.books import add_try, expanded, letters_of
from tests.small_workspace import add_people, make_office, plan_and_approve

PEOPLE = ["ada@example.org", "bo@example.org"]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "mails") as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, box: Sandbox) -> Iterator[Office]:
    made = make_office(tmp_path / "w", port=box.port)
    yield made
    made.engine.dispose()


def run(folder: Path, *arguments: str, code: int = 0) -> Result:
    arguments = ("--config", str(folder / "config.toml"), *arguments)
    done = CliRunner().invoke(rundbrief, list(arguments), standalone_mode=False)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert (done.return_value or 0) == code, done.output
    return done


def send(folder: Path, code: int = 0) -> None:
    run(folder, "run", "--only", "scheduler,sender", "--until-done", code=code)


def backup(office: Office) -> Path:
    copy = office.settings.folder / "backup.db"
    source, target = sqlite3.connect(office.settings.var / "rundbrief.db"), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    return copy


def restore(office: Office, copy: Path) -> None:
    office.engine.dispose()
    for file in office.settings.var.glob("rundbrief.db*"):
        file.unlink()
    shutil.copy(copy, office.settings.var / "rundbrief.db")


def state(office: Office, number: int) -> tuple[str, str]:
    with reading(office.engine) as connection:
        found = mailing.find(connection, str(number))
    return found.state, found.reason


def caught(box: Sandbox) -> list[str]:
    return sorted(recipient for each in box.received() for recipient in each.recipients)


def test_a_restored_backup_with_a_due_mailing_sends_nothing(office: Office, box: Sandbox) -> None:
    add_people(office, PEOPLE, clock())
    number = plan_and_approve(office, clock(), clock())
    copy = backup(office)
    send(office.settings.folder)
    assert caught(box) == PEOPLE
    restore(office, copy)

    with pytest.raises(Refused, match="comes from a backup") as refused:
        send(office.settings.folder)
    with pytest.raises(Refused):
        run(office.settings.folder, "mailing", "approve", str(number), "--yes", "--expect-recipients", "2")

    assert "rundbrief adopt" in str(refused.value)
    assert caught(box) == PEOPLE
    assert state(office, number)[0] == "approved"


def test_with_a_persons_word_each_mailing_waits_for_its_own(office: Office, box: Sandbox) -> None:
    add_people(office, PEOPLE, clock())
    number = plan_and_approve(office, clock(), clock())
    later = plan_and_approve(office, clock() + timedelta(days=1), clock())
    copy = backup(office)
    send(office.settings.folder)
    restore(office, copy)

    with pytest.raises(Refused, match="Nobody is there to ask"):
        run(office.settings.folder, "adopt")
    done = run(office.settings.folder, "adopt", "--yes")
    send(office.settings.folder)

    assert caught(box) == PEOPLE
    assert state(office, number)[0] == "draft"
    assert "restored or copied" in state(office, number)[1]
    assert state(office, later)[0] == "approved"
    assert f"Mailing {number} waits" in done.stderr


def test_a_mailing_that_was_under_way_is_held(office: Office, box: Sandbox) -> None:
    planned = expanded(office, PEOPLE, clock())
    copy = backup(office)
    send(office.settings.folder)
    restore(office, copy)

    run(office.settings.folder, "adopt", "--yes")
    send(office.settings.folder, code=4)  # it says that the mailing is held

    assert state(office, planned.id)[0] == "held"
    assert caught(box) == PEOPLE


def test_a_copy_of_the_whole_workspace_sends_nothing(office: Office, box: Sandbox, tmp_path: Path) -> None:
    add_people(office, PEOPLE, clock())
    plan_and_approve(office, clock(), clock())
    office.engine.dispose()
    shutil.copytree(office.settings.folder, tmp_path / "copy")

    with pytest.raises(Refused, match="copied or moved"):
        send(tmp_path / "copy")
    assert caught(box) == []
    send(office.settings.folder)

    assert caught(box) == PEOPLE


def test_a_workspace_that_was_restored_as_a_whole_sends_nothing(
    office: Office, box: Sandbox, tmp_path: Path
) -> None:
    add_people(office, PEOPLE, clock())
    plan_and_approve(office, clock(), clock())
    office.engine.dispose()
    guard = Instance(office.engine, office.settings.var / "instance", lambda: clock() - timedelta(hours=1))
    guard.advance()  # an hour ago
    office.engine.dispose()

    with pytest.raises(Refused, match="brought back from a backup"):
        send(office.settings.folder)

    assert caught(box) == []


@pytest.mark.parametrize("damage", ["gone", "empty", "noise", "other"])
def test_a_file_that_is_not_ours_is_no_word_of_a_person(office: Office, box: Sandbox, damage: str) -> None:
    add_people(office, PEOPLE, clock())
    plan_and_approve(office, clock(), clock())
    file = office.settings.var / "instance"
    text = {"empty": "", "noise": "\x00{", "other": file.read_text().replace('"id": "', '"id": "x')}
    file.unlink() if damage == "gone" else file.write_text(text[damage])

    with pytest.raises(Refused, match=r"adopt"):
        send(office.settings.folder)

    assert caught(box) == []


def test_who_takes_over_stops_the_other_one_and_who_stands_beside_does_not(
    office: Office, tmp_path: Path
) -> None:
    add_people(office, PEOPLE, clock())
    planned = expanded(office, [], clock())
    first = office.instance
    beside = Instance(office.engine, tmp_path / "beside" / "instance", clock)

    with pytest.raises(Refused):
        beside.advance()
    assert beside.adopt(beside=True) == []
    first.advance()
    beside.advance()
    assert state(office, planned.id)[0] == "sending"

    assert beside.adopt(beside=False) == [planned.id]
    with pytest.raises(Refused, match="took over"):
        first.advance()
    beside.advance()


def test_a_database_exchanged_while_it_is_used_stops_the_work(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = expanded(office, PEOPLE, clock())
    monkeypatch.setattr("mailer.cli.instance.LOOK_SECONDS", 0.05)
    stop, guard = Event(), office.instance

    def work() -> None:
        with guard.watched(stop):
            Instance(office.engine, office.settings.folder / "elsewhere", clock).adopt(beside=False)
            add_try(office, letters_of(office, planned)[0], "250 2.0.0 Ok", clock())
            assert stop.wait(60)

    with pytest.raises(Refused, match="another copy took over"):
        work()


def test_every_letter_makes_backups_older(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = expanded(office, PEOPLE, clock())
    monkeypatch.setattr("mailer.cli.instance.LOOK_SECONDS", 0.05)
    file = office.settings.var / "instance"

    with office.instance.watched(Event()):
        before = read_mark(file)
        add_try(office, letters_of(office, planned)[0], "250 2.0.0 Ok", clock())
        for _ in range(200):
            Event().wait(0.05)
            if (after := read_mark(file)) and before and after.generation > before.generation:
                break

    assert before is not None
    assert after is not None
    assert after.generation > before.generation
    assert file.stat().st_mode & 0o077 == 0


def test_a_new_workspace_needs_no_word(office: Office, box: Sandbox) -> None:
    add_people(office, PEOPLE, clock())
    plan_and_approve(office, clock(), clock())

    send(office.settings.folder)
    done = run(office.settings.folder, "adopt", "--yes")

    assert caught(box) == PEOPLE
    assert "nothing is to be done" in done.stderr
