"""The database gives the same answer to a rule as Python, and counts only who may be mailed."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from invented import EMAILS, FIELDS, SECRET, WORDS, rules
from sqlalchemy import Engine, insert, select

from subscribers.address import parse_address
from subscribers.errors import BadUsage, Problem
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

Put = Callable[..., Added]


@pytest.fixture
def crowd(engine: Engine, now: datetime) -> dict[int, dict[str, Any]]:
    """80 people by id: every word in every field, every moment, some addresses worth asking for."""
    moments = [datetime(2026, 11, day, hour, tzinfo=UTC) for day in (23, 24, 25) for hour in (0, 8, 23)]
    choose = Random(20261124).choice
    ids: dict[int, dict[str, Any]] = {}
    with engine.begin() as connection:
        for number in range(80):
            email = EMAILS[number] if number < len(EMAILS) else f"person{number}@example.org"
            person: dict[str, Any] = {"email": email, "since": choose(moments)}
            person |= {name: choose(WORDS) for name in FIELDS}
            row = person_row(parse_address(email), {name: person[name] for name in FIELDS}, f"{number:064}")
            made = insert(subscriber).values({**row, "created_at": now, "changed_at": now})
            subscriber_id = connection.execute(made.returning(subscriber.c.id)).scalar_one()
            place = {"subscriber_id": subscriber_id, "newsletter": "report", "state": "active"}
            place |= {"token": f"{number:032}", "since": person["since"], "changed_at": now}
            connection.execute(insert(subscription).values(place))
            ids[subscriber_id] = person
    return ids


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules())
def test_the_database_and_python_agree(engine: Engine, crowd: dict[int, dict[str, Any]], rule: Rule) -> None:
    with engine.connect() as connection:
        found = set(connection.scalars(select(subscriber.c.id).join(subscription).where(condition(rule))))

    assert found == {number for number, person in crowd.items() if match(rule, person)}


@pytest.mark.parametrize(
    "text",
    [
        "email contains großmann.de or email = INFO@bäckerei-großmann.example",
        "email contains bäckerei-großmann",
        "firma contains '%' and not firma contains _",
        "kreis = 'STRASSE'",
        "since > 2026-11-23 and since <= 2026-11-24",
    ],
)
def test_the_rules_that_are_easy_to_get_wrong_find_somebody(
    engine: Engine, crowd: dict[int, dict[str, Any]], text: str
) -> None:
    with engine.connect() as connection:
        found = list(connection.scalars(recipients(parse(text), "report")))

    assert 0 < len(found) < len(crowd)
    assert set(found) == {number for number, person in crowd.items() if match(parse(text), person)}


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
