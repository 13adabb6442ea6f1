"""Charts as places on a canvas: widths in per cent of whatever room there is, heights in pixels.

The template draws them (templates/web/report.html). Text keeps its size on a telephone, because nothing is
scaled; every chart has its numbers in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TALL = 150.0  # of the highest column
LEAST = 3.0  # what is not nothing can be seen: pixels of a column
LEAST_WIDE = 1.5  # per cent of a strip
CROWDED = 8  # columns; from here on a telephone shows the words of every second one


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle with the number that it stands for."""

    kind: str  # accepted, failed …: gives the colour
    x: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """The bars that stand together, and what stands below them."""

    bars: tuple[Bar, ...]
    centre: float
    label: str
    second: str  # a second line, such as the year where it begins
    spare: bool  # its words go where there is no room


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns."""

    name: str  # of the chart among those of a page
    title: str
    words: str  # all of it in words
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """One bar in parts, from left to right."""

    name: str
    title: str
    words: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What one column is made of: kind, number and its text for each bar."""

    label: str
    second: str
    values: tuple[tuple[str, int, str], ...]


def columns(name: str, title: str, groups: Sequence[Group]) -> Columns:
    """A column for each group, all to one scale."""
    most = max((number for each in groups for _, number, _ in each.values), default=0)
    room = 100 / max(len(groups), 4)
    made = [_column(each, at * room, room, most, at, len(groups)) for at, each in enumerate(groups)]
    words = "; ".join(f"{_name(each)}: {', '.join(text for _, _, text in each.values)}" for each in groups)
    return Columns(name, title, f"{words}.", tuple(made))


def _name(group: Group) -> str:
    return f"{group.label} {group.second}".strip()


def _column(group: Group, left: float, room: float, most: int, at: int, total: int) -> Column:
    width = room * 0.72 / len(group.values)
    bars = tuple(
        Bar(
            kind,
            round(left + room * 0.14 + number * width, 3),
            round(width * 0.94, 3),
            _height(count, most),
            text,
        )
        for number, (kind, count, text) in enumerate(group.values)
    )
    spare = total > CROWDED and (total - 1 - at) % 2 == 1  # the last one keeps its words
    return Column(bars, round(left + room / 2, 3), group.label, group.second, spare)


def _height(count: int, most: int) -> float:
    return round(max(count / most * TALL, LEAST), 1) if count else 0.0


def strip(name: str, title: str, parts: Sequence[tuple[str, int, str]]) -> Strip:
    """The parts that are not nothing, as wide as they are large; the smallest ones can still be seen."""
    shown = [part for part in parts if part[1]]
    whole = sum(count for _, count, _ in shown)
    wide = [max(count / whole * 100, LEAST_WIDE) for _, count, _ in shown]
    bars, x = list[Bar](), 0.0
    for (kind, _, text), width in zip(shown, wide, strict=True):
        share = width / sum(wide) * 100
        bars.append(Bar(kind, round(x, 3), round(share, 3), 28, text))
        x += share
    return Strip(name, title, ", ".join(text for _, _, text in shown) + ".", tuple(bars))


def length(count: int, most: int) -> float:
    """Per cent of a line, for a bar in the row of a table."""
    return round(max(count / most * 100, LEAST_WIDE), 3) if count else 0.0
