"""A compiled letter as all checks read it: parsed once, walked once, however many of them ask."""

from functools import cached_property, lru_cache

from mailer.checks.document import Node, by_tag, for_outlook, read_document, read_for_outlook
from mailer.checks.looks import Look, looks

_KEPT = 32  # letters: all variants of an issue, also after the next save of one of them
_UNSEEN = {"head", "style", "script", "title"}


class Reading:
    """The HTML of a variant; each part is made when it is first asked for."""

    def __init__(self, html: str) -> None:
        self.html = html
        self._looks: dict[str, list[tuple[Node, Look]]] = {}

    @classmethod
    def of_outlook(cls, html: str) -> "Reading":
        """What the Outlook of Windows reads: its conditional comments, without what is for others."""
        return cls(for_outlook(html))

    @cached_property
    def document(self) -> Node:
        """The tree that everybody reads; what Outlook alone reads is not in it."""
        return read_document(self.html)

    @cached_property
    def drawings(self) -> Node:
        """The tree that Outlook reads; an empty one where nothing is drawn (VML) for it."""
        return read_for_outlook(self.html) if "<v:" in self.html else Node("", {}, None)

    @cached_property
    def _tagged(self) -> dict[str, list[Node]]:
        return by_tag(self.document)

    def all(self, tag: str) -> list[Node]:
        """All elements with this tag, in the order of the document."""
        return self._tagged.get(tag, [])

    def looks(self, scheme: str) -> list[tuple[Node, Look]]:
        """Every element that is seen in a scheme, with its look."""
        if scheme not in self._looks:
            self._looks[scheme] = list(looks(self.document, scheme, self._tagged))
        return self._looks[scheme]

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """The target and the words of each link."""
        return [(each.attributes.get("href", ""), each.words()) for each in self.all("a")]

    @cached_property
    def own_words(self) -> dict[Node, str]:
        """The words that stand in an element itself, for those that have any."""
        found = {}
        for node in self.document.walk():
            if len(node.children) > len(node.elements):
                written = "".join([each for each in node.children if isinstance(each, str)])
                if words := " ".join(written.split()):
                    found[node] = words
        return found

    @cached_property
    def pieces(self) -> list[str]:
        """The pieces of text that are seen or read out, in the order of the document."""
        found, waiting = list[str](), list[Node | str]([self.document])
        while waiting:
            each = waiting.pop()
            if isinstance(each, str):
                found.append(each)
            elif each.tag not in _UNSEEN:
                waiting += reversed(each.children)
        return found


@lru_cache(maxsize=_KEPT)
def read(html: str) -> Reading:
    """The reading of a letter; the same one for the same letter."""
    return Reading(html)
