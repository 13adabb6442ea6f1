"""Publication and issue named elsewhere than above the headline: in a footer, in „erschienen in der …“."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.content.labels import Label, find_label
from mailer.content.masthead import read_masthead
from mailer.content.pieces import LEFT_OUT, Piece

_NAMED = re.compile(r"(?P<publication>[A-ZÄÖÜ][\w-]*?(?:[ -][A-ZÄÖÜ][\w-]*?)*)[ -]Ausgabe\b")
_APPEARED = re.compile(
    r"\b(?:erschienen|erscheint|aus|abgedruckt|veröffentlicht)\b.{0,30}?\b(?:in|im|aus|der|dem|den)\b"
)
_FILE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a line outside the letter says about it; both parts are for a person to confirm."""

    publication: str
    label: Label
    piece: Piece


def find_evidence(pieces: Sequence[Piece]) -> Evidence | None:
    """The first line among those left out that names an issue as its own."""
    for piece in pieces:
        if piece.kind not in LEFT_OUT or piece.kind in ("note", "link", "embedded"):
            continue
        label = find_label(piece.text)
        if label is None:
            continue
        masthead = read_masthead(piece.text)
        named = _NAMED.search(piece.text)
        if named and (_APPEARED.search(piece.text) or label.worded):
            return Evidence(named["publication"], label, piece)
        if masthead and masthead.issue:
            return Evidence(masthead.publication, label, piece)
    return None


def month_in_name(name: str) -> tuple[int, int] | None:
    """The month that the name of a file carries: `editorial-2025-10.docx`."""
    found = _FILE.search(name)
    return (int(found[1]), int(found[2])) if found else None
