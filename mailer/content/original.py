"""The text an issue was imported from: the kept file, and the class that the import gave each line."""

import hashlib
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from mailer.toml import name_of, read_text
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
    """The kept file as import.toml describes it; its sha256 has been compared."""

    name: str
    markdown: bool
    lines: tuple[Line, ...]


def read_original(folder: Path, root: Path) -> Original | None:
    """The original of an issue; None for an issue that was not imported.

    Raises:
        Problem: import.toml is gone although the original is here, is unreadable or lacks lines; the file it
            names is missing or another one.
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
        data = tomllib.loads(read_text(path, place=name_of(path, root)))
        name, sha256 = str(data["original"]), str(data["sha256"])
        lines = [_line(each) for each in data.get("lines", [])]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Problem(
            f"The report of the import cannot be read ({error}).",
            place=place,
            hint="Take it from the history, or import the original once more.",
        ) from None
    _compare_bytes(folder, name, sha256, place)
    lines.sort(key=lambda line: line.number)
    for before, after in pairwise((0, *(line.number for line in lines))):
        if after > before + 1:
            raise Problem(
                f"The report of the import lacks line {before + 1} of {name}.",
                place=place,
                hint="Take it from the history, or import the original once more.",
            )
    return Original(name, name.lower().endswith((".md", ".markdown")), _once(lines))


def _line(data: dict[str, Any]) -> Line:
    links = tuple(map(str, data.get("links", ())))
    return Line(int(data["number"]), str(data["class"]), str(data["field"]), str(data["text"]), links)


def _compare_bytes(folder: Path, name: str, sha256: str, place: str) -> None:
    if Path(name).name != name or "\\" in name:
        raise Problem(
            f"`original` must be the name of a file in the issue's folder, not {name}.", place=place
        )
    try:
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    except OSError as error:
        raise Problem(
            f"The original {name} cannot be read: {error.strerror}.",
            place=place,
            hint="Put the file back; without it nobody can prove what was kept.",
        ) from None
    if found != sha256:
        raise Problem(
            f"The original {name} is not the file that was imported "
            f"(its sha256 is {found[:12]}…, not {sha256[:12]}…).",
            place=place,
            hint="Take the file from the history, or import the new text with --force.",
        )


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
