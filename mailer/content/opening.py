"""What stands before the text: masthead, kicker, headline and byline of an arrived editorial."""

import re
from collections.abc import Sequence
from dataclasses import replace

from mailer.content.after import is_navigation
from mailer.content.casing import is_capitals
from mailer.content.greeting import HEADING
from mailer.content.masthead import Masthead, looks_like_publication, read_masthead
from mailer.content.months import NAMES
from mailer.content.people import PREFIX, is_office, is_person, read_person
from mailer.content.pieces import Confidence, Piece, piece_of
from mailer.content.quotes import attribution_piece, bare_quote_piece, quote_pieces
from mailer.content.rows import Row

NOTE = re.compile(r"^\[.*\]$")
PICTURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)$")
CREDIT = re.compile(
    r"^(?:Foto|Fotos|Bild|Bilder|Bildnachweis|Fotograf(?:in)?|Grafik|Illustration|©)(?: ?:| von\b| ©"
    r"|\s).{1,120}$"
)
_BYLINE = re.compile(
    r"^(?P<word>(?:Von|VON|von|Ein Beitrag von|Verfasst von)(?: unser(?:em|er|en)?| UNSER(?:EM|ER))?"
    r"|Text:|Autor:|Autorin:)\s+(?P<words>.+)$"
)
_BYLINE_WORD = re.compile(r"^(?:von|text|autor|autorin):?$", re.IGNORECASE)
_DATELINE = re.compile(
    rf"^[A-ZÄÖÜ][\w -]{{2,30}}, (?:im |den |am |Ende |Anfang |Mitte )?"
    rf"(?:\d{{1,2}}\. ?)?(?:\d{{1,2}}\.|{'|'.join(NAMES)}) ?20\d\d$"
)
_HEADLINES = ("title", "heading")


def head_pieces(head: Sequence[Row], rows: Sequence[Row]) -> tuple[Piece, ...]:
    """The rows before the salutation, each for what it is; `rows` are all, to see what is repeated."""
    reader = _Head(rows)
    for row in head:
        reader.read(row)
    return reader.finish()


