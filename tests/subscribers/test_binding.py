"""A proof belongs to its address, its day, its person: what is changed past the program shows in `verify`."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from click.testing import Result
from invented import SECRET
from sqlalchemy import Engine

from subscribers.roster import Added
from subscribers.suppression import key_hash
from tests.databases import ONLY_SQLITE

Run = Callable[..., Result]


def change(engine: Engine, *statements: str, **values: str) -> None:
    """Change the database as somebody with another program does, who need not care for its rules.

    A PostgreSQL server keeps foreign keys whoever writes, hence a file.
    """
    with closing(sqlite3.connect(str(engine.url.database))) as database:
        for statement in statements:
            database.execute(statement, values)
        database.commit()


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE subscriber SET email = 'wer@example.net' WHERE id = 1", "changed past the program"),
        (
            "UPDATE subscriber SET email = 'wer@example.net', email_key = 'wer@example.net' WHERE id = 1",
            "changed past the program",
        ),
        ("UPDATE subscriber SET suppression_key = 'x' WHERE id = 1", "changed past the program"),
        ("UPDATE subscription SET since = '2020-01-01 00:00:00.000000' WHERE id = 1", "not the day"),
        ("DELETE FROM subscription WHERE id = 1", "subscription of this consent is missing"),
        ("DELETE FROM subscriber WHERE id = 1", "person of this consent_event is missing"),
        ("DELETE FROM consent_event WHERE subscriber_id = 1", "newest proof says nothing"),
        (
            "UPDATE subscription SET state = 'active', basis = 'nachweis gelöscht' WHERE id = 3",
            "newest proof says nothing",
        ),
    ],
)
def test_what_is_changed_past_the_program_shows(
    run: Run, put: Callable[..., Added], engine: Engine, statement: str, words: str
) -> None:
    put("kim@example.org")
    put("eva@bäckerei-großmann.example")
    put("uli@example.org", pending=True)
    before = run("subscribers", "verify")

    change(engine, statement)
    after = run("subscribers", "verify")

    assert (before.exit_code, before.stdout) == (0, "place\twhat\n")
    assert after.exit_code == 1
    assert words in after.stdout


@ONLY_SQLITE
def test_a_moved_person_keeps_the_newest_proven_address(
    run: Run, put: Callable[..., Added], engine: Engine
) -> None:
    put("kim@example.org")
    for old, new in (("kim@example.org", "kim@example.net"), ("kim@example.net", "kim@example.com")):
        run("subscribers", "change", old, "--new-address", new)
    whole = run("subscribers", "verify")

    columns = "email = 'kim@example.net', email_key = 'kim@example.net', suppression_key = :hash"
    hashed = key_hash(SECRET, "kim@example.net")
    change(engine, f"UPDATE subscriber SET {columns} WHERE id = 1", hash=hashed)
    moved_back = run("subscribers", "verify")

    assert whole.exit_code == 0
    assert moved_back.exit_code == 1
    assert "newest proven change of address" in moved_back.stdout


@ONLY_SQLITE
def test_access_says_that_the_address_is_another(run: Run, put: Callable[..., Added], engine: Engine) -> None:
    put("kim@example.org")
    put("eva@example.org")
    change(engine, "UPDATE subscriber SET email = 'wer@example.net' WHERE id = 1")

    assert run("subscribers", "access", "kim@example.org").exit_code == 1
    assert run("subscribers", "access", "eva@example.org").exit_code == 0
