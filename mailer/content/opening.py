"""What stands before the text: masthead, kicker, headline, byline and salutation of an arrived editorial."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.content.casing import is_capitals
from mailer.content.masthead import Masthead, read_masthead
from mailer.content.people import is_office, is_person, read_person
from mailer.content.pieces import Piece, piece_of
from mailer.content.quotes import quote_piece
from mailer.content.rows import Row, ends_sentence

NOTE = re.compile(r"^\[.*\]$")
PICTURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)$")
HEADING = re.compile(r"^(#{1,6})\s+(?P<words>.+?)\s*#*$")
_WORD = (
    r"(?:werte[rs]?|liebe[rs]?|sehr (?:geehrte|verehrte)[rs]?|verehrte[rs]?|guten tag|guten morgen|hallo"
    r"|geschätzte[rs]?|grüß gott|moin)\b"
)
_SALUTATION = re.compile(rf"^{_WORD}.*[,!:]$", re.IGNORECASE)
_SALUTATION_OPEN = re.compile(
    rf"^{_WORD}(?=.*(?:innen|herren|damen|\bund\b|\bfrau\b|\bherr\b))[^,.!?:]+$", re.IGNORECASE
)
_RUN_IN = re.compile(rf"^((?i:{_WORD})[^,.!?:]{{2,90}}(?:,(?=\s+[a-zäöü])|!(?=\s)))\s+(.+)$")
_BYLINE = re.compile(r"^(?:Von|VON|Text:|Autor:|Autorin:)\s+(?P<words>.+)$")
_BYLINE_WORD = re.compile(r"^(?:von|text|autor|autorin):?$", re.IGNORECASE)
_LATEST = 25  # a greeting further down greets nobody


@dataclass(frozen=True, slots=True)
class Greeting:
    """Where the salutation stands among the rows, and what is left of its last row if text follows in it."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    rest: Row | None


def find_greeting(rows: Sequence[Row]) -> Greeting:
    """The salutation (one or more lines, or run into the first paragraph); else where the text begins."""
    for start, row in enumerate(rows[:_LATEST]):
        if _is_salutation(row.text):
            end = start + 1
            while end < len(rows) and _is_salutation(rows[end].text):
                end += 1
            pieces = tuple(piece_of(each, "salutation", "salutation") for each in rows[start:end])
            return Greeting(start, end, pieces, None)
        if found := _RUN_IN.match(row.text):
            piece = piece_of(row, "salutation", "salutation", text=found[1], confidence="likely")
            return Greeting(start, start + 1, (piece,), Row(row.lines, found[2], row.after_blank))
    start = next((index for index, row in enumerate(rows) if is_prose(row.text)), len(rows))
    return Greeting(start, start, (), None)


def is_prose(text: str) -> bool:
    """Whether a row reads like a paragraph: a sentence of some length, not a headline."""
    words = len(text.split())
    return (words >= 8 and ends_sentence(text) and not HEADING.match(text)) or words >= 18


def head_pieces(head: Sequence[Row], rows: Sequence[Row]) -> tuple[Piece, ...]:
    """The rows before the salutation, each for what it is; `rows` are all, to see what is repeated."""
    reader = _Head(rows)
    for row in head:
        reader.read(row)
    return tuple(reader.pieces)


def _is_salutation(text: str) -> bool:
    return (
        len(text) <= 120
        and not _RUN_IN.match(text)
        and bool(_SALUTATION.match(text) or (len(text) <= 60 and _SALUTATION_OPEN.match(text)))
    )


class _Head:
    """Reads the head row by row and remembers which parts it has."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows, self.pieces = rows, list[Piece]()

    def read(self, row: Row) -> None:
        text = row.text
        if NOTE.match(text):
            self.pieces.append(piece_of(row, "note", reason="Anmerkung in eckigen Klammern"))
        elif PICTURE.match(text):
            self.pieces.append(piece_of(row, "picture"))
        elif _BYLINE_WORD.match(text):
            self.pieces.append(piece_of(row, "byline word"))
        elif quote := quote_piece(row, self.rows):
            self.pieces.append(quote)
        elif masthead := read_masthead(text):
            self._masthead(row, masthead)
        elif not self._byline(row):
            self._words(row)

    def _masthead(self, row: Row, masthead: Masthead) -> None:
        for kind, text in (
            ("publication", masthead.publication),
            ("issue", masthead.issue),
            ("kicker", masthead.kicker),
            ("title", masthead.title),
        ):
            if text:
                sure = kind != "issue" or masthead.certain
                reason = "" if sure else "Ziffern können Monat oder laufende Nummer sein"
                self.pieces.append(
                    piece_of(
                        row,
                        kind,
                        kind,
                        text=text,
                        confidence="certain" if sure else "doubtful",
                        reason=reason,
                    )
                )

    def _byline(self, row: Row) -> bool:
        """Take the row as author (and role); False where it is something else."""
        spoken = _BYLINE.match(row.text)
        words = spoken["words"] if spoken else row.text
        capitals = is_capitals(words)
        shape = words.title() if capitals else words
        name, comma, role = words.partition(",")
        after_word = bool(self.pieces) and self.pieces[-1].kind == "byline word"
        after_name = bool(self.pieces) and self.pieces[-1].kind == "author"
        if after_name and is_office(shape) and not self._has("role"):
            self.pieces.append(piece_of(row, "role", "role"))
            return True
        person = read_person(shape)
        named = is_person(name.title() if capitals else name)
        if self._has("author") or not (named or person):
            return False
        if comma and named and (spoken or capitals or is_office(shape.partition(",")[2])):
            self._author(row, name, role, spoken is not None)
        elif not comma and (spoken or after_word or self._is_repeated(row, words)):
            self._author(row, person.name if person and not capitals else words, "", spoken is not None)
            if person and person.role and not capitals:
                self.pieces.append(piece_of(row, "role", "role", text=person.role, confidence="likely"))
        else:
            return False
        return True

    def _author(self, row: Row, name: str, role: str, spoken: bool) -> None:
        if spoken:
            self.pieces.append(piece_of(row, "byline word", text=row.text.split()[0]))
        self.pieces.append(piece_of(row, "author", "author", text=name.strip()))
        if role.strip():
            self.pieces.append(piece_of(row, "role", "role", text=role.strip()))

    def _words(self, row: Row) -> None:
        heading = HEADING.match(row.text)
        text = heading["words"] if heading else row.text
        if not self._has("title") and not is_prose(text):
            doubtful = is_capitals(text)
            reason = "stand in Großbuchstaben" if doubtful else ""
            self.pieces.append(
                piece_of(
                    row,
                    "title",
                    "title",
                    text=text,
                    confidence="doubtful" if doubtful else "certain",
                    reason=reason,
                )
            )
        elif not self._has("lead"):
            reason = "Zeile zwischen Überschrift und Anrede, als Vorspann übernommen"
            self.pieces.append(piece_of(row, "lead", "lead", text=text, confidence="doubtful", reason=reason))
        else:
            self.pieces.append(
                piece_of(row, "unclassified", confidence="doubtful", reason="nicht zugeordnet")
            )

    def _has(self, kind: str) -> bool:
        return any(piece.kind == kind for piece in self.pieces)

    def _is_repeated(self, row: Row, words: str) -> bool:
        return any(
            other is not row and other.text.casefold().endswith(words.casefold()) for other in self.rows
        )
