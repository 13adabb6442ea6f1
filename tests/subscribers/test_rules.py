"""The rule language: what is typed means what it says, survives every form, and errors name the place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import DECLARED, people, rules

from subscribers.errors import BadUsage, Refused
from subscribers.rules import Either, Every, Leaf, Not, Rule, from_tree, match, to_tree
from subscribers.ruletext import parse, to_text


def test_the_example_of_the_manual() -> None:
    rule = parse('kreis = "Kreis Gütersloh" and gewerk in (Tischler, Maler)')

    assert match(rule, {"kreis": "KREIS GÜTERSLOH ", "gewerk": "maler"})
    assert not match(rule, {"kreis": "Kreis Gütersloh", "gewerk": "Bäcker"})
    assert to_tree(rule) == {
        "v": 2,
        "where": {
            "all": [
                {"f": "kreis", "op": "=", "v": "Kreis Gütersloh"},
                {"f": "gewerk", "op": "in", "v": ["Tischler", "Maler"]},
            ]
        },
    }


def test_not_binds_stronger_than_and_and_that_stronger_than_or() -> None:
    rule = parse("ort = a or not ort = b AND plz = 1")

    b = Not(Leaf("ort", "=", "b"))
    assert rule.where == Either((Leaf("ort", "=", "a"), Every((b, Leaf("plz", "=", "1")))))
    assert parse("ort = a or (not ort = b and plz = 1)") == rule
    assert parse("(ort = a or not (ort = b)) and plz = 1") != rule


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ort = Köln-Süd", "Köln-Süd"),
        ("ort = St.Augustin", "St.Augustin"),
        ('ort = "Bad Salzuflen"', "Bad Salzuflen"),
        ("ort = „Bad Salzuflen“", "Bad Salzuflen"),
        ('ort = „Bad Salzuflen"', "Bad Salzuflen"),
        ("ort = »Bad Salzuflen«", "Bad Salzuflen"),
        ("ort = ‚Bad Salzuflen‘", "Bad Salzuflen"),
        ("ort = 'Bad Salzuflen'", "Bad Salzuflen"),
        ('ort = "sagt ""ja"""', 'sagt "ja"'),
        ('ort = ""', ""),
        ('ort = "and"', "and"),
        ("ORT=Ko\u0308ln", "Köln"),
    ],
)
def test_values_are_bare_words_or_stand_in_any_quotation_marks(text: str, value: str) -> None:
    assert parse(text).where == Leaf("ort", "=", value)


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("ort != x", "!="),
        ("ort in (x)", "in"),
        ("ort NOT IN (x)", "not in"),
        ("ort contains x", "contains"),
        ("ort Starts With x", "starts with"),
        ("ort is set", "is set"),
        ("ort is not set", "is not set"),
        ("since >= 2024-01-01", ">="),
        ("since < 01.01.2024", "<"),
    ],
)
def test_every_operator_can_be_typed(text: str, operator: str) -> None:
    leaf = parse(text).where

    assert isinstance(leaf, Leaf)
    assert leaf.operator == operator


def test_dates_are_days() -> None:
    assert parse("since < 1.2.2024").where == Leaf("since", "<", "2024-02-01")


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("plz between 33000 and 33999", Leaf("plz", "between", ("33000", "33999"))),
        ("plz >= 40000", Leaf("plz", ">=", "40000")),
        ("ort known", Leaf("ort", "is set")),
        ("ort is not known", Leaf("ort", "is not set")),
        ("ort not known", Leaf("ort", "is not set")),
        ("subscribed since 2025-01-01", Leaf("since", ">=", "2025-01-01")),
        ("since 1.1.2025", Leaf("since", ">=", "2025-01-01")),
        ("since between 2025-01-01 and 31.3.2025", Leaf("since", "between", ("2025-01-01", "2025-03-31"))),
        ("topic = Ausbildung", Leaf("topic", "=", "Ausbildung")),
        ("tag in (presse, „zwei Wörter“)", Leaf("tag", "in", ("presse", "zwei Wörter"))),
        ("got issue 2025-10", Leaf("issue", "=", "2025-10")),
        ("Got Issue in (2025-10, presse/2025-11)", Leaf("issue", "in", ("2025-10", "presse/2025-11"))),
        ("got issue not in (2025-10)", Leaf("issue", "not in", ("2025-10",))),
        ("never got issue 2025-10", Leaf("issue", "!=", "2025-10")),
        ("never got one", Leaf("issue", "is not set")),
        ("got none", Leaf("issue", "is not set")),
        ("got one", Leaf("issue", "is set")),
        ("Mitarbeiter > 1.200,5", Leaf("mitarbeiter", ">", "1200,5", "number")),
        ("mitarbeiter = -0.50", Leaf("mitarbeiter", "=", "-0,5", "number")),
        ("mitglied_seit < 1.2.2003", Leaf("mitglied_seit", "<", "2003-02-01", "date")),
        ("betrieb = Yes", Leaf("betrieb", "=", "ja", "yes_no")),
        ("rolle = GESELLE", Leaf("rolle", "=", "Geselle", "choice")),
        ("innung contains x", Leaf("innung", "contains", "x", "text")),
        ("ort = got", Leaf("ort", "=", "got")),
        ("ort = between", Leaf("ort", "=", "between")),
    ],
)
def test_every_field_and_its_operators_can_be_typed(text: str, leaf: Leaf) -> None:
    assert parse(text.replace("1.200,5", '"1.200,5"'), DECLARED).where == leaf


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mitarbeitr > 3", "Did you mean mitarbeiter?"),
        ("mitarbeiter > viele", "not a number"),
        ("mitarbeiter > 1.200", "Write 1200 or 1,200"),
        ("mitarbeiter > 1e5", "not a number"),
        ("mitarbeiter = ''", "is not set"),
        ("mitarbeiter contains 3", "cannot be compared"),
        ("mitarbeiter between 5 and 3", "smaller value first"),
        ("mitglied_seit = 1.2.03", "not a day"),
        ("betrieb = vielleicht", "yes or no"),
        ("rolle = Gesell", "Did you mean Geselle?"),
        ("plz < 4020a", "not a post code"),
        ("plz between 33000 and 4020", "different lengths"),
        ("plz between 33000", "and, which stands between"),
        ("got issue a/b/c", "not the key of an issue"),
        ("got letters", "got issue, got one"),
        ("ort containz x", "did you mean contains"),
        ("topic < x", "cannot be compared"),
        ("nachname > M", "cannot be compared"),
    ],
)
def test_what_does_not_fit_a_field_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(BadUsage) as caught:
        parse(text, DECLARED)

    assert "rule, character" in str(caught.value)
    assert words in str(caught.value)


