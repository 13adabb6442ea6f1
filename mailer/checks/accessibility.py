"""Checks that everybody can read the compiled letter: the list of the Email Markup Consortium.

The consortium counts what screen readers and other aids stumble over (emailmarkup.org, accessibility report
2025); what it calls critical or serious is an error here. Two of its rules, the one heading of the first
level and the words of a link, stand in checks/letter.py.
"""

import re
from collections.abc import Iterator, Mapping

from mailer.checks.contrast import check_contrast
from mailer.checks.document import Node, read_document, read_for_outlook
from mailer.checks.finding import Finding
from mailer.checks.looks import Look, looks
from mailer.compose.rendering import Variant

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")  # BCP 47, the part that letters use
_HEADING = re.compile(r"h([1-6])")
_SHAPES = {"v:rect", "v:roundrect", "v:oval", "v:line", "v:polyline", "v:shape", "v:image", "v:group"}
_SCOPES = {"col", "row", "colgroup", "rowgroup"}


def check_accessibility(variant: Variant, issue: str) -> Iterator[Finding]:
    """Findings in one variant as it will be sent."""
    place = f"issues/{issue}, variant {variant.key}"
    document = read_document(variant.html)
    shown = dict(looks(document, "light"))
    yield from _language(document, shown, place)
    yield from _title(document, place)
    yield from _tables(document, place)
    yield from _headings(document, place)
    yield from _pictures(document, place)
    yield from _links(shown, place)
    yield from check_contrast(document, place)
    yield from _drawings(read_for_outlook(variant.html), place)


def _language(document: Node, shown: Mapping[Node, Look], place: str) -> Iterator[Finding]:
    """Web mail drops `<html>` and `<body>`: what stands directly inside has to say language and direction."""
    html = document.all("html")
    top = [("<html>", each) for each in html] or [("<html>", Node("html", {}, None))]
    for body in document.all("body"):
        top += [(f"<{each.tag}> in <body>", each) for each in body.elements if each in shown]
    remedy = 'Write `<mjml lang="…" dir="ltr">` in templates/letter.mjml.'
    for name, node in top:
        language = node.attributes.get("lang", "")
        if not _LANGUAGE.fullmatch(language) or language == "und":
            message = f"{name} does not say its language; a screen reader would guess the voice."
            yield Finding("access.language", "error", place, message, remedy)
        if node.attributes.get("dir", "").lower() not in {"ltr", "rtl"}:
            message = f"{name} does not say the direction of its text (`dir`)."
            yield Finding("access.direction", "error", place, message, remedy)


def _title(document: Node, place: str) -> Iterator[Finding]:
    if not any(each.words() for each in document.all("title")):
        message = "The letter has no <title>; it is read out first."
        yield Finding("access.title", "error", place, message, "Fill <mj-title> in templates/letter.mjml.")


def _tables(document: Node, place: str) -> Iterator[Finding]:
    for table in document.all("table"):
        if table.attributes.get("role") in {"presentation", "none"}:
            continue
        heads = [each for each in table.all("th") if _table_of(each) is table]
        words = table.words()[:60]
        if not heads:
            message = f"A table for the layout is read out as data: “{words}”."
            yield Finding("access.table", "error", place, message, 'Give it role="presentation".')
        elif any(each.attributes.get("scope", "").lower() not in _SCOPES for each in heads):
            message = f"The heads of a table do not say what they head: “{words}”."
            yield Finding("access.table", "error", place, message, 'Give each <th> scope="col" or "row".')


def _table_of(node: Node) -> Node | None:
    above = node.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above


def _headings(document: Node, place: str) -> Iterator[Finding]:
    before = 0
    for node in document.walk():
        if found := _HEADING.fullmatch(node.tag):
            level = int(found[1])
            if level > before + 1:
                after = f"level {before}" if before else "nothing"
                message = f"The heading “{node.words()[:60]}” of level {level} follows {after}."
                remedy = f"Make it a heading of level {before + 1}."
                yield Finding("access.heading_order", "warning", place, message, remedy)
            before = level


def _pictures(document: Node, place: str) -> Iterator[Finding]:
    for image in document.all("img"):
        if "alt" not in image.attributes:
            message = f"The picture {image.attributes.get('src', '')} has no alternative text."
            remedy = 'Say what it shows in `alt`, or write alt="" for a mere ornament.'
            yield Finding("access.alt", "error", place, message, remedy)


def _links(shown: Mapping[Node, Look], place: str) -> Iterator[Finding]:
    for link in shown:
        if link.tag != "a" or "href" not in link.attributes or not link.words():
            continue
        below = [shown[each].underlined for each in link.walk() if each in shown]
        if any(below) or _only_picture(link) or _stands_out(link, shown):
            continue
        message = f"The link “{link.words()[:60]}” differs from the text by its colour alone."
        yield Finding("access.underline", "error", place, message, "Give it text-decoration: underline.")


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
            message = f"A drawing for Outlook (<{shape.tag}>) has no alternative text."
            yield Finding(
                "access.vml", "error", place, message, "Give it `alt`, or use a table with a colour."
            )
        if "href" in shape.attributes or shape.all("a"):
            message = (
                f"A link stands in a drawing for Outlook (<{shape.tag}>); the keyboard does not reach it."
            )
            yield Finding("access.vml", "error", place, message, "Put the link into a table.")
        if shape.all("h1", "h2", "h3", "h4", "h5", "h6"):
            message = f"A heading stands in a drawing for Outlook (<{shape.tag}>); it is not read as one."
            yield Finding("access.vml", "warning", place, message, "Put the heading above the drawing.")


def _inside(shape: Node) -> Node | None:
    """The drawing around this one; its words stand for the whole."""
    above = shape.parent
    while above is not None and above.tag not in _SHAPES:
        above = above.parent
    return above
