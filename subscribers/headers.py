"""What the columns of a list mean: headers of Excel, Outlook, CleverReach and the offices' own lists."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from subscribers.errors import BadUsage, Problem
from subscribers.header_meaning import field_of, is_email, names_a_name, plain, spelled, without_answer
from subscribers.header_words import EXPORTS_OF_OTHERS, JOINED, LABELS, SALESFORCE, STOPS, SYNONYMS
from subscribers.refusal_words import ABOUT_LETTERS, SOUNDS_LIKE_LEAVING, asks_for_no_mail, is_elsewhere
from subscribers.words import TEXT_FIELDS

_PARTS = ("name", "vorsatz", "adelstitel", "plz_ort", "private_plz", "private_ort", "private_country")
_WEAK = ("", *TEXT_FIELDS, *LABELS, *_PARTS, "ended")  # a field that the workspace declares goes before these
_OFTEN = (*STOPS, *LABELS, "consent", "email", "email_type")  # each such column counts
_LEAVING = ("deactivated", "bounced", "ended", "deleted")
MAX_COLUMNS = 1_000
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
        sounding: those of the unread columns whose name sounds as if a no there were one to letters.
        joined: the columns that one field is put together from, such as `von der` and the name.
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
    sounding: tuple[int, ...]
    joined: dict[str, tuple[int, ...]]
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
            *(at for parts in self.joined.values() for at in parts),
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

    `overrides` say what a header means (`{"Spalte": "firma"}`, `ignore` for nothing) and win; of several for
    one name or firm all are put together.

    Raises:
        BadUsage: an override names no column, no field, or a field that another one names already.
    """
    names = [plain(name) for name in header]
    by_hand = _checked(names, overrides or {}, attributes)
    meant = _meanings(names, by_hand, attributes)
    taken, fields, declared, joined = _taken(header, names, meant, by_hand)
    left = [at for at in range(len(names)) if at not in taken]
    doubtful = tuple(at for at in left if _sounds_like_leaving(names[at]))
    unread = tuple(at for at in left if names[at] not in by_hand and at not in doubtful)
    stops = [(at, field) for at, field in taken.items() if field in STOPS]
    stops += [(at, "ended") for at in declared.values() if field_of(names[at]) == "ended"]
    counts = Counter(name for name in names if name)
    return Columns(
        emails=tuple((at, _type_column(names, names[at])) for at, field in taken.items() if field == "email"),
        fields=fields,
        labels=tuple((at, field) for at, field in taken.items() if field in LABELS),
        attributes=declared,
        mapping={header[at].strip(): field for at, field in taken.items()},
        ignored=tuple(header[at].strip() for at in left if header[at].strip()),
        stops=tuple(stops),
        consents=tuple(at for at, field in taken.items() if field == "consent"),
        unread=unread,
        doubtful=doubtful,
        sounding=tuple(at for at in unread if _is_about_letters(names[at])),
        joined=joined,
        header=tuple(name.strip() for name in header),
        repeated=tuple(header[names.index(name)].strip() for name, many in counts.items() if many > 1),
    )


def _taken(
    header: Sequence[str], names: Sequence[str], meant: Sequence[str], by_hand: Mapping[str, str]
) -> tuple[dict[int, str], dict[str, int], dict[str, int], dict[str, tuple[int, ...]]]:
    """The fields of the columns taken, the columns of fields and attributes, and what is put together."""
    fields: dict[str, int] = {}
    declared: dict[str, int] = {}
    joined: dict[str, tuple[int, ...]] = {}
    taken: dict[int, str] = {}
    for at in sorted(range(len(names)), key=lambda at: names[at] not in by_hand):
        kind, _, name = meant[at].partition(".")
        kept, key = (declared, name) if kind == "attr" else (fields, kind)
        if not key:
            continue
        first = kept.get(key) if kind not in _OFTEN else None
        if first is None:
            taken[at] = meant[at]
            if kind not in _OFTEN:
                kept[key] = at
        elif names[at] in by_hand and names[at] != names[first]:
            if key not in JOINED:
                said = f"Two columns are to be {meant[at]}: {header[first].strip()} and {header[at].strip()}."
                raise BadUsage(said, hint=f"Name one of them. Put together are only {', '.join(JOINED)}.")
            taken[at] = meant[at]
            joined[key] = (*joined.get(key, (first,)), at)
    before = [fields[part] for part in ("adelstitel", "vorsatz") if part in fields]
    if before and "nachname" in fields:
        joined["nachname"] = (*before, *joined.get("nachname", (fields["nachname"],)))
    return dict(sorted(taken.items())), fields, declared, joined


