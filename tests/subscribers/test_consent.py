"""The chain of consents shows a changed byte, a missing link, and an end that was cut off."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from subscribers.chain import Flaw
from subscribers.consent import Consent, Statement, record, record_all, verify
from subscribers.errors import BadUsage, Problem
from subscribers.network import ip_to_keep
from subscribers.roster import Added, unsubscribe
from subscribers.schema import consent_event, import_batch, subscription

SECRET = b"one secret"
COLUMNS = [column.name for column in consent_event.c if column.name != "id"]


@pytest.fixture
def chain(engine: Engine, put: Callable[..., Added], now: datetime) -> list[int]:
    """The ids of the four events of one person who left, beside another person's."""
    person = put("kim@example.org")
    put("eva@example.org")
    local = now.astimezone(ZoneInfo("Europe/Berlin"))
    with engine.begin() as connection:
        batch = {"file": "x.csv", "sha256": "0" * 64, "newsletter": "report", "at": now, "counts": {}}
        connection.execute(insert(import_batch), [batch, batch])
        for day, kind in enumerate(("changed", "asked"), start=1):
            at = local + timedelta(days=day, microseconds=7)
            said = Consent(kind, at, "Brief", "Wörtlich „so“", "Karte, Fassung 3", "192.0.2.0/24")
            record(connection, person.subscriber_id, "report", said, now, batch_id=1)
        unsubscribe(connection, person.subscription_id, "Brief", now)
        mine = consent_event.c.subscriber_id == person.subscriber_id
        return list(connection.scalars(select(consent_event.c.id).where(mine).order_by(consent_event.c.id)))


def events(flaws: list[Flaw]) -> list[int | None]:
    return [one.event for one in flaws]


def row_of(connection: Connection, number: int) -> RowMapping:
    return connection.execute(select(consent_event).where(consent_event.c.id == number)).mappings().one()


def other(value: Any) -> Any:
    """The same with one byte, one day or one step changed."""
    if isinstance(value, datetime | date):
        return value + timedelta(microseconds=1)
    if isinstance(value, int):
        return value + 1
    last = value[-1:]
    return value[:-1] + ("1" if last != "1" else "2")


def test_an_untouched_chain_is_whole(engine: Engine, chain: list[int]) -> None:
    with engine.connect() as connection:
        assert len(chain) == 4
        assert verify(connection) == []


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_byte_of_any_column_shows(engine: Engine, chain: list[int], column: str) -> None:
    with engine.begin() as connection:
        value = row_of(connection, chain[1])[column]
        changed = {"kind": "confirmed", "newsletter": "report2"}.get(column, other(value))
        connection.execute(
            update(consent_event).where(consent_event.c.id == chain[1]).values({column: changed})
        )

        assert value != changed
        assert chain[1] in events(verify(connection))


def test_a_removed_event_shows_in_the_next_one(engine: Engine, chain: list[int]) -> None:
    with engine.begin() as connection:
        connection.execute(delete(consent_event).where(consent_event.c.id == chain[1]))

        flaws = verify(connection)

    assert events(flaws) == [chain[2]]
    assert flaws[0].place == f"consent event {chain[2]} (subscriber {flaws[0].subscriber_id}, report)"


def test_a_removed_first_event_shows(engine: Engine, chain: list[int]) -> None:
    with engine.begin() as connection:
        connection.execute(delete(consent_event).where(consent_event.c.id == chain[0]))

        assert events(verify(connection)) == [chain[1]]


@pytest.mark.parametrize("whole", [True, False], ids=["with-their-digests", "without-their-digests"])
def test_two_events_in_each_others_place_show(engine: Engine, chain: list[int], whole: bool) -> None:
    kept = {"id"} if whole else {"id", "previous", "digest"}
    with engine.begin() as connection:
        first, second = row_of(connection, chain[1]), row_of(connection, chain[2])
        for number, content in ((chain[1], second), (chain[2], first)):
            values = {name: value for name, value in content.items() if name not in kept}
            connection.execute(update(consent_event).where(consent_event.c.id == number).values(values))

        assert {chain[1], chain[2]} <= set(events(verify(connection)))


def test_a_cut_off_end_shows_in_the_state_of_the_subscription(
    engine: Engine, put: Callable[..., Added], chain: list[int]
) -> None:
    with engine.begin() as connection:
        connection.execute(delete(consent_event).where(consent_event.c.id == chain[3]))

        (left,) = verify(connection)
        connection.execute(delete(consent_event))
        whole = verify(connection)

    assert (left.event, left.what) == (
        None,
        "The subscription is unsubscribed, but the newest proof says asked.",
    )
    assert [one.what for one in whole] == [
        "The subscription is unsubscribed, but the newest proof says nothing.",
        "The subscription is active, but the newest proof says nothing.",
    ]


def test_a_yes_that_was_never_given_shows(engine: Engine, put: Callable[..., Added], now: datetime) -> None:
    added = put("kim@example.org")
    with engine.begin() as connection:
        unsubscribe(connection, added.subscription_id, "Brief", now)
        connection.execute(update(subscription).values(state="active"))

        assert events(verify(connection)) == [None]


