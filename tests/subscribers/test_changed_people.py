"""What an office corrects: fields and addresses; the consent stays, and nobody becomes two people."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from invented import SECRET
from sqlalchemy import Engine

from subscribers.address import parse_address
from subscribers.chain import verify
from subscribers.changes import change_address, change_fields
from subscribers.consent import Consent
from subscribers.errors import BadUsage, Refused
from subscribers.people import candidates
from subscribers.roster import Added, Card, add, unsubscribe
from subscribers.suppression import entry_of, key_hash, suppress

Put = Callable[..., Added]


def move(engine: Engine, person: Added, address: str, now: datetime) -> bool:
    with engine.begin() as connection:
        new = parse_address(address)
        return change_address(
            connection, person.subscriber_id, new, secret=SECRET, now=now, source="Brief vom Mai"
        )


def again(engine: Engine, address: str, at: datetime, now: datetime, *, kind: str = "imported") -> Added:
    said = Consent(kind, at, "Anruf")
    with engine.begin() as connection:
        return add(
            connection,
            parse_address(address),
            {},
            "report",
            secret=SECRET,
            now=now,
            consent=said,
            again=True,
        )


def test_a_field_is_changed_and_an_empty_text_removes_it(
    engine: Engine, put: Put, card: Callable[[str], Card], now: datetime
) -> None:
    person = put("kim@example.org", titel="Dr.", ort="Hamm").subscriber_id

    with engine.begin() as connection:
        first = change_fields(connection, person, {"titel": " ", "ort": "Soest"}, now)
        second = change_fields(connection, person, {"titel": "", "ort": "Soest"}, now)
        with pytest.raises(BadUsage, match="no field"):
            change_fields(connection, person, {"schuhe": ""}, now)

    assert (first, second) == (True, False)
    assert (card("kim@example.org").person.titel, card("kim@example.org").person.ort) == ("", "Soest")


def test_a_new_address_keeps_consent_and_history(
    engine: Engine, put: Put, card: Callable[[str], Card], now: datetime
) -> None:
    person = put("kim@alt.example.org", nachname="Yilmaz")
    put("kim@alt.example.org", "presse")

    assert move(engine, person, "kim@neu.example.org", now)

    found = card("kim@neu.example.org")
    assert found.person.nachname == "Yilmaz"
    assert [one.state for one in found.subscriptions] == ["active", "active"]
    changed = [said for said in found.consents if said["kind"] == "changed"]
    assert [said["newsletter"] for said in changed] == ["presse", "report"]
    assert changed[0]["wording"] == "Adresse geändert: kim@alt.example.org → kim@neu.example.org"
    assert changed[0]["source"] == "Brief vom Mai"
    with engine.connect() as connection:
        assert verify(connection) == []


def test_the_old_address_makes_no_second_person(engine: Engine, put: Put, now: datetime) -> None:
    move(engine, put("kim@alt.example.org"), "kim@neu.example.org", now)

    with pytest.raises(Refused, match="suppression list"):
        put("kim@alt.example.org")


def test_another_spelling_of_one_mailbox_stops_nothing(engine: Engine, put: Put, now: datetime) -> None:
    person = put("kim@example.org")

    assert move(engine, person, "Kim@example.org", now)
    assert not move(engine, person, "Kim@example.org", now)
    assert move(engine, person, "kim+brief@example.org", now)

    with engine.connect() as connection:
        assert entry_of(connection, key_hash(SECRET, "kim@example.org")) is None


def test_an_address_of_somebody_else_is_refused(engine: Engine, put: Put, now: datetime) -> None:
    put("eva@example.org")

    with pytest.raises(Refused, match="Somebody else has"):
        move(engine, put("kim@example.org"), "EVA@example.org", now)


@pytest.mark.parametrize(
    ("reason", "allowed"), [("bounced", True), ("objected", False), ("complaint", False)]
)
def test_only_a_dead_mailbox_is_left_by_a_new_address(
    engine: Engine, put: Put, now: datetime, reason: str, allowed: bool
) -> None:
    person = put("kim@example.org")
    with engine.begin() as connection:
        suppress(connection, key_hash(SECRET, "kim@example.org"), reason, "Postfach", now)

    if allowed:
        assert move(engine, person, "kim@neu.example.org", now)
    else:
        with pytest.raises(Refused, match="suppression list"):
            move(engine, person, "kim@neu.example.org", now)


def test_nobody_moves_to_a_suppressed_address(engine: Engine, put: Put, now: datetime) -> None:
    with engine.begin() as connection:
        suppress(connection, key_hash(SECRET, "eva@example.org"), "forgotten", "", now)

    with pytest.raises(Refused, match="suppression list"):
        move(engine, put("kim@example.org"), "eva+x@example.org", now)


def test_who_left_comes_back_on_a_newer_yes_only(
    engine: Engine, put: Put, card: Callable[[str], Card], now: datetime
) -> None:
    person = put("kim@example.org")
    with engine.begin() as connection:
        unsubscribe(connection, person.subscription_id, "Brief", now, "zu viel")
    later = now + timedelta(days=2)

    for at in (now - timedelta(days=1), now):
        with pytest.raises(Refused, match="No newer consent"):
            again(engine, "kim@example.org", at, later)
    with pytest.raises(Refused, match="No newer consent"):
        again(engine, "kim@example.org", now + timedelta(days=1), later, kind="asked")
    back = again(engine, "kim@example.org", now + timedelta(days=1), later)

    (place,) = card("kim@example.org").subscriptions
    assert (back.outcome, back.state) == ("changed", "active")
    assert (place.state, place.basis, place.reason) == ("active", "einwilligung", "")
    assert place.since == now + timedelta(days=1)
    assert [said["kind"] for said in card("kim@example.org").consents] == [
        "confirmed",
        "withdrawn",
        "imported",
    ]
    with engine.connect() as connection:
        assert verify(connection) == []


def test_a_tag_is_no_way_around_having_left(engine: Engine, put: Put, now: datetime) -> None:
    person = put("kim@example.org")
    with engine.begin() as connection:
        unsubscribe(connection, person.subscription_id, "Brief", now)

    with pytest.raises(Refused, match="left report"):
        put("kim+neu@example.org")
    back = again(engine, "kim+neu@example.org", now + timedelta(days=1), now + timedelta(days=2))

    assert (back.outcome, back.state) == ("new", "active")


def test_the_way_back_is_never_past_the_suppression_list(engine: Engine, put: Put, now: datetime) -> None:
    person = put("kim@example.org")
    with engine.begin() as connection:
        unsubscribe(connection, person.subscription_id, "Brief", now)
        suppress(connection, key_hash(SECRET, "kim@example.org"), "objected", "Brief", now)

    with pytest.raises(Refused, match="suppression list") as caught:
        again(engine, "kim@example.org", now + timedelta(days=1), now + timedelta(days=2))

    assert "suppression remove" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("müller", ["a@example.org", "b@example.org"]),
        ("MÜLLER kim", ["a@example.org"]),
        ("söhne", ["b@example.org"]),
        ("c@bäcker", ["c@bäckerei.example"]),
        ("xn--bckerei-5wa", ["c@bäckerei.example"]),
        ("%", []),
        ("müller nobody", []),
    ],
)
def test_people_are_found_by_a_part_of_name_firm_or_address(
    engine: Engine, put: Put, text: str, found: list[str]
) -> None:
    put("a@example.org", vorname="Kim", nachname="Müller")
    put("b@example.org", firma="Müller & Söhne")
    put("c@bäckerei.example")

    with engine.connect() as connection:
        people = candidates(connection, text)

    assert sorted(one.email for one in people) == found
