"""A compiled letter as a tree of elements, as a browser reads it or as Outlook does."""

import re
from collections.abc import Iterator
from html import unescape

_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_RAW = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("style", "script")}
_TOKEN = re.compile(
    r"<!--|<[!?](?!--)[^>]*>"
    r"|<(/?)([a-zA-Z][^\s/>]*+)((?:[^>\"'/]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*+)(/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
# Outlook reads these comments; everybody else reads what stands in the ones that are "not Outlook".
_FOR_OTHERS = re.compile(r"<!--\[if !mso[^\]]*\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_FOR_OUTLOOK = re.compile(r"<!--\[if [^\]]*\]>|<!\[endif\]-->", re.IGNORECASE)


class Node:
    """An element; `children` are elements and pieces of text in their order, `elements` those alone."""

    __slots__ = ("attributes", "children", "elements", "parent", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Node | None") -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Node | str] = []
        self.elements: list[Node] = []

    def walk(self) -> Iterator["Node"]:
        """This element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.elements)

    def all(self, *tags: str) -> list["Node"]:
        """The elements below with one of these tags, in the order of the document."""
        return [each for each in self.walk() if each.tag in tags and each is not self]

    def words(self) -> str:
        """What is read out: the text, and the alternative text of pictures."""
        return " ".join(self._text().split())

    def _text(self) -> str:
        if self.tag == "img":
            return self.attributes.get("alt", "")
        return "".join([each if isinstance(each, str) else each._text() for each in self.children])


def by_tag(document: Node) -> dict[str, list[Node]]:
    """All elements in the order of the document, by their tags."""
    found: dict[str, list[Node]] = {}
    for node in document.walk():
        found.setdefault(node.tag, []).append(node)
    return found


def read_document(html: str) -> Node:
    """The tree of an HTML document; comments, and what Outlook alone reads, are not in it.

    What is left open is closed at the end of what is around it; an end tag that fits nothing is passed over.
    """
    root = here = Node("", {}, None)
    at = 0
    while found := _TOKEN.search(html, at):
        if found.start() > at:
            here.children.append(_text(html[at : found.start()]))
        at = found.end()
        end, name, attributes, closed = found.groups()
        if name is None:  # a comment, which may have no end, or a document type
            comment = html.find("-->", at) if found[0] == "<!--" else at - 3
            at = comment + 3 if comment >= 0 else len(html)
            continue
        tag = name.lower()
        if end:
            here = _closed(here, tag)
            continue
        node = Node(tag, _attributes(attributes), here)
        here.children.append(node)
        here.elements.append(node)
        if tag in _RAW:
            rest = _RAW[tag].search(html, at)
            node.children.append(html[at : rest.start() if rest else len(html)])
            at = rest.end() if rest else len(html)
        elif tag not in _VOID and not (closed and ":" in tag):  # HTML knows no <p />, VML does
            here = node
    if at < len(html):
        here.children.append(_text(html[at:]))
    return root


def read_for_outlook(html: str) -> Node:
    """The same document with the parts that only Outlook reads, without those that it does not."""
    return read_document(for_outlook(html))


def for_outlook(html: str) -> str:
    """The document as Outlook reads it."""
    return _FOR_OUTLOOK.sub("", _FOR_OTHERS.sub("", html))


def _closed(here: Node, tag: str) -> Node:
    """Where one stands after an end tag."""
    node: Node | None = here
    while node is not None and node.tag != tag:
        node = node.parent
    return node.parent if node is not None and node.parent is not None else here


def _attributes(written: str) -> dict[str, str]:
    """Of two alike the first counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        found.setdefault(name.lower(), _text(double or single or bare))
    return found


def _text(written: str) -> str:
    return unescape(written) if "&" in written else written
