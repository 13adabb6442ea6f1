"""The lines of a clean HTML text: what each one says, as words and as Markdown, and of which style it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from mailer.content.markdown import escape_markdown
from mailer.content.runs import placed
from mailer.content.styles import Style

_INLINE = ("br", "strong", "em", "a", "sup", "sub", "s")
_TABLES = ("table", "thead", "tbody", "tr", "td", "th")
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "li"})
TAGS = frozenset({*_BLOCKS, *_INLINE, *_TABLES, "ul", "ol"})
ATTRIBUTES = {"a": {"href"}, "li": {"id"}, "p": {"class"}, "h1": {"class"}, "h2": {"class"}}
_NOTE = re.compile(r"#?(?P<key>(?:foot|end)note-(?!ref-).+)")
_BEFORE = 4  # words that show where the sign of a note stood
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Span:
    """Words of one look."""

    text: str
    bold: bool
    italic: bool
    address: str


def read_html(html: str) -> Sequence[tuple[str, Style]]:
    """Every line of the text: a paragraph, or a part of it up to a line break; empty ones are empty lines.

    The words of notes are no lines, and their signs no words; the style of a line says which notes it has.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return [(text, _with_notes(style, reader.notes)) for text, style in reader.lines]


def _with_notes(style: Style, texts: Mapping[str, str]) -> Style:
    """The notes by their words instead of their keys."""
    notes = tuple((" ".join(texts.get(key, "").split()), before) for key, before in style.notes)
    return replace(style, notes=notes)


