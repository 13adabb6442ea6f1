"""Declared fields: their declarations, and values that are checked, kept typed and spelt in one way."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import DECLARED
from sqlalchemy import Engine, select

from subscribers.attributes import attributes_of, clean_attributes, set_attributes
from subscribers.errors import BadUsage
from subscribers.fields import Field, canonical, declare, number_of
from subscribers.roster import Added
from subscribers.schema import attribute

Put = Callable[..., Added]


def test_values_are_kept_typed_and_as_they_are_shown(engine: Engine, put: Put, now: datetime) -> None:
    kim = put("kim@example.org").subscriber_id
    values = {"Mitarbeiter": " 1.200,50 ", "mitglied_seit": "1.2.2003", "betrieb": "Yes", "rolle": "GAST"}

    with engine.begin() as connection:
        assert set_attributes(connection, kim, values, DECLARED, now)

        shown = {"betrieb": "ja", "mitarbeiter": "1200,5", "mitglied_seit": "2003-02-01", "rolle": "Gast"}
        assert attributes_of(connection, [kim]) == {kim: shown}
        rows = {row.name: row for row in connection.execute(select(attribute))}
        assert (rows["mitarbeiter"].number, rows["mitglied_seit"].day) == (1200.5, date(2003, 2, 1))
        assert (rows["rolle"].text_key, rows["betrieb"].number) == ("gast", 1)


def test_the_same_value_in_another_spelling_is_no_change(engine: Engine, put: Put, now: datetime) -> None:
    kim = put("kim@example.org").subscriber_id

    with engine.begin() as connection:
        set_attributes(connection, kim, {"mitarbeiter": "12", "innung": "Holz"}, DECLARED, now)

        assert not set_attributes(connection, kim, {"mitarbeiter": "12,0"}, DECLARED, now)
        assert set_attributes(connection, kim, {"mitarbeiter": "13"}, DECLARED, now)
        assert set_attributes(connection, kim, {"innung": ""}, DECLARED, now)
        assert attributes_of(connection, [kim]) == {kim: {"mitarbeiter": "13"}}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"mitarbeitr": "3"}, "Did you mean mitarbeiter?"),
        ({"mitarbeiter": "viele"}, "not a number"),
        ({"mitarbeiter": "1.200"}, "Write 1200 or 1,200"),
        ({"mitarbeiter": "1" * 16}, "too large"),
        ({"mitglied_seit": "15.3.23"}, "Write it as 2026-11-24"),
        ({"mitglied_seit": "30.2.2024"}, "not a day"),
        ({"betrieb": "vielleicht"}, "yes or no"),
        ({"rolle": "Gesell"}, "Did you mean Geselle?"),
        ({"rolle": "zzz"}, "Choose from Inhaber, Geselle, Gast"),
        ({"innung": "x" * 501}, "longer than 500"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    engine: Engine, put: Put, now: datetime, values: dict[str, str], words: str
) -> None:
    kim = put("kim@example.org").subscriber_id

    with engine.begin() as connection:
        with pytest.raises(BadUsage) as caught:
            set_attributes(connection, kim, {"innung": "Holz", **values}, DECLARED, now)

        assert words in str(caught.value)
        assert attributes_of(connection, [kim]) == {}


@given(st.floats(min_value=-9e14, max_value=9e14))
def test_a_number_that_was_kept_is_read_as_itself(number: float) -> None:
    field = Field("mitarbeiter", "number")
    try:
        kept = canonical(field, f"{number:.3f}".replace(".", ","))
    except BadUsage:
        pytest.fail("a plain number was refused")

    assert canonical(field, kept) == kept
    assert number_of(kept) == float(f"{number:.3f}")


@given(st.sampled_from(sorted(DECLARED)), st.text())
def test_any_text_is_a_value_or_a_problem_and_keeping_twice_changes_nothing(name: str, text: str) -> None:
    try:
        kept = clean_attributes({name: text}, DECLARED)
    except BadUsage:
        return

    assert clean_attributes(kept, DECLARED) == kept


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"Mitglied": "text"}, "cannot name a field"),
        ({"mit-glied": "text"}, "cannot name a field"),
        ({"kreis": "text"}, "has a meaning already"),
        ({"tags": "text"}, "has a meaning already"),
        ({"und": "text", "or": "text"}, "has a meaning already"),
        ({"alter": "nummer"}, "unknown type"),
        ({"alter": "numbr"}, "did you mean number"),
        ({"rolle": []}, "needs a list"),
        ({"rolle": ["Gast", "GAST"]}, "different choices"),
        ({"rolle": ["Gast", " "]}, "different choices"),
        ({f"feld{number}": "text" for number in range(101)}, "100 are the most"),
    ],
)
def test_a_declaration_that_does_not_work_is_refused(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        declare(table)
