"""One row of a list: its cells made clean, its address checked, its proof of consent read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from subscribers.address import Address, fold, parse_address
from subscribers.agreements import dated, no_consent
from subscribers.consent import Consent
from subscribers.errors import BadUsage
from subscribers.fields import NO_FIELDS, Field, Fields, canonical
from subscribers.fullname import split_name
from subscribers.headers import Columns
from subscribers.labels import clean_labels, split_labels
from subscribers.moments import read_day, read_moment
from subscribers.postcode import mend_postcode
from subscribers.proofs import Terms, read_consents
from subscribers.sheet import Record
from subscribers.standing import read_standing
from subscribers.textcells import AS_TEXT, Cleaned, clean_text, form_of_address, without_formula
from subscribers.words import SUBSCRIPTION_STATES, TEXT_FIELDS

__all__ = ["Candidate", "RowReader", "Terms", "read_moment"]

_KEPT = 20_000  # texts of one column that are remembered: lists repeat themselves


class Candidate(NamedTuple):
    """A usable row.

    Args:
        consents: what the person said, oldest first; nothing means that nobody can prove a consent.
        stopped: `deactivated` or `bounced` for an address that must not be mailed, else empty.
        remarks: what was changed or is doubtful, one sentence each.
        labels: the topics and tags, as pairs of kind and name.
        attributes: the values of the declared fields.
        own: the state that our own export gives, else empty.
        own_since: since when, if that export says so.
        declined: the list itself says that this person wants no letters.
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
    own_since: datetime | None = None
    declined: bool = False


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
    _cleaned: dict[tuple[str, str], Cleaned] = field(default_factory=dict)
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
        own = self._own(cells)
        declined, silent = (False, False) if own else no_consent(cells, self.columns, remarks)
        consents = self._consents(cells, remarks)
        stopped, doubted = ("", False) if own else read_standing(cells, self.columns, remarks)
        labels = self._labels(cells, remarks) if self.columns.labels else ()
        attributes = self._attributes(cells, remarks) if self.columns.attributes else {}
        if silent and consents:
            names = ", ".join(self.columns.header[at] for at in self.columns.consents)
            remarks.append(f"There is no yes in {names}: no consent is taken from this row.")
        given = () if doubted or declined or silent else consents
        since = self._own_since(cells) if own else None
        return Candidate(
            record.line,
            address,
            fields,
            given,
            stopped,
            remarks,
            labels,
            attributes,
            own,
            since,
            declined,
        )

    def _fields(self, cells: Sequence[str], remarks: list[str]) -> dict[str, str]:
        fields: dict[str, str] = {}
        for name, at in self._texts:
            if raw := cells[at]:
                text, said = self._clean(name, raw)
                if said:
                    remarks.extend(said)
                if text:
                    fields[name] = text
        if self._is_own:
            return fields  # our own export, which says what it means
        if "name" in self.columns.fields:
            self._whole_name(cells[self.columns.fields["name"]], fields, remarks)
        if "anrede" in fields:
            anrede, titel = form_of_address(fields["anrede"], fields.get("titel", ""), remarks)
            fields["anrede"] = anrede
            if titel:
                fields["titel"] = titel
        if "plz" in fields and not (len(fields["plz"]) == 5 and fields["plz"].strip("0").isdigit()):
            country = self.columns.fields.get("country")
            land = cells[country] if country is not None else ""
            plz, remark = mend_postcode(fields["plz"], fields.get("ort", ""), fields.get("kreis", ""), land)
            remark = remark or ("" if plz else f"plz {fields['plz'][:40]!r} is none and was left out.")
            fields["plz"] = plz
            if remark:
                remarks.append(remark)
        return fields

    def _whole_name(self, cell: str, fields: dict[str, str], remarks: list[str]) -> None:
        """The parts of a name in one cell, where no column of its own says them."""
        text = self._clean("nachname", cell)[0] if cell else ""
        if not text or fields.get("vorname") or fields.get("nachname"):
            return
        found = split_name(text)
        parts = {"anrede": found.form, "vorname": found.vorname, "nachname": found.nachname}
        for name, part in {**parts, "firma": found.firma}.items():
            if part and not fields.get(name):
                fields[name] = part
        if found.doubt:
            remarks.append(f"The name {text[:60]!r} {found.doubt}.")

    @property
    def _is_own(self) -> bool:
        return "own_state" in self.columns.fields

    def _clean(self, name: str, raw: str) -> Cleaned:
        if (found := self._cleaned.get((name, raw))) is None:
            if len(self._cleaned) > _KEPT:
                self._cleaned.clear()
            found = self._cleaned[name, raw] = clean_text(name, raw, own=self._is_own)
        return found

    def _consents(self, cells: Sequence[str], remarks: list[str]) -> tuple[Consent, ...]:
        day = dated(cells, self.columns) if self.columns.consents else ""
        raw = (*[cells[at] for _, at in self._proof], day)
        if (found := self._said.get(raw)) is None:
            if len(self._said) > _KEPT:
                self._said.clear()
            said: list[str] = []
            texts = {name: without_formula(name, cells[at], said) for name, at in self._proof}
            texts["consented_on"] = texts.get("consented_on") or day
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

    def _own_since(self, cells: Sequence[str]) -> datetime | None:
        """Since when a person has the state of our own export; never a day to come."""
        at = self.columns.fields.get("own_since")
        try:
            since = read_moment(cells[at]) if at is not None else None
        except ValueError:
            return None
        return since if since is not None and since <= self.now else None

    def _labels(self, cells: Sequence[str], remarks: list[str]) -> tuple[tuple[str, str], ...]:
        found: dict[tuple[str, str], str] = {}
        for at, kind in self.columns.labels:
            text = without_formula(kind, cells[at], remarks).replace('"', "") if cells[at] else ""
            try:
                for key, name in clean_labels(split_labels(text)).items():
                    found.setdefault((kind, key), name)
            except BadUsage as problem:
                remarks.append(f"{problem.message} The cell was left out.")
        return tuple((kind, name) for (kind, _), name in found.items())

    def _attributes(self, cells: Sequence[str], remarks: list[str]) -> dict[str, str]:
        values: dict[str, str] = {}
        for name, at in self.columns.attributes.items():
            text = without_formula(name, cells[at], remarks) if cells[at] else ""
            if text and (value := _attribute(self.declared[name], text, self.now, remarks)):
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
            if len([part for part in text.splitlines() if "@" in part]) > 1:
                raise BadUsage("There is more than one address here.", hint="Give each address a row.")
            if AS_TEXT.match(text):
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


def _attribute(declared: Field, text: str, now: datetime, remarks: list[str]) -> str:
    if declared.kind == "date":
        if not text.strip("0.-–: /"):
            return ""  # 0.0.00 and 00.00.0000 are how Outlook and registers write no date
        text = read_day(text, now)
    try:
        return canonical(declared, text)
    except BadUsage as problem:
        remarks.append(f"{problem.message} It was left out.")
        return ""
