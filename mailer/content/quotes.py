"""Pull quotes: sentences that stand alone in quotation marks, usually repeated from the text."""

import re
from collections.abc import Sequence

from mailer.content.pieces import Piece, piece_of
from mailer.content.rows import Row
from mailer.content.typography import plain

LONGEST = 300
_GUILLEMETS = re.compile(r"^(?:>>|»|«|<<)\s*(?P<words>[^<>«»]+?)\s*(?:<<|«|»|>>)$")
_GERMAN = re.compile(r'^(?:„|“|")\s*(?P<words>[^„“”"]+?)\s*(?:“|”|")$')
_MARKDOWN = re.compile(r"^>\s+(?P<words>[^>].*)$")


def quote_piece(row: Row, rows: Sequence[Row]) -> Piece | None:
    """The row as a pull quote without its marks; doubtful where only „…“ speaks for it."""
    if len(row.text) > LONGEST:
        return None
    if found := _MARKDOWN.match(row.text):
        inner = _GUILLEMETS.match(found["words"]) or _GERMAN.match(found["words"]) or found
        return piece_of(row, "quote", "pullquotes", text=inner["words"])
    if found := _GUILLEMETS.match(row.text):
        return piece_of(row, "quote", "pullquotes", text=found["words"])
    found = _GERMAN.match(row.text)
    if found is None or len(found["words"].split()) < 3:
        return None
    repeated = any(plain(found["words"]) in plain(other.text) for other in rows if other is not row)
    if repeated:
        return piece_of(row, "quote", "pullquotes", text=found["words"])
    reason = "Zeile in Anführungszeichen, im Text nicht wiederholt"
    return piece_of(row, "quote", "pullquotes", text=found["words"], confidence="doubtful", reason=reason)
