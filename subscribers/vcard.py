"""A list as vCards 2.1, 3.0 or 4.0 (RFC 6350): one person for each card, in the columns of a table."""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from subscribers.errors import Problem
from subscribers.fullname import form_before
from subscribers.sheet import Record, Refusal, Sheet
from subscribers.textfile import MAX_LINE, TextFile, open_text

_EMAILS = 3
_HEADER = (
    *("E-Mail", "E-Mail 2", "E-Mail 3", "Anrede", "Vorname", "Nachname", "Firma", "Funktion"),
    *("Kategorien", "PLZ", "Ort", "Land", "Notizen"),
)
_WANTED = {"begin", "end", "version", "n", "fn", "org", "title", "role", "email", "categories", "adr", "kind"}
_WANTED |= {"note", "deathdate", "x-deathdate"}
_NAME = re.compile(r"(?:[\w-]+\.)?([\w-]+)")
_PARAMETER = re.compile(r';\s*([\w-]+)(?:=("[^"]*"|[^;:"]*))?')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Property:
    """One property of a card."""

    name: str
    parameters: list[tuple[str, str]]
    raw: str

    def says(self, word: str) -> bool:
        """Whether a parameter is this word: `EMAIL;PREF`, `TYPE=work,pref`, `TYPE="WORK"`."""
        return any(word in (name, *value.split(",")) for name, value in self.parameters)

    def parameter(self, wanted: str) -> str:
        return next((value for name, value in self.parameters if name == wanted), "")

    @property
    def quoted_printable(self) -> bool:
        return self.says("quoted-printable")

    @property
    def value(self) -> str:
        if not self.quoted_printable:
            return self.raw
        data = quopri.decodestring(self.raw.encode("utf-8", "replace"))
        for charset in (self.parameter("charset"), "utf-8", "cp1252"):
            try:
                return data.decode(charset or "utf-8")
            except (UnicodeDecodeError, LookupError):
                continue
        return data.decode("latin-1")

    @property
    def parts(self) -> list[str]:
        """The parts of a structured value, between semicolons."""
        return [_plain(part) for part in re.split(r"(?<!\\);", self.value)]

    @property
    def text(self) -> str:
        return _plain(self.value)


@dataclass(slots=True)
class _Card:
    """The properties of one person, and where the card begins."""

    line: int
    properties: dict[str, list[_Property]] = field(default_factory=dict)

    def first(self, name: str) -> _Property:
        return self.properties.get(name, [_Property(name, [], "")])[0]


def read_vcards(path: Path) -> Sheet:
    """Read the cards of a file; the preferred address comes first.

    Raises:
        Problem: the file is missing, too large or not text.
    """
    text = open_text(path)

    def rows() -> Iterator[Record | Refusal]:
        return _rows(text)

    return Sheet(path.name, text.sha256, text.encoding, "", _HEADER, 0, rows)


def _rows(text: TextFile) -> Iterator[Record | Refusal]:
    card: _Card | None = None
    depth = 0  # a card of 2.1 may hold another one, of the agent
    for line, one in _properties(text):
        word = one.raw.strip().lower()
        if one.name == "begin" and word == "vcard":
            if card is not None and not depth:
                yield Refusal(card.line, "This card is not ended before the next one begins.")
                card = None
            if card is None:
                card = _Card(line)
        elif one.name == "agent":
            depth += 1
        elif one.name == "end" and word == "vcard" and depth:
            depth -= 1
        elif one.name == "end" and word == "vcard" and card is not None:
            yield Record(card.line, _cells(card))
            card = None
        elif card is not None and not depth:
            card.properties.setdefault(one.name, []).append(one)
    if card is not None:
        yield Refusal(card.line, "This card has no end.")