class _Head:
    """Reads the head row by row; lines that are only words wait until the whole head is known."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows, self.pieces = rows, list[Piece]()
        self.days = set[int]()  # indices of pieces that name a day, not an issue
        self.headlines = set[int]()  # indices of pieces that a style or # calls a headline

    def read(self, row: Row) -> None:
        text = row.text
        under_quote = bool(self.pieces) and self.pieces[-1].kind == "quote"
        if NOTE.match(text):
            self.pieces.append(piece_of(row, "note", reason="Anmerkung in eckigen Klammern"))
        elif PICTURE.match(text):
            self.pieces.append(piece_of(row, "picture"))
        elif CREDIT.match(text):
            self.pieces.append(piece_of(row, "credit", reason="Bildnachweis"))
        elif _DATELINE.match(text) and not looks_like_publication(text):
            self.pieces.append(piece_of(row, "date", confidence="likely", reason="Ort und Tag"))
        elif _BYLINE_WORD.match(text):
            self.pieces.append(piece_of(row, "byline word"))
        elif row.style.kind in _HEADLINES:
            self._headline(row, text)
        elif quote := quote_pieces(row, self.rows):
            self.pieces += quote
        elif masthead := read_masthead(text):
            self._masthead(row, masthead)
        elif is_navigation(text):
            self.pieces.append(
                piece_of(row, "navigation", confidence="likely", reason="Navigation einer Seite")
            )
        elif under_quote and self._has("title") and (whose := attribution_piece(row)):
            self.pieces.append(whose)
        elif not self._byline(row):
            self._words(row)

    def finish(self) -> tuple[Piece, ...]:
        """Decide which of the waiting lines is the publication, which the headline, which the lead."""
        waiting = [index for index, piece in enumerate(self.pieces) if piece.kind == "words"]
        marked = [index for index in waiting if index in self.headlines]
        self._find_publication(waiting, marked)
        if any(piece.kind == "title" for piece in self.pieces):
            marked = []
        elif waiting:
            title = marked[0] if marked else waiting[0]
            self._name(title, "title", self._title_reason(title, waiting, bool(marked)))
            for index in [each for each in waiting if each < title]:
                self._name(index, "kicker", "Zeile über der Überschrift")
            waiting = [each for each in waiting if each > title]
        for place, index in enumerate(waiting):
            piece = self.pieces[index]
            if piece.kind == "words" and place == 0 and not self._has("lead"):
                self._name(index, "lead", "Zeile zwischen Überschrift und Anrede, als Vorspann übernommen")
            elif piece.kind == "words":
                self.pieces[index] = replace(
                    piece, kind="unclassified", confidence="doubtful", reason="nicht zugeordnet"
                )
        return tuple(self.pieces)

    def _masthead(self, row: Row, masthead: Masthead) -> None:
        for kind, text in (
            ("publication", masthead.publication),
            ("issue", masthead.issue),
            ("kicker", masthead.kicker),
        ):
            if text:
                if kind == "issue" and masthead.dated:
                    self.days.add(len(self.pieces))
                unsure = kind in ("issue", "publication") and masthead.reason
                self.pieces.append(
                    piece_of(row, kind, kind, text=text, reason=masthead.reason if unsure else "")
                )
        if masthead.title and masthead.kicker:
            self.pieces.append(piece_of(row, "title", "title", text=masthead.title))
        elif masthead.title:
            reason = "stand hinter der Ausgabe in einer Zeile"
            self.pieces.append(piece_of(row, "title", "title", text=masthead.title, reason=reason))
        if masthead.byline:
            by = replace(row, text=masthead.byline)
            if not self._byline(by):
                self._words(by)

    def _byline(self, row: Row) -> bool:
        """Take the row as author (and role); False where it is something else."""
        spoken = _BYLINE.match(row.text)
        words = spoken["words"] if spoken else row.text
        word = spoken["word"] if spoken else ""
        if prefix := PREFIX.match(words):
            words, word = words[prefix.end() :], f"{word} {prefix[0]}".strip()
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
        titled = self._has("title") or self._has("words")
        if self._has("author") or not (named or person):
            return False
        if comma and named and (spoken or capitals or is_office(shape.partition(",")[2])):
            self._author(row, name, role, word)
        elif not comma and (spoken or after_word or self._is_repeated(row, words)):
            self._author(row, person.name if person and not capitals else words, "", word)
            if person and person.role and not capitals:
                self.pieces.append(piece_of(row, "role", "role", text=person.role, confidence="likely"))
        elif not comma and person and (titled or self._office_follows(row)):
            self._guessed(
                row, word, person.name if not capitals else words, person.role if not capitals else ""
            )
        else:
            return False
        return True

    def _author(self, row: Row, name: str, role: str, word: str) -> None:
        if word:
            self.pieces.append(piece_of(row, "byline word", text=word))
        self.pieces.append(piece_of(row, "author", "author", text=name.strip()))
        if role.strip():
            reason = "" if is_office(role.strip()) or is_capitals(role) else "steht hinter dem Namen"
            self.pieces.append(piece_of(row, "role", "role", text=role.strip(), reason=reason))

    def _guessed(self, row: Row, word: str, name: str, role: str) -> None:
        if word:
            self.pieces.append(piece_of(row, "byline word", text=word))
        reason = "Name unter der Überschrift, als Verfasser gelesen"
        self.pieces.append(piece_of(row, "author", "author", text=name, reason=reason))
        if role:
            self.pieces.append(piece_of(row, "role", "role", text=role, reason=reason))

    def _headline(self, row: Row, text: str) -> None:
        masthead = read_masthead(text)
        if masthead and (masthead.issue or not masthead.title) and not masthead.byline:
            self._masthead(row, masthead)
        else:
            self.headlines.add(len(self.pieces))
            self.pieces.append(piece_of(row, "words"))

    def _words(self, row: Row) -> None:
        heading = HEADING.match(row.text)
        if heading:
            self.headlines.add(len(self.pieces))
        if row.style.kind == "subtitle" and not self._has("lead"):
            self.pieces.append(piece_of(row, "lead", "lead"))
        elif not heading and (quote := bare_quote_piece(row, self.rows)) and self._has("words"):
            self.pieces.append(quote)
        else:
            self.pieces.append(piece_of(row, "words", text=heading["words"] if heading else row.text))

    def _find_publication(self, waiting: list[int], marked: Sequence[int]) -> None:
        """A line above the issue's label or the kicker, with more lines below, names the publication."""
        labels = [
            index
            for index, piece in enumerate(self.pieces)
            if piece.kind in ("issue", "kicker") and index not in self.days
        ]
        if self._has("publication") or not waiting or not labels or waiting[0] in marked:
            return
        first = waiting[0]
        below = len(waiting) > 1 or self._has("title")
        text = self.pieces[first].text
        if first < labels[0] and (below or looks_like_publication(text)):
            self._name(first, "publication", "" if is_capitals(text) else "Zeile über der Ausgabe")
            waiting.pop(0)

    def _name(self, index: int, kind: str, reason: str) -> None:
        sure: Confidence = "doubtful" if reason else "certain"
        self.pieces[index] = replace(
            self.pieces[index], kind=kind, field=kind, confidence=sure, reason=reason
        )

    def _title_reason(self, index: int, waiting: Sequence[int], marked: bool) -> str:
        text = self.pieces[index].text
        if is_capitals(text):
            return "stand in Großbuchstaben"
        if marked:
            return ""
        if len(waiting) > 1:
            return "mehrere Zeilen kommen als Überschrift in Frage"
        if any(piece.kind == "quote" for piece in self.pieces[:index]):
            return "darüber steht eine Zeile in Anführungszeichen"
        if is_person(text) or is_office(text) or len(text) > 120:
            return "ungewöhnliche Überschrift"
        return ""

    def _office_follows(self, row: Row) -> bool:
        at = self.rows.index(row) + 1 if row in self.rows else len(self.rows)
        return any(is_office(each.text) and not read_person(each.text) for each in self.rows[at : at + 1])

    def _has(self, kind: str) -> bool:
        return any(piece.kind == kind for piece in self.pieces)

    def _is_repeated(self, row: Row, words: str) -> bool:
        return any(
            other is not row and other.text.casefold().endswith(words.casefold()) for other in self.rows
        )
