"""The notation of a Markdown file beyond its lines: tables, footnotes, emphasis in the front matter."""

import re
from collections.abc import Sequence
from dataclasses import replace

from mailer.content.decoding import Source
from mailer.content.markdown import bare_markdown, parse_markdown
from mailer.content.pieces import Piece
from mailer.content.styles import Style

_ROW = re.compile(r"\|.*\|$")
_NOTE = re.compile(r"\[\^(?P<key>[^\]\s]+)\]:\s*(?P<text>\S.*)$")
_SIGN = re.compile(r"[ ]?\[\^(?P<key>[^\]\s]+)\](?!:)")
_BEFORE = 4  # words that show where the sign of a note stood
_PLAIN = frozenset(
    {
        *("kicker", "title", "lead", "author", "role", "salutation", "closing"),
        *("signature_lines", "role_lines"),
    }
)


def with_tables(source: Source) -> Source:
    """The source with its tables as such: well-formed ones are one block, others stand beside the text."""
    styles, start = dict(source.styles), 0
    while start < len(source.lines):
        end = start
        while end < len(source.lines) and _ROW.match(source.lines[end]):
            end += 1
        if end - start > 1:
            tokens = parse_markdown("\n".join(source.lines[start:end]))
            kind = "grid" if tokens and tokens[0].type == "table_open" else "table"
            styles |= {number: Style(kind) for number in range(start + 1, end + 1) if number not in styles}
        start = max(end, start + 1)
    return replace(source, styles=styles)


def with_notes(source: Source) -> Source:
    """The source with its footnotes beside the text; their signs go, and where they stood is kept."""
    found = {number: _NOTE.match(line) for number, line in enumerate(source.lines, 1)}
    notes = {match["key"]: match["text"] for match in found.values() if match}
    lines, styles = list(source.lines), dict(source.styles)
    for number, line in enumerate(source.lines, 1):
        if match := found[number]:
            lines[number - 1], styles[number] = match["text"], Style("footnote")
            continue
        signs = [sign for sign in _SIGN.finditer(line) if sign["key"] in notes]
        for sign in reversed(signs):
            line = line[: sign.start()] + line[sign.end() :]
        if signs:
            lines[number - 1] = line
            where = [_SIGN.sub("", source.lines[number - 1][: sign.start()]) for sign in signs]
            told = [
                (notes[sign["key"]], " ".join(text.split()[-_BEFORE:]))
                for sign, text in zip(signs, where, strict=True)
            ]
            styles[number] = replace(styles.get(number, Style()), notes=tuple(told))
    return replace(source, lines=tuple(lines), styles=styles)


def without_emphasis(source: Source, pieces: Sequence[Piece]) -> tuple[Source, tuple[Piece, ...]]:
    """The pieces of the front matter, which is no Markdown, without emphasis; the remarks name each line."""
    if source.suffix != ".md":
        return source, tuple(pieces)
    bare, remarks = list[Piece](), list(source.remarks)
    for piece in pieces:
        text = bare_markdown(piece.text) if piece.field in _PLAIN else piece.text
        if text != piece.text:
            remarks.append(f"Emphasis was taken out of the {piece.kind} in line {piece.lines[0]}.")
        bare.append(replace(piece, text=text))
    return replace(source, remarks=tuple(remarks)), tuple(bare)
