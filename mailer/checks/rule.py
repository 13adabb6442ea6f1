"""A rule of the preflight: what it is called, why it is there, how heavy it weighs, and all its sentences."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from mailer.checks.names import Key

ERROR, WARNING, OFF = "error", "warning", "off"
LANGUAGES = ("de", "en")
Both: TypeAlias = tuple[str, str]  # the same in German and in English
Value: TypeAlias = str | int | float | date | tuple[str, ...]
_LINE = re.compile(r", line (?=\d+\)?$)")  # how places in an original are told


@dataclass(frozen=True, slots=True)
class Case:
    """One way to break a rule: what is said then, and how to mend it.

    Sentences name values in braces. Without `mend` and `severity` those of the rule hold.
    """

    de: str
    en: str
    mend: Both | None = None
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the preflight looks at.

    Args:
        id: "family.name", which config.toml and scripts rely on.
        severity: `error` (blocks the approval) or `warning`, where config.toml says nothing.
        title: a few words.
        why: one sentence.
        cases: the ways to break it, by a name of their own; "" where there is one.
        mend: the next step, for cases that have none of their own.
        protects: it stands for the law or the reader: it may become a warning, never be off.
        needs: what it cannot do without, such as "people" or "online"; empty: it always runs.
    """

    id: str
    severity: str
    title: Both
    why: Both
    cases: Mapping[str, Case]
    mend: Both = ("", "")
    protects: bool = False
    needs: str = ""

    @property
    def family(self) -> str:
        """What stands before the dot."""
        return self.id.partition(".")[0]

    def weight(self, case: str) -> str:
        """How heavy a case is."""
        return self.cases[case].severity or self.severity

    def said(self, case: str, values: Mapping[str, Value], language: str) -> tuple[str, str]:
        """Message and remedy of a case; an unknown language is English."""
        german = language == "de"
        told = self.cases[case]
        mend = told.mend or self.mend
        shown = {name: _shown(value, german=german) for name, value in values.items()}
        message = (told.de if german else told.en).format_map(shown)
        return message, (mend[0] if german else mend[1]).format_map(shown)


def _shown(value: Value, *, german: bool) -> str | int:
    """A value as people write it; several texts are listed, the template has the outer quotation marks."""
    if isinstance(value, float):
        text = f"{value:.1f}".removesuffix(".0")
        return text.replace(".", ",") if german else text
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Key):
        return value.said(german=german)
    if isinstance(value, tuple):
        return ("“, „" if german else "”, “").join(value)
    return _LINE.sub(", Zeile ", value) if german and isinstance(value, str) else value
