"""The text form of a rule, as people type it: `kreis = "Kreis Gütersloh" and gewerk in (Tischler, Maler)`."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn
from unicodedata import normalize

from subscribers.address import fold
from subscribers.errors import BadUsage
from subscribers.fields import NO_FIELDS, Field, Fields
from subscribers.leaves import MAX_LENGTH, Leaf, field_asked, make_leaf
from subscribers.rules import MAX_DEPTH, Either, Every, Node, Not, Rule, checked
from subscribers.tokens import Token, tokens_of

# What is typed for an operator, and which one it is; the longer words stand before their own beginnings.
_OPERATORS = {
    **{words: words for words in ("not in", "in", "contains", "starts with", "between")},
    **dict.fromkeys(("is not set", "is not known", "not known"), "is not set"),
    **dict.fromkeys(("is set", "is known", "known"), "is set"),
}
_GOT = {
    **dict.fromkeys(("never got one", "never got any", "got none"), "is not set"),
    **dict.fromkeys(("got one", "got any"), "is set"),
    "never got issue": "!=",
    "got issue": "=",
}
_KEYWORDS = {"and", "or", "not", "in", "contains", "starts", "with", "is", "set", "all"}


def parse(text: str, fields: Fields = NO_FIELDS) -> Rule:
    """Read the text form; not binds stronger than and, and stronger than or; `all` is everybody.

    Values are bare words or stand in quotation marks; inside "…" a doubled mark stands for one. docs/rules.md
    has the language on one page.

    Args:
        fields: those that the workspace declares, beside the usual ones.

    Raises:
        BadUsage: naming the character and what would fit there.
    """
    if not text.strip():
        raise BadUsage("The rule is empty.", place="rule, character 1", hint="Write all for everybody.")
    if len(text) > MAX_LENGTH:
        message = f"The rule is longer than {MAX_LENGTH:,} characters."
        raise BadUsage(message, place="rule", hint="Split it into segments.")
    return checked(Rule(_Parser(tokens_of(normalize("NFC", text)), fields).whole()))


def to_text(rule: Rule) -> str:
    """The text form; `parse` gives the same rule again."""
    return _text(rule.where)


def _is_day(token: Token) -> bool:
    """`since 2025-01-01` needs no sign."""
    return token.kind == "quoted" or (token.kind == "word" and token.text[:1].isdigit())


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: Sequence[Token], fields: Fields) -> None:
        self._tokens, self._fields = tokens, fields
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._either()
        if self._peek().kind != "end":
            self._expected("and, or, or the end of the rule")
        return node

    def _either(self) -> Node:
        parts = [self._every()]
        while self._take("or"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self) -> Node:
        parts = [self._single()]
        while self._take("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _single(self) -> Node:
        opening = self._peek()
        if not opening.says("not", "("):
            return Every(()) if self._take("all") else self._comparison()
        self._next += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadUsage(f"The rule has more than {MAX_DEPTH} levels.", place=opening.place)
        node: Node
        if opening.says("not"):
            node = Not(self._single())
        else:
            node = self._either()
            if not self._take(")"):
                self._expected("and, or, or )")
        self._depth -= 1
        return node

    def _comparison(self) -> Leaf:
        start = self._peek()
        if start.kind != "word" or start.text.casefold() in _KEYWORDS:
            self._expected("a field")
        if start.says("got", "never"):
            return self._got(start)
        if start.says("subscribed") and self._tokens[self._next + 1].says("since"):
            self._next += 1
        asked = self._peek()
        if asked.meant and fold(asked.text) not in self._fields:
            self._expected("a field")
        field = field_asked(asked.text, self._fields, start.place)  # the first thing to say if unknown
        self._next += 1
        sign = self._peek()
        operator = ">=" if field.name == "since" and _is_day(sign) else self._operator(field.name)
        return make_leaf(field, operator, self._values(operator), sign.place)

    def _got(self, start: Token) -> Leaf:
        """What a person received; `got issue` may name one, or several with in."""
        field = Field("issue", "edition")
        for words, operator in _GOT.items():
            if self._take(*words.split()):
                if operator == "=" and self._peek().says("in", "not", "=", "!="):
                    operator = self._operator("got issue")
                return make_leaf(field, operator, self._values(operator), start.place)
        return self._expected("got issue, got one, got none or never got one")

    def _operator(self, field: str) -> str:
        first = self._peek()
        if first.kind == "symbol" and not first.meant and not first.says("(", ")", ","):
            self._next += 1
            return first.text
        for words, operator in _OPERATORS.items():
            if self._take(*words.split()):
                return operator
        starts = {words.split()[0]: words for words in _OPERATORS}
        near = get_close_matches(first.text.casefold(), starts, n=1)
        guess = (
            f", did you mean {starts[near[0]]}" if first.kind == "word" and near and not first.meant else ""
        )
        signs = "= != < <= > >= between, in, not in, contains, starts with, is set, is not set"
        return self._expected(f"an operator after {field} ({signs}{guess})")

    def _values(self, operator: str) -> str | tuple[str, ...] | None:
        if operator in ("is set", "is not set"):
            return None
        if operator in ("in", "not in"):
            return self._list()
        value = self._value()
        if operator != "between":
            return value
        if not self._take("and"):
            self._expected("and, which stands between the two values")
        return value, self._value()

    def _list(self) -> tuple[str, ...]:
        if not self._take("("):
            self._expected("( before the list of values")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        if not self._take(")"):
            self._expected(", or ) in the list of values")
        return tuple(values)

    def _value(self) -> str:
        token = self._peek()
        if token.kind not in ("word", "quoted") or (token.kind == "word" and token.says(*_KEYWORDS)):
            self._expected("a value")
        self._next += 1
        return token.text

    def _take(self, *words: str) -> bool:
        """Step over these words if they come next, all of them."""
        coming = self._tokens[self._next : self._next + len(words)]
        if len(coming) < len(words) or not all(
            token.says(word) for token, word in zip(coming, words, strict=True)
        ):
            return False
        self._next += len(words)
        return True

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _expected(self, what: str) -> NoReturn:
        token = self._peek()
        found = "the rule ends" if token.kind == "end" else f"{token.text[:40]!r} stands"
        raise BadUsage(f"Expected {what}, but {found} there.", place=token.place, hint=self._advice(token))

    def _advice(self, token: Token) -> str | None:
        """The next step, where what stands there says which one it is."""
        if token.meant:
            return f"Write {token.meant} instead of {token.text}."
        before = self._tokens[self._next - 1] if self._next else token
        if (number := self._halves_of_a_number()) is not None:
            return f'A number with a comma needs marks: "{number}"; or write {number.replace(",", ".")}.'
        keyword = token.kind == "word" and token.says(*_KEYWORDS) and before.kind == "symbol"
        if keyword or (token.kind == "word" and before.kind == "word" and before is not token):
            return 'A value of several words, or one that is a word of the rule language, needs marks: "…".'
        return None

    def _halves_of_a_number(self) -> str | None:
        """The number that somebody typed as 12,5, when the comma in it is what nobody expected."""
        at = self._next
        if not 0 < at < len(self._tokens) - 1 or self._tokens[at].text != ",":
            return None
        whole, comma, part = self._tokens[at - 1 : at + 2]
        together = whole.at + len(whole.text) == comma.at and comma.at + 1 == part.at
        digits = whole.text.lstrip("-").isdecimal() and part.text.isdecimal()
        words = whole.kind == part.kind == "word"
        return f"{whole.text},{part.text}" if words and digits and together else None


def _text(node: Node) -> str:
    if isinstance(node, Leaf):
        return _leaf_text(node)
    if isinstance(node, Not):
        return f"not {_inside(node.part, Every, Either)}"
    if isinstance(node, Either):
        return " or ".join(_inside(part, Either) for part in node.parts)
    return " and ".join(_inside(part, Every, Either) for part in node.parts) or "all"


def _inside(node: Node, *bracketed: type[Node]) -> str:
    text = _text(node)
    return f"({text})" if isinstance(node, bracketed) and node != Every(()) else text


def _leaf_text(leaf: Leaf) -> str:
    start = f"{leaf.field} {leaf.operator}"
    if leaf.value is None:
        return start
    values = leaf.values if leaf.kind in ("moment", "date") else [_mark(value) for value in leaf.values]
    if leaf.operator == "between":
        return f"{start} {' and '.join(values)}"
    return f"{start} ({', '.join(values)})" if isinstance(leaf.value, tuple) else f"{start} {values[0]}"


def _mark(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"'
