"""One person's card is the same by SQLAlchemy and by SQLite's driver alone, and has every column."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from invented import DECLARED, SECRET
from sqlalchemy import Engine

from subscribers.address import parse_address
from subscribers.asking import asking, asking_file
from subscribers.attributes import set_attributes
from subscribers.card import Card, Entry, card_of, entry_of
from subscribers.keyhash import key_hash
from subscribers.labels import add_labels
from subscribers.person import Person
from subscribers.roster import Added, unsubscribe
from subscribers.schema import consent_event, subscriber
from subscribers.suppression import suppress
from subscribers.words import TEXT_FIELDS

Put = Callable[..., Added]
KINDS = ("voll", "leer", "wartet", "ging", "gesperrt", "zwei")


@pytest.fixture
def people(engine: Engine, put: Put, now: datetime) -> dict[str, int]:
    """One person of each kind, `KIND@example.org`, by number."""
    texts = {name: f"Ä {name} “x”" for name in TEXT_FIELDS if name not in ("language", "tone")}
    fields = {"voll": {**texts, "language": "de", "tone": "du"}}
    for kind in KINDS:
        put(f"{kind}@example.org", pending=kind == "wartet", **fields.get(kind, {}))
    put("zwei@example.org", "presse")
    with engine.begin() as connection:
        key = parse_address("voll@example.org").key
        found = card_of(asking(connection), key)
        assert found is not None
        for kind in ("topic", "tag"):
            add_labels(connection, found.person.id, kind, ["Zukunft", "bau", "Energie"], now)
        set_attributes(connection, found.person.id, {"rolle": "Gast", "betrieb": "ja"}, DECLARED, now)
        left = card_of(asking(connection), "ging@example.org")
        assert left is not None
        unsubscribe(connection, left.subscriptions[0].id, "Link", now, "zu viel")
        suppress(connection, key_hash(SECRET, "gesperrt@example.org"), "complaint", "Provider", now)
    return {kind: number for number, kind in enumerate(KINDS, 1)}


def card(engine: Engine, kind: str) -> Card | None:
    with engine.connect() as connection:
        return card_of(asking(connection), f"{kind}@example.org")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", [*KINDS, "niemand"])
def test_both_ways_give_the_same_card(engine: Engine, people: dict[str, int], kind: str) -> None:
    with asking_file(Path(str(engine.url.database))) as ask:
        found = card_of(ask, f"{kind}@example.org")
        entry = entry_of(ask, key_hash(SECRET, f"{kind}@example.org"))

    assert found == card(engine, kind)
    assert (found is None) == (kind == "niemand")
    assert (entry is not None) == (kind == "gesperrt")


def test_a_card_holds_everything(engine: Engine, people: dict[str, int], now: datetime) -> None:
    found, left, listed = card(engine, "voll"), card(engine, "ging"), card(engine, "gesperrt")

    assert found is not None
    assert left is not None
    assert listed is not None
    with engine.connect() as connection:
        row = connection.execute(subscriber.select().where(subscriber.c.id == found.person.id)).one()
        said = connection.execute(
            consent_event.select().where(consent_event.c.subscriber_id == found.person.id)
        ).one()
    assert found.person == Person(row.id, row.email, **{name: row._mapping[name] for name in TEXT_FIELDS})
    assert found.consents == (dict(said._mapping),)
    assert found.topics == found.tags == ("bau", "Energie", "Zukunft")
    assert found.attributes == {"betrieb": "ja", "rolle": "Gast"}
    (place,) = left.subscriptions
    assert (place.state, place.reason, place.state_since) == ("unsubscribed", "zu viel", now)
    assert [one["kind"] for one in left.consents] == ["confirmed", "withdrawn"]
    (place,) = listed.subscriptions
    assert (place.state, place.state_since) == ("suppressed", now)


def test_a_file_asked_alone_is_one_snapshot_and_takes_no_writing(tmp_path: Path) -> None:
    file = tmp_path / "ä b?.db"
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE t (x)")
    writer.execute("INSERT INTO t VALUES (1)")

    with asking_file(file) as ask:
        before = ask("SELECT x FROM t", {})
        writer.execute("INSERT INTO t VALUES (2)")
        after = ask("SELECT x FROM t", {})
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            ask("DELETE FROM t", {})
    writer.close()

    assert before == after == [{"x": 1}]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with (
        pytest.raises(sqlite3.OperationalError, match="unable to open") as caught,
        asking_file(tmp_path / "x"),
    ):
        pass

    assert not (tmp_path / "x").exists()
    assert caught.value.__notes__ == [f"database: {tmp_path / 'x'}"]


def test_moments_keep_their_zone_and_their_fraction(engine: Engine, put: Put) -> None:
    put("kim@example.org")
    moment = datetime(2026, 3, 29, 1, 30, 0, 250_000, tzinfo=UTC) + timedelta(hours=1)
    with engine.begin() as connection:
        suppress(connection, "h" * 64, "left", "test", moment)

    with engine.connect() as connection:
        found = entry_of(asking(connection), "h" * 64)

    assert found == Entry("left", "test", moment)
    assert found.since.tzinfo is UTC
