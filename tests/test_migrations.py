"""The database gets its shape on both servers, keeps its rows, and is safe from other versions."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from mailer import migrations
from mailer.delivery import mailing
from mailer.delivery.expansion import expand
from mailer.delivery.schema import delivery, variant
from mailer.migrations import HEAD, current, require_current, upgrade
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.database import open_database
from subscribers.errors import Refused
from subscribers.roster import add, show
from subscribers.rules import EVERYBODY, to_tree
from subscribers.schema import metadata
from subscribers.stamp import fits, holds_hashes, is_stamped, write_stamp
from subscribers.suppression import key_hash
from subscribers.words import TEXT_FIELDS

# Rows as every version so far could hold them: named columns only.
_TEXTS = ", ".join(f"{name}, {name}_key" for name in TEXT_FIELDS)
_EMPTY = ", ''" * 2 * len(TEXT_FIELDS)
_SUBSCRIBER = text(
    "INSERT INTO subscriber (id, email, email_key, suppression_key, smtputf8, created_at, changed_at, "
    f"{_TEXTS}) VALUES (1, 'kim@example.org', 'kim@example.org', :hash, false, :now, :now{_EMPTY})"
)
_SUBSCRIPTION = text(
    "INSERT INTO subscription (id, subscriber_id, newsletter, state, basis, token, since, changed_at) "
    "VALUES (1, :person, 'report', :state, 'einwilligung', 't', :now, :now)"
)
_MAILING = text(
    "INSERT INTO mailing (id, newsletter, issue, segment, rule, due_at, state, reason, planned_at, "
    "planned_by, envelope) "
    "VALUES (1, 'report', '2025-10', 'all', :rule, :now, 'expanding', '', :now, 'test', '{}')"
)
_VARIANT = text(
    "INSERT INTO variant (id, mailing_id, key, subject, preheader, mark, html, text) "
    "VALUES (1, 1, 'standard', 'Betreff', '', 'slot', '<p>', 'text')"
)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    made = open_database(empty_url)
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
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(_SUBSCRIPTION, {"person": 1, "state": "happy", "now": now.isoformat()})


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
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(_SUBSCRIPTION, {"person": 77, "state": "active", "now": "2026-11-24"})


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


def test_the_first_version_gets_its_stamp_table_and_keeps_its_rows(
    empty: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_version(empty, "0001", monkeypatch)
    with empty.begin() as connection:
        connection.execute(_SUBSCRIBER, {"hash": key_hash(b"x", "kim@example.org"), "now": now.isoformat()})
        connection.execute(_SUBSCRIPTION, {"person": 1, "state": "active", "now": now.isoformat()})

    upgrade(empty)

    with empty.begin() as connection:
        card = show(connection, parse_address("kim@example.org"))
        assert card is not None
        assert (current(connection), len(card.subscriptions)) == (HEAD, 1)
        assert (is_stamped(connection), holds_hashes(connection)) == (False, True)
        assert (fits(connection, b"x"), fits(connection, b"y")) == (True, False)
        write_stamp(connection, b"x")
        write_stamp(connection, b"y")
        assert (fits(connection, b"x"), fits(connection, b"y")) == (True, False)


def test_what_was_approved_before_there_were_variants_is_kept_and_goes_to_everybody(
    empty: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_version(empty, "0002", monkeypatch)
    values = {
        "hash": key_hash(b"x", "kim@example.org"),
        "now": now.isoformat(),
        "person": 1,
        "state": "active",
    }
    with empty.begin() as connection:
        for statement in (_SUBSCRIBER, _SUBSCRIPTION, _MAILING, _VARIANT):
            connection.execute(statement, {**values, "rule": json.dumps(to_tree(EVERYBODY))})

    upgrade(empty)

    with empty.begin() as connection:
        planned = mailing.find(connection, "1")
        expand(connection, planned, 0, now)
        variants = connection.execute(select(variant.c.key, variant.c.language, variant.c.cards)).all()
        given = connection.scalars(select(delivery.c.variant)).all()
    assert planned.selection is None
    assert [tuple(each) for each in variants] == [("standard", "", [])]
    assert given == ["standard"]


def test_a_second_mailing_of_an_issue_was_for_those_who_had_not_got_it(
    empty: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_version(empty, "0006", monkeypatch)
    values = {"now": now.isoformat(), "rule": json.dumps(to_tree(EVERYBODY))}
    with empty.begin() as connection:
        connection.execute(_MAILING, values)
        for number, issue, state in (
            (2, "2025-10", "done"),
            (3, "2025-10", "cancelled"),
            (4, "2025-11", "done"),
        ):
            text_of = str(_MAILING).replace("VALUES (1,", f"VALUES ({number},").replace("expanding", state)
            connection.execute(text(text_of.replace("2025-10", issue)), values)

    upgrade(empty)

    with empty.begin() as connection:
        kinds = [
            (each.id, each.kind) for each in sorted(mailing.list_mailings(connection), key=lambda m: m.id)
        ]
    assert kinds == [(1, "issue"), (2, "late"), (3, "issue"), (4, "issue")]


def _make_version(empty: Engine, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database as an older program left it."""
    with monkeypatch.context() as older:
        older.setattr(migrations, "HEAD", version)
        upgrade(empty)


def test_two_processes_may_make_the_database_at_once(empty_url: str) -> None:
    code = (
        "import sys; from subscribers.database import open_database; "
        "from mailer.migrations import require_current; require_current(open_database(sys.argv[1]))"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, empty_url]) for _ in range(3)]

    assert [one.wait(60) for one in started] == [0, 0, 0]


def test_the_version_is_read_without_alembic() -> None:
    code = "import sys, mailer.migrations; print('alembic' in sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "False"
