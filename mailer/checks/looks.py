"""How the text of a letter looks: its colour, its ground and its size, in one colour scheme."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count

from mailer.checks.colours import BLACK, WHITE, Colour, parse_colour
from mailer.checks.document import Node, by_tag
from mailer.checks.styles import Sheet

_DARK_CANVAS, _LINK, _DARK_LINK = Colour(18, 18, 18), Colour(0, 0, 238), Colour(158, 158, 255)
_UNSEEN = {"head", "title", "style", "script", "meta", "link"}
_BOLD = {"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
_SIZES = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67, "small": 0.83, "big": 1.2}
_LENGTH = re.compile(r"(\d*\.?\d+)(px|pt|em|rem|%)?")
_WORDS = re.compile(r"(?:[^\s()]|\([^)]*\))+")
_ASKED = ("class", "id", "style", "href", "hidden", "bgcolor", "color")  # what a look depends on
PLAIN = "plain"  # the scheme of programs that drop <style>: what stands in the elements themselves
_PLACES = 20_000  # kept looks of one sheet: a long afternoon of saves
_SHEETS = 8  # kept style sheets: two schemes of some templates
_KEPT = {"inherit", "initial", "unset", "revert", "currentcolor", "none"}


@dataclass(frozen=True, slots=True)
class Look:
    """What is handed down from element to element."""

    colour: Colour
    ground: Colour
    size: float = 16.0  # pixels
    weight: int = 400
    shown: bool = True
    underlined: bool = False
    unread: str = ""  # a colour that cannot be understood

    @property
    def large(self) -> bool:
        """Large text in the sense of WCAG 2.2: 24 px, or 18.66 px and bold."""
        return self.size >= 24 or (self.size >= 18.66 and self.weight >= 700)


def looks(
    document: Node, scheme: str, tagged: Mapping[str, Sequence[Node]] | None = None
) -> Iterator[tuple[Node, Look]]:
    """Every element that is seen, in the order of the document, with its look.

    `tagged` are the elements by their tags, where somebody knows them already.
    """
    tagged = tagged if tagged is not None else by_tag(document)
    css = [
        "".join(each for each in style.children if isinstance(each, str)) for style in tagged.get("style", ())
    ]
    known = _known(() if scheme == PLAIN else tuple(css), scheme)
    dark = scheme == "dark" and _knows_dark(tagged, known.sheet)
    canvas = Look(WHITE if dark else BLACK, _DARK_CANVAS if dark else WHITE)
    waiting = [(document, known.root(canvas, dark=dark))]
    while waiting:
        node, seen = waiting.pop()
        if seen.look.shown:
            yield node, seen.look
            children = node.elements
            last = len(children) - 1
            waiting += [
                (children[at], known.below(seen, children[at], first=at == 0, last=at == last))
                for at in range(last, -1, -1)
            ]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A look, and the number of the place in which every element gets it."""

    look: Look
    place: int
    dark: bool


class _Known:
    """The looks under one style sheet, each reckoned once.

    Selectors ask for tag, class, id and whether an element is the first or the last, of itself and of those
    around it. So two elements that are alike in this, in places that are alike, look alike; a letter has many
    of them, and after a save it has the same again.
    """

    def __init__(self, css: Sequence[str], scheme: str) -> None:
        self.sheet = Sheet(css, scheme)
        self._seen: dict[tuple[object, ...], _Seen] = {}
        self._places = count()

    def root(self, canvas: Look, *, dark: bool) -> _Seen:
        """The look of the empty page."""
        if len(self._seen) > _PLACES:
            self._seen = {}
        return self._seen.setdefault((dark,), _Seen(canvas, next(self._places), dark))

    def below(self, above: _Seen, node: Node, *, first: bool, last: bool) -> _Seen:
        """The look of an element in the place `above`."""
        given = node.attributes
        key = (above.place, above.dark, node.tag, first, last, *map(given.get, _ASKED))
        seen = self._seen.get(key)
        if seen is None:
            look = _look(node, above.look, self.sheet.of(node), above.dark)
            seen = self._seen.setdefault(key, _Seen(look, next(self._places), above.dark))
        return seen


@lru_cache(maxsize=_SHEETS)
def _known(css: tuple[str, ...], scheme: str) -> _Known:
    return _Known(css, scheme)


def _knows_dark(tagged: Mapping[str, Sequence[Node]], sheet: Sheet) -> bool:
    """A letter that says so gets dark ground and white text before its own rules (CSS Color Adjust 1)."""
    said = [sheet.of(each).get("color-scheme", "") for each in tagged.get("html", ())]
    said += [
        each.attributes.get("content", "")
        for each in tagged.get("meta", ())
        if each.attributes.get("name") == "color-scheme"
    ]
    return any("dark" in each for each in said)


def _look(node: Node, around: Look, given: dict[str, str], dark: bool) -> Look:
    link = node.tag == "a" and "href" in node.attributes
    look = replace(
        around,
        shown=node.tag not in _UNSEEN and given.get("display") != "none" and "hidden" not in node.attributes,
        unread="",
        size=around.size * _SIZES.get(node.tag, 1.0),
        weight=700 if node.tag in _BOLD else around.weight,
        colour=(_DARK_LINK if dark else _LINK) if link else around.colour,
    )
    look = _font(look, around, given)
    if given.get("visibility") == "hidden":
        look = replace(look, shown=False)
    decoration = given.get("text-decoration-line", given.get("text-decoration", ""))
    own = "underline" in decoration or (not decoration and (link or node.tag in {"u", "ins"}))
    look = replace(look, underlined=around.underlined or own)
    return _painted(look, around, node, given)


def _font(look: Look, around: Look, given: dict[str, str]) -> Look:
    words = given.get("font", "").split()
    size, weight = look.size, look.weight
    for word in words[:-1]:
        if word.isdecimal() or word in {"bold", "bolder"}:
            weight = int(word) if word.isdecimal() else 700
        elif found := _LENGTH.match(word.split("/")[0]):
            size = _pixels(found, around)
            break
    if words and not any(word.isdecimal() or word in {"bold", "bolder"} for word in words[:-1]):
        weight = 400
    if found := _LENGTH.fullmatch(given.get("font-size", "")):
        size = _pixels(found, around)
    if bold := given.get("font-weight"):
        names = {"bold": 700, "bolder": 700, "normal": 400, "lighter": 400}
        weight = int(bold) if bold.isdecimal() else names.get(bold, weight)
    return replace(look, size=size, weight=weight)


def _pixels(found: re.Match[str], around: Look) -> float:
    number, unit = float(found[1]), found[2]
    return number * {"pt": 4 / 3, "em": around.size, "rem": 16, "%": around.size / 100}.get(unit or "px", 1.0)


def _painted(look: Look, around: Look, node: Node, given: dict[str, str]) -> Look:
    unread = ""
    ground = look.ground
    value = given.get("background-color") or given.get("background") or node.attributes.get("bgcolor", "")
    colours = [found for word in _WORDS.findall(value) if (found := parse_colour(word))]
    if colours:
        ground = colours[0].over(around.ground)
    elif value and value.lower() not in _KEPT and "url(" not in value:
        unread = value
    colour = look.colour
    own = given.get("color") or (node.attributes.get("color", "") if node.tag == "font" else "")
    if own.lower() == "inherit":
        colour = around.colour
    elif parsed := parse_colour(own):
        colour = parsed.over(ground)
    elif own and own.lower() not in _KEPT:
        unread = own
    return replace(look, colour=colour, ground=ground, unread=unread)
