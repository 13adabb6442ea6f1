"""The fields that a workspace declares for its people: their names, their types, how a value is kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import NoReturn
from unicodedata import normalize

from subscribers.address import fold
from subscribers.errors import BadUsage
from subscribers.words import LABEL_KINDS, TEXT_FIELDS

KINDS = ("text", "number", "date", "yes_no", "choice")
LONGEST_TEXT = 500
MOST_FIELDS, MOST_CHOICES = 100, 200
YES, NO = "ja", "nein"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_TAKEN = {
    *(*TEXT_FIELDS, *LABEL_KINDS, "topics", "tags", "email", "since", "issue", "id", "state", "basis"),
    *("newsletter", "token", "reason", "source", "wording", "consented_on", "created_at", "changed_at"),
    *("subscriptions", "consents", "suppression", "attributes", "and", "or", "not", "in", "is", "set"),
    *("all", "got", "never", "one", "none", "any", "between", "contains", "starts", "with", "known"),
    *("subscribed", "country", "name"),
}
_SAID = {
    **dict.fromkeys(("ja", "j", "yes", "y", "true", "wahr", "1", "x"), YES),
    **dict.fromkeys(("nein", "n", "no", "false", "falsch", "0"), NO),
}
_PLAIN = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_GROUPED_OR_NOT = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field; `choices` are the values of the kind `choice`."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()


Fields = Mapping[str, Field]
NO_FIELDS: Fields = MappingProxyType({})


def declare(table: Mapping[str, str | Sequence[str]]) -> dict[str, Field]:
    """The fields of config.toml, each a type (text, number, date, yes_no) or the list of its choices.

    Raises:
        ValueError: a name or a type that does not work, in one sentence.
    """
    if len(table) > MOST_FIELDS:
        raise ValueError(f"there are {len(table)} fields; {MOST_FIELDS} are the most")
    return {name: _declared(name, kind) for name, kind in table.items()}


def field_named(name: str, fields: Fields) -> Field:
    """The declared field of this name.

    Raises:
        BadUsage: there is none; names a similar one.
    """
    found = fields.get(fold(name))
    if found is not None:
        return found
    near = get_close_matches(fold(name), fields, n=1)
    known = f"The fields of this workspace are {', '.join(fields)}." if fields else "None is declared."
    guess = f"Did you mean {near[0]}? " if near else ""
    raise BadUsage(
        f"There is no field {name[:40]!r}.",
        hint=f"{guess}{known} config.toml declares them: [subscribers.fields].",
    )


def canonical(field: Field, text: str, place: str | None = None) -> str:
    """A value as it is kept: one spelling for each, empty for nothing.

    A day is ISO 8601, a number has a comma and no grouping, yes_no is ja or nein, a choice is spelt as
    declared.

    Raises:
        BadUsage: the text is no value of this type; naming the place.
    """
    line = one_line(text)
    if not line:
        return ""
    if field.kind == "number":
        return _number(field.name, line, place)
    if field.kind == "date":
        return day_of(line, place, field.name).isoformat()
    if field.kind == "yes_no":
        return _SAID.get(fold(line)) or _wrong(f"{field.name} is yes or no, not {line[:40]!r}.", place)
    if field.kind == "choice":
        return _choice(field, line, place)
    if len(line) > LONGEST_TEXT:
        _wrong(f"The field {field.name} is longer than {LONGEST_TEXT} characters.", place)
    return line


def one_line(text: str) -> str:
    """Control characters become blanks, blanks at the ends go, several become one."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def day_of(text: str, place: str | None = None, name: str = "") -> date:
    """A day, as 2026-11-24 or 24.11.2026; two digits of a year are not guessed.

    Raises:
        BadUsage: it is none.
    """
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if day < date.max:  # the day after it is needed as well
            return day
    which = f" for {name}" if name else ""
    return _wrong(f"{text[:40]!r} is not a day{which}.", place, "Write it as 2026-11-24.")


def number_of(text: str) -> float:
    """The number that a kept text stands for."""
    return float(text.replace(",", "."))


def is_name(name: str) -> bool:
    """Whether a declared field may be called so."""
    return bool(_NAME.fullmatch(name)) and name not in _TAKEN


def _declared(name: str, kind: str | Sequence[str]) -> Field:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:50]!r} cannot name a field; take a-z, 0-9 and _, as in mitglied_seit")
    if name in _TAKEN:
        raise ValueError(f"{name} has a meaning already; take another name")
    if isinstance(kind, str):
        if kind not in KINDS[:-1]:
            near = get_close_matches(kind, KINDS[:-1], n=1)
            guess = (
                f"did you mean {near[0]}" if near else f"take {', '.join(KINDS[:-1])}, or a list of choices"
            )
            raise ValueError(f"{name} has the unknown type {kind[:40]!r}; {guess}")
        return Field(name, kind)
    choices = tuple(normalize("NFC", one_line(one)) for one in kind)
    if not 0 < len(choices) <= MOST_CHOICES or len({fold(one) for one in choices} - {""}) != len(choices):
        raise ValueError(f"{name} needs a list of 1 to {MOST_CHOICES} different choices")
    if any(len(one) > LONGEST_TEXT for one in choices):
        raise ValueError(f"a choice of {name} is longer than {LONGEST_TEXT} characters")
    return Field(name, "choice", choices)


def _choice(field: Field, line: str, place: str | None) -> str:
    """Without a list (a rule that was saved) any text is a choice."""
    known = {fold(one): one for one in field.choices}
    if not known or fold(line) in known:
        return known.get(fold(line), line)
    near = get_close_matches(fold(line), known, n=1)
    guess = f"Did you mean {known[near[0]]}?" if near else f"Choose from {', '.join(field.choices)}."
    return _wrong(f"{line[:40]!r} is no choice for {field.name}.", place, guess)


def _number(name: str, line: str, place: str | None) -> str:
    if _GROUPED_OR_NOT.fullmatch(line):
        whole, _, rest = line.partition(".")
        hint = f"Write {whole}{rest} or {whole},{rest}."
        _wrong(f"{line} for {name} can be read in two ways.", place, hint)
    grouped = _GROUPED.fullmatch(line)
    if len(line) > 40 or not (grouped or _PLAIN.fullmatch(line)):
        _wrong(f"{line[:40]!r} is not a number for {name}.", place, "Write it as 1200 or 12,5.")
    number = float((line.replace(".", "") if grouped else line).replace(",", "."))
    if abs(number) >= 1e15:
        _wrong(f"The number for {name} is too large.", place)
    return f"{Decimal(repr(number + 0.0)).normalize():f}".replace(".", ",") if number else "0"


def _wrong(message: str, place: str | None, hint: str | None = None) -> NoReturn:
    raise BadUsage(message, place=place, hint=hint)
