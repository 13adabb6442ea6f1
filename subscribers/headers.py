"""What the columns of a list mean: headers of Excel, Outlook, CleverReach and the offices' own lists."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from subscribers.address import fold
from subscribers.errors import BadUsage, Problem
from subscribers.header_words import EXPORTS_OF_OTHERS, LABELS, STOPS, SYNONYMS
from subscribers.words import TEXT_FIELDS

_FIELD_OF = {fold(name): field for field, names in SYNONYMS.items() for name in names.split(",")}
_WEAK = ("", "name", *TEXT_FIELDS, *LABELS)  # a field that the workspace declares goes before these
_OFTEN = (*STOPS, *LABELS, "consent", "email", "email_type")  # each such column counts
MAX_COLUMNS = 1_000
_OPT_OUT = re.compile(
    r"abmeld|abgemeld|abbestell|unsub|opt(?:ed)?[ -]?out|sperr|widerspr|black ?list|block ?list|robinson"
    r"|do not mail"
)
_EMAIL = re.compile(
    r"(?:kontakt |contact |primary |primäre )?(?:e ?mail|mail)(?: ?\d)?(?: ?(?:adresse|address|anschrift))?"
    r"(?: ?\d)?(?: (?:geschäftlich|dienstlich|privat|value))?"
)
_EMAIL_TYPE = re.compile(r"e ?mail ?(\d)? ?(?:typ|type)")
_ADDRESS = re.compile(r"\s*[^\s@;,]+@[^\s@;,]+\.[^\s@;,]+\s*")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what stands.

    Args:
        emails: each column of addresses with the column that states its type (Outlook's SMTP or EX), if any.
        fields: the column of each other field.
        labels: each column of topics or tags, with its kind.
        attributes: the column of each field that the workspace declares for itself.
        mapping: the recognised headers as they are written, with the field.
        ignored: the headers that nothing is taken from.
        stops: each column that may say that a person left, with what it is, see `header_words.STOPS`.
        consents: each column that says yes or no to letters.
        unread: the columns that nothing is taken from and that nobody said to ignore.
        doubtful: the columns whose name sounds like leaving, but whose meaning is not known.
        header: the headers as they are written.
        repeated: the headers that stand there more than once.
    """

    emails: tuple[tuple[int, int | None], ...]
    fields: dict[str, int]
    labels: tuple[tuple[int, str], ...]
    attributes: dict[str, int]
    mapping: dict[str, str]
    ignored: tuple[str, ...]
    stops: tuple[tuple[int, str], ...]
    consents: tuple[int, ...]
    unread: tuple[int, ...]
    doubtful: tuple[int, ...]
    header: tuple[str, ...]
    repeated: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many cells a row needs for everything that is looked at."""
        at = [at for at, _ in (*self.emails, *self.stops, *self.labels)]
        types = [at for _, at in self.emails if at is not None]
        found = [
            *at,
            *types,
            *self.consents,
            *self.doubtful,
            *self.fields.values(),
            *self.attributes.values(),
        ]
        return max(found, default=-1) + 1

    @property
    def taken(self) -> list[tuple[int, str]]:
        """The columns that something is taken from, with their headers."""
        unread = {*self.unread, *self.doubtful}
        return [
            (at, name) for at, name in enumerate(self.header) if name in self.mapping and at not in unread
        ]

    @property
    def states_confirmation(self) -> bool:
        """The list says itself who confirmed, so that nothing else may speak for the others."""
        return "activated" in self.fields


def read_header(
    header: Sequence[str],
    overrides: Mapping[str, str] | None = None,
    attributes: Iterable[str] = (),
) -> Columns:
    """Match headers, trimmed and casefolded; of two columns for one field the first is taken.

    `overrides` say what a header means (`{"Spalte": "firma"}`, `ignore` for nothing) and win.

    Raises:
        BadUsage: an override names no column, or no field.
    """
    plain = [_plain(name) for name in header]
    by_hand = _checked(plain, overrides or {}, attributes)
    meant = _meanings(plain, by_hand, attributes)
    fields: dict[str, int] = {}
    declared: dict[str, int] = {}
    taken: dict[int, str] = {}
    for at, field in enumerate(meant):
        kind, _, name = field.partition(".")
        kept = declared if kind == "attr" else fields
        once = field not in _OFTEN
        if field and not (once and (name or kind) in kept):
            taken[at] = field
            if once:
                kept[name or kind] = at
    emails = [at for at, field in taken.items() if field == "email"]
    left = [at for at, name in enumerate(plain) if at not in taken]
    doubtful = tuple(at for at in left if _sounds_like_leaving(plain[at]))
    counts = Counter(name for name in plain if name)
    return Columns(
        emails=tuple((at, _type_column(plain, plain[at])) for at in emails),
        fields=fields,
        labels=tuple((at, field) for at, field in taken.items() if field in LABELS),
        attributes=declared,
        mapping={header[at].strip(): field for at, field in taken.items()},
        ignored=tuple(header[at].strip() for at in left if header[at].strip()),
        stops=tuple((at, field) for at, field in taken.items() if field in STOPS),
        consents=tuple(at for at, field in taken.items() if field == "consent"),
        unread=tuple(at for at in left if plain[at] not in by_hand and at not in doubtful),
        doubtful=doubtful,
        header=tuple(name.strip() for name in header),
        repeated=tuple(header[plain.index(name)].strip() for name, many in counts.items() if many > 1),
    )


def column_of(attribute: str) -> str:
    """The header under which a declared field is exported, so that it is known again."""
    shadowed = _FIELD_OF.get(_plain(attribute), "") not in _WEAK
    return f"attr.{attribute}" if shadowed or _is_email(_plain(attribute)) else attribute


def recognised(header: Iterable[str], overrides: Mapping[str, str] | None = None) -> int:
    """How many of these headers are known: tells the right delimiter from a wrong one."""
    meant = {_plain(name) for name in overrides or {}}
    names = [_plain(name) for name in header]
    return sum(1 for name in names if name in meant or name in _FIELD_OF or _is_email(name))


def find_header(
    top: Sequence[Sequence[str]], overrides: Mapping[str, str], file: str
) -> tuple[int | None, tuple[tuple[int, str], ...]]:
    """Which of the first rows is the header; None for one column of bare addresses.

    Raises:
        Problem: the first row already holds an address among other things.
    """
    at = _named_addresses(top, overrides)
    if at is not None:
        return at, ((1, "What stands above the header was not read."),) if at else ()
    first = [cell for cell in top[0] if cell.strip()]
    if not any(_ADDRESS.fullmatch(cell) for cell in first):
        return 0, ()
    if len(first) == 1 and all(len([cell for cell in row if cell.strip()]) <= 1 for row in top):
        return None, ((1, "The list has no header; its one column was read as addresses."),)
    hint = "Write the names of the columns into a first line: E-Mail;Vorname;Nachname …"
    raise Problem("The list has no header: its first line holds an address.", place=f"{file}:1", hint=hint)


def has_addresses(top: Sequence[Sequence[str]], overrides: Mapping[str, str]) -> bool:
    """Whether one of the first rows names a column of addresses, or all are addresses."""
    bare = [[cell for cell in row if cell.strip()] for row in top]
    alone = bool(bare) and all(len(row) == 1 and _ADDRESS.fullmatch(row[0]) for row in bare)
    return alone or _named_addresses(top, overrides) is not None


def _named_addresses(top: Sequence[Sequence[str]], overrides: Mapping[str, str]) -> int | None:
    meant = {_plain(name) for name, field in overrides.items() if field == "email"}
    named = (any(_is_email(name) or name in meant for name in map(_plain, row)) for row in top)
    return next((at for at, found in enumerate(named) if found), None)


def _checked(plain: Sequence[str], overrides: Mapping[str, str], attributes: Iterable[str]) -> dict[str, str]:
    """The overrides by plain header."""
    known = {"email", "email_type", "ignore", *SYNONYMS, *(f"attr.{name}" for name in attributes)}
    meant: dict[str, str] = {}
    for name, field in overrides.items():
        if field not in known:
            raise BadUsage(f"There is no field {field!r}.", hint=f"There is: {', '.join(sorted(known))}.")
        if _plain(name) not in plain:
            raise BadUsage(f"The list has no column {name!r}.", hint="Write it as it stands in the header.")
        meant[_plain(name)] = field
    return meant


def _meanings(plain: Sequence[str], overrides: Mapping[str, str], attributes: Iterable[str]) -> list[str]:
    """What each column means, empty for nothing."""
    declared = {_plain(name): f"attr.{name}" for name in attributes}
    by_prefix = {_plain(f"attr.{name}"): f"attr.{name}" for name in attributes}
    foreign = any(name in EXPORTS_OF_OTHERS for name in plain)
    has_first_name = any(_FIELD_OF.get(name) == "vorname" for name in plain)
    has_last_name = any(_FIELD_OF.get(name) == "nachname" for name in plain)
    types = {_type_column(plain, name) for name in plain if _is_email(name)}
    meant = []
    for at, name in enumerate(plain):
        field = "email" if _is_email(name) else _FIELD_OF.get(name, "")
        if field in _WEAK:  # what decides on a consent is never something else
            field = by_prefix.get(name) or declared.get(name) or field
        if foreign and name in ("region", "cc"):
            field = "country" if name == "cc" else ""
        elif field == "name" and (has_first_name or has_last_name):
            field = "nachname" if name == "name" and not has_last_name else ""
        elif at in types:
            field = "email_type"
        field = overrides.get(name, field)
        meant.append("" if field == "ignore" else field)
    return meant


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[_:()/.,?\-‐‑]", " ", fold(name)).split())


def _is_email(name: str) -> bool:
    return _EMAIL.fullmatch(name) is not None


def _sounds_like_leaving(name: str) -> bool:
    return _OPT_OUT.search(name) is not None and not name.startswith(("sms", "whatsapp"))


def _type_column(plain: Sequence[str], email: str) -> int | None:
    """The type column with the same number: `E-Mail 2: Typ` belongs to `E-Mail 2: Adresse`."""
    number = re.search(r"\d", email)
    for at, name in enumerate(plain):
        found = _EMAIL_TYPE.fullmatch(name)
        if found and (found.group(1) or "1") == (number.group() if number else "1"):
            return at
    return None
