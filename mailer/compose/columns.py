"""How much room a column leaves its pictures, reckoned as MJML reckons it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.compose.elements import Element
from mailer.compose.schema import components

_NUMBER = re.compile(r"(\d*\.?\d+)(px|%)?")
_BOXED = ("mj-section", "mj-wrapper")


@dataclass(frozen=True, slots=True)
class TooWide:
    """A picture that is wider than the room it has; both in pixels."""

    image: Element
    width: float
    room: float


@dataclass(frozen=True, slots=True)
class Attributes:
    """The values that mj-attributes gives to components and classes."""

    components: Mapping[str, Mapping[str, str]]
    classes: Mapping[str, Mapping[str, str]]

    def of(self, element: Element, name: str) -> str | None:
        """Its own value, else that of its class, its component, of mj-all, of MJML itself."""
        known = components().get(element.name)
        for values in (
            dict(element.tag.attributes),
            self.classes.get(element.attribute("mj-class") or "", {}),
            self.components.get(element.name, {}),
            self.components.get("mj-all", {}),
            known.defaults if known else {},
        ):
            if name in values:
                return values[name]
        return None


def wide_images(body: Element, given: Attributes) -> Iterator[TooWide]:
    """Every mj-image with a width that its column does not have. mrml lets it run over."""
    yield from _inside(body, _pixels(given.of(body, "width")) or 600, given)


def read_attributes(root: Element) -> Attributes:
    """What the mj-attributes of a document say."""
    by_component: dict[str, dict[str, str]] = {}
    classes: dict[str, dict[str, str]] = {}
    for element in root.walk():
        if element.name == "mj-attributes":
            for child in element.children:
                into, key = by_component, child.name
                if child.name == "mj-class":
                    into, key = classes, child.attribute("name") or ""
                into.setdefault(key, {}).update(child.tag.attributes)
    return Attributes(by_component, classes)


def _inside(element: Element, room: float, given: Attributes) -> Iterator[TooWide]:
    columns = [each for each in element.children if each.name in {"mj-column", "mj-group"}]
    for child in element.children:
        if child.name == "mj-image":
            left = room - _sides(child, ("padding", "border"), given)
            width = _pixels(given.of(child, "width"))
            if width is not None and width > left + 0.5:
                yield TooWide(child, width, left)
        elif child.name in {"mj-column", "mj-group"}:
            share = _share(given.of(child, "width"), room, len(columns))
            edges = ("padding", "border", "inner-border") if child.name == "mj-column" else ()
            yield from _inside(child, share - _sides(child, edges, given), given)
        elif child.name in _BOXED:
            yield from _inside(child, room - _sides(child, ("padding", "border"), given), given)


def _share(width: str | None, room: float, columns: int) -> float:
    found = _NUMBER.fullmatch(width or "")
    if not found:
        return room / max(columns, 1)
    return room * float(found[1]) / 100 if found[2] == "%" else float(found[1])


def _sides(element: Element, names: tuple[str, ...], given: Attributes) -> float:
    """What left and right take away together."""
    return sum(_side(element, name, side, given) for name in names for side in ("left", "right"))


def _side(element: Element, name: str, side: str, given: Attributes) -> float:
    """`padding-left` goes before `padding`; of a border such as `1px solid red` the width counts."""
    if (own := given.of(element, f"{name}-{side}")) is not None:
        return _pixels(own.split(" ")[0]) or 0
    parts = (given.of(element, name) or "").split()
    if not parts or name != "padding":
        return _pixels(parts[0]) or 0 if parts else 0
    right = parts[1] if len(parts) > 1 else parts[0]
    return _pixels(parts[3] if side == "left" and len(parts) == 4 else right) or 0


def _pixels(value: str | None) -> float | None:
    found = _NUMBER.fullmatch(value or "")
    return float(found[1]) if found and found[2] != "%" else None
