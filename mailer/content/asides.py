"""What stays outside the text but may belong to it: a mark at the place where each of them stood."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from mailer.content.greeting import is_prose
from mailer.content.matter import FENCES
from mailer.content.pieces import LEFT_OUT, Piece

_TOGETHER = frozenset({"table", "front matter"})
_SENTENCE = re.compile(r"[a-zäöüß%“”«»\")][.!?][“”«»\")]*$")
_FEWEST_WORDS = 4
_LINK_ON = re.compile(r"\s*(?:\b(?:mehr(?: lesen| erfahren)?|weiter(?:lesen)?))?\s*[>›»→]+$", re.IGNORECASE)
# Kinds that always need a person, and what the mark says.
BLOCKING = {
    "comment": "Kommentar am Rand",
    "deleted": "Löschung im Änderungsverlauf",
    "embedded": "Bild oder Objekt, das nicht übernommen wurde",
    "endnote": "Endnote",
    "footnote": "Fußnote",
    "front matter": "Kopfdaten der Datei, die nicht übernommen wurden",
    "struck": "durchgestrichen",
    "table": "Tabelle, die nicht übernommen wurde",
    "text box": "Textfeld",
    "unread": "Text an ungewöhnlicher Stelle",
}
# Kinds that have a mark of their own, or that the issue shows elsewhere.
_TOLD = frozenset(
    {"attribution", "evidence", "link", "note", "personal salutation", "picture", "repeated", "unclassified"}
)


def mark_pieces(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """A piece of the kind `mark` for each aside and each left-out sentence; its line is its place.

    The rows of one table share a mark, and so do the lines of front matter.
    """
    return tuple(_marks(pieces))


def with_marks(body: Sequence[Piece], marks: Sequence[Piece]) -> tuple[Piece, ...]:
    """The body with every mark before the first block that does not stand above it."""
    whole = list(body)
    for mark in reversed(marks):
        later = (index for index, piece in enumerate(whole) if piece.lines[0] >= mark.lines[0])
        whole.insert(next(later, len(whole)), mark)
    return tuple(whole)


def _marks(pieces: Sequence[Piece]) -> Iterator[Piece]:
    together = [piece for piece in pieces if piece.kind in _TOGETHER]
    for _, group in groupby(enumerate(together), lambda pair: pair[1].lines[0] - pair[0]):
        rows = [piece for _, piece in group]
        first, last = rows[0].lines[0], rows[-1].lines[-1]
        lines = f"Zeile {first}" if first == last else f"Zeilen {first} bis {last}"
        yield _mark(
            first,
            lines,
            BLOCKING[rows[0].kind],
            "; ".join(piece.text for piece in rows if piece.text not in FENCES),
        )
    for piece in pieces:
        line = f"Zeile {(piece.kind == 'struck' and piece.place) or piece.lines[0]}"
        if piece.kind in BLOCKING and piece.kind not in _TOGETHER:
            noted = piece.place and piece.kind != "struck"
            what = piece.reason if noted else BLOCKING[piece.kind]
            yield _mark(piece.place or piece.lines[0], line, what, piece.text)
        elif piece.kind in LEFT_OUT - _TOLD - _TOGETHER and _is_text(piece):
            yield _mark(piece.lines[0], line, "ausgelassen, gehört sie noch dazu?", piece.text)


def _mark(place: int, line: str, what: str, text: str) -> Piece:
    return Piece((place,), f"{line}: {what}{'' if what.endswith('?') else ':'} {text}", "mark")


def _is_text(piece: Piece) -> bool:
    """Whether it is a sentence, or more than one; a menu or a heading is none."""
    text = _LINK_ON.sub("", piece.text)
    sentence = _SENTENCE.search(text) and len(text.split()) >= _FEWEST_WORDS
    return bool(sentence) or is_prose(text) or piece.kind == "postscript"
