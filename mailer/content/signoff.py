"""What stands after the text: closing, signature, office, and the pages that go on after them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from mailer.content.after import is_boundary, kind_after
from mailer.content.casing import is_capitals
from mailer.content.greeting import is_prose
from mailer.content.opening import CREDIT, NOTE, PICTURE
from mailer.content.people import Person, bare_office, is_collective, is_office, is_person, read_people
from mailer.content.pieces import Piece, piece_of
from mailer.content.quotes import quote_pieces
from mailer.content.rows import Row, ends_sentence

_GREETINGS = (
    r"mit (?:\w+ ){0,3}(?:grüßen|gruß|grüssen|gruss)"
    r"|(?:ihnen )?(?:(?:ganz |sehr )?(?:herzliche|freundliche|beste|viele|liebe|kollegiale|schöne|sonnige"
    r"|vorweihnachtliche|weihnachtliche|sommerliche) (?:grüße|grüsse)|(?:einen )?(?:herzlichen"
    r"|schönen|lieben) gruß)"
    r"|herzlichst?|freundlichst|hochachtungsvoll|(?:ein (?:herzliches|kräftiges) )?glück ?auf"
    r"|es grüß(?:t|en) (?:sie|euch|dich)(?: \w+){0,2}|im namen (?:des|der|aller) [\w ]{3,50}|mfg|lg|vg"
    r"|in diesem sinne|alles gute|bis bald|bleiben sie gesund|in (?:herzlicher |kollegialer )?verbundenheit"
    r"|für (?:die redaktion|den vorstand|das präsidium)|gott segne das ehrbare handwerk|mit (?:\w+"
    r" ){0,2}glückwünschen"
)
_CLOSING = re.compile(
    rf"^(?:(?:{_GREETINGS})(?: (?:aus|an|von der|vom) [\w ]{{2,30}})?(?: ihre?| eure?)?|ihre?|eure?"
    rf"|euer|deine?)[,!.]?$",
    re.IGNORECASE,
)
_CLOSING_FIRST = re.compile(
    rf"^(?P<closing>(?i:{_GREETINGS})(?: aus [\w ]{{2,30}}?)?,?) (?P<rest>(?:Ihre?|Eure?|Euer) .+"
    rf"|[A-ZÄÖÜ][\w’'.-]+ .+)$"
)
_YOURS = re.compile(r"^(?P<yours>Ihre?|IHRE?|Euer|Eure|EUER|EURE|Deine?|gez\.)\s+(?P<words>.+)$")
_AND_ALL = re.compile(r"^und (?:das|die|der|Ihre?|alle)\b[^.!?:]{3,70}$")
_IS_OFFICE = re.compile(
    r"^(?P<name>[^.,]{5,60}?),? (?:ist|war|leitet|arbeitet|lehrt|führt)\b(?: seit [\w"
    r" .]{3,30}?\d{4})? (?P<role>.{4,120})\.$"
)
_SHORT = 140


def find_sign_off(rows: Sequence[Row], first: int, byline: Sequence[str]) -> int:
    """The index of the row where the sign-off begins, `len(rows)` without one.

    A closing, „Ihr …“ with a name, the byline again or „Name, Office“ count anywhere after the first
    paragraph; a name alone only after the last one, since a subheading may look like a name.
    """
    for index in range(first + 1, len(rows)):
        text, style = rows[index].text, rows[index].style.kind
        if style in ("closing", "signature") or _CLOSING.match(text) or text.casefold() in byline:
            return index
        under_quote = bool(quote_pieces(rows[index - 1], rows))
        if _opens_signature(rows, index) or (_named_office(text) and not under_quote):
            return index
    last = max((index for index in range(first, len(rows)) if is_prose(rows[index].text)), default=len(rows))
    for index in range(last + 1, len(rows)):
        if read_people(_shape(rows[index].text)):
            return index
    for index in range(first + 1, len(rows)):
        if is_boundary(rows[index].text) or (index >= last and biography(rows[index].text)):
            return index
    return len(rows)


def sign_off_pieces(
    rows: Sequence[Row], everything: Sequence[Row], byline: Sequence[str]
) -> tuple[Piece, ...]:
    """The rows of the sign-off; from the first that belongs to something else on, all are left out."""
    pieces: list[Piece] = []
    for row, after in pairwise((*rows, None)):
        assert row is not None
        signed = any(piece.field == "signature_lines" for piece in pieces)
        ended = bool(pieces) and pieces[-1].reason == _BEHIND and (signed or not _may_sign(row))
        new = () if ended else _pieces(row, after, everything, byline, pieces)
        pieces += new or (_after(row, pieces),)
    return tuple(pieces)


def split_yours(text: str) -> tuple[str, str]:
    """„Ihr Präsident Karl Muster“ as („Ihr“, „Präsident Karl Muster“); two empty texts for anything else."""
    found = _YOURS.match(text)
    if found is None or len(text) > _SHORT or ends_sentence(text.replace("Dr.", "Dr")):
        return "", ""
    words = found["words"].rstrip(",")
    shape = _shape(words) if is_capitals(words) else words
    if is_person(shape) or read_people(shape) or is_collective(shape):
        return found["yours"], words
    return "", ""


def biography(text: str) -> Person | None:
    """„Ada Muster ist Präsidentin der Kammer.“ as a name and an office."""
    found = _IS_OFFICE.match(text)
    if found and is_person(found["name"]) and is_office(found["role"]):
        return Person(found["name"], re.sub(r"^(?:der|die|eine?r?) ", "", found["role"]))
    return None


_BEHIND = "steht nach der Unterschrift"


def _pieces(
    row: Row, after: Row | None, everything: Sequence[Row], byline: Sequence[str], before: Sequence[Piece]
) -> Sequence[Piece]:
    text, shape = row.text, _shape(row.text)
    signed = any(piece.field == "signature_lines" for piece in before)
    if NOTE.match(text):
        return (piece_of(row, "note", reason="Anmerkung in eckigen Klammern"),)
    if PICTURE.match(text):
        return (piece_of(row, "picture"),)
    if CREDIT.match(text):
        return (piece_of(row, "credit", reason="Bildnachweis"),)
    if quote := quote_pieces(row, everything):
        return quote
    if text.casefold() in byline:
        field = "role_lines" if signed and is_office(shape) else "signature_lines"
        return (piece_of(row, "repeated", field),)
    if _CLOSING.match(text) or row.style.kind == "closing":
        return (piece_of(row, "closing", "closing"),)
    if (found := _CLOSING_FIRST.match(text)) and _signs(found["rest"]):
        signature = piece_of(row, "signature", "signature_lines", text=found["rest"], confidence="likely")
        return (piece_of(row, "closing", "closing", text=found["closing"]), signature)
    if (before and before[-1].kind == "closing" and is_collective(text)) or (signed and _AND_ALL.match(text)):
        return (piece_of(row, "signature", "signature_lines", reason="eine Gruppe unterschreibt"),)
    return _signature(row, after, signed)


def _signature(row: Row, after: Row | None, signed: bool) -> Sequence[Piece]:
    text, shape = row.text, _shape(row.text)
    if is_boundary(text) and not is_person(shape):
        return ()
    if split_yours(text)[0] or (row.style.kind == "signature" and not is_office(shape)):
        return (piece_of(row, "signature", "signature_lines"),)
    if _office_then_name(row, after):
        return (piece_of(row, "office line", "signature_lines", confidence="likely"),)
    if found := biography(text):
        reason = "aus dem letzten Satz"
        author = piece_of(row, "author", "author", text=found.name, reason=reason)
        role = piece_of(row, "role", "role", text=found.role, reason=reason)
        return (piece_of(row, "biography", reason="Angabe zur Person"), author, role)
    if _named_office(text) or read_people(shape):
        return (piece_of(row, "signature", "signature_lines", confidence="likely"),)
    if is_office(bare_office(shape)):
        if signed:
            return (piece_of(row, "role", "role_lines", confidence="likely"),)
        if after and read_people(_shape(after.text)):
            return (piece_of(row, "role", "role_lines", reason="Amt über dem Namen"),)
    return ()


def _after(row: Row, before: Sequence[Piece]) -> Piece:
    kind = kind_after(row.text, before[-1].kind if before else "")
    return piece_of(row, kind, confidence="likely", reason=_BEHIND)


def _may_sign(row: Row) -> bool:
    """Whether a name may still come although a line in between was not understood."""
    return _signs(row.text)


def _signs(text: str) -> bool:
    return bool(read_people(_shape(text)) or split_yours(text)[0])


def _opens_signature(rows: Sequence[Row], index: int) -> bool:
    after = rows[index + 1] if index + 1 < len(rows) else None
    found = _CLOSING_FIRST.match(rows[index].text)
    closed = found and _signs(found["rest"])
    return bool(split_yours(rows[index].text)[0] or _office_then_name(rows[index], after) or closed)


def _office_then_name(row: Row, after: Row | None) -> bool:
    """„Ihr Innungsobermeister“ above the name."""
    found = _YOURS.match(row.text)
    named = after is not None and bool(read_people(_shape(after.text)))
    return bool(found and named and is_office(found["words"]) and len(row.text.split()) <= 8)


def _named_office(text: str) -> bool:
    """„Name, Office“ or „Office Name | Name“ on a short line of its own."""
    people = read_people(_shape(text)) if len(text) <= _SHORT and not text.endswith(".") else ()
    return bool(people) and any(person.role for person in people)


def _shape(text: str) -> str:
    return text.title() if is_capitals(text) else text