def test_a_tree_of_version_1_means_the_same() -> None:
    where = {"all": [{"f": "ort", "op": "!=", "v": "Köln"}, {"f": "since", "op": "<", "v": "2024-01-01"}]}

    assert from_tree({"v": 1, "where": where}) == parse("ort != Köln and since < 2024-01-01")


def test_a_saved_rule_keeps_the_type_of_a_declared_field() -> None:
    rule = parse("mitarbeiter > 12", DECLARED)

    tree = to_tree(rule)

    assert tree["where"] == {"f": "mitarbeiter", "t": "number", "op": ">", "v": "12"}
    assert from_tree(tree) == rule


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 1, "The rule is empty"),
        ("kries = x", 1, "Did you mean kreis?"),
        ("ort = x and gewrek = y", 13, "Did you mean gewerk?"),
        ("state = active", 1, "The fields are anrede"),
        ("ort x", 5, "an operator after ort"),
        ("ort = ", 7, "the rule ends"),
        ("ort = Bad Salzuflen", 11, "and, or, or the end"),
        ("(ort = x", 9, "and, or, or )"),
        ("ort = x)", 8, "end of the rule"),
        ("ort in x", 8, "("),
        ("ort in (x y)", 11, ", or )"),
        ("ort in ()", 9, "a value"),
        ("ort = and", 7, "a value"),
        ("ort = „offen", 7, "never closed"),
        ("ort = x; drop", 8, "no meaning"),
        ("ort < x", 5, "cannot be compared"),
        ("since contains 2024", 7, "cannot be compared"),
        ("since = gestern", 7, "not a day"),
        ("since = 2024-02-30", 7, "not a day"),
        ("since > 9999-12-31", 7, "not a day"),
        ("not", 4, "a field"),
        ("all all", 5, "end of the rule"),
        ("ort = \x00", 7, "no meaning"),
        ('ort = "\x00"', 5, "control character"),
    ],
)
def test_an_error_names_the_character_and_the_next_step(text: str, at: int, words: str) -> None:
    with pytest.raises(BadUsage) as caught:
        parse(text)

    assert f"character {at}:" in str(caught.value)
    assert words in str(caught.value)


def test_all_is_everybody() -> None:
    assert parse(" ALL ") == Rule(Every(()))
    assert match(parse("all"), {})
    assert not match(parse("not all"), {})
    assert to_text(parse("all")) == "all"
    assert from_tree({"v": 1, "where": {"all": []}}) == parse("all")


@pytest.mark.parametrize(
    "text",
    [
        " and ".join(["ort = x"] * 201),
        "(" * 13 + "ort = x" + ")" * 13,
        "(" * 4000 + "ort = x" + ")" * 4000,
        "not " * 2400 + "ort = x",
        f"ort in ({','.join(['x'] * 501)})",
        "ort = " + "x" * 10_000,
    ],
    ids=["parts", "levels", "brackets", "nots", "list", "length"],
)
def test_a_rule_has_limits(text: str) -> None:
    with pytest.raises(BadUsage):
        parse(text)


