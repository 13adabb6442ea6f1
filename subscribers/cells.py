"""One row of a list: its cells made clean, its address checked, its proof of consent read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from subscribers.address import Address, fold, parse_address
from subscribers.consent import Consent
from subscribers.csvfile import Record
from subscribers.errors import BadUsage
from subscribers.headers import Columns
from subscribers.person import clean_fields
from subscribers.postcode import mend_postcode
from subscribers.standing import read_standing
from subscribers.words import TEXT_FIELDS

ZONE = ZoneInfo("Europe/Berlin")  # lists of German offices state local time without a zone
_NOTHING = {"", "-", "–", "k. a.", "k.a.", "k.a", "ka", "n/a", "na", "unbekannt", "keine angabe", "ohne", "0"}
_FORMS = {"herrn": "Herr", "herr": "Herr", "hr": "Herr", "hrn": "Herr", "fr": "Frau", "frau": "Frau"}
_TITLE = re.compile(r"(?:prof|dr)\b", re.IGNORECASE)
_FORMULA = re.compile(r"[=＝]|[+\-@＋－＠].*(?:\w\(|\||!)|[+\-]\d+[+\-*/]", re.DOTALL)
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
_DAY_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
_MOMENT_FORMS = tuple(f"{day} {time}" for day in _DAY_FORMS for time in ("%H:%M:%S", "%H:%M"))


@dataclass(frozen=True, slots=True)
class Terms:
    """What the person who imports can prove for the whole list, where a row does not say it itself."""

    source: str = ""
    consented_on: datetime | None = None
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A usable row.

    Args:
        consents: what the person said, oldest first; nothing means that nobody can prove a consent.
        stopped: `deactivated` or `bounced` for an address that must not be mailed, else empty.
        remarks: what was changed or is doubtful, one sentence each.
    """

    line: int
    address: Address
    fields: Mapping[str, str]
    consents: tuple[Consent, ...]
    stopped: str
    remarks: tuple[str, ...]


def read_candidate(record: Record, columns: Columns, terms: Terms, now: datetime) -> Candidate:
    """Read one row.

    Raises:
        BadUsage: the row has no usable address, or a cell that cannot be kept.
    """
    remarks: list[str] = []
    cells = list(record.cells)
    cells += [""] * (columns.width - len(cells))
    address = _address(cells, columns, remarks)
    texts = {name: _without_formula(name, cells[at], remarks) for name, at in columns.fields.items()}
    fields = _fields(texts, remarks)
    consents = _consents(texts, columns, terms, now, remarks)
    stopped, doubted = read_standing(cells, columns, remarks)
    return Candidate(record.line, address, fields, () if doubted else consents, stopped, tuple(remarks))


def read_moment(text: str) -> datetime | None:
    """An instant as lists write it; a bare day is its first instant in UTC, `0` and `00.00.0000` are none.

    Raises:
        ValueError: it is no date.
    """
    bare = text.strip()
    if not bare.strip("0.-: /"):
        return None
    if re.fullmatch(r"\d{9,10}", bare):
        return datetime.fromtimestamp(int(bare), UTC)
    for form in _DAY_FORMS:
        if found := _strptime(bare, form):
            return found.replace(tzinfo=UTC)
    for form in _MOMENT_FORMS:
        if found := _strptime(bare, form):
            return found.replace(tzinfo=ZONE).astimezone(UTC)
    found = datetime.fromisoformat(bare)
    return (found if found.tzinfo else found.replace(tzinfo=ZONE)).astimezone(UTC)


def _address(cells: list[str], columns: Columns, remarks: list[str]) -> Address:
    """The first column that holds a mailbox; an Exchange entry sends us on to the next one."""
    exchange = False
    for at, type_at in columns.emails:
        text = cells[at].strip()
        kind = cells[type_at].strip().upper() if type_at is not None and type_at < len(cells) else ""
        if kind == "EX" or text.lower().startswith("/o="):
            exchange = True
        elif _FORMULA.match(text) and "=" in text[:1]:
            raise BadUsage("A formula stands where the address should be.")
        elif text:
            address = parse_address(text)
            if address.smtputf8:
                remarks.append("The address has letters outside ASCII: only servers with SMTPUTF8 take it.")
            return address
    if exchange:
        raise BadUsage("There is only an Exchange directory entry, no e-mail address.")
    raise BadUsage("There is no e-mail address in this row.")


