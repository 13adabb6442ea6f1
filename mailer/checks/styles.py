"""What a letter's style rules and attributes make of each element, in the light and in the dark scheme.

As much of CSS as a mail can rely on: tags, classes, ids, `:first-child`, `>` and blanks. Rules for widths are
left out, and a selector that asks for more counts as one that does not match.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.checks.document import Node

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMPOUND = re.compile(r"(\*|[a-zA-Z][\w-]*)?((?:[.#][\w-]+|:first-child|:last-child|:root)*)")
_PART = re.compile(r"[.#:][\w-]+")
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*((?:\([^)]*\)|\"[^\"]*\"|'[^']*'|[^;\"'(])*)")
_IMPORTANT = re.compile(r"\s*!\s*important\s*$", re.IGNORECASE)
# A shorthand takes back what was said of its parts; a part goes before what its shorthand says.
_SHORTHANDS = {
    "background": ("background-color",),
    "font": ("font-size", "font-weight"),
    "text-decoration": ("text-decoration-line",),
}
_SCHEME = re.compile(r"prefers-color-scheme\s*:\s*(light|dark)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """`name: value`, with what decides when two disagree."""

    name: str
    value: str
    weight: tuple[int, int, int, int, int]  # important, inline, ids, classes, tags


@dataclass(frozen=True, slots=True)
class _Rule:
    compounds: tuple[tuple[str, str, tuple[str, ...]], ...]  # combinator, tag, parts; the last one is first
    declarations: tuple[tuple[str, str, bool], ...]

    @property
    def weight(self) -> tuple[int, int, int]:
        parts = [part for _, _, each in self.compounds for part in each]
        ids = sum(part.startswith("#") for part in parts)
        return ids, len(parts) - ids, sum(tag not in ("", "*") for _, tag, _ in self.compounds)


class Sheet:
    """The rules of a letter that hold in one scheme."""

    def __init__(self, css: Iterable[str], scheme: str) -> None:
        self._by_key: dict[str, list[_Rule]] = {}
        for style in css:
            for rule in _rules(style, scheme):
                _, tag, parts = rule.compounds[0]
                key = next((part for part in parts if part[0] in ".#"), tag or "*")
                self._by_key.setdefault(key, []).append(rule)

    def of(self, node: Node) -> dict[str, str]:
        """The declarations that win for an element; attributes such as `bgcolor` are not among them."""
        found = []
        for rule in self._candidates(node):
            if _matches(rule.compounds, node):
                found += [
                    Declaration(name, value, (important, 0, *rule.weight))
                    for name, value, important in rule.declarations
                ]
        found += [
            Declaration(name, value, (important, 1, 0, 0, 0))
            for name, value, important in declarations_of(node.attributes.get("style", ""))
        ]
        won: dict[str, str] = {}
        for each in sorted(found, key=lambda each: each.weight):  # among equals the later one wins
            for part in _SHORTHANDS.get(each.name, ()):
                won.pop(part, None)
            won[each.name] = each.value
        return won

    def _candidates(self, node: Node) -> Iterator[_Rule]:
        classes = (f".{name}" for name in node.attributes.get("class", "").split())
        for key in ("*", node.tag, *classes, f"#{node.attributes.get('id', '')}"):
            yield from self._by_key.get(key, ())


def _rules(css: str, scheme: str) -> Iterator[_Rule]:
    for selectors, body in blocks_of(_COMMENT.sub("", css)):
        if selectors.startswith("@media"):
            wanted = _SCHEME.search(selectors)
            if wanted and wanted[1].lower() == scheme:
                yield from _rules(body, scheme)
        elif not selectors.startswith("@"):
            declarations = tuple(declarations_of(body))
            for selector in selectors.split(","):
                if compounds := _compounds(selector.strip()):
                    yield _Rule(compounds, declarations)


def blocks_of(css: str) -> Iterator[tuple[str, str]]:
    """Each rule as what stands before its braces and what stands inside."""
    at = 0
    while (start := css.find("{", at)) >= 0:
        depth, end = 1, start + 1
        while end < len(css) and depth:
            depth += (css[end] == "{") - (css[end] == "}")
            end += 1
        yield css[at:start].rpartition(";")[2].strip(), css[start + 1 : end - 1]
        at = end


def declarations_of(body: str) -> Iterator[tuple[str, str, bool]]:
    """Name, value and whether it is important, of each declaration in a block."""
    for found in _DECLARATION.finditer(body):
        value = found[2].strip()
        yield found[1].lower(), _IMPORTANT.sub("", value), bool(_IMPORTANT.search(value))


def _compounds(selector: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The compounds from right to left, each with what joins it to the one after it; () if not understood."""
    found: list[tuple[str, str, tuple[str, ...]]] = []
    joint = ""
    for word in reversed(re.sub(r"\s*>\s*", " > ", selector).split()):
        if word == ">":
            joint = ">"
            continue
        compound = _COMPOUND.fullmatch(word)
        if not compound:
            return ()
        found.append((joint, (compound[1] or "").lower(), tuple(_PART.findall(compound[2]))))
        joint = " "
    return tuple(found)


def _matches(compounds: Iterable[tuple[str, str, tuple[str, ...]]], node: Node) -> bool:
    (_, tag, parts), *rest = compounds
    if not _is(node, tag, parts):
        return False
    if not rest:
        return True
    above = node.parent
    while above is not None:
        if _matches(rest, above):
            return True
        if rest[0][0] == ">":
            return False
        above = above.parent
    return False


def _is(node: Node, tag: str, parts: tuple[str, ...]) -> bool:
    if not node.tag or (tag not in ("", "*") and tag != node.tag):
        return False
    classes = node.attributes.get("class", "").split() if parts else []
    for part in parts:
        if part.startswith("."):
            fits = part[1:] in classes
        elif part.startswith("#"):
            fits = node.attributes.get("id") == part[1:]
        elif part == ":root":
            fits = node.tag == "html"
        else:
            siblings = node.parent.elements if node.parent else [node]
            fits = siblings[0 if part == ":first-child" else -1] is node
        if not fits:
            return False
    return True
