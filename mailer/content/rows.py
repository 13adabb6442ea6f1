"""The rows of an arrived text: its lines, put together again where a program broke them at a fixed width."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDEST = 120  # a longer line was not broken by a mail program or a PDF
NARROWEST = 45  # shorter ones end because the writer wanted it
_ENDED = re.compile(r"[.!?:…][“”«»\"')\]]*$")
_OWN_LINE = re.compile(
    r"[-•*–#>]\s|\d+[.)]\s|\[|>>|»|„|!\[|(?:Werte|Liebe|Sehr geehrte|Ihre?\b|Mit freundlich)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of meaning: the numbers of its lines, its text, and whether a blank line stands before it."""

    lines: tuple[int, ...]
    text: str
    after_blank: bool
    hyphenated: bool = False


def rows_of(lines: Sequence[str]) -> tuple[Row, ...]:
    """The lines that are not blank; hard-wrapped paragraphs become one row each."""
    rows, after_blank = [], True
    for number, text in enumerate(lines, 1):
        if text:
            rows.append(Row((number,), text, after_blank))
        after_blank = not text
    width = max((len(row.text) for row in rows), default=0)
    if not _is_wrapped(rows, width):
        return tuple(rows)
    joined: list[Row] = []
    for row in rows:
        if joined and _goes_on(joined[-1], row, len(lines[joined[-1].lines[-1] - 1]), width):
            joined[-1] = _join(joined[-1], row)
        else:
            joined.append(row)
    return tuple(joined)


def ends_sentence(text: str) -> bool:
    """Whether a line ends as sentences do."""
    return bool(_ENDED.search(text))


def _is_wrapped(rows: Sequence[Row], width: int) -> bool:
    """At least three lines of middling length stop in the midst of a sentence, and no line is long."""
    pairs = [(row, after) for row, after in pairwise(rows) if not after.after_blank]
    broken = [
        row
        for row, after in pairs
        if len(row.text) >= NARROWEST and not ends_sentence(row.text) and not _OWN_LINE.match(after.text)
    ]
    return width <= WIDEST and len(broken) >= 3


def _goes_on(row: Row, after: Row, length: int, width: int) -> bool:
    if after.after_blank or _OWN_LINE.match(after.text) or length < NARROWEST:
        return False
    if row.text.endswith(",") and re.match("(?:Werte|Liebe|Sehr geehrte)", row.text) and len(row.lines) == 1:
        return False
    return not (ends_sentence(row.text) and length < 0.75 * width)


def _join(row: Row, after: Row) -> Row:
    """Put two lines together; the hyphen at the end goes where a small letter follows, not before „und“."""
    lines = (*row.lines, *after.lines)
    split = re.search(r"[^\W\d_]-$", row.text) and re.match(r"[a-zäöüß]", after.text)
    if split and not re.match(r"(?:und|oder|bzw|sowie|bis)\b", after.text):
        return Row(lines, row.text[:-1] + after.text, row.after_blank, hyphenated=True)
    if row.text.endswith("-") and row.text[-2:-1].isalpha() and after.text[:1].isupper():
        return Row(lines, row.text + after.text, row.after_blank, row.hyphenated)
    return Row(lines, f"{row.text} {after.text}", row.after_blank, row.hyphenated)