def _without_formula(name: str, cell: str, remarks: list[str]) -> str:
    text = cell.strip()
    if found := _QUOTED_ONLY.fullmatch(text):
        return found.group(1)
    if _FORMULA.match(text):
        remarks.append(f"A formula stood in {name} and was left out: {text[:60]}")
        return ""
    if _MOJIBAKE.search(text):
        remarks.append(f"{name} looks as if it was read with a wrong encoding: {text[:60]}")
    return text


def _fields(texts: Mapping[str, str], remarks: list[str]) -> dict[str, str]:
    fields = {name: text for name, text in texts.items() if name in TEXT_FIELDS}
    fields["anrede"], fields["titel"] = _anrede(fields.get("anrede", ""), fields.get("titel", ""))
    country = texts.get("country", "")
    plz, remark = mend_postcode(
        fields.get("plz", ""), fields.get("ort", ""), fields.get("kreis", ""), country
    )
    fields["plz"] = plz
    if remark:
        remarks.append(remark)
    for name, known in (("language", _LANGUAGES), ("tone", _TONES)):
        if text := fields.get(name, ""):
            fields[name] = known.get(fold(text), "")
            if not fields[name]:
                remarks.append(f"{name} {text[:40]!r} is unknown and was left out.")
    for name in ("vorname", "nachname"):
        text = fields.get(name, "")
        if text.isupper() and sum(map(str.isalpha, text)) > 2:
            remarks.append(f"{name} is written in capitals and was left so: {text[:60]}")
    return clean_fields(fields)


def _anrede(anrede: str, titel: str) -> tuple[str, str]:
    """`Herrn` is Herr, `Fr.` is Frau, `k. A.` is nothing; a title beside it goes to the titles."""
    if fold(anrede) in _NOTHING:
        return "", titel
    first, _, rest = anrede.strip().partition(" ")
    form = _FORMS.get(fold(first).rstrip("."))
    if form and not rest.strip():
        return form, titel
    if form and not titel.strip() and _TITLE.match(rest.strip()):
        return form, rest.strip()
    return anrede, titel


def _consents(
    texts: Mapping[str, str], columns: Columns, terms: Terms, now: datetime, remarks: list[str]
) -> tuple[Consent, ...]:
    """The proof in the row, or else that for the whole list."""

    def moment(name: str) -> datetime | None:
        try:
            found = read_moment(texts.get(name, ""))
        except ValueError:
            found = None
            remarks.append(f"{name} is no date and proves nothing: {texts[name][:40]}")
        if found is not None and found > now:
            remarks.append(f"{name} lies in the future and proves nothing: {texts[name][:40]}")
            return None
        return found

    wording = texts.get("wording", "") or terms.wording
    source = texts.get("source", "") or terms.source
    if columns.states_confirmation:
        return _foreign_terms(moment, source or "list with sign-up dates", wording)
    return _own_terms(moment("consented_on") or terms.consented_on, source, wording, remarks)


def _own_terms(at: datetime | None, source: str, wording: str, remarks: list[str]) -> tuple[Consent, ...]:
    """A consent needs a date and a source; one without the other proves nothing."""
    if at is not None and source.strip():
        return (Consent("imported", at, source, wording),)
    if at is not None or source.strip():
        missing = "a source" if at is not None else "a date"
        remarks.append(f"The consent lacks {missing}: nobody is mailed on it.")
    return ()


def _foreign_terms(
    moment: Callable[[str], datetime | None], source: str, wording: str
) -> tuple[Consent, ...]:
    """A list with sign-up dates is its own proof: who never confirmed stays pending."""
    asked, confirmed = moment("registered"), moment("activated")
    said = (("asked", asked), ("confirmed", confirmed))
    return tuple(Consent(kind, at, source, wording) for kind, at in said if at is not None)


def _strptime(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone
    except ValueError:
        return None