@pytest.mark.parametrize(
    "tree",
    [
        None,
        [],
        {},
        {"v": 1},
        {"v": "1", "where": {"all": []}},
        {"v": True, "where": {"all": []}},
        {"v": 0, "where": {"all": []}},
        {"v": 1, "where": []},
        {"v": 1, "where": {"any": []}},
        {"v": 1, "where": {"all": {}}},
        {"v": 1, "where": {"f": "ort", "op": "=", "v": 1}},
        {"v": 1, "where": {"f": "ort", "op": "=", "v": None}},
        {"v": 1, "where": {"f": "ort", "op": "like", "v": "x"}},
        {"v": 1, "where": {"f": "state", "op": "=", "v": "x"}},
        {"v": 1, "where": {"f": ["ort"], "op": "=", "v": "x"}},
        {"v": 1, "where": {"f": "ort", "op": "in", "v": []}},
        {"v": 1, "where": {"f": "ort", "op": "in", "v": "x"}},
        {"v": 1, "where": {"f": "ort", "op": "is set", "v": "x"}},
        {"v": 1, "where": {"f": "ort", "op": "=", "v": "x\x00"}},
        {"v": 1, "where": {"f": "ort", "op": "=", "v": "\ud800"}},
        {"v": 1, "where": {"f": "ort", "op": "=", "v": "x", "or": "y"}},
        {"v": 1, "where": {"all": [], "any": []}},
        {"v": 2, "where": {"f": "mitarbeiter", "op": ">", "v": "12"}},
        {"v": 2, "where": {"f": "mitarbeiter", "t": "float", "op": ">", "v": "12"}},
        {"v": 2, "where": {"f": "ort", "t": "number", "op": ">", "v": "12"}},
        {"v": 2, "where": {"f": "a'b", "t": "text", "op": "=", "v": "12"}},
        {"v": 2, "where": {"f": "mitarbeiter", "t": ["number"], "op": ">", "v": "12"}},
        {"v": 2, "where": {"f": "mitarbeiter", "t": "number", "op": "between", "v": ["12"]}},
        {"v": 2, "where": {"f": "mitarbeiter", "t": "number", "op": "between", "v": ["12", "3"]}},
    ],
)
def test_a_tree_that_is_none_is_refused(tree: Any) -> None:
    with pytest.raises(BadUsage):
        from_tree(tree)


def test_a_tree_of_a_newer_version_is_refused() -> None:
    with pytest.raises(Refused, match="newer"):
        from_tree({"v": 3, "where": {"all": []}})


def test_a_deep_tree_is_refused_before_it_exhausts_anything() -> None:
    tree: dict[str, Any] = {"all": []}
    for _ in range(900):
        tree = {"not": tree}

    with pytest.raises(BadUsage, match="levels"):
        from_tree({"v": 1, "where": tree})


@given(rules())
def test_a_rule_survives_its_text_and_its_tree(rule: Rule) -> None:
    assert parse(to_text(rule), DECLARED) == rule
    assert from_tree(json.loads(json.dumps(to_tree(rule)))) == rule


_WORDS = (
    "ort plz since topic issue mitarbeiter betrieb got never one none between and or not in is set known "
    "contains starts with subscribed all = != < >= ( ) , „ “ 2025-10 2025-01-01 33330 12,5 ja \x00"
)


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_WORDS.split(" "))).map(" ".join)))
def test_any_text_is_a_rule_or_a_problem_with_a_place(text: str) -> None:
    found = read(text)

    if isinstance(found, BadUsage):
        assert found.place
    else:
        assert parse(to_text(found), DECLARED) == found


def read(text: str) -> Rule | BadUsage:
    try:
        return parse(text, DECLARED)
    except BadUsage as problem:
        return problem


@given(rules(), people())
def test_not_is_the_opposite(rule: Rule, person: dict[str, object]) -> None:
    assert match(Rule(Not(rule.where)), person) != match(rule, person)


def test_differs_includes_the_empty() -> None:
    assert match(parse("ort != Köln"), {"ort": ""})
    assert match(parse("ort not in (Köln)"), {})
    assert not match(parse("ort = Köln"), {})


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("ort = Hamm oder ort = Soest", "Write or instead of oder."),
        ("ort = Hamm und ort = Soest", "Write and instead of und."),
        ("ort = Hamm && ort = Soest", "Write and instead of &&."),
        ("ort == Hamm", "Write = instead of ==."),
        ("ort <> Hamm", "Write != instead of <>."),
        ("ort ist Hamm", "Write = instead of ist."),
        ("ort is Hamm", "Write = instead of is."),
        ("alle", "Write all instead of alle."),
        ("nicht ort = Hamm", "Write not instead of nicht."),
        ("ort = Bad Salzuflen", "needs marks"),
        ("ort = and", "needs marks"),
    ],
)
def test_a_word_of_another_language_is_told_the_right_one(text: str, advice: str) -> None:
    with pytest.raises(BadUsage) as caught:
        parse(text)

    assert advice in str(caught.value)
    assert ("needs marks" in str(caught.value)) == ("needs marks" in advice)
    assert "did you mean" not in str(caught.value)


def test_two_hundred_comparisons_are_taken_and_no_more() -> None:
    many = [f"ort = x{number}" for number in range(201)]

    assert len(parse(" or ".join(many[:200])).where.parts) == 200  # type: ignore[union-attr]
    with pytest.raises(BadUsage, match="200 comparisons"):
        parse(" or ".join(many))