def _properties(text: TextFile) -> Iterator[tuple[int, _Property]]:
    """The properties that are looked at, with their lines put together; the rest (photos) is passed over."""
    open_one: _Property | None = None
    began, old = 0, False
    for number, physical in enumerate(text.lines(), start=1):
        line = physical.rstrip("\r\n")
        soft = open_one is not None and open_one.quoted_printable and open_one.raw.endswith("=")
        if soft or line[:1] in (" ", "\t"):
            if open_one is not None:
                more = line if soft or old else line[1:]
                open_one.raw = (open_one.raw[:-1] if soft else open_one.raw) + more
                if len(open_one.raw) > MAX_LINE:
                    message = f"The value has more than {MAX_LINE:,} characters."
                    raise Problem(message, place=f"{text.path.name}:{began}")
            continue
        if open_one is not None:
            yield began, open_one
        open_one, began = _property(line), number
        if open_one is not None and open_one.name == "version":
            old = open_one.raw.strip() == "2.1"
    if open_one is not None:
        yield began, open_one


def _property(line: str) -> _Property | None:
    """The property that begins in a line; None when nobody looks at it."""
    name = _NAME.match(line)
    if name is None:
        return None
    word = name.group(1).lower()
    if word == "agent" and line[name.end() :].strip() in (":", ""):
        return _Property("agent", [], "")
    if word not in _WANTED:
        return None
    at, parameters = name.end(), list[tuple[str, str]]()
    while found := _PARAMETER.match(line, at):
        parameters.append((found.group(1).lower(), (found.group(2) or "").strip('"').lower()))
        at = found.end()
    return _Property(word, parameters, line[at + 1 :]) if line[at : at + 1] == ":" else None


def _cells(card: _Card) -> list[str]:
    emails = sorted(card.properties.get("email", []), key=_preference)
    addresses = [one.text.removeprefix("mailto:").strip() for one in emails][:_EMAILS]
    organisation = card.first("org").parts[0]
    anrede, given, family = _name(card, organisation)
    place = ["", "", "", "", "", "", ""]
    for one in sorted(card.properties.get("adr", []), key=lambda one: not one.says("work"))[:1]:
        place = [*one.parts, *place][:7]
    return [
        *addresses,
        *[""] * (_EMAILS - len(addresses)),
        *(anrede, given, family, organisation or (card.first("fn").text if _is_office(card) else "")),
        card.first("title").text or card.first("role").text,
        ";".join(one.value.replace("\\,", " ") for one in card.properties.get("categories", [])),
        *(place[5], place[3], place[6], _notes(card)),
    ]


def _notes(card: _Card) -> str:
    """All notes, because a person may have asked for no letters there; a day of death (RFC 6474) is one."""
    notes = [one.text for one in card.properties.get("note", [])]
    died = card.first("deathdate").text or card.first("x-deathdate").text
    return "\n".join([*notes, *(["verstorben"] if died else [])])


def _preference(one: _Property) -> int:
    """The number of 4.0 (1 is best), else whether it is the preferred one."""
    number = one.parameter("pref")
    return int(number) if number.isdecimal() and number.isascii() else (0 if one.says("pref") else 101)


def _name(card: _Card, organisation: str) -> tuple[str, str, str]:
    """Form of address with titles, first name, last name; only the form of FN is used where N is missing."""
    family, given, _, prefix, _ = [*card.first("n").parts, "", "", "", "", ""][:5]
    if family or given:
        return prefix, given, family
    shown = card.first("fn").text
    if not shown or _same(shown, organisation) or _is_office(card):
        return "", "", ""
    before, shown = form_before(shown)
    if "," in shown:
        last, _, first = shown.partition(",")
        return before, first.strip(), last.strip()
    words = shown.split()
    small = next((at for at, word in enumerate(words) if at and word[0].islower()), len(words) - 1)
    return before, " ".join(words[:small]), " ".join(words[small:])


def _is_office(card: _Card) -> bool:
    return card.first("kind").text.lower() in ("org", "group")


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found.group(1) in "nN" else found.group(1), text).strip()
