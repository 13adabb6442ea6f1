"""What stands in a Word file beside its running text: headers, footers, notes, comments, boxes, deletions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from mailer.content.runs import STRIKES, look_of, placed

_KINDS = {
    "header": "header",
    "footer": "footer",
    "footnotes": "footnote",
    "endnotes": "endnote",
    "comments": "comment",
}
_PART = re.compile(r"(?:^|/)(?P<kind>header|footer|footnotes|endnotes|comments)\d*\.xml$")
_EMBEDDED = re.compile(r"(?:^|/)(?:media|embeddings|activeX)/(?P<name>[^/]+)$|(?P<macro>vbaProject\.bin)$")


@dataclass(frozen=True, slots=True)
class Aside:
    """One paragraph from beside the text, of one kind of `styles.BESIDE` (or `body` for the text itself)."""

    kind: str
    text: str


def read_margins(parts: Mapping[str, bytes]) -> Iterator[Aside]:
    """Headers, footers, notes and comments in the order of the parts; then the names of embedded things."""
    for part in sorted(parts):
        if found := _PART.search(part):
            kind = _KINDS[found["kind"]]
            seen = dict.fromkeys(each for each in read_part(parts[part]) if each.kind != "deleted")
            yield from (Aside("struck" if each.kind == "struck" else kind, each.text) for each in seen)
    for part in sorted(parts):
        if embedded := _EMBEDDED.search(part):
            yield Aside("embedded", embedded["name"] or embedded["macro"])


def read_part(content: bytes) -> Sequence[Aside]:
    """The paragraphs of one part that has been checked, and apart from them what was deleted."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(content, True)
    return reader.found


class _Reader:
    """Collects paragraphs; a text box is a paragraph inside a paragraph, hence the stack."""

    def __init__(self) -> None:
        self.found = list[Aside]()
        self.paragraphs = list[list[str]]()
        self.deleted, self.struck = list[str](), list[str]()
        self.runs = list[dict[str, str | None]]()  # the properties of the runs that are open
        self.inside = {"del": 0, "moveFrom": 0, "txbxContent": 0, "Fallback": 0, "t": 0, "delText": 0}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if local == "r":
            self.runs.append({})
        elif self.runs and local in ("vertAlign", *STRIKES):
            self.runs[-1][local] = attributes.get(f"{space} val")
        if local in self.inside:
            self.inside[local] += 1
        elif local == "p":
            self.paragraphs.append([])
        elif local in ("tab", "br", "cr") and self.paragraphs:
            self.paragraphs[-1].append(" ")
        elif local == "noBreakHyphen" and self.paragraphs:
            self.paragraphs[-1].append("-")

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local == "r" and self.runs:
            self.runs.pop()
        elif local == "p" and self.paragraphs:
            self._add("struck", self.struck)
            self.struck = []
            self._add("text box" if self.inside["txbxContent"] else "body", self.paragraphs.pop())
        elif local in self.inside:
            self.inside[local] -= 1
            if local == "del" and not self.inside["del"]:
                self._add("deleted", self.deleted)
                self.deleted = []

    def text(self, words: str) -> None:
        if self.inside["Fallback"]:  # the same once more, for old programs
            return
        if self.inside["delText"] or (self.inside["t"] and self.inside["del"]):
            self.deleted.append(words)
        elif self.inside["t"] and self.paragraphs and not self.inside["moveFrom"]:
            alignment, struck = look_of(self.runs[-1] if self.runs else {})
            (self.struck if struck else self.paragraphs[-1]).append(placed(words, alignment))

    def _add(self, kind: str, words: Sequence[str]) -> None:
        if text := " ".join("".join(words).split()):
            self.found.append(Aside(kind, text))
