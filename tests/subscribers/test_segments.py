"""The database gives the same answer to a rule as Python, and counts only who may be mailed."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from invented import CODES, DECLARED, EDITIONS, EMAILS, FIELDS, KEPT, LABELS, SECRET, WORDS, rules
from sqlalchemy import Connection, Engine, insert, select

from mailer.delivery.schema import delivery, mailing
from subscribers.address import parse_address
from subscribers.attributes import set_attributes
from subscribers.conditions import RECEIVED, letters
from subscribers.errors import BadUsage, Problem
from subscribers.labels import set_labels
from subscribers.person import person_row
from subscribers.roster import Added, unsubscribe
from subscribers.rules import Rule
from subscribers.schema import subscriber, subscription
from subscribers.segments import (
    add_segment,
    condition,
    count,
    get_segment,
    list_segments,
    match,
    parse,
    recipients,
    remove_segment,
    rule_of,
)
from subscribers.suppression import key_hash, suppress
from subscribers.words import UNCLEAR

Put = Callable[..., Added]


@pytest.fixture
def crowd(engine: Engine, now: datetime) -> dict[int, dict[str, Any]]:
    """80 people by id: every word in every field, every moment, some addresses worth asking for."""
    moments = [datetime(2026, 11, day, hour, tzinfo=UTC) for day in (23, 24, 25) for hour in (0, 8, 23)]
    random = Random(20261124)
    ids: dict[int, dict[str, Any]] = {}
    with engine.begin() as connection:
        mailings = [_mailing(connection, edition, now) for edition in EDITIONS]
        for number in range(80):
            email = EMAILS[number] if number < len(EMAILS) else f"person{number}@example.org"
            person: dict[str, Any] = {"email": email, "since": random.choice(moments), "newsletter": "report"}
            person |= {name: random.choice(WORDS) for name in FIELDS} | {"plz": random.choice(CODES)}
            person |= {name: random.choice(values) for name, values in KEPT.items()}
            person |= {kind: random.sample(LABELS, random.randrange(4)) for kind in ("topic", "tag")}
            person["issue"] = random.sample(EDITIONS, random.randrange(4))
            ids[_put(connection, number, person, mailings, now)] = person
    return ids


def _mailing(connection: Connection, edition: str, now: datetime) -> int:
    newsletter, _, issue = edition.partition("/")
    row = {"newsletter": newsletter, "issue": issue, "segment": "all", "rule": {}, "due_at": now}
    row |= {"state": "done", "planned_at": now, "planned_by": "test"}
    made = insert(mailing).values(row).returning(mailing.c.id)
    return int(connection.execute(made).scalar_one())


def _put(
    connection: Connection, number: int, person: dict[str, Any], mailings: list[int], now: datetime
) -> int:
    """One person of the crowd; letters that were not received are there as well."""
    texts = {name: person[name] for name in (*FIELDS, "plz")}
    row = {**person_row(parse_address(person["email"]), texts, f"{number:064}"), "created_at": now}
    made = insert(subscriber).values({**row, "changed_at": now}).returning(subscriber.c.id)
    subscriber_id = int(connection.execute(made).scalar_one())
    place = {"subscriber_id": subscriber_id, "newsletter": "report", "state": "active"}
    place |= {"token": f"{number:032}", "since": person["since"], "changed_at": now}
    connection.execute(insert(subscription).values(place))
    for kind in ("topic", "tag"):
        set_labels(connection, subscriber_id, kind, person[kind], now)
    set_attributes(connection, subscriber_id, {name: person[name] for name in KEPT}, DECLARED, now)
    for edition, mailing_id in zip(EDITIONS, mailings, strict=True):
        state = RECEIVED[number % 2] if edition in person["issue"] else ("skipped", "failed")[number % 2]
        letter = {"mailing_id": mailing_id, "subscriber_id": subscriber_id, "edition": edition}
        letter |= {"variant": "standard", "state": state, "not_before": now}
        connection.execute(insert(delivery).values(letter))
    return subscriber_id


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules())
def test_the_database_and_python_agree(engine: Engine, crowd: dict[int, dict[str, Any]], rule: Rule) -> None:
    with engine.connect() as connection:
        found = set(connection.scalars(select(subscriber.c.id).join(subscription).where(condition(rule))))

    assert found == {number for number, person in crowd.items() if match(rule, person)}


EASY_TO_GET_WRONG = [
    "email contains großmann.de or email = INFO@bäckerei-großmann.example",
    "email contains bäckerei-großmann",
    "firma contains '%' and not firma contains _",
    "kreis = 'STRASSE'",
    "since > 2026-11-23 and since <= 2026-11-24",
    "plz between 33000 and 33999",
    "plz < 40000 and plz is set",
    "topic = ausbildung and not topic = Presse",
    "tag != Presse",
    "tag contains tisch or tag starts with a_",
    "got issue 2025-10 and not got issue 2025-11",
    "got issue presse/2025-10",
    "never got one",
    "mitarbeiter > 12 and mitarbeiter <= 200",
    "mitarbeiter != 12",
    'mitarbeiter in ("12,5", 0)',
    "mitglied_seit between 1999-12-31 and 2000-01-01",
    "betrieb = no",
    "betrieb is not set",
    "rolle in (inhaber, GAST)",
    'innung = "" or innung = STRASSE',
]


def test_the_rules_that_are_easy_to_get_wrong_find_somebody(
    engine: Engine, crowd: dict[int, dict[str, Any]]
) -> None:
    for text in EASY_TO_GET_WRONG:
        rule = parse(text, DECLARED)

        with engine.connect() as connection:
            found = list(connection.scalars(recipients(rule, "report")))

        assert 0 < len(found) < len(crowd), text
        assert set(found) == {number for number, person in crowd.items() if match(rule, person)}, text


COUNTED = [
    "all",
    "topic = presse",
    "not tag = presse",
    "never got one",
    "since > 2026-11-23",
    "rolle is set",
    "mitarbeiter > 12",
    "kreis = köln or topic = presse",
    "got issue 2025-10 and not email contains b",
]


def test_a_count_is_the_number_of_recipients(
    engine: Engine, crowd: dict[int, dict[str, Any]], now: datetime
) -> None:
    with engine.begin() as connection:
        for number in range(0, len(crowd), 5):
            suppress(connection, f"{number:064}", "left", "test", now)
        some = subscription.c.subscriber_id
        connection.execute(subscription.update().where(some % 7 == 0).values(state="unsubscribed"))
        connection.execute(subscription.update().where(some % 11 == 0).values(basis=UNCLEAR))

    for text in COUNTED:
        rule = parse(text, DECLARED)

        with engine.connect() as connection:
            found = connection.scalars(recipients(rule, "report")).all()
            counted = count(connection, rule, "report")

        assert counted == len(found) > 0, text
        assert len(found) < len([person for person in crowd.values() if match(rule, person)]), text


def test_the_letters_that_a_rule_asks_for_are_those_of_the_post_office() -> None:
    assert letters.name == delivery.name
    assert {column.name for column in letters.c} <= {column.name for column in delivery.c}


def test_only_active_and_not_suppressed_people_are_counted(engine: Engine, put: Put, now: datetime) -> None:
    put("active@example.org", kreis="Höxter")
    put("elsewhere@example.org", "presse", kreis="Höxter")
    put("pending@example.org", pending=True, kreis="Höxter")
    left = put("left@example.org", kreis="Höxter")
    put("bounced@example.org", kreis="Höxter")
    put("other@example.org", kreis="Lippe")
    with engine.begin() as connection:
        unsubscribe(connection, left.subscription_id, "link", now)
        suppress(connection, key_hash(SECRET, "bounced@example.org"), "bounced", "Postfach", now)

    with engine.connect() as connection:
        assert count(connection, parse("kreis = höxter"), "report") == 1
        assert count(connection, parse("all"), "report") == 2
        assert count(connection, parse("all"), "presse") == 1
        assert count(connection, parse("kreis != höxter"), "report") == 1


def test_a_segment_is_kept_as_typed_and_as_a_tree(engine: Engine, now: datetime) -> None:
    text = "gewerk in (Tischler,  Maler)"

    with engine.begin() as connection:
        add_segment(connection, "Holz und Farbe", text, now)
        found = get_segment(connection, "Holz und Farbe")

        assert (found.text, found.rule, found.created_at) == (text, parse(text), now)
        assert rule_of(connection, "Holz und Farbe") == rule_of(connection, text) == parse(text)
        assert [one.name for one in list_segments(connection)] == ["Holz und Farbe"]


def test_a_name_is_taken_once_and_free_again_after_removal(engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        add_segment(connection, "holz", "gewerk = Tischler", now)
        with pytest.raises(Problem, match="already"):
            add_segment(connection, "holz", "gewerk = Maler", now)

        remove_segment(connection, "holz")

        with pytest.raises(Problem, match="no segment"):
            remove_segment(connection, "holz")
        add_segment(connection, "holz", "gewerk = Maler", now)


def test_an_unknown_name_brings_the_similar_one_to_mind(engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        add_segment(connection, "tischler-nrw", "gewerk = Tischler", now)

        with pytest.raises(Problem) as caught:
            get_segment(connection, "tischler-nwr")
        with pytest.raises(BadUsage, match="No segment has this name either"):
            rule_of(connection, "tischler-nwr")

    assert caught.value.hint == "Did you mean tischler-nrw?"


@pytest.mark.parametrize("name", ["", " ", "all", "ALL", "x" * 65, "a\tb"])
def test_some_names_are_refused(engine: Engine, now: datetime, name: str) -> None:
    with engine.begin() as connection, pytest.raises(BadUsage):
        add_segment(connection, name, "all", now)


def test_everybody_is_always_there(engine: Engine) -> None:
    with engine.connect() as connection:
        assert get_segment(connection, "all").rule == parse("all")


@pytest.mark.parametrize("text", ["ort = Hamm oder", "gewerk ist Tischler", "(all", "not"])
def test_a_rule_with_a_slip_is_not_taken_for_a_name(engine: Engine, now: datetime, text: str) -> None:
    with engine.begin() as connection, pytest.raises(BadUsage) as caught:
        rule_of(connection, text)

    assert ("No segment" in str(caught.value)) == (text == "not")


def test_200_comparisons_are_answered(engine: Engine) -> None:
    long = " or ".join(f"(ort = x{number} and not plz = 1)" for number in range(100))

    with engine.connect() as connection:
        assert count(connection, parse(long), "report") == 0
