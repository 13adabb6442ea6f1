"""The pieces of an arrived text: what each line was taken for, where it goes, how sure that is."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mailer.content.rows import Row

Confidence: TypeAlias = Literal["certain", "likely", "doubtful"]

# Kinds that stay outside the issue; the report names every one with its line.
LEFT_OUT = frozenset({"after", "byline word", "note", "picture", "repeated", "unclassified"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text of one class.

    Args:
        lines: the numbers of its lines in the source.
        kind: its class, in words.
        field: the key under which the import reports it; empty where it goes nowhere.
        confidence: certain by rule, likely, or doubtful (then a person is asked).
        reason: why it is not certain, in the language of the editors.
    """

    lines: tuple[int, ...]
    text: str
    kind: str
    field: str = ""
    confidence: Confidence = "certain"
    reason: str = ""


def piece_of(
    row: Row,
    kind: str,
    field: str = "",
    *,
    text: str | None = None,
    confidence: Confidence = "certain",
    reason: str = "",
) -> Piece:
    """A piece that covers a row, or a part of it."""
    return Piece(row.lines, row.text if text is None else text, kind, field, confidence, reason)
