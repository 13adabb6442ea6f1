"""A compiled letter as a tree of elements, as a browser reads it or as Outlook does."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Outlook reads these comments; everybody else reads what stands in the ones that are "not Outlook".
_FOR_OTHERS = re.compile(r"<!--\[if !mso[^\]]*\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_FOR_OUTLOOK = re.compile(r"<!--\[if [^\]]*\]>|<!\[endif\]-->", re.IGNORECASE)


class Node:
    """An element; `children` are elements and pieces of text in their order."""

    __slots__ = ("attributes", "children", "parent", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Node | None") -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Node | str] = []

    @property
    def elements(self) -> list["Node"]:
        """The children that are elements."""
        return [each for each in self.children if isinstance(each, Node)]

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
        if self.tag == "img":
            return self.attributes.get("alt", "")
        pieces = [each if isinstance(each, str) else each.words() for each in self.children]
        return " ".join("".join(pieces).split())


def read_document(html: str) -> Node:
    """The tree of an HTML document; comments, and what Outlook alone reads, are not in it."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def read_for_outlook(html: str) -> Node:
    """The same document with the parts that only Outlook reads, without those that it does not."""
    return read_document(_FOR_OUTLOOK.sub("", _FOR_OTHERS.sub("", html)))


class _Builder(HTMLParser):
    """Closes what is left open; an end tag that fits nothing is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {}, None)
        self._here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self._add(tag, attrs)
        if tag not in _VOID:
            self._here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self._add(tag, attrs)
        if tag not in _VOID and ":" not in tag:  # HTML knows no <p />, the VML of Outlook does
            self._here = node

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self._here
        while node is not None and node.tag != tag:
            node = node.parent
        if node is not None and node.parent is not None:
            self._here = node.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Node:
        given = {name: value or "" for name, value in reversed(attrs)}  # of two alike the first counts
        node = Node(tag, given, self._here)
        self._here.children.append(node)
        return node