def test_the_events_of_the_first_version_still_hold(
    engine: Engine, put: Callable[..., Added], now: datetime
) -> None:
    person = put("kim@example.org").subscriber_id
    content = {
        "subscriber_id": person,
        "newsletter": "report",
        "kind": "confirmed",
        "source": "Karte",
        "wording": "",
        "wording_sha256": "",
    }
    moments = dict.fromkeys(("at", "recorded_at"), now.isoformat(timespec="microseconds"))
    text = json.dumps(content | moments, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(f"\n{text}".encode()).hexdigest()
    old = {**content, "at": now, "recorded_at": now, "previous": "", "digest": digest}
    with engine.begin() as connection:
        connection.execute(delete(consent_event))
        connection.execute(insert(consent_event).values(old))
        record(connection, person, "report", Consent("changed", now, "Brief"), now)

        assert verify(connection) == []

        for change in ({"zone": "UTC"}, {"form": "x"}, {"ip": "192.0.2.1"}):
            connection.execute(update(consent_event).values({"zone": "", "form": "", "ip": ""} | change))
            assert verify(connection) != []


def test_the_zone_stands_beside_the_instant(engine: Engine, put: Callable[..., Added], now: datetime) -> None:
    person = put("kim@example.org").subscriber_id
    at = datetime(2026, 7, 1, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    with engine.begin() as connection:
        record(connection, person, "report", Consent("changed", at, "Brief"), now)

        row = connection.execute(select(consent_event).order_by(consent_event.c.id.desc()).limit(1)).one()

    assert (row.at, row.zone) == (datetime(2026, 7, 1, 7, 30, tzinfo=UTC), "Europe/Berlin")


def test_only_one_person_may_be_verified(engine: Engine, put: Callable[..., Added], chain: list[int]) -> None:
    eva = put("eva@example.org").subscriber_id
    with engine.begin() as connection:
        connection.execute(update(consent_event).where(consent_event.c.id == chain[1]).values(source="x"))

        assert verify(connection, eva) == []
        assert verify(connection) != []


def test_many_events_at_once_make_the_same_chains(
    engine: Engine, put: Callable[..., Added], now: datetime
) -> None:
    people = [put(f"person{number}@example.org").subscriber_id for number in range(3)]
    said = [
        Statement(person, "report", Consent("changed", now, "Liste")) for person in people for _ in range(300)
    ]

    with engine.begin() as connection:
        record_all(connection, said, now)

        assert verify(connection) == []


def test_a_consent_names_its_source(now: datetime) -> None:
    with pytest.raises(Problem, match="source"):
        Consent("imported", now, "  ")
    with pytest.raises(ValueError, match="kind"):
        Consent("guessed", now, "Liste")


@pytest.mark.parametrize(
    ("mode", "given", "kept"),
    [
        ("none", "192.0.2.77", ""),
        ("kept", " 192.0.2.77 ", "192.0.2.77"),
        ("kept", "2001:DB8:0:0::7", "2001:db8::7"),
        ("kept", "fe80::7%eth0", "fe80::7"),
        ("truncated", "192.0.2.77", "192.0.2.0/24"),
        ("truncated", "2001:db8:1:2:3::7", "2001:db8:1::/48"),
        ("truncated", "::ffff:192.0.2.77", "192.0.2.0/24"),
        ("truncated", "", ""),
    ],
)
def test_of_a_network_address_is_kept_what_may_be_kept(mode: str, given: str, kept: str) -> None:
    assert ip_to_keep(given, mode, SECRET) == kept


def test_a_hashed_network_address_needs_the_key() -> None:
    hashed = ip_to_keep("192.0.2.77", "hashed", SECRET)

    assert hashed == ip_to_keep("::ffff:192.0.2.77", "hashed", SECRET)
    assert hashed != ip_to_keep("192.0.2.77", "hashed", b"another")
    assert len(hashed) <= 80


@pytest.mark.parametrize("text", ["192.0.2", "kim@example.org", "192.0.2.1, 192.0.2.2"])
@pytest.mark.parametrize("mode", ["none", "kept"])
def test_what_is_no_network_address_is_refused(text: str, mode: str) -> None:
    with pytest.raises(BadUsage, match="no network address"):
        ip_to_keep(text, mode, SECRET)


@pytest.mark.parametrize(
    ("pending", "values"),
    [
        (True, {"state": "active"}),
        (True, {"state": "active", "basis": "einwilligung"}),
        (True, {"state": "paused"}),
        (True, {"state": "suppressed"}),
        (True, {"state": "unsubscribed"}),
        (False, {"basis": "ungeklärt"}),
        (False, {"state": "pending"}),
        (False, {"state": "pending", "basis": "unbestätigt"}),
    ],
)
def test_a_state_without_its_event_shows(
    engine: Engine, put: Callable[..., Added], pending: bool, values: dict[str, str]
) -> None:
    put("kim@example.org", pending=pending)
    with engine.begin() as connection:
        assert verify(connection) == []
        connection.execute(update(subscription).values(values))

        found = verify(connection)

    assert [one.what.split(",")[0] for one in found] == [
        f"The subscription is {values.get('state', 'active')}"
    ]
