"""People come on a newsletter with a proof, leave at once, and nobody brings them back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from invented import SECRET
from sqlalchemy import Engine, select

from subscribers.address import parse_address
from subscribers.consent import Consent, verify
from subscribers.errors import BadUsage, Problem, Refused
from subscribers.roster import Added, add, find, list_people, show, subscription_by_token, unsubscribe
from subscribers.schema import subscriber
from subscribers.suppression import key_hash, suppress

Put = Callable[..., Added]


def test_a_person_is_found_by_any_spelling(engine: Engine, put: Put) -> None:
    put("Kontakt@Müller.example", nachname="  Müller-Lüdenscheid ", kreis="Kreis\tGütersloh")

    with engine.connect() as connection:
        person = find(connection, parse_address("KONTAKT@xn--mller-kva.example"))
        twin = connection.scalar(select(subscriber.c.kreis_key))

    assert person is not None
    assert (person.email, person.nachname) == ("Kontakt@müller.example", "Müller-Lüdenscheid")
    assert (person.kreis, twin) == ("Kreis Gütersloh", "kreis gütersloh")


def test_without_a_consent_a_subscription_is_pending(engine: Engine, put: Put) -> None:
    added = put("kim@example.org", pending=True)

    with engine.connect() as connection:
        card = show(connection, parse_address("kim@example.org"))

    assert (added.state, added.outcome) == ("pending", "new")
    assert card is not None
    assert card.subscriptions[0].basis == "ungeklärt"
    assert card.consents == ()


def test_a_consent_makes_a_pending_subscription_active_with_its_proof(engine: Engine, put: Put) -> None:
    put("kim@example.org", pending=True)

    first, second = put("kim@example.org"), put("kim@example.org")

    with engine.connect() as connection:
        card = show(connection, parse_address("kim@example.org"))
        assert verify(connection) == []
    assert (first.outcome, second.outcome) == ("changed", "unchanged")
    assert card is not None
    assert (card.subscriptions[0].state, card.subscriptions[0].basis) == ("active", "einwilligung")
    assert [event["kind"] for event in card.consents] == ["confirmed"]


def test_who_only_asked_stays_pending(engine: Engine, now: datetime) -> None:
    asked = Consent("asked", now, "Anmeldeformular")

    with engine.begin() as connection:
        added = add(
            connection, parse_address("kim@example.org"), {}, "report", secret=SECRET, now=now, consent=asked
        )

    assert added.state == "pending"


def test_known_fields_are_completed_and_never_erased(engine: Engine, put: Put) -> None:
    put("kim@example.org", vorname="Kim", ort="Hamm")

    again = put("kim@example.org", vorname="", nachname="Yilmaz", ort="Soest")

    with engine.connect() as connection:
        person = find(connection, parse_address("kim@example.org"))
    assert again.outcome == "changed"
    assert person is not None
    assert (person.vorname, person.nachname, person.ort) == ("Kim", "Yilmaz", "Soest")


def test_fields_that_cannot_be_kept_are_refused(put: Put) -> None:
    with pytest.raises(BadUsage, match="no field 'shoe'"):
        put("kim@example.org", shoe="44")
    with pytest.raises(BadUsage, match="longer than 500"):
        put("kim@example.org", ort="x" * 501)


def test_nobody_who_left_comes_back_and_nothing_of_theirs_changes(
    engine: Engine, put: Put, now: datetime
) -> None:
    added = put("kim@example.org", ort="Hamm")
    with engine.begin() as connection:
        unsubscribe(connection, added.subscription_id, "Brief", now)

    with pytest.raises(Refused) as caught:
        put(" KIM@example.org", ort="Soest")

    with engine.connect() as connection:
        person = find(connection, parse_address("kim@example.org"))
    assert "left report on 2026-11-24" in str(caught.value)
    assert caught.value.hint
    assert person is not None
    assert person.ort == "Hamm"


def test_nobody_on_the_suppression_list_comes_in_by_any_tag(engine: Engine, put: Put, now: datetime) -> None:
    with engine.begin() as connection:
        suppress(connection, key_hash(SECRET, "kim@example.org"), "complaint", "Postfach", now)

    with pytest.raises(Refused, match="suppression list"):
        put("Kim+neu@example.org")

    with engine.connect() as connection:
        assert find(connection, parse_address("kim+neu@example.org")) is None


def test_leaving_is_recorded_once_and_for_one_newsletter(engine: Engine, put: Put, now: datetime) -> None:
    added = put("kim@example.org")
    put("kim@example.org", "presse")

    with engine.begin() as connection:
        first = unsubscribe(connection, added.subscription_id, "link", now, "zu viel")
        second = unsubscribe(connection, added.subscription_id, "link", now + timedelta(hours=1))

    with engine.connect() as connection:
        card = show(connection, parse_address("kim@example.org"))
        assert verify(connection) == []
    assert (first, second) == (True, False)
    assert card is not None
    assert {one.newsletter: one.state for one in card.subscriptions} == {
        "report": "unsubscribed",
        "presse": "active",
    }
    withdrawn = [event for event in card.consents if event["kind"] == "withdrawn"]
    assert [event["source"] for event in withdrawn] == ["link: zu viel"]


def test_leaving_twice_at_once_is_recorded_once(engine: Engine, put: Put, now: datetime) -> None:
    from concurrent.futures import ThreadPoolExecutor

    added = put("kim@example.org")

    def leave(_: int) -> bool:
        with engine.begin() as connection:
            return unsubscribe(connection, added.subscription_id, "link", now)

    with ThreadPoolExecutor(4) as workers:
        answers = list(workers.map(leave, range(8)))

    with engine.connect() as connection:
        card = show(connection, parse_address("kim@example.org"))
    assert answers.count(True) == 1
    assert card is not None
    assert [event["kind"] for event in card.consents] == ["confirmed", "withdrawn"]


@pytest.mark.parametrize(
    "bend",
    ["{}", " {}\n", "3D{}", "=3D{}", "{}>", "{}.", "{}).", "3d{}>."],
)
def test_a_bent_token_still_finds_its_subscription(engine: Engine, put: Put, bend: str) -> None:
    added = put("kim@example.org")
    with engine.connect() as connection:
        _, place = next(list_people(connection))
        bent = bend.format(place.token.upper())

        found = subscription_by_token(connection, bent)

    assert found is not None
    assert found.id == added.subscription_id


@pytest.mark.parametrize("token", ["", "kim", "0" * 32, "0" * 33, "%00", "é" * 32, "a" * 100_000])
def test_a_wrong_token_finds_nobody(engine: Engine, put: Put, now: datetime, token: str) -> None:
    put("kim@example.org")

    with engine.begin() as connection:
        assert subscription_by_token(connection, token) is None
        with pytest.raises(Problem):
            unsubscribe(connection, token, "link", now)


def test_the_list_is_read_page_by_page(engine: Engine, put: Put) -> None:
    for number in range(5):
        put(f"person{number}@example.org")
    put("person0@example.org", "presse")

    with engine.connect() as connection:
        first = list(list_people(connection, "report", limit=3))
        rest = list(list_people(connection, "report", after_id=first[-1][1].id, limit=3))
        everything = list(list_people(connection))

    assert [person.email for person, _ in first + rest] == [
        f"person{number}@example.org" for number in range(5)
    ]
    assert len(everything) == 6


def test_a_suppressed_address_shows_as_such(engine: Engine, put: Put, now: datetime) -> None:
    put("kim@example.org")
    put("eva@example.org")
    with engine.begin() as connection:
        suppress(connection, key_hash(SECRET, "kim@example.org"), "bounced", "Postfach", now)

    with engine.connect() as connection:
        stopped = [person.email for person, _ in list_people(connection, state="suppressed")]
        active = [person.email for person, _ in list_people(connection, state="active")]

    assert (stopped, active) == (["kim@example.org"], ["eva@example.org"])
