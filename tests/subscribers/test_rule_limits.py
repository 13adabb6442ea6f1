"""The limits of a rule are said as they are, and a number with a comma gets its hint."""

import re

import pytest

from subscribers.errors import BadUsage
from subscribers.fields import declare
from subscribers.leaves import MAX_LIST
from subscribers.rules import from_tree
from subscribers.ruletext import parse

FIELDS = declare({"betriebsgroesse": "number"})


def tree(*lists: int) -> dict[str, object]:
    parts = [{"f": "ort", "op": "in", "v": [str(each) for each in range(many)]} for many in lists]
    return {"v": 2, "where": {"any": parts}}


def test_the_limits_of_values_are_reached() -> None:
    assert from_tree(tree(*[MAX_LIST] * 10)) is not None


@pytest.mark.parametrize(
    ("lists", "said"),
    [((MAX_LIST + 1,), "1 to 500 values"), ((MAX_LIST,) * 11, "500 values in a list and 5,000 in all lists")],
)
def test_both_errors_name_the_limit_of_a_list(lists: tuple[int, ...], said: str) -> None:
    with pytest.raises(BadUsage, match=re.escape(said)):
        from_tree(tree(*lists))


@pytest.mark.parametrize("text", ["betriebsgroesse = 12,5", "betriebsgroesse > -12,5 and ort = Köln"])
def test_a_number_with_a_comma_gets_a_hint(text: str) -> None:
    with pytest.raises(BadUsage) as caught:
        parse(text, FIELDS)

    number = re.findall(r"-?12", text)[0]
    assert f'"{number},5"' in str(caught.value)
    assert f"or write {number}.5" in str(caught.value)
    assert parse("betriebsgroesse in (12,5)", FIELDS) == parse("betriebsgroesse in (12, 5)", FIELDS)


def test_another_comma_gets_none() -> None:
    with pytest.raises(BadUsage) as caught:
        parse("ort = Köln, Hamm", FIELDS)

    assert "number" not in str(caught.value)
