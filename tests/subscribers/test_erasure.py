"""Who is forgotten is nowhere any more, and stays out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from invented import SECRET
from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.engine import make_url

from subscribers.address import parse_address
from subscribers.attributes import set_attributes
from subscribers.chain import verify
from subscribers.changes import change_address
from subscribers.erasure import Certificate, empty_the_log, forget
from subscribers.errors import Problem, Refused
from subscribers.fields import declare
from subscribers.labels import add_labels
from subscribers.roster import Added, unsubscribe
from subscribers.schema import import_batch, import_change, metadata, subscriber, suppression
from subscribers.segments import add_segment
from subscribers.suppression import entry_of, key_hash, suppress
from tests.databases import ONLY_SQLITE

Put = Callable[..., Added]


def erase(engine: Engine, address: str, now: datetime) -> Certificate:
    with engine.begin() as connection:
        return forget(connection, parse_address(address), secret=SECRET, now=now)


def everything_said(connection: Connection) -> str:
    """All that stands in any column of any table."""
    tables = metadata.sorted_tables
    return "\n".join(repr(row) for table in tables for row in connection.execute(select(table)))


@pytest.fixture
def kim(engine: Engine, put: Put, now: datetime) -> int:
    """A person with something in every table of the address book."""
    added = put("Zacharias@example.org", vorname="Zacharias", nachname="Quittenbaum", firma="Quitte & Co.")
    put("zacharias@example.org", "presse")
    put("zacharias+x@example.org", vorname="Zacharias")
    person = added.subscriber_id
    with engine.begin() as connection:
        add_labels(connection, person, "topic", ["Quittenernte"], now)
        set_attributes(connection, person, {"hund": "Zacharias jr."}, declare({"hund": "text"}), now)
        batch = {"file": "liste.csv", "sha256": "0" * 64, "newsletter": "report", "at": now, "counts": {}}
        connection.execute(insert(import_batch).values(batch))
        change = {"batch_id": 1, "subscriber_id": person, "before": {"nachname": "Quittenbaum"}, "after": {}}
        connection.execute(insert(import_change).values(change))
        unsubscribe(connection, added.subscription_id, "Anruf von Zacharias", now, "Quitten reichen")
        suppress(
            connection, key_hash(SECRET, "zacharias@example.org"), "complaint", "Quittenbaum rief an", now
        )
    return person


def test_nothing_that_names_the_person_is_left_in_any_table(
    engine: Engine, put: Put, kim: int, now: datetime
) -> None:
    put("eva@example.org", vorname="Eva")
    with engine.connect() as connection:
        before = everything_said(connection).casefold()

    done = erase(engine, "ZACHARIAS@example.org", now)

    with engine.connect() as connection:
        after = everything_said(connection).casefold()
        people = connection.scalar(select(func.count()).select_from(subscriber))
        (entry,) = connection.execute(select(suppression)).all()
        assert verify(connection) == []
    assert "zacharias" in before
    assert "quitten" in before
    assert "zacharias" not in after
    assert "quitten" not in after
    assert people == 1
    assert (entry.reason, entry.source) == ("forgotten", "")
    assert done.erased == {
        "subscriber": 2,
        "label": 1,
        "attribute": 1,
        "subscription": 3,
        "consent_event": 4,
        "import_change": 1,
    }


def test_the_certificate_names_nobody(engine: Engine, kim: int, now: datetime) -> None:
    line = str(erase(engine, "zacharias@example.org", now))

    assert line.startswith("2026-11-24T08:30:00+00:00 erased: 2 subscriber, 1 label")
    assert key_hash(SECRET, "zacharias@example.org")[:12] in line
    assert "zacharias" not in line


@ONLY_SQLITE  # a PostgreSQL server clears its pages by VACUUM
def test_the_file_itself_holds_no_trace(engine: Engine, kim: int, now: datetime) -> None:
    file = Path(str(make_url(engine.url).database))

    erase(engine, "zacharias@example.org", now)

    assert empty_the_log(engine)
    kept = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    assert b"report" in kept
    assert b"zacharias" not in kept.lower()
    assert b"quittenbaum" not in kept.lower()


def test_nobody_else_loses_anything(engine: Engine, put: Put, kim: int, now: datetime) -> None:
    put("zacharias@example.net", nachname="Quittenbaum")

    erase(engine, "zacharias@example.org", now)

    with engine.connect() as connection:
        assert list(connection.scalars(select(subscriber.c.email))) == ["zacharias@example.net"]
        assert entry_of(connection, key_hash(SECRET, "zacharias@example.net")) is None


def test_who_is_only_on_the_suppression_list_is_forgotten_there(engine: Engine, now: datetime) -> None:
    hashed = key_hash(SECRET, "kim@example.org")
    with engine.begin() as connection:
        suppress(connection, hashed, "bounced", "Anruf von Kim", now)

    done = erase(engine, "kim@example.org", now)

    with engine.connect() as connection:
        entry = entry_of(connection, hashed)
    assert entry is not None
    assert (entry.reason, entry.source) == ("forgotten", "")
    assert "erased: no rows" in str(done)


def test_an_unknown_address_is_said_to_be_unknown(engine: Engine, now: datetime) -> None:
    with pytest.raises(Problem, match="Nothing is kept") as caught:
        erase(engine, "kim@example.org", now)

    assert caught.value.hint
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(suppression)) == 0


@pytest.mark.parametrize("spelling", ["KIM@example.org", "kim+neu@example.org", "alt@example.org"])
def test_who_is_forgotten_stays_out_by_any_address_they_had(
    engine: Engine, put: Put, now: datetime, spelling: str
) -> None:
    person = put("alt@example.org").subscriber_id
    with engine.begin() as connection:
        new = parse_address("kim@example.org")
        change_address(connection, person, new, secret=SECRET, now=now, source="Brief")

    erase(engine, "kim@example.org", now)

    with pytest.raises(Refused, match="suppression list"):
        put(spelling)
    with engine.connect() as connection:
        assert "alt@" not in everything_said(connection)


def test_a_segment_that_names_the_address_is_pointed_out(engine: Engine, put: Put, now: datetime) -> None:
    put("kim@example.org")
    with engine.begin() as connection:
        add_segment(connection, "ohne kim", "email != Kim@example.org", now)
        add_segment(connection, "eva", "email = eva@example.org", now)

    assert erase(engine, "kim@example.org", now).named_in == ("ohne kim",)
