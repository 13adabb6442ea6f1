"""Every rule of the registry has letters that break it, one for each case, and one that keeps it."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from mailer.checks.registry import RULES
from mailer.checks.rule import ERROR, LANGUAGES, WARNING
from tests.checks.pairs import Pair

HERE = Path(__file__).parent
PAIRS: dict[str, Pair] = {
    name: pair
    for file in sorted(HERE.glob("pairs_*.py"))
    for name, pair in import_module(f"tests.checks.{file.stem}").PAIRS.items()
}
CASES = [(name, case) for name, rule in RULES.items() for case in rule.cases]


def test_every_rule_has_its_pair_and_every_pair_its_rule() -> None:
    assert sorted(PAIRS) == sorted(RULES)
    assert {name: sorted(pair.broken) for name, pair in PAIRS.items()} == {
        name: sorted(rule.cases) for name, rule in RULES.items()
    }


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_letter_that_breaks_a_rule_is_told_in_both_languages(name: str, case: str, tmp_path: Path) -> None:
    found = [each for each in PAIRS[name].broken[case](tmp_path) if (each.rule, each.case) == (name, case)]

    assert found, f"{name}, case {case!r}: not found"
    assert found[0].severity == RULES[name].weight(case)
    assert found[0].place
    for language in LANGUAGES:
        said = found[0].said(language)
        assert all(each.strip() for each in (said.title, said.message, said.why))
        assert not re.search(r"[{}]|  |None", said.message + said.remedy)
    assert found[0].said("de") != found[0].said("en")


@pytest.mark.parametrize("name", list(RULES))
def test_a_letter_that_keeps_a_rule_is_not_told(name: str, tmp_path: Path) -> None:
    assert [each for each in PAIRS[name].kept(tmp_path) if each.rule == name] == []


def test_ids_weights_and_sentences_have_one_form() -> None:
    for name, rule in RULES.items():
        assert re.fullmatch(r"[a-z]+\.[a-z_0-9]+", name)
        assert {rule.severity, *(rule.weight(case) for case in rule.cases)} <= {ERROR, WARNING}
        for at in (0, 1):
            assert rule.why[at].endswith(".")
            assert not rule.title[at].endswith(".")
        for case in rule.cases.values():
            assert (
                set(re.findall(r"\{(\w+)", case.de)) == set(re.findall(r"\{(\w+)", case.en)) or not case.mend
            )
            assert case.de[-1] in ".:}" or case.de.endswith(("?", "“"))
            assert '"' not in case.de
