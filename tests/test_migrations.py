"""The database gets its shape on both servers, keeps its rows, and is safe from other versions."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

import mailer.delivery.schema  # noqa: F401 - registers its tables
from mailer import migrations
from mailer.migrations import HEAD, current, require_current, upgrade
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.database import open_database
from subscribers.errors import Refused
from subscribers.roster import add, show
from subscribers.schema import metadata
from subscribers.stamp import fits, holds_hashes, is_stamped, write_stamp


@pytest.fixture
def empty(database_url: str) -> Iterator[Engine]:
    made = open_database(database_url)
    yield made
    made.dispose()


def test_the_newest_step_is_the_head() -> None:
    steps = sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))

    assert steps[-1].name.split("_")[0] == HEAD


def test_an_empty_database_becomes_usable_without_a_word(
    empty: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    require_current(empty)

    with empty.connect() as connection:
        assert current(connection) == HEAD
    assert capfd.readouterr() == ("", "")


def test_the_steps_make_exactly_the_tables_of_the_program(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
        checks = {
            (table, check["name"])
            for table in inspect(connection).get_table_names()
            for check in inspect(connection).get_check_constraints(table)
        }

    assert differences == []
    assert checks == {
        (table.name, f"ck_{table.name}_{column.name}")
        for table in metadata.tables.values()
        for column in table.columns
        if column.constraints
    }


def test_a_word_that_is_no_state_is_refused(engine: Engine, now: datetime) -> None:
    row = "(1, 1, 'report', 'happy', '', 't', :now, :now)"

    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"INSERT INTO subscription VALUES {row}"), {"now": now.isoformat()})


def test_rows_and_the_rows_below_them_survive_another_run(engine: Engine, now: datetime) -> None:
    address = parse_address("kim@example.org")
    said = Consent("imported", now, "Liste")
    with engine.begin() as connection:
        add(connection, address, {}, "report", secret=b"x", now=now, consent=said)

    upgrade(engine)
    require_current(engine)

    with engine.connect() as connection:
        card = show(connection, address)
        assert card is not None
        assert (len(card.subscriptions), len(card.consents)) == (1, 1)


def test_foreign_keys_hold_after_an_upgrade(engine: Engine) -> None:
    row = "(1, 77, 'report', 'active', '', 't', '2026-11-24', '2026-11-24')"

    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"INSERT INTO subscription VALUES {row}"))


def test_a_newer_database_is_not_touched(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for attempt in (require_current, upgrade):
        with pytest.raises(Refused, match="newer Rundbrief"):
            attempt(engine)


def test_an_older_database_waits_for_a_person(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    with pytest.raises(Refused) as caught:
        require_current(engine)

    assert "rundbrief migrate" in str(caught.value)
    assert "Back up first" in str(caught.value)


def test_somebody_elses_database_is_refused(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE kasse (id INTEGER)"))

    with pytest.raises(Refused, match="not made by Rundbrief"):
        require_current(empty)
    with pytest.raises(Refused, match="kasse"):
        upgrade(empty)
    with empty.connect() as connection:
        assert inspect(connection).get_table_names() == ["kasse"]


def test_the_first_version_gets_its_stamp_table_and_keeps_its_rows(engine: Engine, now: datetime) -> None:
    address = parse_address("kim@example.org")
    with engine.begin() as connection:
        add(connection, address, {}, "report", secret=b"x", now=now)
        connection.execute(text("DROP TABLE stamp"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    upgrade(engine)

    with engine.begin() as connection:
        assert (current(connection), show(connection, address) is not None) == (HEAD, True)
        assert (is_stamped(connection), holds_hashes(connection)) == (False, True)
        assert (fits(connection, b"x"), fits(connection, b"y")) == (True, False)
        write_stamp(connection, b"x")
        write_stamp(connection, b"y")
        assert (fits(connection, b"x"), fits(connection, b"y")) == (True, False)


def test_two_processes_may_make_the_database_at_once(database_url: str) -> None:
    code = (
        "import sys; from subscribers.database import open_database; "
        "from mailer.migrations import require_current; require_current(open_database(sys.argv[1]))"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, database_url]) for _ in range(3)]

    assert [one.wait(60) for one in started] == [0, 0, 0]


def test_the_version_is_read_without_alembic() -> None:
    code = "import sys, mailer.migrations; print('alembic' in sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "False"
