"""The fields people may write: their names, their types, and the sentence for each mistake.

The models are pydantic's (strict, frozen, nothing unknown); this module is the only one that imports it.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from mailer.toml import Document, Where
from subscribers.errors import Problem

KINDS = ("Förderung", "Beratung", "Verfahren", "Termin", "Programm")
TEASER_LIMIT = 300

_BLANK = re.compile(r"[ \t\n]+")  # not \s: a no-break blank is the author's
_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_HOST = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@" + _HOST.pattern)
_TELEPHONE = re.compile(r"\+?[\d().\-]*\d")


def check_url(url: str) -> str:
    """A link a mail may carry: https, mailto or tel. Domains may have umlauts (RFC 5890)."""
    scheme, _, rest = url.partition(":")
    if re.search(r"\s", url):
        raise ValueError("must not contain blanks")
    if scheme == "https" and rest.startswith("//"):
        try:
            parts = urlsplit(url)
            good = bool(parts.hostname and _HOST.fullmatch(parts.hostname) and parts.port != 0)
        except ValueError:
            good = False
        if not good or parts.username is not None:
            raise ValueError("has no valid domain after https://")
    elif scheme == "mailto":
        if not _ADDRESS.fullmatch(rest.partition("?")[0]):
            raise ValueError("has no valid address after mailto:")
    elif scheme == "tel":
        if not _TELEPHONE.fullmatch(rest):
            raise ValueError("has no valid telephone number after tel:")
    else:
        raise ValueError("must start with https://, mailto: or tel:")
    return url


def _one_line(text: str) -> str:
    text = _BLANK.sub(" ", text).strip(" ")
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise ValueError("contains a control character")
    return text


def _words(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _short(text: str) -> str:
    if len(text) > TEASER_LIMIT:
        raise ValueError(f"is longer than {TEASER_LIMIT} characters ({len(text)})")
    return text


def _calendar(value: object) -> object:
    """TOML's own dates, and dates in quotes as 2025-11-14 or 14.11.2025."""
    if isinstance(value, datetime):
        raise ValueError("must be a date without a time")
    if not isinstance(value, str):
        return value
    german = _GERMAN_DATE.fullmatch(value)
    iso = f"{german[3]}-{int(german[2]):02}-{int(german[1]):02}" if german else value
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
        raise ValueError(f'must be a date such as 2025-11-14, not "{value}"')
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise ValueError(f'names a date that does not exist ("{value}")') from None


def _address(text: str) -> str:
    if text and not _ADDRESS.fullmatch(text):
        raise ValueError("is not an e-mail address")
    return text


def _link(text: str) -> str:
    return check_url(text) if text else text


Text = Annotated[str, AfterValidator(_one_line)]
Words = Annotated[str, AfterValidator(_one_line), AfterValidator(_words)]
Teaser = Annotated[str, AfterValidator(_one_line), AfterValidator(_short)]
Day = Annotated[date, BeforeValidator(_calendar)]
Link = Annotated[str, AfterValidator(_one_line), AfterValidator(_link)]


