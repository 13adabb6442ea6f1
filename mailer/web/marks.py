"""Where the words of a finding stand in the letter: which words, and in which variant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.checks.finding import Finding
from mailer.compose.rendering import Variant
from mailer.web.desk import Rendered, Spot

_QUOTED = re.compile(r"[„“‚»]([^„“”‚‘«»]{4,80})[“”‘«]")
_SHORTEST = 3  # fewer letters stand everywhere
# Values of a finding that are words of the letter, as it has them.
_SAID = ("note", "words", "figure")
_LISTED = ("subject", "preheader")  # what a rule on the line in the inbox is called


@dataclass(frozen=True, slots=True)
class Mark:
    """What to mark: `words` of the letter, empty where nothing of it is meant.

    `variant` is the one to turn to, empty where the words stand in the one shown; with `inbox` the line in
    the inbox is meant.
    """

    words: str = ""
    variant: str = ""
    inbox: bool = False


class Marks:
    """Looks for words in the letter that is shown, and then in the other variants.

    Args:
        shown: the letter of `variant` for the reader.
    """

    def __init__(self, variants: Sequence[Variant], variant: Variant, shown: Rendered) -> None:
        self._shown = _bare(shown.text)
        self._line = tuple(map(_bare, (shown.subject, shown.preheader)))
        self._others = tuple(each for each in variants if each.key != variant.key)
        self._texts: dict[str, str] = {}

    def of(self, finding: Finding, spot: Spot, language: str) -> Mark:
        """What to mark for a finding."""
        if finding.rule.partition(".")[2] in _LISTED:
            return Mark(inbox=True)
        candidates = [*dict.fromkeys(_candidates(finding, spot, language))]
        for words in candidates:
            if _bare(words) in self._shown:
                return Mark(words)
        for words in candidates:
            if any(_bare(words) in each for each in self._line):
                return Mark(words, inbox=True)
        for words in candidates:
            for other in self._others:
                if _bare(words) in self._text(other):
                    return Mark(words, other.key)
        return Mark()

    def _text(self, variant: Variant) -> str:
        if variant.key not in self._texts:
            self._texts[variant.key] = _bare(variant.text)
        return self._texts[variant.key]


def _candidates(finding: Finding, spot: Spot, language: str) -> Iterator[str]:
    """Words that may stand in the letter, the surest first."""
    for name, value in finding.values:
        if name in _SAID:
            for words in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
                if len(bare := words.strip(" …")) >= _SHORTEST:
                    yield bare
    yield from _QUOTED.findall(finding.said(language).message)
    yield from filter(None, (spot.mark, spot.card))


def _bare(text: str) -> str:
    """A text in the form in which marks are looked for: single blanks, no soft hyphens."""
    return " ".join(text.replace("\u00ad", "").split())
