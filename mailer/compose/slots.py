"""Slots: the few places of a compiled letter that differ from person to person.

A variant is compiled once; Jinja never sees a person. Where a personal value belongs, the compiled HTML and
text carry a mark and the slot's name, and filling is cutting there and putting the value in, escaped by kind.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from subscribers.errors import Problem

# name -> what it is: `text` is escaped in HTML, `url` is a whole web address.
SLOTS: Mapping[str, str] = {"greeting": "text", "unsubscribe": "url"}


class SlotProblem(Problem):
    """A letter names a slot that does not exist, or a value is missing or would break out of its place."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part cut at its slots: `pieces` has one element more than `names`."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]


def mark_for(edition: str) -> str:
    """The mark of an edition: the same for each compile, and nothing an author would type."""
    return f"slot{hashlib.sha256(edition.encode()).hexdigest()[:12]}"


def placeholder(mark: str, name: str) -> str:
    """What stands in the compiled letter; a URL slot looks like a URL so that every tool lets it pass."""
    return f"https://{mark}.{name}." if SLOTS[name] == "url" else f"{mark}.{name}."


def cut(part: str, mark: str) -> Cut:
    """Cut a compiled part at its slots.

    Raises:
        SlotProblem: the part names a slot that does not exist.
    """
    # An optional beginning would be tried at each letter: the mark alone is found ten times faster.
    found = re.split(rf"{mark}\.([a-z_]+)\.", part)
    found[0:-1:2] = [piece.removesuffix("https://") for piece in found[0:-1:2]]
    for name in found[1::2]:
        if name not in SLOTS:
            raise SlotProblem(f"The letter has no slot called {name!r}; there are {', '.join(SLOTS)}.")
    return Cut(tuple(found[0::2]), tuple(found[1::2]))


def fill(part: Cut, values: Mapping[str, str], *, html: bool) -> str:
    """Put a person's values into a cut part.

    Raises:
        SlotProblem: a value is missing or unfit for its slot.
    """
    filled = [part.pieces[0]]
    for name, piece in zip(part.names, part.pieces[1:], strict=True):
        filled += (slot_value(name, values, html=html), piece)
    return "".join(filled)


def slot_value(name: str, values: Mapping[str, str], *, html: bool) -> str:
    """One value as it may stand in HTML or in text.

    Raises:
        SlotProblem: it is missing, or a URL is none.
    """
    if name not in values:
        raise SlotProblem(f"There is no value for the slot {name!r}.")
    value = " ".join(values[name].split())  # one line: a line break would end a paragraph or a header
    if SLOTS[name] == "url" and not re.fullmatch(r"https?://[!-~]+", value):
        raise SlotProblem(f"The slot {name!r} needs a web address, not {value!r}.")
    return escape(value, quote=True) if html else value
