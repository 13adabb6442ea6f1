"""The layout of an arrived editorial: every line of it gets a class, none is dropped."""

import re
from collections.abc import Iterator, Sequence

from mailer.content.opening import HEADING, NOTE, PICTURE, find_greeting, head_pieces, is_prose
from mailer.content.pieces import Piece, piece_of
from mailer.content.quotes import quote_piece
from mailer.content.rows import Row, ends_sentence, rows_of
from mailer.content.signoff import find_sign_off, sign_off_pieces

LIST_ITEM = re.compile(r"^[-•*–]\s+(?P<words>\S.*)$")
_INLINE_NOTE = re.compile(r"\[[^\]]{2,}\](?!\()")
_SUBHEAD = 90


def lay_out(lines: Sequence[str]) -> tuple[Piece, ...]:
    """The pieces of a text in the order of their lines; blank lines are none."""
    rows = rows_of(lines)
    greeting = find_greeting(rows)
    head = head_pieces(rows[: greeting.start], rows)
    byline = _byline(head)
    first = greeting.end - 1 if greeting.rest else greeting.end
    end = max(find_sign_off(rows, first, byline), greeting.end)
    body = rows[greeting.end : end]
    if greeting.rest:
        body = (greeting.rest, *body)
    return (
        *head,
        *greeting.pieces,
        *_body_pieces(body, rows),
        *sign_off_pieces(rows[end:], rows, byline),
    )


def _byline(head: Sequence[Piece]) -> tuple[str, ...]:
    """Author, role, and both on one line, folded: what a signature may repeat."""
    parts = [piece.text.casefold() for piece in head if piece.field in ("author", "role")]
    return (*parts, ", ".join(parts))


def _body_pieces(body: Sequence[Row], rows: Sequence[Row]) -> Iterator[Piece]:
    for index, row in enumerate(body):
        text = row.text
        heading = HEADING.match(text)
        item = LIST_ITEM.match(text)
        if NOTE.match(text):
            yield piece_of(row, "note", reason="Anmerkung in eckigen Klammern")
        elif PICTURE.match(text):
            yield piece_of(row, "picture")
        elif quote := quote_piece(row, rows):
            yield quote
        elif heading:
            yield piece_of(row, "subhead", "paragraphs", text=heading["words"])
        elif item:
            yield piece_of(row, "list item", "paragraphs", text=item["words"])
        elif _is_subhead(row, body[index + 1 : index + 2]) and index:
            reason = "kurze Zeile, als Zwischenüberschrift übernommen"
            yield piece_of(row, "subhead", "paragraphs", confidence="doubtful", reason=reason)
        else:
            yield _paragraph(row)


def _is_subhead(row: Row, after: Sequence[Row]) -> bool:
    short = len(row.text) <= _SUBHEAD and not ends_sentence(row.text) and not row.text.endswith((",", ";"))
    return short and row.text[:1].isupper() and bool(after) and is_prose(after[0].text)


def _paragraph(row: Row) -> Piece:
    reason = ""
    if "\ufffd" in row.text:
        reason = "verlorene Zeichen"
    elif note := _INLINE_NOTE.search(row.text):
        reason = f"Anmerkung {note[0]}"
    elif row.hyphenated:
        reason = "Trennung am Zeilenende aufgelöst"
    return piece_of(
        row, "paragraph", "paragraphs", confidence="doubtful" if reason else "certain", reason=reason
    )
