"""iCalendar files (RFC 5545) of events that are instants."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_LONGEST_LINE = 75  # octets without the line end (section 3.1)


@dataclass(frozen=True, slots=True)
class Event:
    """An instant with a name; `uid` stays the same when the event moves, so that a calendar follows it."""

    uid: str
    at: datetime
    summary: str
    description: str = ""


def write_calendar(events: Iterable[Event], now: datetime) -> bytes:
    """The file, in UTF-8 with CRLF; times are in UTC, so that it needs no zones of its own."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rundbrief//rundbrief schedule//DE"]
    for each in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(each.uid)}",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(each.at)}",
        ]
        lines.append(f"SUMMARY:{_text(each.summary)}")
        if each.description:
            lines.append(f"DESCRIPTION:{_text(each.description)}")
        lines += ["TRANSP:TRANSPARENT", "END:VEVENT"]  # nobody is busy while a letter goes out
    return b"".join(part + b"\r\n" for line in [*lines, "END:VCALENDAR"] for part in _fold(line))


def _text(value: str) -> str:
    """A value of type TEXT (section 3.3.11)."""
    for mark in ("\\", ";", ","):
        value = value.replace(mark, "\\" + mark)
    return "\\n".join(value.splitlines())


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _fold(line: str) -> Iterator[bytes]:
    """The line in pieces of at most 75 octets that never cut a character (section 3.1)."""
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _LONGEST_LINE:
            yield piece
            piece = b" "
        piece += octets
    yield piece
