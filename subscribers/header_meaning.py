"""What one header of a list means, however a program or an office writes it."""

import re
from collections.abc import Mapping
from functools import lru_cache

from subscribers.address import fold
from subscribers.header_words import GROUPS, PERSONAL, PRIVATE, SYNONYMS, WORKING
from subscribers.refusal_words import leaving_field

_FIELD_OF: Mapping[str, str] = {
    fold(name): field for field, names in SYNONYMS.items() for name in names.split(",")
}
_EMAIL = re.compile(
    r"(?:(?:kontakt|contact|primary|primäre|sekundäre|secondary|zweite|weitere|alternative|alternate|haupt|"
    r"firmen|geschäftliche|dienstliche|private|persönliche|personal|work|home|business|other|privat) )?"
    r"(?:e ?mails?|mail)(?: ?\d)?(?: ?(?:adresse|address|anschrift|adr|adressen)(?: n)?)?(?: ?\d)?"
    r"(?: (?:geschäftlich|geschäftl|gesch|dienstlich|dienstl|dienst|privat|priv|firma|zentrale|value|work|"
    r"home|business|other|sonstige))?"
)
_ANSWER = re.compile(r" (?:j n|ja nein|n j|nein ja|y n|yes no|0 1|1 0|ja|yes)$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LONGEST = 100  # characters; what is longer is prose
_PLACE = ("plz", "ort", "country")
_FIRM_NAME = re.compile(r"name(?: ?1)?|bezeichnung")


def plain(name: str) -> str:
    """A header as it is compared: small letters, blanks for signs."""
    return " ".join(re.sub(r"[_:()/.,?\[\]*!\"'\-‐‑]", " ", fold(name)).split())


def spelled(name: str) -> str:
    """A plain header without umlauts, as the names of declared fields are written."""
    return name.translate(_UMLAUTS)


def is_email(name: str) -> bool:
    """Whether a plain header is that of a column of addresses."""
    return _EMAIL.fullmatch(name) is not None


def without_answer(name: str) -> str:
    """A plain header without the answers that are expected below it: `newsl j n`."""
    return _ANSWER.sub("", name)


def names_a_name(name: str) -> bool:
    """Whether a plain header is no more than `Name`, of whomever: beside a first name it is the last one."""
    group, _, rest = name.rpartition(" ")
    return rest == "name" and (not group or group in GROUPS)


@lru_cache(maxsize=5_000)
def field_of(name: str) -> str:
    """The field that a plain header names, empty for none; a column that somebody left by goes first."""
    if len(name) > _LONGEST:
        return ""
    known = _FIELD_OF.get(name) or leaving_field(name)
    if not known and (bare := without_answer(name)) != name:
        known = _FIELD_OF.get(bare, "") or leaving_field(bare)
    return known or _place(name) or _grouped(name)


def _place(name: str) -> str:
    """`Privat: Ort`, `PLZ geschäftlich`, `Address 1 - City`: the place of the office, or the private one."""
    words = name.split()
    bare = [word for word in words if word not in PRIVATE and word not in WORKING]
    field = _FIELD_OF.get(" ".join(bare), "") if len(bare) < len(words) else ""
    if field not in _PLACE:
        return ""
    return f"private_{field}" if any(word in PRIVATE for word in words) else field


def _grouped(name: str) -> str:
    """`Inh. Vorname`, `Ansprechpartner Nachname`, `Betrieb Name`: a word for the group, then the field."""
    group, _, rest = name.partition(" ")
    kind = GROUPS.get(group, "")
    if kind == "firm" and _FIRM_NAME.fullmatch(rest):
        return "firma"
    field = _FIELD_OF.get(rest, "") if kind else ""
    return field if field in PERSONAL and (kind == "person" or field in _PLACE) else ""
