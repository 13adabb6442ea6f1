"""Dates and events that an issue announces: a day, perhaps an hour, what and where."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mailer.toml import Document
from subscribers.errors import Problem

if TYPE_CHECKING:
    from mailer.content.fields import EventFields


@dataclass(frozen=True, slots=True)
class Event:
    """One date; `time` as written („17 bis 19 Uhr“), `place_line` is the line of the file where it begins."""

    day: date
    time: str
    title: str
    place: str
    label: str
    url: str
    place_line: str


def read_events(
    fields: "list[EventFields]", document: Document, problems: list[Problem]
) -> tuple[Event, ...]:
    """The events in the order of their days; a link without words is a problem."""
    events = []
    for index, each in enumerate(fields):
        place = document.place(("events", index))
        if each.url and not each.label:
            problems.append(_unlabelled(document.place(("events", index, "url"))))
        events.append(Event(each.day, each.time, each.title, each.place, each.label, each.url, place))
    return tuple(sorted(events, key=lambda event: event.day))


def _unlabelled(place: str) -> Problem:
    return Problem(
        "`label` is missing: a link needs words that make sense alone.",
        place=place,
        hint='For example label = "Zum Infoabend anmelden".',
    )
