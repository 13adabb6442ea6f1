"""Reads MJML into elements that know where they stand, in the template or in the filled text.

Jinja fills a template before MJML is read, so a line of the filled text is no line that a person could mend.
`mark` writes the place into each tag of a template; a letter filled from marked templates is read like any
other, and its elements name the template's own line and column.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.compose.schema import components

DEPTH = 200  # the renderer recurses: 20,000 nested elements end the process with SIGSEGV
VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"),
    *("track", "wbr"),
}
NAME = "letter.mjml (after filling)"
_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: no author types them, and marked text is never sent
_JINJA = re.compile(r"(\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\})", re.DOTALL)
_START = re.compile(r"</?[A-Za-z][\w:-]*|<(?!/?[A-Za-z]|!)")
_TOKEN = re.compile(
    rf"<!--.*?-->|<(/?)([A-Za-z][\w:-]*)(?:{_OPEN}([^{_CLOSE}]*){_CLOSE})?"
    r"((?:\"[^\"]*\"|'[^']*'|[^>\"'])*?)(/?)>",
    re.DOTALL,
)
_BARE = re.compile(rf"<(?!!\[(?!CDATA))(?:/?[A-Za-z][\w:-]*)?(?:{_OPEN}([^{_CLOSE}]*){_CLOSE})?")
_MARK = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}")
_ATTRIBUTE = re.compile(r"([^\s=/\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
# What the renderer reads as attributes: each behind a blank, its value in quotes or absent.
_PROPER = re.compile(
    r"(?:\s++(?!\d)[\w:][\w:.-]*+(?:\s*+=\s*+(?:\"[^\"]*\"|'[^']*')|(?!\s*+=)))*+\s*+", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it is written; an attribute that is given twice stands here twice.

    `rest` is what cannot be read as attributes; a `<` that begins no whole tag has no name, and a rest.
    """

    name: str
    attributes: tuple[tuple[str, str], ...]
    at: int = 0
    marked: str = ""
    closing: bool = False
    empty: bool = False
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """An MJML element; `html` are the tags of its content where that is HTML."""

    tag: Tag
    children: list["Element"] = field(default_factory=list)
    html: list[Tag] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The element's name, such as `mj-text`."""
        return self.tag.name

    def attribute(self, name: str) -> str | None:
        """The value of an attribute that is given."""
        return dict(self.tag.attributes).get(name)

    def walk(self) -> Iterator["Element"]:
        """This element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


@dataclass(frozen=True, slots=True)
class Tree:
    """A document; `unmatched` are end tags without a beginning and elements without an end.

    `broken` are tags that cannot be read to their end, `deep` is the first one that is nested deeper than the
    renderer can bear.
    """

    root: Element
    unmatched: tuple[Tag, ...]
    broken: tuple[Tag, ...]
    deep: Tag | None
    source: str

    def place(self, tag: Tag) -> str:
        """`file:line:column` of a tag: in its template if that was marked, else in the filled text."""
        return tag.marked or f"{NAME}:{_line_column(self.source, tag.at)}"


def mark(source: str, name: str) -> str:
    """The source of a template with the place of each tag written into it."""
    ends = []
    at = 0
    for odd, piece in enumerate(_JINJA.split(source)):
        if odd % 2 == 0:  # odd pieces are Jinja's own
            ends += [at + found.end() for found in _START.finditer(piece)]
        at += len(piece)
    marked = source
    for end in reversed(ends):
        start = source.rindex("<", 0, end)
        place = f"templates/{name}:{_line_column(source, start)}"
        marked = f"{marked[:end]}{_OPEN}{place}{_CLOSE}{marked[end:]}"
    return marked


def read_elements(source: str) -> Tree:
    """The elements of an MJML document, marked or not; nothing in it is an error here."""
    root = Element(Tag("", ()))
    unmatched: list[Tag] = []
    broken: list[Tag] = []
    around = [root]
    html: list[Element] = []  # an element whose content is HTML, and the HTML that is open in it
    deep: Tag | None = None
    at, near = 0, ""
    for found in _TOKEN.finditer(source):
        broken += _bare(source, at, found.start(), near)
        if not html and (stray := _MARK.sub("", source[at : found.start()]).strip()):
            around[-1].text.append(stray)
        at = found.end()
        if not found[2]:
            continue  # a comment
        tag = _tag(found)
        near = tag.marked
        broken += [tag] if tag.rest else []
        if html and tag.name != html[0].name:
            html[0].html.append(tag)
            unmatched += _step(html, tag)
        else:
            unmatched += (each.tag for each in html[1:])
            unmatched += _step(around, tag, around[-1].children)
            known = None if tag.closing or tag.empty else components().get(tag.name)
            html = [around[-1]] if known and known.ending else []
        if deep is None and len(around) - 1 + len(html[1:]) > DEPTH:
            deep = tag
    broken += _bare(source, at, len(source), near)
    if stray := source[at:].strip():
        around[-1].text.append(stray)
    unmatched += (each.tag for each in (*around[1:], *html[1:]))
    return Tree(root, tuple(unmatched), tuple(broken), deep, source)


def _bare(source: str, start: int, end: int, near: str) -> Iterator[Tag]:
    """Each `<` between two tags; what has no mark of its own is told by the tag before it."""
    for found in _BARE.finditer(source, start, end):
        rest = _MARK.sub("", source[found.start() + 1 : min(end, found.end() + 80)])
        yield Tag("", (), found.start(), found[1] or near, rest=rest or " ")


def _tag(found: re.Match[str]) -> Tag:
    attributes = tuple(
        (each[1], each[2] if each[2] is not None else each[3]) for each in _ATTRIBUTE.finditer(found[4])
    )
    proper = _PROPER.match(found[4])
    rest = _MARK.sub("", found[4][proper.end() if proper else 0 :])
    return Tag(
        found[2], attributes, found.start(), found[3] or "", bool(found[1]), bool(found[5]), rest.strip()
    )


def _step(around: list[Element], tag: Tag, children: list[Element] | None = None) -> list[Tag]:
    """Into the element that begins or out of the one that ends; what is left open or ends nothing."""
    if tag.closing:
        return _close(around, tag)
    element = Element(tag)
    if children is not None:
        children.append(element)
    if not tag.empty and (children is not None or tag.name not in VOID):
        around.append(element)
    return []


def _close(around: list[Element], tag: Tag) -> list[Tag]:
    """Leave the element that ends here; what it leaves open is returned, or the end tag that fits nothing."""
    name = tag.name.lower()
    if all(element.name.lower() != name for element in around[1:]):
        return [tag]
    left = []
    while around[-1].name.lower() != name:
        left.append(around.pop().tag)
    around.pop()
    return left


def _line_column(source: str, at: int) -> str:
    return f"{source.count(chr(10), 0, at) + 1}:{at - source.rfind(chr(10), 0, at)}"
