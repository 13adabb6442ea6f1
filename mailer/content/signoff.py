"""What stands after the text: closing, signature, office, and the pages that go on after them."""

import re
from collections.abc import Sequence

from mailer.content.casing import is_capitals
from mailer.content.opening import NOTE, PICTURE, is_prose
from mailer.content.people import Person, is_office, is_person, read_people
from mailer.content.pieces import Piece, piece_of
from mailer.content.quotes import quote_piece
from mailer.content.rows import Row, ends_sentence

_CLOSING = re.compile(
    r"^(?:mit (?:\w+ ){1,3}(?:grüßen|gruß)"
    r"|(?:(?:ganz )?(?:herzliche|freundliche|beste|viele|liebe|kollegiale) grüße"
    r"|herzlichst?|hochachtungsvoll|glück auf|es grüßen? sie(?: \w+)?|ihre?|eure?|euer|deine?))"
    r"(?: aus [\w ]{2,30})?(?: ihre?| eure?)?[,!.]?$",
    re.IGNORECASE,
)
_YOURS = re.compile(r"^(?P<yours>Ihre?|IHRE?|Euer|Eure|EUER|EURE|Deine?)\s+(?P<words>.+)$")
_SHORT = 120


def find_sign_off(rows: Sequence[Row], first: int, byline: Sequence[str]) -> int:
    """The index of the row where the sign-off begins, `len(rows)` without one.

    A closing, „Ihr …“ with a name, the byline again or „Name, Office“ count anywhere after the first
    paragraph; a name alone only after the last one, since a subheading may look like a name.
    """
    for index in range(first + 1, len(rows)):
        text = rows[index].text
        if _CLOSING.match(text) or split_yours(text)[0] or text.casefold() in byline or _named_office(text):
            return index
    last = max((index for index in range(first, len(rows)) if is_prose(rows[index].text)), default=len(rows))
    for index in range(last + 1, len(rows)):
        if is_person(_shape(rows[index].text)):
            return index
    return len(rows)


def sign_off_pieces(
    rows: Sequence[Row], everything: Sequence[Row], byline: Sequence[str]
) -> tuple[Piece, ...]:
    """The rows of the sign-off; from the first that belongs to something else on, all are left out."""
    pieces: list[Piece] = []
    for row in rows:
        ended = bool(pieces) and pieces[-1].kind == "after"
        pieces.append(_piece(row, everything, byline, pieces) if not ended else _after(row))
    return tuple(pieces)


def split_yours(text: str) -> tuple[str, str]:
    """„Ihr Präsident Karl Muster“ as („Ihr“, „Präsident Karl Muster“); two empty texts for anything else."""
    found = _YOURS.match(text)
    if found is None or len(text) > _SHORT or ends_sentence(text.replace("Dr.", "Dr")):
        return "", ""
    words = found["words"]
    shape = _shape(words) if is_capitals(words) else words
    if is_person(shape) or read_people(shape) or re.fullmatch(r"(?:\w+-?)*(?:[Rr]edaktion|[Tt]eam)", shape):
        return found["yours"], words
    return "", ""


def signers(text: str) -> tuple[Person, ...]:
    """The people of a signature line without „Ihr“."""
    return read_people(split_yours(text)[1] or text)


def _piece(row: Row, everything: Sequence[Row], byline: Sequence[str], before: Sequence[Piece]) -> Piece:
    text = row.text
    shape = _shape(text)
    signed = any(piece.field == "signature_lines" for piece in before)
    if NOTE.match(text):
        return piece_of(row, "note", reason="Anmerkung in eckigen Klammern")
    if PICTURE.match(text):
        return piece_of(row, "picture")
    if quote := quote_piece(row, everything):
        return quote
    if text.casefold() in byline:
        field = "role_lines" if signed and is_office(shape) else "signature_lines"
        return piece_of(row, "repeated", field)
    if _CLOSING.match(text):
        return piece_of(row, "closing", "closing")
    if split_yours(text)[0]:
        return piece_of(row, "signature", "signature_lines")
    if _named_office(text) or read_people(shape):
        return piece_of(row, "signature", "signature_lines", confidence="likely")
    if signed and is_office(shape):
        return piece_of(row, "role", "role_lines", confidence="likely")
    return _after(row)


def _after(row: Row) -> Piece:
    return piece_of(row, "after", confidence="likely", reason="steht nach der Unterschrift")


def _named_office(text: str) -> bool:
    """„Name, Office“ or „Office Name | Name“ on a short line of its own."""
    people = read_people(_shape(text)) if len(text) <= _SHORT and not text.endswith(".") else ()
    return bool(people) and any(person.role for person in people)


def _shape(text: str) -> str:
    return text.title() if is_capitals(text) else text
