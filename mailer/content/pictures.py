"""Pictures that a mail may carry: PNG, JPEG and GIF, measured from their own bytes."""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailer.toml import Document, Where, name_of
from subscribers.errors import Problem

_STANDALONE = {0x01, *range(0xD0, 0xD8)}  # JPEG markers without a length (ISO/IEC 10918-1, B.1.1.3)
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start of frame: carries height and width


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its bytes, its size in pixels and what stands in for it; alt "" means decoration.

    `unused_alt` are words for a picture that is called decorative as well, `alt_place` where they stand.
    """

    name: str
    media_type: str
    width: int
    height: int
    data: bytes
    alt: str
    credit: str
    unused_alt: str = ""
    alt_place: str = ""

    def __repr__(self) -> str:
        return f"Picture({self.name!r}, {self.media_type!r}, {self.width}x{self.height})"


def read_picture(path: Path, root: Path, alt: str, credit: str) -> Picture:
    """Read and measure a picture.

    Raises:
        Problem: missing, unreadable, cut off, or of a type that mail programs do not show everywhere.
    """
    name = name_of(path, root)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Problem(
            f"The picture {name} is missing.", hint="Put the file into the issue's folder."
        ) from None
    except OSError as error:
        raise Problem(f"The picture {name} cannot be read: {error.strerror}.") from None
    for media_type, start, measure in _TYPES:
        if data.startswith(start):
            try:
                width, height = measure(data)
            except (struct.error, IndexError, ValueError):
                width = height = 0
            if width < 1 or height < 1:
                raise Problem(f"The picture {name} is broken.", hint="Export it once more.")
            return Picture(path.name, media_type, width, height, data, alt, credit)
    raise Problem(
        f"The picture {name} is neither PNG nor JPEG nor GIF.",
        hint="Mail programs show only these three; export it as PNG or JPEG.",
    )


def picture_at(
    document: Document, where: Where, key: str, folder: Path, root: Path, problems: list[Problem]
) -> Picture | None:
    """The picture that a table names under `key`, `key_alt`, `key_decorative` and `key_credit`.

    The keys are read as they stand: a wrong key elsewhere must not hide a missing picture. Of words and
    `key_decorative = true` the second wins; the words are kept for the checks to tell.
    """
    table = _table(document, where)
    name, alt, credit = (_words(table.get(each)) for each in (key, f"{key}_alt", f"{key}_credit"))
    if not name:
        return None
    place, decorative = document.place((*where, key)), table.get(f"{key}_decorative") is True
    if not alt and not decorative:
        problems.append(
            Problem(
                f"`{key}_alt` is missing: who cannot see the picture needs words for it.",
                place=place,
                hint=f'Write {key}_alt = "…", or {key}_decorative = true if it says nothing.',
            )
        )
    if Path(name).name != name or "\\" in name:
        problems.append(Problem(f"`{key}` must be the name of a file in the issue's folder.", place=place))
        return None
    try:
        picture = read_picture(folder / name, root, "" if decorative else alt, credit)
    except Problem as problem:
        problems.append(Problem(problem.message, place=place, hint=problem.hint))
        return None
    if not decorative or not alt:
        return picture
    return replace(picture, unused_alt=alt, alt_place=document.place((*where, f"{key}_alt")))


def _table(document: Document, where: Where) -> Mapping[str, Any]:
    found: Any = document.data
    for part in where:
        found = found[part]
    return found if isinstance(found, Mapping) else {}


def _words(value: object) -> str:
    """One line; no-break blanks stay, which `split` without a letter would swallow."""
    return re.sub(r"[ \t\n]+", " ", value).strip(" ") if isinstance(value, str) else ""


def _png(data: bytes) -> tuple[int, int]:
    """The IHDR chunk comes first, IEND last (PNG, 11.2)."""
    if data[12:16] != b"IHDR" or b"IEND" not in data[-16:]:
        raise ValueError("cut off")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    """The logical screen follows the signature, 0x3B ends the file (GIF89a, 18 and 27)."""
    if b"\x3b" not in data[-4:]:
        raise ValueError("cut off")
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    """Walk from segment to segment to the start of frame (ISO/IEC 10918-1, B.2.2)."""
    if b"\xff\xd9" not in data[-1024:]:
        raise ValueError("cut off")
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            return width, height
        if marker == 0xDA:
            raise ValueError("no frame before the scan")
        if marker not in _STANDALONE:
            at += struct.unpack(">H", data[at : at + 2])[0]


_TYPES = (
    ("image/png", b"\x89PNG\r\n\x1a\n", _png),
    ("image/jpeg", b"\xff\xd8\xff", _jpeg),
    ("image/gif", b"GIF87a", _gif),
    ("image/gif", b"GIF89a", _gif),
)