def column_of(attribute: str) -> str:
    """The header under which a declared field is exported, so that it is known again."""
    name = plain(attribute)
    return f"attr.{attribute}" if field_of(name) not in _WEAK or is_email(name) else attribute


def recognised(header: Iterable[str], overrides: Mapping[str, str] | None = None) -> int:
    """How many of these headers are known: tells the right delimiter from a wrong one."""
    meant = {plain(name) for name in overrides or {}}
    names = [plain(name) for name in header]
    return sum(1 for name in names if name in meant or is_email(name) or field_of(name))


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
    meant = {plain(name) for name, field in overrides.items() if field == "email"}
    named = (any(is_email(name) or name in meant for name in map(plain, row)) for row in top)
    return next((at for at, found in enumerate(named) if found), None)


def _checked(names: Sequence[str], overrides: Mapping[str, str], attributes: Iterable[str]) -> dict[str, str]:
    """The overrides by plain header."""
    known = {"email", "email_type", "ignore", *SYNONYMS, *(f"attr.{name}" for name in attributes)}
    meant: dict[str, str] = {}
    for name, field in overrides.items():
        if field not in known:
            raise BadUsage(f"There is no field {field!r}.", hint=f"There is: {', '.join(sorted(known))}.")
        if plain(name) not in names:
            raise BadUsage(f"The list has no column {name!r}.", hint="Write it as it stands in the header.")
        if field == "consent" and (leaving := field_of(plain(name))) in _LEAVING:
            hint = f'Add --map "{name}={leaving}" instead, or leave it out: it is understood.'
            raise BadUsage(f"The column {name!r} says who left: it cannot be a consent.", hint=hint)
        meant[plain(name)] = field
    return meant


def _meanings(names: Sequence[str], overrides: Mapping[str, str], attributes: Iterable[str]) -> list[str]:
    """What each column means, empty for nothing."""
    declared = {plain(name): f"attr.{name}" for name in attributes}
    by_prefix = {plain(f"attr.{name}"): f"attr.{name}" for name in attributes}
    known = ["email" if is_email(name) else field_of(name) for name in names]
    foreign = any(name in EXPORTS_OF_OTHERS for name in names)
    types = {_type_column(names, name) for name in names if is_email(name)}
    meant = []
    for at, name in enumerate(names):
        field = known[at]
        if field in _WEAK:  # what decides on a consent is never something else
            own = by_prefix.get(name) or declared.get(name) or declared.get(spelled(name))
            field = own or _in_company(name, field, names, known)
        if foreign and name in ("region", "cc"):
            field = "country" if name == "cc" else ""
        elif at in types:
            field = "email_type"
        field = overrides.get(name, field)
        meant.append("" if field == "ignore" else field)
    return meant


def _in_company(name: str, field: str, names: Sequence[str], known: Sequence[str]) -> str:
    """What a header means beside the others: Name beside Vorname, Title beside Salutation."""
    if field == "name" and names_a_name(name) and "nachname" in known:
        return ""
    if field == "name" and names_a_name(name) and "vorname" in known:
        return "nachname"
    if name == "title" and known.count("anrede") > 1:
        return "funktion" if any(other in SALESFORCE for other in names) else "titel"
    return field


def _sounds_like_leaving(name: str) -> bool:
    if is_elsewhere(name):
        return False
    return SOUNDS_LIKE_LEAVING.search(name) is not None or asks_for_no_mail(without_answer(name))


def _is_about_letters(name: str) -> bool:
    return ABOUT_LETTERS.search(name) is not None and not is_elsewhere(name)


def _type_column(names: Sequence[str], email: str) -> int | None:
    """The type column with the same number: `E-Mail 2: Typ` belongs to `E-Mail 2: Adresse`."""
    number = re.search(r"\d", email)
    for at, name in enumerate(names):
        found = _EMAIL_TYPE.fullmatch(name)
        if found and (found.group(1) or "1") == (number.group() if number else "1"):
            return at
    return None
