"""Checks that everybody can read the compiled letter: the list of the Email Markup Consortium.

The consortium counts what screen readers and other aids stumble over (emailmarkup.org, accessibility report
2025); what it calls critical or serious is an error here. Two of its rules, the one heading of the first
level and the words of a link, stand in checks/letter.py.
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from mailer.checks.contrast import check_contrast
from mailer.checks.document import Node
from mailer.checks.finding import Finding
from mailer.checks.looks import Look
from mailer.checks.reading import Reading, read
from mailer.compose.rendering import Variant

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")  # BCP 47, the part that letters use
_HEADING = re.compile(r"h([1-6])")
_FIXED = re.compile(r"user-scalable\s*=\s*(?:no|0)|maximum-scale\s*=\s*(?:0|1(?![\d.])|1\.\d)", re.IGNORECASE)
_FILE = re.compile(
    r"\S+\.(?:png|jpe?g|gif|webp|svg|bmp)|(?:IMG|DSC[NF]?|PXL|Screenshot)[_-]?\d[\w-]*", re.IGNORECASE
)
_SHAPES = {"v:rect", "v:roundrect", "v:oval", "v:line", "v:polyline", "v:shape", "v:image", "v:group"}
_SCOPES = {"col", "row", "colgroup", "rowgroup"}


def check_accessibility(
    variant: Variant, issue: str, own: AbstractSet[str] = frozenset()
) -> Iterator[Finding]:
    """Findings in one variant as it will be sent; `own` are the sources of the issue's pictures."""
    place = f"issues/{issue}, variant {variant.key}"
    letter = read(variant.html)
    shown = dict(letter.looks("light"))
    yield from _language(letter, shown, place)
    yield from _title(letter, place)
    yield from _zoom(letter, place)
    yield from _tables(letter, place)
    yield from _headings(letter, place)
    yield from _pictures(letter, place, own)
    yield from _links(shown, place)
    yield from check_contrast(letter, place)
    yield from _drawings(letter.drawings, place)


def _language(letter: Reading, shown: Mapping[Node, Look], place: str) -> Iterator[Finding]:
    """Web mail drops `<html>` and `<body>`: what stands directly inside has to say language and direction."""
    html = letter.all("html")
    top = [("<html>", each) for each in html] or [("<html>", Node("html", {}, None))]
    for body in letter.all("body"):
        top += [(f"<{each.tag}> in <body>", each) for each in body.elements if each in shown]
    for name, node in top:
        language = node.attributes.get("lang", "")
        if not _LANGUAGE.fullmatch(language) or language == "und":
            yield Finding.of("access.language", place, name=name)
        if node.attributes.get("dir", "").lower() not in {"ltr", "rtl"}:
            yield Finding.of("access.direction", place, name=name)


def _title(letter: Reading, place: str) -> Iterator[Finding]:
    if not any(each.words() for each in letter.all("title")):
        yield Finding.of("access.title", place)


def _zoom(letter: Reading, place: str) -> Iterator[Finding]:
    for meta in letter.all("meta"):
        content = meta.attributes.get("content", "")
        if meta.attributes.get("name", "").lower() == "viewport" and _FIXED.search(content):
            yield Finding.of("access.zoom", place, content=content)


def _tables(letter: Reading, place: str) -> Iterator[Finding]:
    for table in letter.all("table"):
        if table.attributes.get("role") in {"presentation", "none"}:
            continue
        heads = [each for each in table.all("th") if _table_of(each) is table]
        words = table.words()[:60]
        if not heads:
            yield Finding.of("access.table", place, "layout", words=words)
        elif any(each.attributes.get("scope", "").lower() not in _SCOPES for each in heads):
            yield Finding.of("access.table", place, "heads", words=words)


def _table_of(node: Node) -> Node | None:
    above = node.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above


def _headings(letter: Reading, place: str) -> Iterator[Finding]:
    before = 0
    for node in letter.document.walk():
        if found := _HEADING.fullmatch(node.tag):
            level = int(found[1])
            if not node.words():
                yield Finding.of("access.empty_heading", place, level=level)
            if level > before + 1:
                levels = {"level": level, "before": before, "wanted": before + 1}
                case = "" if before else "first"
                yield Finding.of("access.heading_order", place, case, words=node.words()[:60], **levels)
            before = level


def is_file_name(words: str) -> bool:
    """Whether an alternative text is what a camera or a computer called the file."""
    return bool(_FILE.fullmatch(words.strip()))


def _pictures(letter: Reading, place: str, own: AbstractSet[str]) -> Iterator[Finding]:
    for image in letter.all("img"):
        source, alt = image.attributes.get("src", ""), image.attributes.get("alt")
        if alt is None:
            yield Finding.of("access.alt", place, source=source)
        elif is_file_name(alt) and source not in own:
            yield Finding.of("access.alt", place, "file", source=source, alt=alt)


def _links(shown: Mapping[Node, Look], place: str) -> Iterator[Finding]:
    for link in shown:
        if link.tag != "a" or "href" not in link.attributes or not link.words():
            continue
        below = [shown[each].underlined for each in link.walk() if each in shown]
        if any(below) or _only_picture(link) or _stands_out(link, shown):
            continue
        yield Finding.of("access.underline", place, words=link.words()[:60])


def _only_picture(link: Node) -> bool:
    written = [each for node in link.walk() for each in node.children if isinstance(each, str)]
    return not "".join(written).strip()


def _stands_out(link: Node, shown: Mapping[Node, Look]) -> bool:
    """A button: a ground of its own, or of the cell that holds nothing else."""
    node, around = link, link.parent
    while around is not None and around in shown:
        if shown[node].ground != shown[around].ground:
            return True
        if around.words() != link.words():
            return False
        node, around = around, around.parent
    return False


def _drawings(document: Node, place: str) -> Iterator[Finding]:
    """Vector drawings (VML), which Outlook alone shows."""
    for shape in [each for each in document.walk() if each.tag in _SHAPES]:
        if not shape.attributes.get("alt") and _inside(shape) is None:
            yield Finding.of("access.vml", place, "alt", tag=shape.tag)
        if "href" in shape.attributes or shape.all("a"):
            yield Finding.of("access.vml", place, "link", tag=shape.tag)
        if shape.all("h1", "h2", "h3", "h4", "h5", "h6"):
            yield Finding.of("access.vml", place, "heading", tag=shape.tag)


def _inside(shape: Node) -> Node | None:
    """The drawing around this one; its words stand for the whole."""
    above = shape.parent
    while above is not None and above.tag not in _SHAPES:
        above = above.parent
    return above
