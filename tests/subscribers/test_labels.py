"""Topics and tags: kept as typed, compared folded, once for each person."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from subscribers.errors import BadUsage
from subscribers.labels import (
    Labels,
    add_labels,
    clean_labels,
    label_counts,
    labels_of,
    remove_labels,
    set_labels,
    split_labels,
)
from subscribers.roster import Added
from subscribers.schema import subscriber

Put = Callable[..., Added]


def test_a_person_has_a_label_once_in_the_first_spelling(engine: Engine, put: Put, now: datetime) -> None:
    kim = put("kim@example.org").subscriber_id

    with engine.begin() as connection:
        assert add_labels(connection, kim, "topic", ["Ausbildung", " AUSBILDUNG ", ""], now)
        assert not add_labels(connection, kim, "topic", ["ausbildung"], now)
        assert add_labels(connection, kim, "tag", ["Ausbildung", "Bäcker"], now)

        assert labels_of(connection, [kim]) == {kim: Labels(("Ausbildung",), ("Ausbildung", "Bäcker"))}


def test_setting_labels_takes_away_what_is_not_named(engine: Engine, put: Put, now: datetime) -> None:
    kim, eva = put("kim@example.org").subscriber_id, put("eva@example.org").subscriber_id

    with engine.begin() as connection:
        add_labels(connection, eva, "tag", ["Presse"], now)
        assert set_labels(connection, kim, "tag", ["Presse", "Innung"], now)
        assert not set_labels(connection, kim, "tag", ["INNUNG", "presse"], now)
        assert set_labels(connection, kim, "tag", ["Innung"], now)

        assert labels_of(connection, [kim, eva]) == {
            kim: Labels((), ("Innung",)),
            eva: Labels((), ("Presse",)),
        }


def test_removing_minds_no_spelling_and_says_whether_anything_went(
    engine: Engine, put: Put, now: datetime
) -> None:
    kim = put("kim@example.org").subscriber_id

    with engine.begin() as connection:
        add_labels(connection, kim, "topic", ["Förderung"], now)

        assert not remove_labels(connection, kim, "tag", ["Förderung"], now)
        assert remove_labels(connection, kim, "topic", ["FO\u0308RDERUNG"], now)
        assert labels_of(connection, [kim]) == {}


def test_a_changed_label_is_a_change_of_the_person(engine: Engine, put: Put, now: datetime) -> None:
    kim = put("kim@example.org").subscriber_id
    later = now + timedelta(days=1)

    with engine.begin() as connection:
        add_labels(connection, kim, "topic", ["Ausbildung"], later)

        assert connection.scalar(select(subscriber.c.changed_at)) == later


def test_labels_are_counted_over_all_spellings(engine: Engine, put: Put, now: datetime) -> None:
    people = [put(f"person{number}@example.org").subscriber_id for number in range(3)]

    with engine.begin() as connection:
        for person, name in zip(people, ("Presse", "PRESSE", "Innung"), strict=True):
            add_labels(connection, person, "tag", [name], now)
        found = label_counts(connection, "tag")

    assert [(name.casefold(), count) for name, count in found] == [("innung", 1), ("presse", 2)]


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("Presse; Innung", ("Presse", "Innung")),
        ("Presse,Innung|presse", ("Presse", "Innung")),
        ("  ", ()),
        ("zwei Wörter\nnoch eins", ("zwei Wörter", "noch eins")),
    ],
)
def test_a_cell_holds_several_labels(cell: str, labels: tuple[str, ...]) -> None:
    assert split_labels(cell) == labels


@pytest.mark.parametrize("name", ["a,b", "a;b", "x" * 101])
def test_what_is_no_single_label_is_refused(name: str) -> None:
    with pytest.raises(BadUsage):
        clean_labels([name])
