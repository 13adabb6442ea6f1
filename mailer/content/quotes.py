"""Pull quotes: sentences that stand alone in quotation marks, usually repeated from the text."""

import re
from collections.abc import Sequence
from functools import lru_cache

from mailer.content.people import is_office, is_person, read_person
from mailer.content.pieces import Piece, piece_of
from mailer.content.rows import Row, ends_sentence
from mailer.content.typography import plain

LONGEST = 300
_BY = (
    r"(?P<by>\s*(?:[–—-]\s*|\()(?P<who>[^„“”\"»«<>()]{4,90})\)?|,? (?:so|sagt|meint|betont)"
    r" [^„“”\"»«<>]{4,90})?$"
)
_GUILLEMETS = re.compile(
    r"^(?:>>|<<|»|«|›|‹)\s*(?P<words>[^<>«»‹›]+?)\s*(?:<<|>>|«|»|›|‹)(?P<dot>[.!?]?)" + _BY
)
_GERMAN = re.compile(r'^(?:„|“|"|”|‚|\'\')\s*(?P<words>[^„“”"]+?)\s*(?:“|”|"|‘|\'\')(?P<dot>[.!?]?)' + _BY)
_MARKDOWN = re.compile(r"^>\s+(?P<words>[^>].*)$")
_FEWEST_WORDS = 3


def quote_pieces(row: Row, rows: Sequence[Row]) -> tuple[Piece, ...]:
    """The row as a pull quote without its marks, and whom it names; doubtful where only „…“ speaks for it."""
    if len(row.text) > LONGEST:
        return ()
    text, styled = row.text, row.style.kind == "quote"
    if found := _MARKDOWN.match(text):
        text, styled = found["words"], True
    found = _GUILLEMETS.match(text)
    sure = styled or (found is not None and not found["by"])
    found = found or _GERMAN.match(text)
    if found is None and not styled:
        return ()
    words = (
        found["words"] + (found["dot"] if not found["words"].endswith((".", "!", "?")) else "")
        if found
        else text
    )
    repeated = is_repeated(words, row, rows)
    if not (sure or repeated) and len(words.split()) < _FEWEST_WORDS:
        return ()
    by = (found["who"] or found["by"] or "").strip(" –—-(),") if found else ""
    reason = "" if sure or repeated else "Zeile in Anführungszeichen, im Text nicht wiederholt"
    if by:
        reason = f"Zitat mit Zuschreibung ({by})"
    pieces = [piece_of(row, "quote", "pullquotes", text=words, reason=reason)]
    if by:
        pieces.append(piece_of(row, "attribution", text=by, reason="wem das Zitat gehört"))
    return tuple(pieces)


def attribution_piece(row: Row) -> Piece | None:
    """A line under a pull quote that says whose words they are: „– Ada Muster“, „Ada Muster, Meisterin“."""
    text = row.text.lstrip("–—- ")
    named = is_person(text) or (read_person(text) and len(text) <= LONGEST // 3)
    if not named and not (text != row.text and is_office(text)):
        return None
    return piece_of(row, "attribution", reason="steht unter einem Zitat")


def bare_quote_piece(row: Row, rows: Sequence[Row]) -> Piece | None:
    """A sentence on a line of its own that stands in the text once more, without quotation marks."""
    if len(row.text) > LONGEST or len(row.text.split()) < 5 or not ends_sentence(row.text):
        return None
    if not is_repeated(row.text, row, rows):
        return None
    reason = "Zeile ohne Anführungszeichen, im Text wiederholt"
    return piece_of(row, "quote", "pullquotes", reason=reason)


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    return plain(text)


def is_repeated(words: str, row: Row, rows: Sequence[Row]) -> bool:
    """Whether a longer row of the text says the same words."""
    wanted = plain(words).rstrip(".!?… ")
    return any(
        len(other.text) > len(row.text) and wanted in _plain(other.text)
        for other in rows
        if other.lines != row.lines
    )
