"""The text an issue was imported from: the kept file, and the class that the import gave each line."""

import hashlib
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from mailer.toml import name_of, parse_toml, read_text
from subscribers.errors import Problem


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the original, or a part of one: its class (`kind`), the field it went to, its words.

    `links` are the targets that a Word file keeps behind its words.
    """

    number: int
    kind: str
    field: str
    text: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Original:
    """The kept file as import.toml describes it; its sha256 and the lines' classes were compared."""

    name: str
    markdown: bool
    lines: tuple[Line, ...]


def read_original(folder: Path, root: Path) -> Original | None:
    """The original of an issue; None for an issue that was not imported.

    Raises:
        Problem: import.toml is gone although the original is here, is unreadable or lacks lines; the file it
            names is missing or another one, or the import gives a line another class than the report.
    """
    path = folder / "import.toml"
    place = name_of(path, root)
    if not path.exists():
        if kept := sorted(each.name for each in folder.glob("original.*")):
            raise Problem(
                f"{kept[0]} is here without the report of its import; nothing can be compared.",
                place=place,
                hint="Take import.toml from the history, or import the original once more.",
            )
        return None
    try:
        text = read_text(path, place=place)
        data = tomllib.loads(text)
        name, sha256 = str(data["original"]), str(data["sha256"])
        lines = [_line(each) for each in data.get("lines", [])]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem(
            f"The report of the import cannot be read ({error}).",
            place=place,
            hint="Take it from the history, or import the original once more.",
        ) from None
    content = _compare_bytes(folder, name, sha256, place)
    order = sorted(range(len(lines)), key=lambda index: lines[index].number)
    lines = [lines[index] for index in order]
    if difference := _other_than(lines, _read_again(content, name), name):
        at, message = difference
        raise Problem(
            message,
            place=parse_toml(text, place).place(("lines", order[at]) if at < len(order) else ()),
            hint="Take import.toml from the history; after an update of Rundbrief import the original under "
            "another key (--as) and take the new one.",
        )
    return Original(name, name.lower().endswith((".md", ".markdown")), _once(lines))


def _line(data: dict[str, Any]) -> Line:
    links = tuple(map(str, data.get("links", ())))
    return Line(int(data["number"]), str(data["class"]), str(data["field"]), str(data["text"]), links)


def _compare_bytes(folder: Path, name: str, sha256: str, place: str) -> bytes:
    """The kept file, if it is the one that was imported."""
    if Path(name).name != name or "\\" in name:
        raise Problem(
            f"`original` must be the name of a file in the issue's folder, not {name}.", place=place
        )
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise Problem(
            f"The original {name} cannot be read: {error.strerror}.",
            place=place,
            hint="Put the file back; without it nobody can prove what was kept.",
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise Problem(
            f"The original {name} is not the file that was imported "
            f"(its sha256 is {found[:12]}…, not {sha256[:12]}…).",
            place=place,
            hint="Take the file from the history, or import the new text with --force.",
        )
    return content


@lru_cache(maxsize=8)
def _read_again(content: bytes, name: str) -> tuple[Line, ...]:
    """The lines as the import reports them: the same bytes always give the same report."""
    from mailer.content.draft import report_text
    from mailer.content.intake import take_in

    report = unicodedata.normalize("NFC", report_text(take_in(content, name, {}), name))
    return tuple(_line(each) for each in tomllib.loads(report)["lines"])


def _other_than(lines: Sequence[Line], wanted: Sequence[Line], name: str) -> tuple[int, str] | None:
    """The index of the first line that the import reports otherwise, and what differs."""
    for index, (given, expected) in enumerate(zip_longest(lines, wanted)):
        if given == expected:
            continue
        if given is None or (expected and given.number > expected.number):
            return index, f"The report of the import lacks line {expected.number} of {name}."
        if expected is None or given.number < expected.number:
            return index, f"The report has line {given.number} of {name} more often than the import."
        if given.text != expected.text:
            return index, f"The report has another text in line {given.number} than {name}."
        for what, ours, theirs in (
            ("class", given.kind, expected.kind),
            ("field", given.field, expected.field),
            ("links", ", ".join(given.links), ", ".join(expected.links)),
        ):
            if ours != theirs:
                was = f"“{theirs}”" if theirs else "none"
                where = f"line {given.number} of {name}"
                return index, f"The report has the {what} “{ours}” for {where}; the import reads {was}."
    return None


def _once(lines: list[Line]) -> tuple[Line, ...]:
    """A piece that runs over several lines is reported with each of them; here it stands once."""
    kept: list[Line] = []
    last = 0
    for line in lines:
        same = kept and (kept[-1].kind, kept[-1].field, kept[-1].text) == (line.kind, line.field, line.text)
        if not (same and line.number == last + 1 and line.kind != "blank"):
            kept.append(line)
        last = line.number
    return tuple(kept)
