"""One comparison of a rule: the fields there are, the operators that fit each, the values that fit both."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn
from unicodedata import category, normalize

from subscribers.address import fold
from subscribers.errors import BadUsage
from subscribers.fields import KINDS, Field, Fields, canonical, day_of, is_name, number_of
from subscribers.words import TEXT_FIELDS

MAX_LIST, MAX_LENGTH = 500, 10_000
SET, NOT_SET = "is set", "is not set"
ORDER = ("<", "<=", ">", ">=", "between")
_SAME, _LIST, _PART, _KNOWN = ("=", "!="), ("in", "not in"), ("contains", "starts with"), (SET, NOT_SET)

# What a field is, if it is none of the declared ones; `label` and `edition` are many values of one person.
BUILT_IN = {
    **dict.fromkeys(TEXT_FIELDS, "text"),
    "plz": "postcode",
    "email": "email",
    "since": "moment",
    "topic": "label",
    "tag": "label",
    "issue": "edition",
}
OPERATORS = {
    **dict.fromkeys(("text", "email", "label", "choice"), (*_SAME, *_LIST, *_PART, *_KNOWN)),
    "postcode": (*_SAME, *_LIST, *_PART, *ORDER, *_KNOWN),
    "moment": (*_SAME, *ORDER, *_KNOWN),
    "edition": (*_SAME, *_LIST, *_KNOWN),
    "number": (*_SAME, *_LIST, *ORDER, *_KNOWN),
    "date": (*_SAME, *_LIST, *ORDER, *_KNOWN),
    "yes_no": (*_SAME, *_KNOWN),
}
_EDITION = re.compile(r"(?:[A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison, made by `make_leaf`.

    Args:
        value: a list for in and not in, two values for between, none for is set and is not set, else one
            text. Days are ISO days and mean the UTC day.
        declared: the type of a field that the workspace declares; empty for all other fields.
    """

    field: str
    operator: str
    value: str | tuple[str, ...] | None = None
    declared: str = ""

    @property
    def kind(self) -> str:
        """What is compared: decides how."""
        return self.declared or BUILT_IN[self.field]

    @property
    def values(self) -> tuple[str, ...]:
        """All values, however many there are."""
        if self.value is None:
            return ()
        return self.value if isinstance(self.value, tuple) else (self.value,)


def field_asked(name: Any, fields: Fields, place: str) -> Field:
    """The field of this name: a usual one, or one that the workspace declares.

    Raises:
        BadUsage: there is none; names a similar one.
    """
    wanted = fold(str(name))
    if wanted in BUILT_IN:
        return Field(wanted, BUILT_IN[wanted])
    if wanted in fields:
        return fields[wanted]
    known = (*BUILT_IN, *fields)
    near = get_close_matches(wanted, known, n=1)
    guess = f"Did you mean {near[0]}? " if near else ""
    raise BadUsage(
        f"There is no field {str(name)[:40]!r} to ask for.",
        place=place,
        hint=f"{guess}The fields are {', '.join(known)}.",
    )


def declared_field(name: Any, kind: Any, place: str) -> Field:
    """The declared field of a saved rule, which carries the type it was written with."""
    if not isinstance(name, str) or not is_name(name) or kind not in KINDS:
        _wrong("A declared field has a name of its own and one of the types of config.toml.", place)
    return Field(name, kind)


def make_leaf(field: Field, operator: Any, value: Any, place: str) -> Leaf:
    """A checked comparison: an operator that fits the field, values of the right kind, texts in NFC.

    Raises:
        BadUsage: naming the place.
    """
    fitting = OPERATORS[field.kind]
    if operator not in fitting:
        raise BadUsage(
            f"{field.name} cannot be compared with {str(operator)[:20]!r}.",
            place=place,
            hint=f"Use one of {', '.join(fitting)}.",
        )
    declared = "" if field.name in BUILT_IN else field.kind
    if operator in _KNOWN:
        if value is not None:
            _wrong(f"{operator} takes no value.", place)
        return Leaf(field.name, operator, None, declared)
    if operator in (*_LIST, "between"):
        return Leaf(field.name, operator, _several(field, operator, value, place), declared)
    return Leaf(field.name, operator, _one(field, operator, value, place), declared)


def _several(field: Field, operator: str, value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_LIST:
        _wrong(f"{operator} takes a list of 1 to {MAX_LIST} values.", place)
    values = tuple(_one(field, operator, one, place) for one in value)
    if operator != "between":
        return values
    if len(values) != 2:
        _wrong("between takes two values.", place)
    if field.kind == "postcode" and len(values[0]) != len(values[1]):
        _wrong("The two post codes have different lengths.", place, "Write all their digits.")
    falling = number_of(values[0]) > number_of(values[1]) if field.kind == "number" else values[0] > values[1]
    if falling:
        _wrong(f"Nothing lies between {values[0]} and {values[1]}.", place, "Write the smaller value first.")
    return values


def _one(field: Field, operator: str, value: Any, place: str) -> str:
    text = _text(value, place)
    if field.kind in ("moment", "date"):
        return day_of(text, place).isoformat()
    if field.kind in ("number", "yes_no"):
        return canonical(field, text, place) or _wrong(
            f"{field.name} is never an empty text.", place, f"Write {field.name} is not set."
        )
    if field.kind == "choice" and operator not in _PART:
        return canonical(field, text, place)
    if field.kind == "postcode" and operator in ORDER:
        digits = text.strip()
        if not digits.isascii() or not digits.isdigit() or len(digits) > 10:
            _wrong(f"{text[:40]!r} is not a post code.", place, "Write all its digits, as 33330.")
        return digits
    if field.kind == "edition" and not _EDITION.fullmatch(text):
        _wrong(f"{text[:40]!r} is not the key of an issue.", place, "Write it as 2025-10.")
    return text


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        _wrong("A value is a text.", place)
    if any(category(letter) in {"Cc", "Cs"} for letter in value):
        _wrong("A value contains a control character.", place)
    if len(value) > MAX_LENGTH:
        _wrong(f"A value is longer than {MAX_LENGTH:,} characters.", place)
    return normalize("NFC", value)


def _wrong(message: str, place: str, hint: str | None = None) -> NoReturn:
    raise BadUsage(message, place=place, hint=hint)
