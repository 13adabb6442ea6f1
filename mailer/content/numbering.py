"""What Word counts by itself: the number of every numbered paragraph, which stands nowhere in its text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailer.content.runs import look_of, placed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_UNCOUNTED = ("bullet", "none")


@dataclass(frozen=True, slots=True)
class Counted:
    """A paragraph that Word numbers: its words, the number with its sign, the depth of its list from 0."""

    words: str
    label: str
    level: int


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    style: str
    pattern: str


@dataclass(slots=True)
class _Lists:
    """The lists of a file and how far each has counted; lists of one pattern count on, as in Word."""

    levels: Mapping[tuple[str, int], _Level]  # by list and depth
    patterns: Mapping[str, str]  # which pattern a list follows
    restarts: Mapping[tuple[str, int], int]
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)


def read_numbers(document: bytes, numbering: bytes, styles: bytes) -> Sequence[Counted]:
    """The numbered paragraphs in their order; all three parts have been checked by `open_package`."""
    from xml.etree.ElementTree import fromstring

    lists = _lists(fromstring(numbering)) if numbering else _Lists({}, {}, {})  # noqa: S314 - no entities
    by_style = dict(_of_styles(fromstring(styles))) if styles else {}  # noqa: S314
    found = []
    for paragraph in fromstring(document).iter(f"{_W}p"):  # noqa: S314
        properties = paragraph.find(f"{_W}pPr")
        number, level = _number_of(properties, by_style)
        if number and (label := _next(lists, number, level)):
            found.append(Counted(_words(paragraph), label, level))
    return found


def _lists(root: "Element") -> _Lists:
    abstract = {
        str(each.get(f"{_W}abstractNumId")): {_depth(level): _level(level) for level in each.iter(f"{_W}lvl")}
        for each in root.iter(f"{_W}abstractNum")
    }
    levels: dict[tuple[str, int], _Level] = {}
    patterns: dict[str, str] = {}
    restarts: dict[tuple[str, int], int] = {}
    for each in root.iter(f"{_W}num"):
        number, pattern = str(each.get(f"{_W}numId")), _value(each, "abstractNumId")
        patterns[number] = pattern
        levels.update({(number, depth): level for depth, level in abstract.get(pattern, {}).items()})
        for override in each.iter(f"{_W}lvlOverride"):
            own = override.find(f"{_W}lvl")
            if own is not None:
                levels[number, _depth(override)] = _level(own)
            if start := _value(override, "startOverride"):
                restarts[number, _depth(override)] = _whole(start)
    return _Lists(levels, patterns, restarts)


def _of_styles(root: "Element") -> Iterator[tuple[str, tuple[str, int]]]:
    """The list of every paragraph style that has one, by itself or from the style it is based on."""
    styles = {str(each.get(f"{_W}styleId")): each for each in root.iter(f"{_W}style")}
    for name in styles:
        current, seen = name, set[str]()
        while current in styles and current not in seen:
            seen.add(current)
            numbered = styles[current].find(f"{_W}pPr/{_W}numPr")
            if numbered is not None and _value(numbered, "numId"):
                yield name, (_value(numbered, "numId"), _whole(_value(numbered, "ilvl")))
                break
            current = _value(styles[current], "basedOn")


def _number_of(properties: "Element | None", by_style: Mapping[str, tuple[str, int]]) -> tuple[str, int]:
    """The list and depth of a paragraph; list 0 means that its style's list does not count here."""
    if properties is None:
        return "", 0
    inherited = by_style.get(_value(properties, "pStyle"), ("", 0))
    numbered = properties.find(f"{_W}numPr")
    if numbered is None:
        return inherited
    number = _value(numbered, "numId") or inherited[0]
    return ("", 0) if number == "0" else (number, _whole(_value(numbered, "ilvl")))


def _next(lists: _Lists, number: str, depth: int) -> str:
    """Count one on; empty for bullets. A deeper level begins anew after each item above it."""
    level = lists.levels.get((number, depth))
    if level is None:
        return ""
    counts = lists.counts.setdefault(lists.patterns[number], {})
    restart = lists.restarts.get((number, depth)) if (number, depth) not in lists.begun else None
    lists.begun.add((number, depth))
    if restart is not None:
        counts[depth] = restart
    else:
        counts[depth] = counts[depth] + 1 if depth in counts else level.start
    for deeper in [each for each in counts if each > depth]:
        del counts[deeper]
    if level.style in _UNCOUNTED:
        return ""
    label = level.pattern
    for above in range(depth + 1):
        shown = lists.levels.get((number, above), level)
        label = label.replace(f"%{above + 1}", _written(counts.get(above, shown.start), shown.style))
    return label.strip()


def _written(number: int, style: str) -> str:
    if style in ("lowerLetter", "upperLetter") and number > 0:
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif style in ("lowerRoman", "upperRoman"):
        text = ""
        for value, letters in _ROMAN:
            text += letters * (number // value)
            number %= value
    else:
        return f"{number:02}" if style == "decimalZero" else str(number)
    return text.upper() if style.startswith("upper") else text


def _words(paragraph: "Element") -> str:
    """The words as a letter shows them: without deletions, without the boxes inside."""
    words = []
    alignment, struck = "", False
    for each in paragraph.iter():
        if each.tag == f"{_W}r":
            found = each.find(f"{_W}rPr")
            properties = {} if found is None else {one.tag: one.get(f"{_W}val") for one in found}
            alignment, struck = look_of({name.removeprefix(_W): value for name, value in properties.items()})
        elif each.tag == f"{_W}t" and not struck:
            words.append(placed(each.text or "", alignment))
        elif each.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            words.append(" ")
    return " ".join("".join(words).split())


def _level(element: "Element") -> _Level:
    start = _value(element, "start")
    style = _value(element, "numFmt") or "decimal"
    return _Level(_whole(start) if start else 1, style, _value(element, "lvlText"))


def _depth(element: "Element") -> int:
    return _whole(str(element.get(f"{_W}ilvl") or ""))


def _value(element: "Element", name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else str(found.get(f"{_W}val") or "")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
