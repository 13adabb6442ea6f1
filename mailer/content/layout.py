"""The layout of an arrived editorial: every line of it gets a class, none is dropped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mailer.content.damage import damage_of
from mailer.content.greeting import HEADING, find_greeting, is_prose
from mailer.content.lists import BULLET, Entry, find_numbered
from mailer.content.opening import CREDIT, NOTE, PICTURE, head_pieces
from mailer.content.pieces import Piece, piece_of
from mailer.content.quotes import attribution_piece, bare_quote_piece, quote_pieces
from mailer.content.rows import Row, ends_sentence, rows_of
from mailer.content.signoff import find_sign_off, sign_off_pieces
from mailer.content.styles import BESIDE, Style

_INLINE_NOTE = re.compile(r"\[[^\]]{2,}\](?!\()")
_SUBHEAD = 90
_SHOWN = ("paragraph", "list item")  # the kinds whose links reach the letter


def lay_out(lines: Sequence[str], styles: Mapping[int, Style]) -> tuple[Piece, ...]:
    """The pieces of a text in the order of their lines; blank lines are none."""
    everything = rows_of(lines, styles)
    beside = [row for row in everything if row.style.kind in BESIDE]
    rows = tuple(row for row in everything if row.style.kind not in BESIDE)
    greeting = find_greeting(rows)
    before = (greeting.before,) if greeting.before else ()
    head = head_pieces((*rows[: greeting.start], *before), rows)
    byline = _byline(head)
    first = greeting.end - 1 if greeting.rest else greeting.end
    end = max(find_sign_off(rows, first, byline), greeting.end)
    body = rows[greeting.end : end]
    if greeting.rest:
        body = (greeting.rest, *body)
    pieces = (
        *head,
        *greeting.pieces,
        *_body_pieces(body, rows, greeted=bool(greeting.pieces)),
        *sign_off_pieces(rows[end:], rows, byline),
    )
    aside = [piece for row in beside for piece in _beside(row, rows)]
    return (*pieces, *aside, *_links(pieces, everything))


def _byline(head: Sequence[Piece]) -> tuple[str, ...]:
    """Author, role, and both on one line, folded: what a signature may repeat."""
    parts = [piece.text.casefold() for piece in head if piece.field in ("author", "role")]
    return (*parts, ", ".join(parts)) if parts else ()


def _body_pieces(body: Sequence[Row], rows: Sequence[Row], *, greeted: bool) -> Iterator[Piece]:
    quoted, numbered = False, find_numbered(body)
    for index, row in enumerate(body):
        if entry := numbered.get(index):
            pieces: tuple[Piece, ...] = (_item(row, entry),)
        else:
            pieces = tuple(_body_piece(index, row, body, rows, quoted=quoted))
        quoted = any(piece.kind == "quote" for piece in pieces)
        if index == 0 and not greeted and len(pieces) == 1 and pieces[0].text[:1].islower():
            reason = "beginnt klein: fehlt die Anrede oder der erste Buchstabe?"
            pieces = (piece_of(row, pieces[0].kind, pieces[0].field, text=pieces[0].text, reason=reason),)
        yield from pieces


def _body_piece(
    index: int, row: Row, body: Sequence[Row], rows: Sequence[Row], *, quoted: bool
) -> Sequence[Piece]:
    text, style = row.text, row.style.kind
    heading, item = HEADING.match(text), BULLET.match(text)
    if style == "grid":
        return (piece_of(row, "grid", "paragraphs", reason="Tabelle, bitte ansehen"),)
    if NOTE.match(text):
        return (piece_of(row, "note", reason="Anmerkung in eckigen Klammern"),)
    if PICTURE.match(text):
        return (piece_of(row, "picture"),)
    if CREDIT.match(text) and not ends_sentence(text):
        return (piece_of(row, "credit", reason="Bildnachweis"),)
    if quote := quote_pieces(row, rows):
        return quote
    if quoted and (whose := attribution_piece(row)):
        return (whose,)
    if heading or style in ("heading", "title", "subtitle"):
        return (piece_of(row, "subhead", "paragraphs", text=heading["words"] if heading else None),)
    if style == "item":
        return (_item(row, Entry(row.style.label, text, row.style.level)),)
    if item:
        alone = not any(
            BULLET.match(each.text) for each in (*body[index - 1 : index], *body[index + 1 : index + 2])
        )
        reason = "einzelner Listenpunkt" if alone else ""
        return (piece_of(row, "list item", "paragraphs", text=item["words"], reason=reason),)
    if _is_subhead(row, body[index + 1 : index + 2]) and index:
        reason = "kurze Zeile, als Zwischenüberschrift übernommen"
        return (piece_of(row, "subhead", "paragraphs", reason=reason),)
    return (bare_quote_piece(row, rows) or _paragraph(row),)


def _item(row: Row, entry: Entry) -> Piece:
    text = " ".join(filter(None, (entry.label, entry.words)))
    reason = damage_of(text)
    if note := _INLINE_NOTE.search(text):
        reason = f"Anmerkung {note[0]}"
    elif row.joined:
        reason = f"Zeilen zusammengesetzt: {', '.join(row.joined)}"
    piece = piece_of(row, "list item", "paragraphs", text=text, reason=reason)
    markup = row.style.markup
    if markup and row.style.kind != "item":  # the label was typed, hence stands in front of the markup
        markup = re.sub(r"^[\d\w]{1,3}\\?[.)]\s+", "", markup)
    return replace(piece, markup=markup, label=entry.label, level=entry.level)


def _is_subhead(row: Row, after: Sequence[Row]) -> bool:
    short = len(row.text) <= _SUBHEAD and not row.text.endswith((",", ";", ":", "."))
    ended = ends_sentence(row.text) and not (row.text.endswith("?") and len(row.text.split()) <= 8)
    return short and not ended and row.text[:1].isupper() and bool(after) and is_prose(after[0].text)


def _paragraph(row: Row) -> Piece:
    reason = damage_of(row.text)
    if note := _INLINE_NOTE.search(row.text):
        reason = f"Anmerkung {note[0]}"
    elif row.joined:
        reason = f"Zeilen zusammengesetzt: {', '.join(row.joined)}"
    elif not reason and len(row.text) <= _SUBHEAD and not ends_sentence(row.text):
        reason = "kurze Zeile ohne Satzende"
    return piece_of(row, "paragraph", "paragraphs", reason=reason)


def _beside(row: Row, rows: Sequence[Row]) -> Sequence[Piece]:
    """A text box may hold the pull quote; all else beside the text is left out with its reason."""
    kind = row.style.kind
    quote = quote_pieces(row, rows) or (bare_quote_piece(row, rows),) if kind == "text box" else ()
    found = [each for each in quote if each is not None]
    if kind in ("footnote", "endnote") and (noted := _noted(row, rows)):
        return (noted,)
    aside = piece_of(row, kind, confidence="likely", reason=BESIDE[kind])
    return found or (replace(aside, place=row.style.place),)


def _noted(row: Row, rows: Sequence[Row]) -> Piece | None:
    """A note with the place of its sign, which the text no longer shows."""
    for each in rows:
        for text, before in each.style.notes:
            if row.text in text:
                what = "Fußnote" if row.style.kind == "footnote" else "Endnote"
                piece = piece_of(row, row.style.kind, confidence="likely", reason=f"{what} nach „{before}“")
                return replace(piece, place=each.lines[0])
    return None


def _links(pieces: Sequence[Piece], rows: Sequence[Row]) -> Iterator[Piece]:
    """Addresses behind words that the issue shows without their link: listed, so that none is lost."""
    shown = {piece.lines for piece in pieces if piece.markup and piece.kind in _SHOWN}
    for row in rows:
        if row.lines not in shown:
            for words, address in row.style.links:
                yield piece_of(
                    row, "link", text=f"{words}: {address}", confidence="likely", reason="Ziel eines Links"
                )
