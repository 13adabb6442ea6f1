"""`subscribers show` starts at once, and where anything is out of order it says the same as every command."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.frontdoor import Done, rundbrief
from tests.small_workspace import add_people, make_office

HEAVY = ("sqlalchemy", "pydantic", "alembic", "rich", "asyncio", "email_validator")
TELL = f"""
import atexit, sys
atexit.register(lambda: print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr))
from mailer.__main__ import main; main()
"""


@pytest.fixture
def folder(tmp_path: Path, now: datetime) -> Path:
    """A workspace with two people."""
    office = make_office(tmp_path / "w")
    add_people(office, ["kim@example.org", "eva@bäckerei.example"], now)
    office.engine.dispose()
    return tmp_path / "w"


def run(folder: Path, *arguments: str, code: str = "") -> Done:
    """A command; with `code`, that is the program instead, in an interpreter of its own."""
    if not code:
        return rundbrief(*arguments, cwd=folder)
    command = [sys.executable, "-c", code, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def show(folder: Path, who: str = "kim@example.org") -> Done:
    return run(folder, "subscribers", "show", who, "--json")


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "var" / "rundbrief.db")) as database, database:
        database.execute(statement)


def test_showing_one_person_needs_none_of_the_large_libraries(folder: Path) -> None:
    done = run(folder, "subscribers", "show", "KIM@example.org", "--json", code=TELL)

    assert (done.returncode, done.stderr) == (0, "[]\n")
    found = json.loads(done.stdout)
    assert (found["email"], found["subscriptions"][0]["state"]) == ("kim@example.org", "active")
    assert (found["topics"], found["suppression"]) == ([], None)


def test_listing_them_needs_no_check_of_the_config(folder: Path) -> None:
    done = run(folder, "subscribers", "list", "--json", code=TELL)

    assert done.returncode == 0
    assert "pydantic" not in done.stderr
    assert len(json.loads(done.stdout)) == 2


def test_a_person_is_found_by_name_and_by_an_address_with_umlauts(folder: Path) -> None:
    by_name, by_address = show(folder, "Muster1"), show(folder, "eva@Bäckerei.example")

    assert by_name.stdout == by_address.stdout
    assert json.loads(by_name.stdout)["email"] == "eva@bäckerei.example"


def test_what_was_written_a_moment_ago_is_seen(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "var" / "rundbrief.db")) as writer:
        writer.execute("UPDATE subscriber SET ort = 'Hamm'")
        before = json.loads(show(folder).stdout)["ort"]
        writer.commit()

        after = json.loads(show(folder).stdout)["ort"]

    assert (before, after) == ("", "Hamm")


@pytest.mark.parametrize("key", [None, "ab" * 32])
def test_a_key_that_does_not_fit_is_refused(folder: Path, key: str | None) -> None:
    place = folder / "var" / "secret.key"
    place.unlink() if key is None else place.write_text(key)

    done = show(folder)

    assert (done.returncode, done.stdout) == (5, "")
    assert "The key in var/secret.key does not fit this database" in done.stderr


def test_a_key_that_others_may_read_is_refused(folder: Path) -> None:
    (folder / "var" / "secret.key").chmod(0o644)

    done = show(folder)

    assert done.returncode == 3
    assert "can be read by others" in done.stderr


@pytest.mark.parametrize(
    ("version", "words"), [("0001", "has version 0001"), ("9999", "made by a newer Rundbrief")]
)
def test_a_database_of_another_version_is_refused(folder: Path, version: str, words: str) -> None:
    change(folder, f"UPDATE alembic_version SET version_num = '{version}'")

    done = show(folder)

    assert done.returncode == 5
    assert words in done.stderr


def test_a_file_that_is_no_database_is_one_sentence(folder: Path) -> None:
    file = folder / "var" / "rundbrief.db"
    for each in (folder / "var").glob("rundbrief.db-*"):
        each.unlink()
    file.write_text("ein Brief, keine Datenbank" * 1000, "utf-8")

    done = show(folder)

    assert done.returncode == 1
    assert "This file is not a database" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_database_without_its_stamp_gets_it_back(folder: Path) -> None:
    change(folder, "DELETE FROM stamp WHERE name = 'secret'")

    assert show(folder).returncode == 0

    with closing(sqlite3.connect(folder / "var" / "rundbrief.db")) as database:
        assert database.execute("SELECT count(*) FROM stamp WHERE name = 'secret'").fetchone() == (1,)


def test_nobody_is_told_as_nobody(folder: Path) -> None:
    done = show(folder, "niemand@example.org")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: Nobody has the address niemand@example.org. rundbrief subscribers list shows all.\n"
    )
