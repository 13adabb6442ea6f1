"""A backup of the whole `var/`, which brings the mark of the workspace back too, sends nothing either."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from mailer.cli.instance import Instance, notes_folder
from mailer.cli.office import Office, clock
from mailer.delivery.instance import read_mark
from mailer.web.sandbox import Sandbox
from tests import databases
from tests.delivery.desk import wait
from tests.frontdoor import ROOT, Done, rundbrief
from tests.small_workspace import OWN, add_people, make_office, plan_and_approve

PEOPLE = [f"person{number:02}@example.org" for number in range(12)]
USUALLY = 'security = "none"\n'
SLOWLY = f"{USUALLY}rate = 5\n"
Restore = Callable[[], None]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "mails") as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, box: Sandbox, database_url: str) -> Iterator[Office]:
    """A workspace with a mailing that is due; a SQLite database lies in its var/, as usual."""
    database = OWN if database_url.startswith("sqlite") else database_url
    made = make_office(tmp_path / "w", port=box.port, database=database)
    add_people(made, PEOPLE, clock())
    plan_and_approve(made, clock(), clock())
    made.engine.dispose()
    yield made
    made.engine.dispose()


@pytest.fixture
def back_up(office: Office, database_url: str) -> Iterator[Callable[[], Restore]]:
    """Takes a backup of var/ and of a database elsewhere; what it returns brings both back."""
    folder, url, made = office.settings.folder, make_url(database_url), list[str]()
    archive = folder / "backup.tar"

    def copy(source: str) -> None:
        """Of a PostgreSQL database, the newest of which is the workspace's."""
        made.append(f"{url.database}_{len(made)}")
        _administer(f"CREATE DATABASE {made[-1]} TEMPLATE {source}")

    def take() -> Restore:
        with tarfile.open(archive, "w") as tar:
            tar.add(office.settings.var, "var")
        if not database_url.startswith("sqlite"):
            copy(str(url.database))
        return bring_back

    def bring_back() -> None:
        office.engine.dispose()
        shutil.rmtree(office.settings.var)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        if made:
            used = made[-1] if len(made) > 1 else url.database
            copy(made[0])
            _rewrite(office, f'/{used}"', f'/{made[-1]}"')

    yield take
    for name in made:
        databases.drop(url.set(database=name).render_as_string(hide_password=False))


