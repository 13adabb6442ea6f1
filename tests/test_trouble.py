"""Trouble with database, disk, key and output is one sentence with its place, never a traceback."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mailer import migrations
from mailer.cli.office import Office
from subscribers.address import parse_address
from subscribers.database import open_database
from subscribers.errors import Problem, Refused, TryLater
from subscribers.suppression import key_hash, suppress
from subscribers.trouble import database_trouble, system_trouble
from tests import frontdoor
from tests.conftest import ROOT
from tests.small_workspace import make_office

CONSENT = ("--source", "Messe", "--consented-on", "2025-01-02")
FOREIGN = "CREATE TABLE kasse (id INTEGER)"


def rundbrief(*arguments: str, cwd: Path, code: str = "", **more: Any) -> frontdoor.Done:
    """A command; with `code` before it, or `more` for the process, in an interpreter of its own."""
    if not code and not more.keys() - {"env"}:
        return frontdoor.rundbrief(*arguments, cwd=cwd, **more)
    program = ["-c", f"{code}; from mailer.__main__ import main; main()"] if code else ["-m", "mailer"]
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "env": {}, **more}
    options["env"] = os.environ | {"PYTHONPATH": str(ROOT)} | options["env"]
    return subprocess.run(
        [sys.executable, *program, *arguments],
        **(options | {"cwd": cwd, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "text": True}),
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_office(tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def database(folder: Path) -> Path:
    """The file of a database with one person."""
    assert rundbrief("subscribers", "add", "ada@example.org", *CONSENT, cwd=folder).returncode == 0
    return folder / "var" / "rundbrief.db"


def use(folder: Path, url: str) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("sqlite:///var/rundbrief.db", url), "utf-8")


def one_sentence(done: "subprocess.CompletedProcess[str]", code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def damage(database: Path) -> None:
    data = bytearray(database.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    database.write_bytes(data)


def replace_by_folder(database: Path) -> None:
    database.unlink()
    database.mkdir()


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (damage, "The database is damaged"),
        (replace_by_folder, "cannot be opened"),
        (lambda path: path.write_bytes(b"Liebe Mitglieder, " * 500), "not a database"),
    ],
    ids=["damaged", "folder", "letter"],
)
def test_a_file_that_is_no_database_is_named(
    folder: Path, database: Path, break_it: Callable[[Path], object], sentence: str
) -> None:
    break_it(database)

    one_sentence(rundbrief("subscribers", "list", cwd=folder), 1, sentence, str(database))


def test_a_folder_that_takes_no_file_is_named(folder: Path) -> None:
    use(folder, "sqlite:////proc/rundbrief.db")

    one_sentence(rundbrief("subscribers", "list", cwd=folder), 1, "/proc/rundbrief.db", "cannot be made")


def test_a_folder_that_does_not_exist_is_not_made(folder: Path, tmp_path: Path) -> None:
    use(folder, f"sqlite:///{tmp_path}/platte/rundbrief.db")

    one_sentence(rundbrief("subscribers", "list", cwd=folder), 3, str(tmp_path / "platte"), "does not exist")
    assert not (tmp_path / "platte").exists()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nirgends.invalid"])
def test_a_server_that_does_not_answer_may_do_so_later(folder: Path, host: str) -> None:
    pytest.importorskip("psycopg")
    url = {"RUNDBRIEF_DATABASE_URL": f"postgresql+psycopg://kim:geheim@{host}/x?connect_timeout=2"}

    done = rundbrief("subscribers", "list", cwd=folder, env=url)

    one_sentence(done, 75, "does not answer", f"kim:***@{host}")
    assert "geheim" not in done.stderr


def test_a_missing_driver_names_what_to_install(folder: Path) -> None:
    use(folder, "postgresql+psycopg://kim@127.0.0.1/x")

    done = rundbrief("mailing", "list", cwd=folder, code="import sys; sys.modules['psycopg'] = None")

    one_sentence(done, 3, "psycopg", "pip install 'rundbrief[postgres]'")


def test_the_errors_of_a_real_database_are_told_apart(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/x.db")

    def told(*statements: str) -> tuple[type[Problem], str]:
        with engine.connect() as connection:
            for statement in statements[:-1]:
                connection.execute(text(statement))
            with pytest.raises(OperationalError) as caught:
                connection.execute(text(statements[-1]))
        problem = database_trouble(caught.value)
        assert problem is not None
        assert problem.place == f"{tmp_path}/x.db"
        return type(problem), problem.message

    full = told("PRAGMA max_page_count = 2", "CREATE TABLE a (x)", "CREATE TABLE b (x)")
    readonly = told("PRAGMA query_only = ON", "CREATE TABLE a (x)")
    engine.dispose()

    assert full == (Problem, "There is no space left for the database.")
    assert readonly == (Problem, "The database cannot be written.")


def test_a_held_database_is_for_later_and_a_wrong_statement_is_a_bug(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(tmp_path / "x.db", timeout=0, isolation_level=None)) as one,
        closing(sqlite3.connect(tmp_path / "x.db", timeout=0, isolation_level=None)) as other,
    ):
        one.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError) as held:
            other.execute("BEGIN IMMEDIATE")
        one.execute("COMMIT")
        with pytest.raises(sqlite3.OperationalError) as wrong:
            one.execute("SELECT nothing FROM nowhere")

    assert isinstance(database_trouble(held.value), TryLater)
    assert database_trouble(wrong.value) is None
    assert database_trouble(ValueError("locked")) is None


def test_an_error_of_the_disk_names_its_file(folder: Path) -> None:
    (folder / "stein").write_text("keine Mappe", "utf-8")

    one_sentence(rundbrief("init", "stein", cwd=folder), 1, "stein: File exists")
    told = system_trouble(OSError(errno.ENOSPC, "No space left on device", "var/x"))
    assert str(told) == "var/x: No space left on device."


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_cannot_be_written_is_a_failure(folder: Path, database: Path, unbuffered: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        buffering = {"PYTHONUNBUFFERED": unbuffered}
        done = rundbrief("subscribers", "list", cwd=folder, stdout=full, env=buffering)

    one_sentence(done, 1, "The output cannot be written: No space left")


def test_a_closed_output_is_a_failure_for_who_has_something_to_say(folder: Path, database: Path) -> None:
    def close() -> None:
        os.close(1)

    listed = rundbrief("subscribers", "list", cwd=folder, preexec_fn=close)
    left = rundbrief("subscribers", "unsubscribe", "ada@example.org", cwd=folder, preexec_fn=close)

    one_sentence(listed, 1, "The output cannot be written")
    assert left.returncode == 0
    assert "unsubscribed" in rundbrief("subscribers", "list", cwd=folder).stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_met_with_silence(folder: Path, database: Path, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    buffering = {"PYTHONUNBUFFERED": unbuffered}
    done = rundbrief("subscribers", "list", cwd=folder, stdout=writing, env=buffering)

    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_the_tables_of_others_stay_alone(folder: Path) -> None:
    (folder / "var" / "rundbrief.db").unlink()
    with closing(sqlite3.connect(folder / "var" / "rundbrief.db")) as others:
        others.execute(FOREIGN)

    for command in ("migrate", "mailing list"):
        done = rundbrief(*command.split(), cwd=folder)
        one_sentence(done, 5, "kasse", "not made by Rundbrief")

    with closing(sqlite3.connect(folder / "var" / "rundbrief.db")) as others:
        assert others.execute("SELECT name FROM sqlite_master").fetchall() == [("kasse",)]


def no_more(office: Office, address: str) -> None:
    with office.engine.begin() as connection:
        hashed = key_hash(office.secret, parse_address(address).key)
        suppress(connection, hashed, "complaint", "office", datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize("foreign", [None, "ab" * 32 + "\n"])
def test_with_a_lost_or_foreign_key_nobody_is_revived(folder: Path, foreign: str | None) -> None:
    no_more(Office(str(folder / "config.toml")), "ida@example.org")
    key = folder / "var" / "secret.key"
    key.unlink() if foreign is None else key.write_text(foreign)

    added = rundbrief("subscribers", "add", "ida@example.org", *CONSENT, cwd=folder)
    sent = rundbrief("run", "--only", "sender", "--until-done", cwd=folder)

    for done in (added, sent):
        one_sentence(done, 5, "The key in var/secret.key does not fit this database", "from the backup")
    assert key.exists() == (foreign is not None)


def test_the_right_key_opens_the_database_again(folder: Path) -> None:
    no_more(Office(str(folder / "config.toml")), "ida@example.org")
    key = folder / "var" / "secret.key"
    away = key.rename(folder / "key")
    with pytest.raises(Refused):
        _ = Office(str(folder / "config.toml")).secret

    away.rename(key)

    one_sentence(
        rundbrief("subscribers", "add", "ida@example.org", *CONSENT, cwd=folder), 5, "suppression list"
    )


def make_older(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same person in a database as the first version made it."""
    now = database.rename(database.with_name("now.db"))
    engine = open_database(f"sqlite:///{database}")
    with monkeypatch.context() as first:
        first.setattr(migrations, "HEAD", "0001")
        migrations.upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(database, isolation_level=None)) as raw:
        columns = ", ".join(row[1] for row in raw.execute("PRAGMA table_info(subscriber)"))
        raw.execute("ATTACH ? AS now", (str(now),))
        raw.execute(f"INSERT INTO subscriber ({columns}) SELECT {columns} FROM now.subscriber")


def test_a_database_from_before_the_stamp_gets_one_with_its_own_key_only(
    folder: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(database, monkeypatch)
    key = folder / "var" / "secret.key"
    own = key.read_text()

    older = rundbrief("subscribers", "list", cwd=folder)
    migrated = rundbrief("migrate", cwd=folder)
    key.unlink()
    lost = rundbrief("subscribers", "list", cwd=folder)
    key.touch(mode=0o600)
    key.write_text("ab" * 32)
    foreign = rundbrief("subscribers", "list", cwd=folder)
    key.write_text(own)
    right = rundbrief("subscribers", "list", cwd=folder)

    assert [each.returncode for each in (older, migrated, lost, foreign, right)] == [5, 0, 5, 5, 0]
    with closing(sqlite3.connect(database)) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM stamp")]
    assert [name for name in names if not name.startswith("instance:")] == ["secret"]
