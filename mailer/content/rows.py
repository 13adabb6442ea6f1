"""The rows of an arrived text: its lines, put together again where a program broke them at a fixed width."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mailer.content.styles import Style

WIDEST = 120  # a longer line was not broken by a mail program or a PDF
NARROWEST = 45  # shorter ones end because the writer wanted it
_LONGEST_QUOTE = 300
_PLAIN = ("", "bold")
_OPENED = re.compile(r"^(?:>>|»|„|‹)\s*\S")
_ANY_SHUT = re.compile(r"<<|«|“|›")
_SHUT = re.compile(r"(?:<<|«|“|›)$")
_ENDED = re.compile(r"[.!?:…][“”«»\"')\]]*$")
_OWN_LINE = re.compile(
    r"[-•*–#>]\s|(?:\d+[.)]|[a-z]\))\s|\[|>>|»|„|!\[|(?:Werte|Liebe|Sehr geehrte|Ihre?\b|Mit freundlich)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of meaning: the numbers of its lines, its text, whether a blank line stands before it.

    `joined` says which words were put together where a line break had cut them, and where a new paragraph
    may have begun all the same.
    """

    lines: tuple[int, ...]
    text: str
    after_blank: bool
    joined: tuple[str, ...] = ()
    style: Style = field(default_factory=Style)


def rows_of(lines: Sequence[str], styles: Mapping[int, Style]) -> tuple[Row, ...]:
    """The lines that are not blank; hard-wrapped paragraphs and quotes become one row each."""
    rows, after_blank = list[Row](), True
    for number, text in enumerate(lines, 1):
        style = styles.get(number, Style())
        if rows and not after_blank and style.kind == rows[-1].style.kind == "grid":
            rows[-1] = replace(rows[-1], lines=(*rows[-1].lines, number), text=f"{rows[-1].text}\n{text}")
        elif text:
            rows.append(Row((number,), text, after_blank, style=style))
        after_blank = not text
    return _with_whole_quotes(_unwrapped(rows, lines))


def _unwrapped(rows: Sequence[Row], lines: Sequence[str]) -> Sequence[Row]:
    width = max((len(row.text) for row in rows), default=0)
    if not _is_wrapped(rows, width):
        return rows
    joined: list[Row] = []
    for row in rows:
        if joined and _goes_on(joined[-1], row, len(lines[joined[-1].lines[-1] - 1]), width):
            early = ends_sentence(joined[-1].text) and len(lines[joined[-1].lines[-1] - 1]) < 0.9 * width
            joined[-1] = _join(joined[-1], row)
            if early:
                note = f"Absatz vor „{row.text.split()[0]}“?"
                joined[-1] = replace(joined[-1], joined=(*joined[-1].joined, note))
        else:
            joined.append(row)
    return joined


def _with_whole_quotes(rows: Sequence[Row]) -> tuple[Row, ...]:
    """A quote that opens on one line and closes at the end of another, at most three lines on, is one row."""
    whole: list[Row] = []
    skip = 0
    for index, row in enumerate(rows):
        if skip:
            skip -= 1
            continue
        opened = _OPENED.match(row.text)
        if opened and not _ANY_SHUT.search(row.text[1:]):
            group = rows[index : index + 4]
            end = next((at for at, each in enumerate(group[1:], 1) if _SHUT.search(each.text)), 0)
            if end and sum(len(each.text) for each in group[: end + 1]) <= _LONGEST_QUOTE:
                for each in group[1 : end + 1]:
                    row = _join(row, each)
                skip = end
        whole.append(row)
    return tuple(whole)


def ends_sentence(text: str) -> bool:
    """Whether a line ends as sentences do."""
    return bool(_ENDED.search(text))


def _is_wrapped(rows: Sequence[Row], width: int) -> bool:
    """At least two lines of middling length stop in the midst of a sentence, and no line is long."""
    pairs = [(row, after) for row, after in pairwise(rows) if not after.after_blank]
    broken = [
        row
        for row, after in pairs
        if len(row.text) >= NARROWEST and not ends_sentence(row.text) and not _OWN_LINE.match(after.text)
    ]
    return width <= WIDEST and len(broken) >= 2


def _goes_on(row: Row, after: Row, length: int, width: int) -> bool:
    if row.style.kind not in _PLAIN or after.style.kind not in _PLAIN:
        return False
    if after.after_blank or _OWN_LINE.match(after.text) or length < NARROWEST:
        return False
    if row.text.endswith(",") and re.match("(?:Werte|Liebe|Sehr geehrte)", row.text) and len(row.lines) == 1:
        return False
    return not (ends_sentence(row.text) and length < 0.75 * width)


def _join(row: Row, after: Row) -> Row:
    """Put two lines together; the hyphen at the end goes where a small letter follows, not before „und“."""
    lines = (*row.lines, *after.lines)
    marked = row.style.markup or after.style.markup
    markup = f"{row.style.markup or row.text} {after.style.markup or after.text}" if marked else ""
    links, notes = (*row.style.links, *after.style.links), (*row.style.notes, *after.style.notes)
    style = replace(row.style, markup="", links=links, notes=notes)
    split = re.search(r"[^\W\d_]-$", row.text) and re.match(r"[a-zäöüß]", after.text)
    if split and not re.match(r"(?:und|oder|bzw|sowie|bis)\b", after.text):
        words = (row.text.split()[-1], after.text.split()[0])
        joined = (*row.joined, f"{words[0]} + {words[1]}")
        return Row(lines, row.text[:-1] + after.text, row.after_blank, joined, style)
    if row.text.endswith("-") and row.text[-2:-1].isalpha() and after.text[:1].isupper():
        return Row(lines, row.text + after.text, row.after_blank, row.joined, style)
    text = f"{row.text} {after.text}"
    return Row(lines, text, row.after_blank, row.joined, replace(style, markup=markup))