class _Reader(HTMLParser):
    """Walks through the tags with the few things open that matter."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = list[tuple[str, Style]]()
        self.spans = list[_Span]()
        self.cells: list[str] | None = None
        self.lists = list[list[int]]()  # of each open list: whether it counts, and how far it is
        self.notes, self.signs = dict[str, str](), list[tuple[str, str]]()
        self.struck_words = list[str]()
        self.kind = self.address = self.label = self.note = self.raised = ""
        self.bold = self.italic = self.tables = self.skipped = self.struck = 0
        self.note_sign = False
        self.open, self.written = False, False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "table":
            self.end_line()
            self.tables += 1
        elif tag == "tr" and self.tables == 1:
            self.cells = []
        elif tag == "li" and (found := _NOTE.match(values.get("id") or "")):
            self.note = found["key"]
            self.skipped += 1
        elif self.skipped:
            self.skipped += tag == "li"
        elif tag in ("sup", "sub"):
            self.raised = tag
        elif tag == "a" and _NOTE.match(values.get("href") or ""):
            self.note_sign = True
            self._sign(values.get("href") or "")
        elif tag in ("ol", "ul") and not self.tables:
            self.end_line()
            self.lists.append([tag == "ol", 0])
        elif tag == "br":
            self._break()
        elif tag in _BLOCKS and not self.tables:
            self._begin(tag, values.get("class") or "")
        elif tag == "a":
            self.address = values.get("href") or ""
        if tag == "s" and self.struck_words:
            self.struck_words.append(" … ")
        self.struck += tag == "s"
        self.bold += tag == "strong"
        self.italic += tag == "em"

    def handle_endtag(self, tag: str) -> None:
        self.struck -= tag == "s"
        self.bold -= tag == "strong"
        self.italic -= tag == "em"
        if self.skipped:
            self.skipped -= tag == "li"
            self.note = self.note if self.skipped else ""
        elif tag in ("sup", "sub"):
            self.raised = ""
        elif tag in ("ol", "ul") and self.lists and not self.tables:
            self.end_line()
            self.lists.pop()
        elif tag in ("td", "th") and self.tables == 1:
            self._end_cell()
        elif tag == "tr" and self.tables == 1:
            self._end_row()
        elif tag == "table":
            self.tables -= 1
        elif tag in _BLOCKS and not self.tables:
            self.end_line()
        elif tag == "a":
            self.address, self.note_sign = "", False

    def handle_data(self, data: str) -> None:
        data = placed(data, self.raised)
        if self.struck or self.note_sign:
            if self.struck and not self.note:
                self.struck_words.append(data)
            return
        if self.note and data.strip() != "↑":  # the way back to the sign
            self.notes[self.note] = f"{self.notes.get(self.note, '')} {data}"
        if not self.skipped and (data.strip() or self.spans or self.open):
            self.spans.append(_Span(data, self.bold > 0, self.italic > 0, self.address))

    def end_line(self) -> None:
        """Write the line that is open; a paragraph without words is an empty line."""
        text = "".join(span.text for span in self.spans)
        struck = self._take_struck()
        if text.strip():
            self.lines.append((text, replace(self._style(text), struck=struck)))
        elif struck or (self.open and not self.written):
            self.lines.append(("", Style(struck=struck)))
        self.spans, self.signs, self.open, self.label = [], [], False, ""

    def _take_struck(self) -> str:
        """The words that were struck out since the last line."""
        struck, self.struck_words = " ".join("".join(self.struck_words).split()), []
        return struck

    def _begin(self, tag: str, name: str) -> None:
        if self.open and not self.spans and tag == "p":  # a paragraph inside a quote or a list item
            return
        self.end_line()
        self.open, self.written = True, False
        heading = {"h1": "heading", "blockquote": "quote", "li": "item", "p": ""}
        self.kind = name or heading.get(tag, "heading")
        if tag == "li" and self.lists:
            self.lists[-1][1] += 1
            self.label = f"{self.lists[-1][1]}." if self.lists[-1][0] else ""

    def _sign(self, address: str) -> None:
        """The sign of a note: it goes, but where it stood is kept."""
        if not self.note and (found := _NOTE.match(address)):
            before = "".join(span.text for span in self.spans).split()[-_BEFORE:]
            self.signs.append((found["key"], " ".join(before)))

    def _break(self) -> None:
        if self.tables or (self.kind == "item" and self.spans):
            self.spans.append(_Span(" ", bold=False, italic=False, address=""))
        elif self.spans:
            self.end_line()
            self.open = self.written = True

    def _end_cell(self) -> None:
        if self.cells is not None:
            self.cells.append(" ".join("".join(span.text for span in self.spans).split()))
        self.spans = []

    def _end_row(self) -> None:
        words = [cell for cell in self.cells or () if cell]
        struck = self._take_struck()
        if len(words) == 1 and len(self.cells or ()) == 1:  # a frame around the text, no table
            self.lines.append((words[0], Style(struck=struck)))
        elif words or struck:
            self.lines.append((" | ".join(words), Style("table", struck=struck)))
        self.cells = None

    def _style(self, text: str) -> Style:
        spans = _merged(self.spans)
        worded = [span for span in spans if span.text.strip()]
        kind = self.kind
        if all(span.bold for span in worded):
            kind = kind or "bold"
        plain = kind in ("heading", "title", "subtitle", "bold", "quote")
        links = tuple(
            (" ".join(span.text.split()), span.address)
            for span in worded
            if _ADDRESS.match(span.address) and span.address.partition(":")[2].strip("/") not in text
        )
        linked = any(_ADDRESS.match(span.address) for span in worded)
        looks = any(span.bold or span.italic for span in worded) and not plain
        markup = "".join(map(_markup, spans)).strip() if looks or (linked and links) else ""
        level = max(len(self.lists) - 1, 0) if kind == "item" else 0
        return Style(kind, markup, links, self.label, level, tuple(self.signs))


def _merged(spans: Sequence[_Span]) -> list[_Span]:
    """Neighbours of one look put together; Word cuts words into runs where nobody sees it."""
    merged: list[_Span] = []
    for span in spans:
        if merged and (merged[-1].bold, merged[-1].italic, merged[-1].address) == (
            span.bold,
            span.italic,
            span.address,
        ):
            merged[-1] = _Span(merged[-1].text + span.text, span.bold, span.italic, span.address)
        else:
            merged.append(span)
    return merged


def _markup(span: _Span) -> str:
    """Markdown for one look; blanks stay outside, since `** word **` is no emphasis."""
    inner = span.text.strip()
    if not inner:
        return span.text
    before, _, after = span.text.partition(inner)
    text = escape_markdown(inner)
    if _ADDRESS.match(span.address):
        text = (
            f"[{text}](<{span.address}>)"
            if re.search(r"[()\s]", span.address)
            else f"[{text}]({span.address})"
        )
    star = "*" * (2 * span.bold + span.italic) if any(map(str.isalnum, inner)) else ""
    return f"{before}{star}{text}{star}{after}"
