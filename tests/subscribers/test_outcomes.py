"""The outcomes of several rules: every real person is among them, and no more cases than needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import DECLARED, people, rules

from subscribers.errors import BadUsage
from subscribers.outcomes import outcomes
from subscribers.rules import Rule, match
from subscribers.ruletext import parse


def of(*texts: str) -> tuple[tuple[bool, ...], ...]:
    return outcomes([parse(text, DECLARED) for text in texts])


@given(st.lists(rules(), max_size=4), st.lists(people(), min_size=1, max_size=8))
def test_every_person_is_among_the_outcomes(several: list[Rule], persons: list[dict[str, object]]) -> None:
    try:
        found = outcomes(several)
    except BadUsage:
        return  # too much to compare: refused, never guessed

    for person in persons:
        assert tuple(match(rule, person) for rule in several) in found


def test_seven_rules_for_seven_kreise_have_eight_outcomes() -> None:
    found = of(*(f'kreis = "Kreis {number}"' for number in range(7)))

    assert len(found) == 8
    assert all(sum(answers) <= 1 for answers in found)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ((), {()}),
        (("all",), {(True,)}),
        (("ort = a", "ort = a"), {(True, True), (False, False)}),
        (("ort = Köln", "ort != KÖLN"), {(True, False), (False, True)}),
        (("ort in (a, b)", "ort in (b, c)"), {(True, False), (True, True), (False, True), (False, False)}),
        (("ort is set", "ort = a"), {(True, True), (True, False), (False, False)}),
        (("ort = a and gewerk = b", "ort = c"), {(True, False), (False, True), (False, False)}),
        (("ort = a and ort = b",), {(False,)}),
        (("ort contains a", "ort = abc"), {(True, True), (True, False), (False, False)}),
        (("since < 2024-01-01", "since >= 2024-01-01"), {(True, False), (False, True), (False, False)}),
        (("since > 2025-01-01", "since > 2024-01-01"), {(True, True), (False, True), (False, False)}),
        (("since is set",), {(True,), (False,)}),
        (("since = 0001-01-01",), {(True,), (False,)}),
        (("topic = a", "topic = b"), {(True, True), (True, False), (False, True), (False, False)}),
        (("topic = a", "topic in (A, b)"), {(True, True), (False, True), (False, False)}),
        (("topic = abc", "topic contains b"), {(True, True), (False, True), (False, False)}),
        (("tag = a", "tag is not set"), {(True, False), (False, True), (False, False)}),
        (("tag != a", "tag = a"), {(True, False), (False, True)}),
        (("topic = a", "tag != a"), {(True, True), (True, False), (False, True), (False, False)}),
        (
            ("got issue 2025-10", "got issue 2025-11"),
            {(True, True), (True, False), (False, True), (False, False)},
        ),
        (
            ("got issue x/2025-10", "never got one"),
            {(True, True), (True, False), (False, True), (False, False)},
        ),
        (("mitarbeiter < 10", "mitarbeiter >= 10"), {(True, False), (False, True), (False, False)}),
        (("mitarbeiter > 10", "mitarbeiter > 20"), {(True, True), (True, False), (False, False)}),
        (("mitarbeiter between 1 and 2", "mitarbeiter = 3"), {(True, False), (False, True), (False, False)}),
        (
            ("mitglied_seit < 2000-01-01", "mitglied_seit is set"),
            {(True, True), (False, True), (False, False)},
        ),
        (("betrieb = ja", "betrieb = nein"), {(True, False), (False, True), (False, False)}),
        (("plz < 40000", "plz = 33330"), {(True, True), (True, False), (False, False)}),
        (('email = "Kim@EXAMPLE.org"', "email = KIM@example.org"), {(True, True), (False, False)}),
    ],
)
def test_outcomes_follow_from_the_rules_alone(texts: tuple[str, ...], found: set[tuple[bool, ...]]) -> None:
    assert set(of(*texts)) == found


def test_long_lists_of_values_cost_little_because_they_count_as_one() -> None:
    lists = (", ".join(str(number) for number in range(at, at + 500)) for at in range(10_000, 13_500, 500))

    assert len(of(*(f"plz in ({values})" for values in lists))) == 8


@pytest.mark.parametrize(
    "texts",
    [
        [f"{field} = a{number}" for field in ("ort", "kreis", "plz", "firma") for number in range(11)],
        [f"ort contains {number}" for number in range(13)],
        [f"{field} contains {number}" for field in ("ort", "plz") for number in range(8)],
    ],
)
def test_too_many_cases_are_refused_with_what_to_do(texts: list[str]) -> None:
    with pytest.raises(BadUsage, match=r"too many ways.*fewer"):
        of(*texts)
