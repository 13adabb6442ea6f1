"""The pieces of an arrived text: what each line was taken for, where it goes, how sure that is."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mailer.content.rows import Row
from mailer.content.styles import BESIDE

Confidence: TypeAlias = Literal["certain", "likely", "doubtful"]

# Kinds that stay outside the issue; the report names every one with its line.
LEFT_OUT = frozenset(
    {
        *(
            "after",
            "attribution",
            "biography",
            "byline word",
            "contents",
            "credit",
            "date",
            "evidence",
            "imprint",
        ),
        *("link", "navigation", "note", "personal salutation", "picture", "postscript", "repeated", "teaser"),
        *("unclassified", *BESIDE),
    }
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text of one class.

    Args:
        lines: the numbers of its lines in the source.
        kind: its class, in words.
        field: the key under which the import reports it; empty where it goes nowhere.
        confidence: certain by rule, likely, or doubtful (then a person is asked).
        reason: why it is not certain, in the language of the editors.
        markup: the text as Markdown where emphasis or links are in it, else empty; without the label.
        label: the number with which the text of a list item begins, such as `3.`.
        level: how deep a list item stands, from 0.
        place: the line that a note belongs to; 0 where nobody knows.
    """

    lines: tuple[int, ...]
    text: str
    kind: str
    field: str = ""
    confidence: Confidence = "certain"
    reason: str = ""
    markup: str = ""
    label: str = ""
    level: int = 0
    place: int = 0


def piece_of(
    row: Row,
    kind: str,
    field: str = "",
    *,
    text: str | None = None,
    confidence: Confidence | None = None,
    reason: str = "",
) -> Piece:
    """A piece that covers a row, or a part of it; with a reason and no other word it is doubtful."""
    whole = text is None or text == row.text
    sure: Confidence = confidence or ("doubtful" if reason else "certain")
    return Piece(
        row.lines,
        row.text if text is None else text,
        kind,
        field,
        sure,
        reason,
        row.style.markup if whole else "",
    )
