"""One row of a list: its cells made clean, its address checked, its proof of consent read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from subscribers.address import Address, fold, parse_address
from subscribers.consent import Consent
from subscribers.errors import BadUsage
from subscribers.fields import NO_FIELDS, Field, Fields, canonical
from subscribers.headers import Columns
from subscribers.labels import clean_labels, split_labels
from subscribers.moments import read_moment
from subscribers.person import clean_fields
from subscribers.postcode import mend_postcode
from subscribers.proofs import Terms, read_consents
from subscribers.sheet import Record
from subscribers.standing import read_standing
from subscribers.words import SUBSCRIPTION_STATES, TEXT_FIELDS

__all__ = ["Candidate", "RowReader", "Terms", "read_moment"]

_NOTHING = {"", "-", "–", "k. a.", "k.a.", "k.a", "ka", "n/a", "na", "unbekannt", "keine angabe", "ohne", "0"}
_FORMS = {"herrn": "Herr", "herr": "Herr", "hr": "Herr", "hrn": "Herr", "fr": "Frau", "frau": "Frau"}
_FORMS |= {"mr": "Herr", "mister": "Herr", "ms": "Frau", "mrs": "Frau"}
_TITLE = re.compile(r"(?:prof|dr)\b", re.IGNORECASE)
_FORMULA = re.compile(r"[=＝]|[+\-@＋－＠].*(?:\w\(|\||!)|[+\-]\d+[+\-*/]", re.DOTALL)
_AS_TEXT = re.compile(r"'+[=+\-@\t\r＝＋－＠]")  # an apostrophe says that what follows is no formula
_QUOTED_ONLY = re.compile(r'="([^"]*)"')  # ="01067" is how careful people keep a zero in Excel
_MOJIBAKE = re.compile("Ã[¤¶¼Ÿ„–œ©¨]|[A-Za-z][ŠŸ][a-z]")  # UTF-8, Mac Roman taken for Windows-1252
_LANGUAGES = {
    **dict.fromkeys(("de", "deu", "ger", "deutsch", "german", "de-de"), "de"),
    **dict.fromkeys(("en", "eng", "englisch", "english", "en-gb", "en-us"), "en"),
}
_TONES = {
    **dict.fromkeys(("formal", "sie", "förmlich"), "formal"),
    **dict.fromkeys(("du", "informal", "informell"), "du"),
}
_KEPT = 20_000  # texts of one column that are remembered: lists repeat themselves

_Cleaned = tuple[str, tuple[str, ...]]  # a text and what is to be said about it


class Candidate(NamedTuple):
    """A usable row.

    Args:
        consents: what the person said, oldest first; nothing means that nobody can prove a consent.
        stopped: `deactivated` or `bounced` for an address that must not be mailed, else empty.
        remarks: what was changed or is doubtful, one sentence each.
        labels: the topics and tags, as pairs of kind and name.
        attributes: the values of the declared fields.
        own: the state that our own export gives, else empty.
    """

    line: int
    address: Address
    fields: dict[str, str]
    consents: tuple[Consent, ...]
    stopped: str
    remarks: Sequence[str]
    labels: tuple[tuple[str, str], ...] = ()
    attributes: Mapping[str, str] = {}
    own: str = ""


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one list; what a column said before is not worked out again."""

    columns: Columns
    terms: Terms
    now: datetime
    declared: Fields = field(default_factory=lambda: NO_FIELDS)
    _width: int = field(init=False)
    _texts: list[tuple[str, int]] = field(init=False)
    _proof: list[tuple[str, int]] = field(init=False)
    _cleaned: dict[tuple[str, str], _Cleaned] = field(default_factory=dict)
    _said: dict[tuple[str, ...], tuple[tuple[Consent, ...], tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        at = self.columns.fields
        self._width = self.columns.width
        self._texts = [(name, at[name]) for name in TEXT_FIELDS if name in at]
        names = ("consented_on", "source", "wording", "registered", "activated", "own_state")
        self._proof = [(name, at[name]) for name in names if name in at]

    def read(self, record: Record) -> Candidate:
        """Read one row.

        Raises:
            BadUsage: the row has no usable address, or a cell that cannot be kept.
        """
        remarks: list[str] = []
        cells = record.cells
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        address = _address(cells, self.columns, remarks)
        fields = self._fields(cells, remarks)
        consents = self._consents(cells, remarks)
        own = self._own(cells)
        stopped, doubted = ("", False) if own else read_standing(cells, self.columns, remarks)
        labels = self._labels(cells, remarks) if self.columns.labels else ()
        attributes = self._attributes(cells, remarks) if self.columns.attributes else {}
        given = () if doubted else consents
        return Candidate(record.line, address, fields, given, stopped, remarks, labels, attributes, own)

    def _fields(self, cells: Sequence[str], remarks: list[str]) -> dict[str, str]:
        fields: dict[str, str] = {}
        for name, at in self._texts:
            if raw := cells[at]:
                text, said = self._clean(name, raw)
                if said:
                    remarks.extend(said)
                if text:
                    fields[name] = text
        if "own_state" in self.columns.fields:
            return fields  # our own export, which says what it means
        if "anrede" in fields:
            anrede, titel = _anrede(fields["anrede"], fields.get("titel", ""))
            fields["anrede"] = anrede
            if titel:
                fields["titel"] = titel
        if "plz" in fields and not (len(fields["plz"]) == 5 and fields["plz"].strip("0").isdigit()):
            country = self.columns.fields.get("country")
            land = cells[country] if country is not None else ""
            plz, remark = mend_postcode(fields["plz"], fields.get("ort", ""), fields.get("kreis", ""), land)
            fields["plz"] = plz
            if remark:
                remarks.append(remark)
        return fields

    def _clean(self, name: str, raw: str) -> _Cleaned:
        if (found := self._cleaned.get((name, raw))) is None:
            if len(self._cleaned) > _KEPT:
                self._cleaned.clear()
            found = self._cleaned[name, raw] = _clean_text(name, raw)
        return found

    def _consents(self, cells: Sequence[str], remarks: list[str]) -> tuple[Consent, ...]:
        raw = tuple([cells[at] for _, at in self._proof])
        if (found := self._said.get(raw)) is None:
            if len(self._said) > _KEPT:
                self._said.clear()
            said: list[str] = []
            texts = {name: _without_formula(name, cells[at], said) for name, at in self._proof}
            consents = read_consents(texts, self.columns, self.terms, self.now, said)
            found = self._said[raw] = consents, tuple(said)
        remarks.extend(found[1])
        return found[0]

    def _own(self, cells: Sequence[str]) -> str:
        at = self.columns.fields.get("own_state")
        state = fold(cells[at]) if at is not None else ""
        if state and state not in SUBSCRIPTION_STATES:
            known = ", ".join(SUBSCRIPTION_STATES)
            raise BadUsage(f"Rundbrief-Status says {state[:40]!r}.", hint=f"It is one of {known}.")
        return state

    def _labels(self, cells: Sequence[str], remarks: list[str]) -> tuple[tuple[str, str], ...]:
        found: dict[tuple[str, str], str] = {}
        for at, kind in self.columns.labels:
            text = _without_formula(kind, cells[at], remarks).replace('"', "") if cells[at] else ""
            try:
                for key, name in clean_labels(split_labels(text)).items():
                    found.setdefault((kind, key), name)
            except BadUsage as problem:
                remarks.append(f"{problem.message} The cell was left out.")
        return tuple((kind, name) for (kind, _), name in found.items())

    def _attributes(self, cells: Sequence[str], remarks: list[str]) -> dict[str, str]:
        values: dict[str, str] = {}
        for name, at in self.columns.attributes.items():
            text = _without_formula(name, cells[at], remarks) if cells[at] else ""
            if text and (value := _attribute(self.declared[name], text, remarks)):
                values[name] = value
        return values


def _address(cells: Sequence[str], columns: Columns, remarks: list[str]) -> Address:
    """The first column that holds a mailbox; an Exchange entry sends us on to the next one."""
    exchange = False
    for at, type_at in columns.emails:
        text = cells[at].strip()
        kind = cells[type_at].strip().upper() if type_at is not None else ""
        if kind == "EX" or text.lower().startswith(("/o=", "ex:/o=")):
            exchange = True
        elif text:
            if _AS_TEXT.match(text):
                text = text[1:]
            elif text.startswith(("=", "＝")):
                raise BadUsage("A formula stands where the address should be.")
            address = parse_address(text.removeprefix("mailto:"))
            if address.smtputf8:
                remarks.append("The address has letters outside ASCII: only servers with SMTPUTF8 take it.")
            return address
    if exchange:
        raise BadUsage("There is only an Exchange directory entry, no e-mail address.")
    raise BadUsage("There is no e-mail address in this row.")


def _clean_text(name: str, raw: str) -> _Cleaned:
    """The cell of a text field as it is kept."""
    remarks: list[str] = []
    text = clean_fields({name: _without_formula(name, raw, remarks)}).get(name, "")
    known = {"language": _LANGUAGES, "tone": _TONES}.get(name)
    if known is not None and text:
        if fold(text) not in known:
            remarks.append(f"{name} {text[:40]!r} is unknown and was left out.")
        text = known.get(fold(text), "")
    if name in ("vorname", "nachname") and text.isupper() and sum(map(str.isalpha, text)) > 2:
        remarks.append(f"{name} is written in capitals and was left so: {text[:60]}")
    return text, tuple(remarks)


def _without_formula(name: str, cell: str, remarks: list[str]) -> str:
    text = cell.strip()
    if _AS_TEXT.match(text):
        return text[1:]
    if found := _QUOTED_ONLY.fullmatch(text):
        return found.group(1)
    if _FORMULA.match(text):
        remarks.append(f"A formula stood in {name} and was left out: {text[:60]}")
        return ""
    if _MOJIBAKE.search(text):
        remarks.append(f"{name} looks as if it was read with a wrong encoding: {text[:60]}")
    return text


def _anrede(anrede: str, titel: str) -> tuple[str, str]:
    """`Herrn` is Herr, `Fr.` is Frau, `k. A.` is nothing; a title beside it goes to the titles."""
    if fold(anrede) in _NOTHING:
        return "", titel
    if _TITLE.match(anrede) and not titel:
        return "", anrede
    first, _, rest = anrede.partition(" ")
    form = _FORMS.get(fold(first).rstrip("."))
    if form and not rest.strip():
        return form, titel
    if form and not titel.strip() and _TITLE.match(rest.strip()):
        return form, rest.strip()
    return anrede, titel


def _attribute(declared: Field, text: str, remarks: list[str]) -> str:
    if declared.kind == "date" and not text.strip("0.-: /"):
        return ""  # 0.0.00 and 00.00.0000 are how Outlook and registers write no date
    try:
        return canonical(declared, text)
    except BadUsage as problem:
        remarks.append(f"{problem.message} It was left out.")
        return ""
