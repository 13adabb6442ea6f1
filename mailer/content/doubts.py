"""What a person must confirm about an import, field by field: better one mark too many than one too few."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.content.asides import mark_pieces
from mailer.content.damage import damage_of, lost_initial, lost_umlauts
from mailer.content.evidence import Evidence, month_in_name
from mailer.content.months import NAMES, Month
from mailer.content.pieces import Piece
from mailer.content.signing import Signing

_SEEN = 3  # months that are told where none is the issue's
_DAY = re.compile(
    rf"(?<![\d.])\d{{1,2}}\.\s?(?:(?P<name>{'|'.join(NAMES)})|(?P<number>1[0-2]|0?[1-9])\.)\s?(?P<year>20\d\d)(?!\d)"
)
_WHOLE = ("title", "author", "role", "salutation", "pullquotes", "paragraphs", "signature_lines")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field that a person must confirm, and why (in the language of the editors)."""

    field: str
    reason: str


def find_doubts(pieces: Sequence[Piece], signing: Signing) -> Iterator[Doubt]:
    """The doubts that lines, fields and signatures raise, apart from those about the issue's months."""
    yield from _piece_doubts(pieces)
    yield from _missing(pieces)
    yield from (Doubt(field, reason) for field, reason in signing.doubts)
    if signing.author and not signing.role and any(_is_doubtful(piece, "author") for piece in pieces):
        yield Doubt("role", "kein Amt gefunden")
    yield from _damage(pieces)
    yield from (Doubt("paragraphs", mark.text) for mark in mark_pieces(pieces))
    longest = max(len(piece.text) for piece in pieces)
    if longest > 1_200 and len({piece.lines for piece in pieces}) <= 4:
        yield from (Doubt(field, "fast der ganze Text steht in einer Zeile") for field in _WHOLE)


def issue_doubts(
    name: str,
    pieces: Sequence[Piece],
    evidence: Evidence | None,
    found: tuple[Month, ...],
    wanted: tuple[Month, ...],
) -> Iterator[Doubt]:
    """Whether text, key and file name speak of the same months."""
    confirmed = bool(found) and found == wanted
    if not found and not any(piece.field == "issue" for piece in pieces):
        seen = _dates_in(pieces)
        said = f" der Ausgabe; er nennt Tage im {', '.join(seen)}" if seen else ""
        yield Doubt("issue", f"im Text steht kein Monat{said}")
    if not confirmed:
        yield from (Doubt("issue", piece.reason) for piece in pieces if _is_doubtful(piece, "issue"))
    if found and wanted and not confirmed:
        yield Doubt("issue", "Schlüssel und Text nennen verschiedene Monate")
    in_name = month_in_name(name)
    if in_name and found and in_name not in found:
        yield Doubt("issue", "Dateiname und Text nennen verschiedene Monate")
    if evidence:
        yield from (
            Doubt(field, f"aus Zeile {evidence.piece.lines[0]}: {evidence.piece.text[:60]}")
            for field in ("publication", "issue")
        )


def _dates_in(pieces: Sequence[Piece]) -> list[str]:
    """The months of the days that a text names, the most frequent first; none of them need be the issue's."""
    found = [
        f"{day['name'] or NAMES[int(day['number']) - 1]} {day['year']}"
        for piece in pieces
        for day in _DAY.finditer(piece.text)
    ]
    return [month for month, _ in Counter(found).most_common(_SEEN)]


def _is_doubtful(piece: Piece, field: str) -> bool:
    return piece.field == field and piece.confidence == "doubtful"


def _piece_doubts(pieces: Sequence[Piece]) -> Iterator[Doubt]:
    for piece in pieces:
        if piece.confidence == "doubtful" and piece.field not in ("", "issue"):
            yield Doubt(piece.field, piece.reason)
        if piece.kind in ("note", "unclassified"):
            yield Doubt("paragraphs", piece.text)
        elif piece.kind == "text box":
            yield Doubt("pullquotes", f"Textfeld (Zeile {piece.lines[0]})")
        elif piece.kind == "personal salutation":
            yield Doubt("salutation", piece.reason)


def _missing(pieces: Sequence[Piece]) -> Iterator[Doubt]:
    fields = {piece.field for piece in pieces}
    if "title" not in fields:
        yield Doubt("title", "im Text stand keine Überschrift")
    several = any(piece.kind in ("lead", "unclassified") for piece in pieces)
    if several:
        for field in {"publication", "kicker"} - fields:
            yield Doubt(field, "mehrere Zeilen über dem Text")
    first = next((piece.text for piece in pieces if piece.field == "paragraphs"), "")
    if "salutation" not in fields and first[:1].islower():
        yield Doubt("salutation", "der Text beginnt klein, ohne Anrede")


def _damage(pieces: Sequence[Piece]) -> Iterator[Doubt]:
    for before, piece in zip((None, *pieces), pieces, strict=False):
        if piece.field and piece.kind != "paragraph" and (reason := damage_of(piece.text)):
            yield Doubt(piece.field, reason)
        if not piece.field and "\ufffd" in piece.text:
            yield from (
                Doubt(field, "verlorene Zeichen in der Nähe")
                for field in ("author", "role", "signature_lines")
            )
        if before and piece.kind == "paragraph" and lost_initial(piece.text, before.text):
            yield Doubt("paragraphs", f"der erste Buchstabe steht allein in der Zeile darüber: {before.text}")
    if lost_umlauts(tuple(piece.text for piece in pieces)):
        yield from (Doubt(field, "der ganze Text hat keinen einzigen Umlaut") for field in _WHOLE)
