"""docs/rules.md: its ten examples find who they say, its tables name every field and operator."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from subscribers.fields import KINDS, declare
from subscribers.leaves import BUILT_IN, OPERATORS
from subscribers.rules import from_tree, match, to_tree
from subscribers.ruletext import parse
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `([^`]+)` \|", PAGE.partition("## Examples")[2], re.MULTILINE)
FIELDS = declare({"betriebsgroesse": "number", "mitglied_seit": "date"})

# For each example somebody who fits it, and somebody who does not.
PEOPLE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"kreis": "GÜTERSLOH", "gewerk": "Maler"}, {"kreis": "Gütersloh", "gewerk": "Bäcker"}),
    ({"gewerk": "Elektrotechnik"}, {"gewerk": "Elektrotechnik", "ort": "Köln"}),
    ({"funktion": "Ausbilderin", "plz": "33330"}, {"funktion": "Ausbilderin", "plz": "3333"}),
    ({"tag": ["Presse"]}, {"topic": ["Presse"]}),
    ({"topic": ["Ausbildung"]}, {"topic": ["Ausbildung", "Förderung"]}),
    ({"since": datetime(2025, 1, 1, tzinfo=UTC)}, {"since": datetime(2024, 12, 31, 23, tzinfo=UTC)}),
    ({"issue": ["r/2025-10"], "newsletter": "r"}, {"issue": ["r/2025-10", "r/2025-11"], "newsletter": "r"}),
    ({"issue": ["other/2025-10"], "newsletter": "r"}, {"issue": ["r/2025-10"], "newsletter": "r"}),
    ({"betriebsgroesse": "20", "mitglied_seit": "1999-12-31"}, {"mitglied_seit": "1999-12-31"}),
    ({"email": "info@großmann.example"}, {"firma": "Die Bäckerei G"}),
]


@pytest.mark.parametrize(("text", "people"), list(zip(EXAMPLES, PEOPLE, strict=True)))
def test_an_example_finds_whom_it_says(text: str, people: tuple[dict[str, Any], dict[str, Any]]) -> None:
    rule = parse(text, FIELDS)

    assert [match(rule, person) for person in people] == [True, False]
    assert from_tree(to_tree(rule)) == rule


def test_there_are_ten_examples() -> None:
    assert len(EXAMPLES) == 10


def test_the_tables_name_every_field_type_and_operator() -> None:
    fields, _, operators = PAGE.partition("## Operators")

    assert [name for name in BUILT_IN if not re.search(rf"\b{name}\b", fields)] == []
    assert [kind for kind in KINDS if not re.search(rf"\b{kind}s?\b", fields)] == []
    signs = sorted({sign for kind in OPERATORS.values() for sign in kind})
    assert [sign for sign in signs if f"`{sign}" not in operators and f" {sign} X" not in operators] == []
