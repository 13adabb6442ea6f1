"""Paper for the tests of the desk: a register, an editorial, a small office, a real picture."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailer.compose.letterhead import Letterhead
from mailer.content.programmes import Register, read_register
from tests.letters import HEAD

REGISTER = """\
[programmes.meisterpraemie]
name = "Meisterprämie NRW"
aliases = ["Meisterprämie"]
kind = "Förderung"
teaser = "Das Land belohnt den Meisterbrief."
label = "Prämie beantragen"
url = "https://meisterprämie.example/"
checked_on = 2026-11-23

[programmes.fai]
name = "Fachkräfteagentur International"
aliases = ["FAI NRW", "NRW Fachkräfteagentur International (FAI NRW)"]
kind = "Beratung"
teaser = "Rat für Betriebe, die im Ausland suchen."
"""
EDITORIAL = '+++\ntitle = "Ein Titel"\n+++\n\nEin Absatz.\n'

WriteIssue = Callable[..., Path]


@dataclass(frozen=True)
class Folders:
    folder: Path
    issues: Path


class SmallOffice:
    """As much of the office as the commands of `rundbrief issue` use."""

    def __init__(self, root: Path) -> None:
        self.settings = Folders(root, root / "issues")

    def register(self) -> Register:
        return read_register(self.settings.folder / "programmes.toml", self.settings.folder)

    def letterhead(self, newsletter: str | None) -> Letterhead:
        return HEAD

    def mailing_states(self) -> Mapping[str, str]:
        return {}


def png(width: int, height: int) -> bytes:
    """A real PNG, one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x12\x43\x6d" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