def _administer(statement: str) -> None:
    admin = create_engine(databases.POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def _rewrite(office: Office, old: str, new: str) -> None:
    file = office.settings.file
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def send(office: Office) -> Done:
    return rundbrief("run", "--only", "sender,scheduler", "--until-done", cwd=office.settings.folder)


def send_some(office: Office, box: Sandbox) -> None:
    """Stop after a few letters."""
    _rewrite(office, USUALLY, SLOWLY)
    command = [sys.executable, "-m", "mailer", "run", "--only", "sender,scheduler", "--until-done"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=office.settings.folder, env=environment, stderr=subprocess.PIPE)
    wait(lambda: len(caught(box)) >= 2)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    _rewrite(office, SLOWLY, USUALLY)


def caught(box: Sandbox) -> list[str]:
    return sorted(recipient for each in box.received() for recipient in each.recipients)


def notes() -> Path:
    folder = notes_folder(os.environ)
    assert folder is not None
    return folder


def note_of(office: Office) -> Path:
    mark = read_mark(office.settings.var / "instance")
    assert mark is not None
    return notes() / mark.id


def test_a_backup_of_the_whole_var_taken_on_the_way_sends_nothing_twice(
    office: Office, box: Sandbox, back_up: Callable[[], Restore]
) -> None:
    send_some(office, box)
    assert 2 <= len(caught(box)) < len(PEOPLE)
    bring_back = back_up()
    wait(lambda: send(office).returncode == 0 and caught(box) == PEOPLE)  # what the rate had put off, too

    bring_back()
    refused = send(office)
    adopted = rundbrief("adopt", "--yes", cwd=office.settings.folder)
    again = send(office)

    assert refused.returncode == 5
    assert "comes from a backup" in refused.stderr
    assert "rundbrief adopt" in refused.stderr
    assert (adopted.returncode, again.returncode) == (0, 4)
    assert "Mailing 1 waits" in adopted.stderr
    assert "Mailing 1 is held: the books were restored or copied" in again.stderr
    assert caught(box) == PEOPLE


def test_the_same_backup_restored_once_more_after_adopt_sends_nothing(
    office: Office, box: Sandbox, back_up: Callable[[], Restore]
) -> None:
    bring_back = back_up()
    assert send(office).returncode == 0
    bring_back()
    assert rundbrief("adopt", "--yes", cwd=office.settings.folder).returncode == 0

    bring_back()
    refused = send(office)

    assert refused.returncode == 5
    assert caught(box) == PEOPLE


@databases.ONLY_SQLITE
@pytest.mark.parametrize("damage", ["gone", "empty", "noise", "list", "behind", "other"])
def test_a_note_that_is_missing_damaged_or_behind_refuses_nothing(
    office: Office, box: Sandbox, damage: str
) -> None:
    note = note_of(office)
    behind = json.dumps(json.loads(note.read_text("utf-8")) | {"generation": 0})
    other = json.dumps(json.loads(note.read_text("utf-8")) | {"id": "0" * 32, "generation": 900})
    texts = {"empty": "", "noise": "\x00{", "list": "[]", "behind": behind, "other": other}
    note.unlink() if damage == "gone" else note.write_text(texts[damage], "utf-8")

    done = send(office)

    assert done.returncode == 0, done.stderr
    assert caught(box) == PEOPLE
    assert note.read_text("utf-8") == (office.settings.var / "instance").read_text("utf-8")
    assert note.stat().st_mode & 0o077 == 0
    assert not [each for each in notes().iterdir() if each.name.startswith("tmp")]


@databases.ONLY_SQLITE
def test_a_folder_that_cannot_be_written_is_a_warning_of_the_doctor_and_no_failure(
    office: Office, box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    well = rundbrief("doctor", "--json", cwd=office.settings.folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    warned = rundbrief("doctor", "--json", cwd=office.settings.folder)
    done = send(office)

    rows = [{row["check"]: row for row in json.loads(each.stdout)} for each in (well, warned)]
    assert (well.returncode, warned.returncode, done.returncode) == (0, 0, 0)
    assert [row["instance"]["ok"] for row in rows] == [True, True]
    assert "would not be noticed" not in rows[0]["instance"]["message"]
    assert "a restored var/ would not be noticed" in rows[1]["instance"]["message"].lower()
    assert "file/rundbrief cannot be written: Not a directory" in rows[1]["instance"]["message"]
    assert caught(box) == PEOPLE


@databases.ONLY_SQLITE
def test_several_processes_of_a_workspace_never_refuse_each_other(office: Office) -> None:
    first, second = (
        Instance(office.engine, office.settings.var / "instance", clock, notes()) for _ in range(2)
    )
    limit = time.monotonic() + 0.3

    while time.monotonic() < limit:
        first.advance()
        second.advance()
    note = note_of(office)
    newest = json.loads(note.read_text("utf-8"))["generation"]
    note.write_text(note.read_text("utf-8").replace(f": {newest},", f": {newest + 1},"), "utf-8")

    assert "comes from a backup" in first.trouble()
    assert first.trouble() == second.trouble()


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_STATE_HOME": "/var/lib/post"}, "/var/lib/post/rundbrief"),
        ({"XDG_STATE_HOME": "post"}, "/home/kim/.local/state/rundbrief"),
        ({"XDG_STATE_HOME": ""}, "/home/kim/.local/state/rundbrief"),
        ({}, "/home/kim/.local/state/rundbrief"),
    ],
)
def test_the_folder_is_that_of_the_user(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], folder: str
) -> None:
    monkeypatch.setenv("HOME", "/home/kim")

    assert notes_folder(environment) == Path(folder)