class Fields(BaseModel):
    """What all of them share: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FigureFields(Fields):
    """A number that stands large: value, what it counts, as of when."""

    value: Words
    label: Words
    as_of: Text = ""


class ContactFields(Fields):
    """A person readers may call or write to."""

    name: Words
    role: Text = ""
    phone: Text = ""
    email: Annotated[Text, AfterValidator(_address)] = ""


class EventFields(Fields):
    """A date that readers may keep free."""

    day: Day
    time: Text = ""
    title: Words
    place: Text = ""
    label: Text = ""
    url: Link = ""


class AdvertisementFields(Fields):
    """What a business pays for."""

    advertiser: Words
    title: Words
    text: Words
    label: Text = ""
    url: Link = ""
    picture: Words | None = None
    picture_alt: Text = ""
    picture_decorative: bool = False
    picture_credit: Text = ""


class EditorialFields(Fields):
    """The front matter of editorial.md."""

    label: Text = ""
    number: Text = ""
    months: list[Text] = []
    newsletter: Words | None = None
    source: Text = ""
    kicker: Text = ""
    title: Words
    subject: Text = ""
    preheader: Text = ""
    lead: Text = ""
    author: Text = ""
    role: Text = ""
    portrait: Words | None = None
    portrait_alt: Text = ""
    portrait_decorative: bool = False
    portrait_credit: Text = ""
    salutation: list[Words] = []
    closing: Text = ""
    signature: list[Words] = []
    figures: list[FigureFields] = []
    contacts: list[ContactFields] = []
    events: list[EventFields] = []
    advertisements: list[AdvertisementFields] = []


class ProgrammeFields(Fields):
    """One `[programmes.<key>]` of the register."""

    name: Words
    aliases: list[Words] = []
    kind: Literal["Förderung", "Beratung", "Verfahren", "Termin", "Programm"]
    teaser: Annotated[Teaser, AfterValidator(_words)]
    audience: Text = ""
    region: Text = ""
    only_for: Text = ""
    figure: FigureFields | None = None
    label: Text = ""
    url: Link = ""
    event: Day | None = None
    deadline: Day | None = None
    contact: Text = ""
    source: Text = ""
    checked_on: Day | None = None
    checked_by: Text = ""


class HighlightFields(Fields):
    """One `[[highlights]]` of an issue: a programme of the register, or a topic of its own."""

    programme: Words | None = None
    recurring: bool = False
    picture: Words | None = None
    picture_alt: Text = ""
    picture_decorative: bool = False
    picture_credit: Text = ""
    kind: Literal["Förderung", "Beratung", "Verfahren", "Termin", "Programm", "Hinweis"] | None = None
    title: Words | None = None
    teaser: Teaser | None = None
    audience: Text | None = None
    region: Text | None = None
    only_for: Text | None = None
    figure: FigureFields | None = None
    label: Text | None = None
    url: Link | None = None
    event: Day | None = None
    deadline: Day | None = None
    contact: Text | None = None
    source: Text | None = None
    checked_on: Day | None = None
    checked_by: Text | None = None


class HighlightsFields(Fields):
    """highlights.toml as a whole."""

    highlights: list[Any] = Field(default=[])


class RegisterFields(Fields):
    """programmes.toml as a whole."""

    programmes: dict[str, Any] = Field(default={})


class ChangeFields(Fields):
    """One `[[changes]]` of changes.toml: what the original says, and what the letter says instead."""

    old: Words
    new: Text
    reason: Words
    by: Words
    everywhere: bool = False


class ChangesFields(Fields):
    """changes.toml as a whole."""

    changes: list[Any] = Field(default=[])


_NESTED: Mapping[str, type[Fields]] = {
    "figure": FigureFields,
    "figures": FigureFields,
    "contacts": ContactFields,
    "events": EventFields,
    "advertisements": AdvertisementFields,
}
_KIND_OF_VALUE = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}
_EXPECTED = {
    "string_type": "text in quotes",
    "list_type": "a list in square brackets",
    "bool_type": "true or false",
    "date_type": "a date such as 2025-11-14",
    "model_type": 'a table such as { value = "6 %", label = "…" }',
    "dict_type": "a table",
}

_Model = TypeVar("_Model", bound=Fields)


def check_fields(
    model: type[_Model], data: object, document: Document, where: Where, problems: list[Problem]
) -> _Model | None:
    """The checked fields of one table; every mistake becomes a problem with the line of its key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(_problem(model, each, document, where) for each in error.errors(include_url=False))
        return None


def _problem(model: type[Fields], error: ErrorDetails, document: Document, where: Where) -> Problem:
    inside: Where = error["loc"]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in inside) or str(
        (*where, "")[0]
    )
    place, kind = document.place((*where, *inside)), error["type"]
    hint = None
    if kind == "missing":
        message = f"The key `{key}` is missing."
    elif kind == "extra_forbidden":
        message = f"The key `{key}` is unknown."
        hint = _did_you_mean(model, inside)
    elif kind == "value_error":
        message = f"`{key}` {error['ctx']['error']}."
    elif kind == "literal_error":
        message = (
            f"`{key}` must be one of {error['ctx']['expected'].replace(chr(39), '')}, not {error['input']!r}."
        )
    elif kind in _EXPECTED:
        given = _KIND_OF_VALUE.get(type(error["input"]), "a date or time")
        message = f"`{key}` must be {_EXPECTED[kind]}, not {given}."
    else:
        message = f"`{key}` is wrong: {error['msg']}."
    return Problem(message, place=place, hint=hint)


def _did_you_mean(model: type[Fields], inside: Where) -> str:
    tables = [part for part in inside[:-1] if part in _NESTED]
    known = (_NESTED[str(tables[-1])] if tables else model).model_fields
    close = difflib.get_close_matches(str(inside[-1]).lower(), known, n=1, cutoff=0.6)
    return f"Did you mean `{close[0]}`?" if close else f"Known keys: {', '.join(known)}."
