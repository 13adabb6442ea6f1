"""The registry: every rule of the preflight, family by family."""

from collections.abc import Mapping

from mailer.checks.rule import Rule
from mailer.checks.rules import (
    access,
    cards,
    changes,
    clients,
    content,
    fidelity,
    language,
    legal,
    letter,
    links,
    people,
    pictures,
    themes,
    typography,
)

_WORDS = (content, language, typography, cards, links)
FAMILIES = (*_WORDS, letter, access, clients, pictures, legal, fidelity, changes, themes, people)
RULES: Mapping[str, Rule] = {rule.id: rule for family in FAMILIES for rule in family.RULES}


def rule_of(name: str) -> Rule:
    """The rule of this id; KeyError where a check names one that is not registered."""
    return RULES[name]
