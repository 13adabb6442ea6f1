"""The mark `bitte prüfen`: what a person has to look at before an issue may leave the house."""

import re
from dataclasses import dataclass

from mailer.toml import Document

MARK = "bitte prüfen"
_COMMENT = re.compile(rf"\s*{MARK}\b\s*:?\s*(.*)", re.IGNORECASE | re.DOTALL)
_LINE = re.compile(rf"^[ \t]*<!--\s*{MARK}\b\s*:?[ \t]*(.*?)\s*-->[ \t]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unsure:
    """One marked field: its place, its name (`body`, or `comment` without a key), what is doubtful."""

    place: str
    field: str
    note: str


def marks_in(document: Document) -> tuple[Unsure, ...]:
    """The marks in the comments of a TOML document, each with the field on its line."""
    return tuple(
        Unsure(
            place=f"{document.name}:{comment.line + document.above}",
            field=".".join(str(part + 1) if isinstance(part, int) else part for part in comment.where)
            or "comment",
            note=found[1],
        )
        for comment in document.comments
        if (found := _COMMENT.match(comment.text))
    )


def take_marks(body: str, name: str, first_line: int) -> tuple[str, tuple[Unsure, ...]]:
    """The Markdown without its marking lines (blank instead, so that line numbers stay), and the marks."""
    lines, marks = body.split("\n"), []
    for index, line in enumerate(lines):
        if found := _LINE.match(line):
            marks.append(Unsure(f"{name}:{first_line + index}", "body", found[1]))
            lines[index] = ""
    return "\n".join(lines), tuple(marks)


def mark_comment(note: str) -> str:
    """The comment that marks the field on its line in a TOML file."""
    return f"  # {MARK}: {' '.join(note.split())}"


def mark_line(note: str) -> str:
    """The line that marks a place in the Markdown text; `--` inside would end an HTML comment early."""
    return f"<!-- {MARK}: {' '.join(note.split()).replace('--', '–').replace('>', '›')} -->"
