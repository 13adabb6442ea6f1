"""Mistakes in MJML that the renderer swallows or refuses without a place: a wrong letter would go out."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailer.compose import schema
from mailer.compose.columns import read_attributes, wide_images
from mailer.compose.elements import DEPTH, VOID, Element, Tag, Tree, read_elements
from mailer.compose.mjml import MjmlProblem
from subscribers.errors import Problems

_ONCE = ("mj-head", "mj-body")
_GIVES = {"mj-all", "mj-class"}  # children of mj-attributes that are no components
_TEXT_ONLY = {"mj-title", "mj-preview", "mj-style"}
_TEXT = re.compile(r"(?<=>)[^<]+(?=<)")
_VALUE = re.compile(r"([^\s=\"'<>/]+)\s*=\s*(.?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend, with its place as `file:line:column`."""

    place: str
    message: str
    hint: str


def require_valid(source: str, marked: Callable[[], str]) -> None:
    """Refuse MJML with mistakes; `marked` fills the templates again, with the places written into them.

    Raises:
        Problems: a MjmlProblem for each mistake.
    """
    if find_mistakes(_bones(source)) and (unmarked := find_mistakes(source)):
        found = find_mistakes(marked()) or unmarked
        raise Problems(MjmlProblem(each.message, place=each.place, hint=each.hint) for each in found)


def _bones(source: str) -> str:
    """The document with one letter for each text: what is right in it is right whatever the words are.

    An issue whose words alone were changed, and the variants that differ in words, are looked at once. What
    is wrong in it may be right as it is written (a `>` in an attribute).
    """
    return _TEXT.sub(lambda text: text[0] if text[0].isspace() else "x", source)


@lru_cache(maxsize=128)  # twice the most variants of an issue
def find_mistakes(source: str) -> tuple[Mistake, ...]:
    """Everything that is wrong in an MJML document, in its order; places are in templates if it is marked."""
    tree = read_elements(source)
    if tree.broken:  # what follows a broken tag cannot be told from what stands in it
        return tuple(_broken(tree, tag) for tag in tree.broken)
    found = [*_unmatched(tree), *_deep(tree), *_root(tree)]
    inside = [(child, parent.name) for parent in tree.root.walk() for child in parent.children]
    for element, parent in sorted(inside, key=lambda each: each[0].tag.at):
        found += _element(tree, element, parent)
    attributes = read_attributes(tree.root)
    for body in [each for each in tree.root.walk() if each.name == "mj-body"]:
        for wide in wide_images(body, attributes):
            message = f"The picture is {wide.width:g} px wide, its column has room for {wide.room:g} px."
            found.append(Mistake(tree.place(wide.image.tag), message, "Make `width` smaller."))
    return tuple(found)


def _broken(tree: Tree, tag: Tag) -> Mistake:
    """A `<` that begins no tag, and a tag in which something else stands than attributes."""
    name = f"<{'/' * tag.closing}{tag.name}>"
    written = " ".join(tag.rest.split())[:20]
    if tag.name:
        message, hint = _attribute_mistake(tag, name, written)
    elif tag.rest.startswith("!--"):
        message, hint = "A comment begins and never ends.", "End it with -->."
    elif re.match("/?[A-Za-z]", tag.rest):
        message = f"The tag <{written.split(' ')[0]} never ends."
        hint = "A quotation mark or the > is missing; a < in the text is written &lt;."
    else:
        message = f"A bare < stands before “{written}”." if written else "A bare < stands at the end."
        hint = "A < in the text is written &lt;."
    return Mistake(tree.place(tag), message, hint)


def _attribute_mistake(tag: Tag, name: str, written: str) -> tuple[str, str]:
    value = _VALUE.match(tag.rest)
    if "<" in tag.rest:
        hint = "A < in the text is written &lt;."
        return f"A quotation mark or the > is missing in {name}.", hint
    if value and value[2] not in {'"', "'"}:
        return f"The value of `{value[1]}` in {name} stands without quotes.", f'Write {value[1]}="…".'
    hint = 'A blank stands before each attribute, and its value in quotes: name="…".'
    return f"“{written}” in {name} is no attribute.", hint


def _unmatched(tree: Tree) -> Iterator[Mistake]:
    for tag in tree.unmatched:
        said = f"</{tag.name}> ends nothing" if tag.closing else f"<{tag.name}> is never closed"
        hint = "Every element needs a beginning and an end, in the order of their nesting."
        if tag.name.lower() in VOID:
            hint = f"Write <{tag.name.lower()} />."
        yield Mistake(tree.place(tag), f"{said}.", hint)


def _deep(tree: Tree) -> Iterator[Mistake]:
    if tree.deep:
        message = f"<{tree.deep.name}> is nested deeper than {DEPTH} elements."
        yield Mistake(tree.place(tree.deep), message, "Close elements before you open the next.")


