"""A finding: which rule, how heavy, where, and the values from which its sentences are made."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from mailer.checks.registry import rule_of
from mailer.checks.rule import Value

_GERMAN = {"newsletter": "Newsletter", "segment": "Segment", "variant": "Fassung"}
_NAMED = re.compile(rf"(?:^|(?<=, ))(?:{'|'.join(_GERMAN)})(?= )")  # places that are no line
KEYS = ("rule", "severity", "place", "message", "remedy")


class Said(NamedTuple):
    """A finding in words: the rule, where, what is wrong, what to do next, and why it matters."""

    title: str
    place: str
    message: str
    remedy: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check saw. `severity` is `error` (blocks the approval) or `warning`."""

    rule: str
    severity: str
    place: str
    case: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, rule: str, place: str, case: str = "", /, **values: Value) -> "Finding":
        """A finding as heavy as its rule says."""
        return cls(rule, rule_of(rule).weight(case), place, case, tuple(values.items()))

    def weighed(self, severity: str) -> "Finding":
        """The same, as heavy as config.toml wants it."""
        return replace(self, severity=severity)

    def said(self, language: str) -> Said:
        """The finding in `de` or `en`."""
        rule = rule_of(self.rule)
        message, remedy = rule.said(self.case, dict(self.values), language)
        at = language != "de"
        place = self.place if at else _NAMED.sub(lambda word: _GERMAN[word[0]], self.place)
        return Said(rule.title[at], place, message, remedy, rule.why[at])

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.said("en").message

    @property
    def remedy(self) -> str:
        """The next step, in English."""
        return self.said("en").remedy

    def as_json(self, language: str = "en") -> dict[str, str]:
        """The keys that scripts may rely on."""
        said = self.said(language)
        return dict(zip(KEYS, (self.rule, self.severity, said.place, said.message, said.remedy), strict=True))


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stand in the way of an approval."""
    return [each for each in findings if each.severity == "error"]
