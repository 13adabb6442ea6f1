"""The words and signs of which the text form of a rule consists, each with its place."""

import re
from dataclasses import dataclass

from subscribers.errors import BadUsage

_CLOSING = {'"': '"', "'": "'", "„": '“”"', "“": "”", "‚": "‘’'", "‘": "’", "»": "«", "«": "»"}
_SYMBOL = re.compile(r"!=|<=|>=|==|<>|&&|\|\||[=<>(),]")
_WORD = re.compile(r"[\w.@+&/:\-]+")
# What is typed in German or in other languages of rules, and what it is here.
_MEANT = {
    **dict.fromkeys(("oder", "||"), "or"),
    **dict.fromkeys(("und", "&&"), "and"),
    **dict.fromkeys(("nicht", "kein", "keine"), "not"),
    **dict.fromkeys(("ist", "is", "gleich", "==", "like"), "="),
    **dict.fromkeys(("<>", "ungleich"), "!="),
    **dict.fromkeys(("alle", "jeder", "everybody", "everyone"), "all"),
    "enthält": "contains",
    "zwischen": "between",
    "beginnt": "starts with",
    "seit": "since",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, quoted value or sign; `at` is the number of its first character."""

    kind: str  # word, quoted, symbol, end
    text: str
    at: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these words or signs."""
        return self.kind in ("word", "symbol") and self.text.casefold() in words

    @property
    def meant(self) -> str:
        """The word or sign of this language for one of another; empty when it is none."""
        return _MEANT.get(self.text.casefold(), "") if self.kind in ("word", "symbol") else ""

    @property
    def place(self) -> str:
        """Where it stands, for an error."""
        return f"rule, character {self.at}"


def tokens_of(text: str) -> list[Token]:
    """All tokens of a rule, the last one its end.

    Raises:
        BadUsage: a sign without meaning, or a quotation mark that is never closed.
    """
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] in _CLOSING:
            value, end = _quoted(text, at)
            tokens.append(Token("quoted", value, at + 1))
            at = end
        elif found := _SYMBOL.match(text, at) or _WORD.match(text, at):
            kind = "symbol" if found.re is _SYMBOL else "word"
            tokens.append(Token(kind, found.group(), at + 1))
            at = found.end()
        else:
            raise BadUsage(
                f"{text[at]!r} has no meaning in a rule.",
                place=f"rule, character {at + 1}",
                hint='Put a value with such characters in quotation marks: "…".',
            )
    return [*tokens, Token("end", "", len(text) + 1)]


def _quoted(text: str, at: int) -> tuple[str, int]:
    """The value from its opening mark to the closing one, and the place behind it."""
    mark, value, here = text[at], "", at + 1
    while here < len(text):
        if text[here] in _CLOSING[mark]:
            if not (mark in "\"'" and text[here : here + 2] == mark * 2):
                return value, here + 1
            here += 1
        value += text[here]
        here += 1
    raise BadUsage("This quotation mark is never closed.", place=f"rule, character {at + 1}")
