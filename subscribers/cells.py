"""One row of a list: its cells made clean, its address checked, its proof of consent read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from subscribers.address import Address, fold, parse_address, plain_address
from subscribers.agreements import asks_for_none, dated, no_consent, watched
from subscribers.consent import Consent
from subscribers.errors import BadUsage
from subscribers.fields import NO_FIELDS, Field, Fields, canonical
from subscribers.headers import Columns
from subscribers.labels import clean_labels, split_labels
from subscribers.moments import read_day, read_moment
from subscribers.proofs import Terms, read_consents
from subscribers.sheet import Record
from subscribers.standing import read_standing
from subscribers.textcells import AS_TEXT, without_formula
from subscribers.textfields import TextFields
from subscribers.words import SUBSCRIPTION_STATES

__all__ = ["Candidate", "RowReader", "Terms", "read_moment"]

_KEPT, _LONGEST_KEPT = (
    5_000,
    500,
)  # agreements that are remembered, and their characters: lists repeat themselves
_PROOF = ("consented_on", "source", "wording", "registered", "activated", "own_state")


class Candidate(NamedTuple):
    """A usable row.

    Args:
        texts: the text fields, then their folded twins.
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
    texts: tuple[str, ...]
    consents: tuple[Consent, ...]
    stopped: str
    remarks: Sequence[str]
    labels: tuple[tuple[str, str], ...] = ()
    attributes: Mapping[str, str] = {}
    own: str = ""
    own_since: datetime | None = None
    declined: bool = False


class Agreement(NamedTuple):
    """What the cells of a row that are about consent say together.

    Args:
        given: the consents that are taken from the row.
        unsaid: there are consents, but none is taken, because others say yes where this row says nothing.
    """

    own: str
    given: tuple[Consent, ...]
    stopped: str
    declined: bool
    unsaid: bool
    remarks: tuple[str, ...]


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one list; what a column said before is not worked out again."""

    columns: Columns
    terms: Terms
    now: datetime
    declared: Fields = field(default_factory=lambda: NO_FIELDS)
    _width: int = field(init=False)
    _texts: TextFields = field(init=False)
    _proof: list[tuple[str, int]] = field(init=False)
    _watched: Sequence[int] = field(init=False)
    _asked: Callable[[Any], Any] = field(init=False)
    _agreements: dict[Any, Agreement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = self.columns
        self._texts = TextFields(columns)
        self._proof = [(name, columns.fields[name]) for name in _PROOF if name in columns.fields]
        asked = {at for _, at in self._proof} | {at for at, _ in columns.stops}
        asked |= {*columns.consents, *columns.doubtful, *columns.sounding}
        self._asked = itemgetter(*sorted(asked)) if asked else lambda _: ""
        self._watched = watched(columns)
        self._width = max(columns.width, 1 + max((*asked, *self._watched), default=0))

    def read(self, record: Record) -> Candidate:
        """Read one row.

        Raises:
            BadUsage: the row has no usable address, or a cell that cannot be kept.
        """
        remarks: list[str] = []
        line, cells = record
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        address = _address(cells, self.columns, remarks)
        texts = self._texts.read(cells, remarks)
        said = self._agreement(cells)
        remarks.extend(said.remarks)
        labels = self._labels(cells, remarks) if self.columns.labels else ()
        attributes = self._attributes(cells, remarks) if self.columns.attributes else {}
        if said.unsaid:
            names = ", ".join(self.columns.header[at] for at in self.columns.consents)
            remarks.append(f"There is no yes in {names}: no consent is taken from this row.")
        since = self._own_since(cells) if said.own else None
        return Candidate(
            *(line, address, texts, said.given, said.stopped, remarks),
            *(labels, attributes, said.own, since, said.declined),
        )

    def _agreement(self, cells: Sequence[str]) -> Agreement:
        if self._watched and asks_for_none(cells, self._watched):
            return self._read_agreement(cells)
        key = self._asked(cells)
        if (found := self._agreements.get(key)) is None:
            found = self._read_agreement(cells)
            if sum(map(len, key)) <= _LONGEST_KEPT:
                if len(self._agreements) >= _KEPT:
                    self._agreements.clear()
                self._agreements[key] = found
        return found

    def _read_agreement(self, cells: Sequence[str]) -> Agreement:
        remarks: list[str] = []
        own = self._own(cells)
        declined, silent = (False, False) if own else no_consent(cells, self.columns, remarks)
        consents = self._consents(cells, remarks)
        stopped, doubted = ("", False) if own else read_standing(cells, self.columns, remarks)
        given = () if doubted or declined or silent else consents
        return Agreement(own, given, stopped, declined or doubted, silent and bool(consents), tuple(remarks))

    def _consents(self, cells: Sequence[str], remarks: list[str]) -> tuple[Consent, ...]:
        texts = {name: without_formula(name, cells[at], remarks) for name, at in self._proof}
        day = dated(cells, self.columns) if self.columns.consents else ""
        texts["consented_on"] = texts.get("consented_on") or day
        return read_consents(texts, self.columns, self.terms, self.now, remarks)

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
        if type_at is None and (plain := plain_address(text)):
            return plain
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
