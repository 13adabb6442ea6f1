"""The draft of an issue: the folder that an import writes, for people to go on with."""

import shutil
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from mailer.content.finds import is_year
from mailer.content.intake import Intake
from mailer.content.lists import Entry, write_list
from mailer.content.markdown import escape_markdown, keep_markdown, link_targets
from mailer.content.marks import mark_comment, mark_line
from mailer.content.months import label_of, months_of
from mailer.content.pieces import Piece
from mailer.toml import toml_string, toml_strings
from subscribers.errors import Refused

# Where a doubt is marked that has no line of its own in the front matter; the body marks its own.
_LINES = {"signature_lines": "signature", "role_lines": "role"}
_IN_THE_BODY = frozenset({"paragraphs", "pullquotes"})
_MARKS = ("note", "mark")  # blocks that are marks and nothing else

_TABLE = """[[lines]]
number = {number}
class = {kind}
field = {field}
confidence = {confidence}
text = {text}
"""


def write_draft(intake: Intake, folder: Path, *, markdown: bool, force: bool) -> Path | None:
    """Write editorial.md, highlights.toml, import.toml and the original; the folder appears whole or never.

    With `force` an issue that is there already is kept beside it; its new name is returned.

    Raises:
        Refused: the issue exists.
    """
    if folder.exists() and not force:
        raise Refused(
            f"The issue {folder.name} exists already.",
            place=str(folder),
            hint="Choose another key (--as), or keep the old one as a backup with --force.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.parent / f".{folder.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        original = f"original{intake.source.suffix}"
        (part / original).write_bytes(intake.source.data)
        (part / "editorial.md").write_text(
            editorial_text(intake, folder.name, original, markdown=markdown), "utf-8"
        )
        (part / "highlights.toml").write_text(highlights_text(intake), "utf-8")
        (part / "import.toml").write_text(report_text(intake, original), "utf-8")
        backup = _set_aside(folder) if folder.exists() else None
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return backup


def editorial_text(intake: Intake, key: str, original: str, *, markdown: bool) -> str:
    """editorial.md: front matter with a mark on every doubtful line, then the text in blocks."""
    doubts: dict[str, str] = {}
    shown = {piece.text if piece.kind in _MARKS else piece.reason for piece in intake.blocks}
    for doubt in intake.doubts:
        if doubt.field in _IN_THE_BODY and doubt.reason in shown:
            continue
        field = _LINES.get(doubt.field, doubt.field)
        doubts[field] = "; ".join(dict.fromkeys(filter(None, (doubts.get(field), doubt.reason))))
    months, signing = months_of(key), intake.signing
    author, role = signing.byline
    source = " - ".join(filter(None, (intake.publication, intake.issue)))
    fields = [
        ("label", toml_string(label_of(months or intake.months) or key), "issue"),
        ("number", toml_string(intake.number), "") if intake.number else None,
        ("months", toml_strings((intake.month_key or "").split("/")), "")
        if not months and intake.months
        else None,
        ("source", toml_string(source), "publication") if source else None,
        ("kicker", toml_string(intake.kicker), "kicker"),
        ("title", toml_string(intake.title or "Ohne Titel"), "title"),
        ("lead", toml_string(intake.lead), "lead"),
        ("author", toml_string(author), "author"),
        ("role", toml_string(role), "role"),
        ("salutation", toml_strings(intake.salutation), "salutation"),
        ("closing", toml_string(signing.closing), "closing"),
        ("signature", toml_strings(signing.signature), "signature"),
    ]
    lines = [
        f"{name} = {value}{mark_comment(doubts[field]) if field in doubts else ''}"
        for name, value, field in filter(None, fields)
    ]
    return "\n".join(
        [
            "+++",
            _opening_comment(intake, original),
            *lines,
            *_left_over(intake, doubts, {field for _, value, field in filter(None, fields)}),
            *_proposals(intake),
            "+++",
            "",
            _body(intake, markdown),
        ]
    )


def highlights_text(intake: Intake) -> str:
    """highlights.toml: a card for every known programme that the text names, the rest as comments."""
    lines = [
        "# Karten dieser Ausgabe in ihrer Reihenfolge. Felder aus programmes.toml lassen sich hier ersetzen."
    ]
    for key in intake.keys:
        lines += ["", "[[highlights]]", f"programme = {toml_string(key)}"]
    if intake.candidates:
        lines += [
            "",
            f"#{mark_comment('mögliche Programme, die nicht im Register stehen').removeprefix('  #')}",
        ]
        lines += [f"# {each}" for each in intake.candidates]
    return "\n".join([*lines, ""])


def report_text(intake: Intake, original: str) -> str:
    """import.toml: where the text came from, what its cleaning did, and the class of every line."""
    source = intake.source
    head = [
        "# Bericht des Imports: jede Zeile des Originals und ihre Klasse; `issue check` vergleicht damit.",
        f"source = {toml_string(source.name)}",
        f"original = {toml_string(original)}",
        f"sha256 = {toml_string(source.sha256)}",
        f"bytes = {len(source.data)}",
        f"encoding = {toml_string(source.encoding)}",
        f"remarks = {toml_strings(source.remarks)}",
        f"unsure = {toml_strings(intake.unsure)}",
    ]
    tables = [_row(number, piece) for number, piece in _every_line(intake)]
    return "\n".join([*head, "", *tables])


def _set_aside(folder: Path) -> Path:
    """Rename the old folder; the dot in its name keeps it out of the list of issues."""
    number = 1
    while (backup := folder.with_name(f"{folder.name}.backup-{number}")).exists():
        number += 1
    return folder.rename(backup)


def _opening_comment(intake: Intake, original: str) -> str:
    return (
        f"# Entwurf aus {original} (sha256 {intake.source.sha256}).\n"
        "# Vermerk am Ende einer Zeile: ansehen, berichtigen, Vermerk löschen. Bericht: import.toml."
    )


def _proposals(intake: Intake) -> list[str]:
    """What only an editor can decide, as comments to fill in."""
    lines = [
        '# subject = ""    (Betreff; ohne Angabe gilt der Titel)',
        '# preheader = ""  (Vorschautext im Postfach, 40 bis 110 Zeichen)',
    ]
    figures = [figure for figure in intake.figures if not is_year(figure)]
    if figures:
        lines += [
            "",
            "# Zahlen aus dem Text. Wer eine groß zeigen will, nimmt die Rauten weg und sagt, was sie zählt.",
        ]
    for figure in figures:
        lines += ["# [[figures]]", f"# value = {toml_string(figure)}", '# label = ""']
    return lines


def _left_over(intake: Intake, doubts: Mapping[str, str], marked: AbstractSet[str]) -> list[str]:
    """Doubts about what has no line of its own: each is a comment that blocks until somebody removes it."""
    return [
        mark_comment(f"{field}: {reason}").strip()
        for field, reason in doubts.items()
        if field not in marked | ({"programmes"} if intake.candidates else set())
    ]


def _body(intake: Intake, markdown: bool) -> str:
    blocks: list[str] = []
    for kind, group in groupby(intake.blocks, lambda piece: piece.kind):
        pieces = list(group)
        if kind == "list item":
            blocks.append(_list(pieces, markdown))
            continue
        for piece in pieces:
            blocks += [_doubt(piece)] if piece.confidence == "doubtful" and kind != "note" else []
            blocks.append(_markdown(piece, markdown))
    return "\n\n".join(blocks) + "\n"


def _list(pieces: Sequence[Piece], markdown: bool) -> str:
    """A list in one block; a mark stands above its item, the first one with a blank line below it."""
    lines: list[str] = []
    entries = [
        (
            Entry(piece.label, "", piece.level),
            _words(piece, piece.text.removeprefix(piece.label).strip(), markdown),
        )
        for piece in pieces
    ]
    for piece, item in zip(pieces, write_list(entries), strict=True):
        if piece.confidence == "doubtful":
            lines.append(_doubt(piece) + "\n" * (not lines))
        lines.append(item)
    return "\n".join(lines)


def _doubt(piece: Piece) -> str:
    return mark_line(f"Zeile {piece.lines[0]}: {piece.reason}")


def _markdown(piece: Piece, markdown: bool) -> str:
    """A piece as Markdown; text from a Markdown file keeps its emphasis and links where that is allowed."""
    if piece.kind == "note":
        return mark_line(f"Zeile {piece.lines[0]}: {piece.text}")
    if piece.kind == "mark":
        return mark_line(piece.text)
    if piece.kind == "quote":
        return f"> »{_words(replace(piece, markup=''), piece.text, markdown)}«"
    return {"subhead": "## "}.get(piece.kind, "") + _words(piece, piece.text, markdown)


def _words(piece: Piece, text: str, markdown: bool) -> str:
    if piece.markup:
        return piece.markup
    return keep_markdown(text) if markdown else escape_markdown(text)


def _every_line(intake: Intake) -> list[tuple[int, Piece]]:
    found = [(number, piece) for piece in intake.pieces for number in piece.lines]
    covered = {number for number, _ in found}
    blank = [
        (number, Piece((number,), "", "blank"))
        for number in range(1, len(intake.source.lines) + 1)
        if number not in covered
    ]
    return sorted([*found, *blank], key=lambda pair: pair[0])


def _row(number: int, piece: Piece) -> str:
    values = {"kind": piece.kind, "field": piece.field, "confidence": piece.confidence, "text": piece.text}
    table = _TABLE.format(number=number, **{name: toml_string(value) for name, value in values.items()})
    targets = link_targets(piece.markup)  # a Word file keeps them behind its words
    return f"{table}links = {toml_strings(targets)}\n" if targets and number == piece.lines[0] else table
