"""What the periods have overtaken goes, and nothing a day earlier; who left stays out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from invented import SECRET
from sqlalchemy import Engine, Select, delete, insert, select

from subscribers.address import parse_address
from subscribers.cells import Terms
from subscribers.chain import verify
from subscribers.consent import Consent
from subscribers.errors import Refused
from subscribers.importing import import_list
from subscribers.keeping import Keeping
from subscribers.listfile import read_list
from subscribers.post import NoPostOffice
from subscribers.retention import Due, due, retain, silent
from subscribers.roster import Added, add, unsubscribe
from subscribers.schema import consent_event, import_batch, import_change, subscriber, subscription
from subscribers.suppression import entry_of, key_hash, suppress
from subscribers.undo import undo_import

Put = Callable[..., Added]
KEEPING, ZONE = Keeping(), "Europe/Berlin"


@pytest.fixture
def ask(engine: Engine) -> Callable[[str, datetime], Added]:
    """Somebody signs up and does not confirm."""

    def ask_one(address: str, at: datetime) -> Added:
        said = Consent("asked", at, "Formular")
        with engine.begin() as connection:
            return add(connection, parse_address(address), {}, "report", secret=SECRET, now=at, consent=said)

    return ask_one


def leave(engine: Engine, added: Added, at: datetime) -> None:
    with engine.begin() as connection:
        unsubscribe(connection, added.subscription_id, "Brief", at, "zu viel")


def run(engine: Engine, now: datetime) -> Due:
    with engine.begin() as connection:
        looked = due(connection, KEEPING, now, ZONE)
        assert retain(connection, KEEPING, now, ZONE) == looked
        assert not retain(connection, KEEPING, now, ZONE)
        assert verify(connection) == []
    return looked


def emails(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(subscriber.c.email).order_by(subscriber.c.email)))


def test_a_sign_up_nobody_confirmed_goes_after_a_week(
    engine: Engine, put: Put, ask: Callable[[str, datetime], Added], now: datetime
) -> None:
    ask("alt@example.org", now - timedelta(days=7, seconds=1))
    ask("jung@example.org", now - timedelta(days=7))
    put("leser@example.org", "presse")
    ask("leser@example.org", now - timedelta(days=8))
    put("liste@example.org", pending=True)

    assert run(engine, now) == Due(unconfirmed=2)

    assert emails(engine) == ["jung@example.org", "leser@example.org", "liste@example.org"]
    with engine.connect() as connection:
        kept = connection.execute(select(subscription.c.newsletter, subscription.c.state)).all()
    assert sorted(map(tuple, kept)) == [("presse", "active"), ("report", "pending"), ("report", "pending")]


def test_who_did_not_confirm_may_sign_up_again(
    engine: Engine, put: Put, ask: Callable[[str, datetime], Added], now: datetime
) -> None:
    ask("kim@example.org", now - timedelta(days=30))
    run(engine, now)

    assert put("kim@example.org").state == "active"


@pytest.mark.parametrize(
    ("left_at", "goes"),
    [
        (datetime(2022, 12, 31, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2022, 12, 31, 23, 0, 0, tzinfo=UTC), False),  # New Year in Berlin
        (datetime(2023, 6, 1, tzinfo=UTC), False),
    ],
)
def test_the_proof_of_who_left_goes_three_years_after_the_end_of_the_year(
    engine: Engine, put: Put, now: datetime, left_at: datetime, goes: bool
) -> None:
    leave(engine, put("kim@example.org"), left_at)

    assert run(engine, now) == Due(proofs=int(goes))

    assert emails(engine) == ([] if goes else ["kim@example.org"])
    with pytest.raises(Refused, match="suppression list" if goes else "left report"):
        put("kim+neu@example.org" if goes else "kim@example.org")


def test_who_reads_another_newsletter_loses_the_proof_but_not_the_no(
    engine: Engine, put: Put, now: datetime
) -> None:
    leave(engine, put("kim@example.org"), datetime(2020, 3, 1, tzinfo=UTC))
    put("kim@example.org", "presse")

    assert run(engine, now) == Due(proofs=1)

    with engine.connect() as connection:
        newsletters = list(connection.scalars(select(consent_event.c.newsletter)))
        row = connection.execute(select(subscription).where(subscription.c.newsletter == "report")).one()
        assert entry_of(connection, key_hash(SECRET, "kim@example.org")) is None
    assert newsletters == ["presse"]
    assert (row.state, row.basis, row.reason) == ("unsubscribed", "nachweis gelöscht", "")
    with pytest.raises(Refused, match="left report on 2020-03-01"):
        put("kim@example.org")


def test_who_was_stopped_long_ago_goes_and_stays_stopped(engine: Engine, put: Put, now: datetime) -> None:
    for address, year in (("alt@example.org", 2022), ("jung@example.org", 2023)):
        put(address)
        with engine.begin() as connection:
            at = datetime(year, 5, 1, tzinfo=UTC)
            suppress(connection, key_hash(SECRET, address), "bounced", "Postfach", at)

    assert run(engine, now) == Due(stopped=1)

    assert emails(engine) == ["jung@example.org"]
    with pytest.raises(Refused, match="suppression list"):
        put("alt@example.org")


def test_an_import_can_be_taken_back_for_ninety_days(engine: Engine, put: Put, now: datetime) -> None:
    person = put("kim@example.org").subscriber_id
    with engine.begin() as connection:
        for number, days in enumerate((91, 89), start=1):
            at = now - timedelta(days=days)
            batch = {"file": "x.csv", "sha256": "0" * 64, "newsletter": "report", "at": at, "counts": {}}
            connection.execute(insert(import_batch).values(batch))
            change = {"batch_id": number, "subscriber_id": person, "before": None, "after": None}
            connection.execute(insert(import_change).values(change))

    assert run(engine, now) == Due(imports=1)

    with engine.connect() as connection:
        assert list(connection.scalars(select(import_change.c.batch_id))) == [2]
        assert len(connection.execute(select(import_batch)).all()) == 2


class _Reached(NoPostOffice):
    """A post office that wrote to one person."""

    def __init__(self, address: str) -> None:
        self.address = address

    def reached_since(self, newsletter: str, since: datetime) -> Select[tuple[int]]:
        return select(subscriber.c.id).where(subscriber.c.email == self.address)


def test_who_got_no_letter_for_two_years_is_named(engine: Engine, put: Put, now: datetime) -> None:
    for address in ("still@example.org", "leser@example.org", "weg@example.org"):
        put(address)
    leave(engine, put("weg@example.org"), now)
    late = datetime(2028, 11, 25, tzinfo=UTC)
    with engine.connect() as connection:
        today = silent(connection, KEEPING, now, ("report",))
        found = silent(connection, KEEPING, late, ("report", "presse"), _Reached("leser@example.org"))

    assert today == []
    assert [(one.newsletter, one.email, one.since) for one in found] == [("report", "still@example.org", now)]


def test_who_came_by_a_list_today_is_not_silent_whatever_day_they_agreed(
    engine: Engine, now: datetime
) -> None:
    said = Consent("imported", now - timedelta(days=4 * 365), "Liste von 2022")
    with engine.begin() as connection:
        add(connection, parse_address("kim@example.org"), {}, "report", secret=SECRET, now=now, consent=said)

        today = silent(connection, KEEPING, now, ("report",))
        later = silent(connection, KEEPING, now + timedelta(days=3 * 365), ("report",))

    assert today == []
    assert [(one.email, one.since) for one in later] == [("kim@example.org", now)]


def test_who_is_on_no_newsletter_goes_after_ninety_days(engine: Engine, put: Put, now: datetime) -> None:
    for address in ("kim@example.org", "leser@example.org"):
        put(address)
    with engine.begin() as connection:
        mine = subscriber.c.email == "kim@example.org"
        theirs = subscription.c.subscriber_id == select(subscriber.c.id).where(mine).scalar_subquery()
        connection.execute(delete(subscription).where(theirs))
        chain = consent_event.c.subscriber_id == select(subscriber.c.id).where(mine).scalar_subquery()
        connection.execute(delete(consent_event).where(chain))

    early, late = run(engine, now + timedelta(days=90)), run(engine, now + timedelta(days=90, seconds=1))

    assert (early, late) == (Due(), Due(without_newsletter=1))
    assert emails(engine) == ["leser@example.org"]


def test_a_sign_up_whose_import_was_taken_back_goes_in_time(
    engine: Engine, ask: Callable[[str, datetime], Added], now: datetime, write: Callable[..., Path]
) -> None:
    ask("kim@example.org", now - timedelta(days=5))
    proof = Terms("Messe", now - timedelta(days=30), "Ja.")
    sheet = read_list(write("E-Mail", "kim@example.org"))
    report = import_list(engine, sheet, "report", secret=SECRET, now=now, terms=proof)
    undo_import(engine, report.batch or 0, {}, now)

    early, late = run(engine, now + timedelta(days=2)), run(engine, now + timedelta(days=2, seconds=1))

    assert (early, late) == (Due(), Due(unconfirmed=1))