def _root(tree: Tree) -> Iterator[Mistake]:
    """One mjml with one mj-body and at most one mj-head; of two the renderer drops the first."""
    names = [each.name for each in tree.root.children]
    if names != ["mjml"]:
        extra = next((each.tag for each in tree.root.children if each.name != "mjml"), Tag("mjml", ()))
        message = "An MJML document is one <mjml> element and nothing else."
        yield Mistake(tree.place(extra), message, "Begin templates/letter.mjml with <mjml>.")
    parts = [child for each in tree.root.children for child in each.children]
    for name in _ONCE:
        same = [each for each in parts if each.name == name]
        for again in same[1:]:
            message = f"There are {len(same)} <{name}>; all but the last would be lost."
            yield Mistake(tree.place(again.tag), message, "Put them into one.")
    if names == ["mjml"] and all(each.name != "mj-body" for each in parts):
        message = "There is no <mj-body>; the letter would be empty."
        yield Mistake(tree.place(tree.root.children[0].tag), message, "Add it.")


def _element(tree: Tree, element: Element, parent: str) -> Iterator[Mistake]:
    place = tree.place(element.tag)
    yield from _duplicates(tree, element.tag)
    for tag in element.html:
        yield from _html(tree, tag, element)
    known = schema.components().get(element.name)
    if element.name in schema.AVOIDED:
        reason, hint = schema.AVOIDED[element.name]
        yield Mistake(place, f"<{element.name}> does not work in a letter: {reason}.", hint)
        return
    if known is None and element.name not in _GIVES:
        message = f"MJML has no element <{element.name}>."
        yield Mistake(place, message, "HTML stands in mj-text or mj-raw.")
        return
    if element.text:
        message = f"The text “{element.text[0][:40]}” stands between elements; nobody would see it."
        yield Mistake(place, message, "Put it into mj-text.")
    if element.name == "mj-image" and parent != "mj-attributes" and element.attribute("alt") is None:
        message = "The picture has no `alt`; those who cannot see it learn nothing of it."
        yield Mistake(place, message, 'Say what it shows, or write alt="" for a mere ornament.')
    yield from _children(tree, element)
    yield from _attributes(tree, element)


def _duplicates(tree: Tree, tag: Tag) -> Iterator[Mistake]:
    for name, times in Counter(name for name, _ in tag.attributes).items():
        if times > 1:
            message = f"`{name}` is given {times} times in <{tag.name}>."
            yield Mistake(tree.place(tag), message, "Keep one.")


def _html(tree: Tree, tag: Tag, around: Element) -> Iterator[Mistake]:
    if not tag.closing:
        yield from _duplicates(tree, tag)
        if around.name in _TEXT_ONLY:
            message = f"<{tag.name}> stands in <{around.name}>, where only text may stand."
            yield Mistake(tree.place(tag), message, "Take the tag out.")
        elif tag.name.startswith("mj-"):
            message = f"<{tag.name}> stands in <{around.name}>, where only HTML may stand."
            yield Mistake(tree.place(tag), message, f"Close <{around.name}> before it.")


def _children(tree: Tree, element: Element) -> Iterator[Mistake]:
    known = schema.components().get(element.name)
    for child in element.children:
        if element.name == "mj-attributes":
            wrong = False  # any component, to give its attributes
        else:
            wrong = known is None or child.name not in known.children
        if wrong and child.name in {*schema.components(), *_GIVES} - set(schema.AVOIDED):
            allowed = sorted(known.children - set(schema.AVOIDED)) if known else []
            hint = f"There may stand: {', '.join(allowed)}." if allowed else "Nothing may stand there."
            message = f"<{child.name}> may not stand in <{element.name}>."
            yield Mistake(tree.place(child.tag), message, hint)


def _attributes(tree: Tree, element: Element) -> Iterator[Mistake]:
    place, name = tree.place(element.tag), element.name
    known = schema.known_attributes(name)
    for attribute, value in dict(element.tag.attributes).items():
        said = f"`{attribute}` of <{name}>"
        if attribute == "mj-class" and " " in value.strip():
            message = f"{said} names several classes; only the first would count."
            yield Mistake(place, message, "Give each element one class.")
        elif attribute in schema.EVERYWHERE:
            continue
        elif attribute not in known:
            hint = f"It takes {', '.join(sorted({*known, *schema.EVERYWHERE}))}."
            yield Mistake(place, f"<{name}> has no attribute `{attribute}`.", hint)
        elif (name, attribute) in schema.AVOIDED_ATTRIBUTES:
            reason, hint = schema.AVOIDED_ATTRIBUTES[name, attribute]
            yield Mistake(place, f"{said} does not work in a letter: {reason}.", hint)
        elif attribute in schema.IGNORED.get(name, ()):
            hint = "Take it out; say it with a style in mj-text or with other elements."
            yield Mistake(place, f"{said} has no effect: the renderer ignores it.", hint)
        elif not schema.fits(value, known[attribute]):
            message = f"{said} is “{value}”, not {schema.in_words(known[attribute])}."
            yield Mistake(place, message, "Write it so.")
