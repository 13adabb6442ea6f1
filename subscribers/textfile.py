"""A text file of any of the usual makes: its encoding is found, its size is bounded, it is read by line."""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from subscribers.errors import Problem
from subscribers.umlauts import encoding_of

MAX_BYTES, MAX_LINES, MAX_LINE = 1024 * 1024 * 1024, 2_000_000, 1_000_000
_CHUNK = 256 * 1024
_SAVE_AS_CSV = "In Excel, choose Save as and CSV UTF-8."
_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1a\0"})
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"  # bytes that Windows-1252 does not have


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that was looked at from end to end and can be read."""

    path: Path
    encoding: str
    sha256: str

    def lines(self) -> Iterator[str]:
        """The physical lines with their ends, without a byte order mark."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            yield from file


@dataclass(slots=True)
class _Lines:
    """Counts lines in chunks of bytes and knows how long the one is that is not ended yet."""

    name: str
    ended: int = 0
    open_length: int = 0

    def see(self, chunk: bytes) -> None:
        ends = max(chunk.count(b"\n"), chunk.count(b"\r"))
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        first = min((at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0), default=len(chunk))
        if self.open_length + first > MAX_LINE:
            message = f"The line has more than {MAX_LINE:,} characters."
            raise Problem(message, place=f"{self.name}:{self.ended + 1}")
        self.open_length = len(chunk) - last - 1 if ends else self.open_length + len(chunk)
        self.ended += ends
        if self.ended > MAX_LINES:
            raise Problem(f"The file has more than {MAX_LINES:,} lines.", place=self.name, hint="Split it.")


def open_text(path: Path) -> TextFile:
    """Find the encoding by reading the whole file once, in pieces.

    Raises:
        Problem: the file is missing, too large, or not text.
    """
    name = path.name
    try:
        if not path.is_file():
            kind = "is not there" if not path.exists() else "is no plain file"
            raise Problem(f"The file cannot be read: it {kind}.", place=name)
        if path.stat().st_size > MAX_BYTES:
            raise Problem(f"The file is larger than {MAX_BYTES >> 20} MB.", place=name, hint="Split it.")
        with path.open("rb") as file:
            beginning = file.read(2000)
        encoding, sha256 = _examine(path, _likely(beginning))
        if encoding == "cp1252":
            encoding = _single_byte(path)
    except OSError as error:
        raise Problem(f"The file cannot be read: {error.strerror}.", place=name) from None
    return TextFile(path, encoding, sha256)


def _likely(beginning: bytes) -> str:
    """A byte order mark decides; every other byte zero is UTF-16; else UTF-8 until a byte says no."""
    if beginning.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    if max(even, odd) > len(beginning) // 4:
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _examine(path: Path, encoding: str) -> tuple[str, str]:
    """The encoding that all bytes agree with, and their hash; one odd byte turns UTF-8 into Windows-1252."""
    decoder = codecs.getincrementaldecoder(encoding)()
    seen, lines, odd, size = hashlib.sha256(), _Lines(path.name), 0, 0
    with path.open("rb") as file:
        chunk = b"-"
        while chunk:
            chunk = file.read(_CHUNK)
            seen.update(chunk)
            text = ""
            try:
                if encoding != "cp1252":
                    text = decoder.decode(chunk, not chunk)
            except UnicodeDecodeError:
                if encoding != "utf-8":
                    raise _not_text(path.name, lines.ended) from None
                encoding = "cp1252"
            plain = text.encode("utf-8", "replace") if encoding.startswith("utf-16") else chunk
            lines.see(plain)
            odd, size = odd + len(plain) - len(plain.translate(None, _CONTROL)), size + len(plain)
            if b"\0" in plain or odd > size // 100:
                at = lines.ended - max(plain.count(b"\n"), plain.count(b"\r"))
                before = plain.partition(b"\0")[0]
                raise _not_text(path.name, at + max(before.count(b"\n"), before.count(b"\r")))
    return encoding, seen.hexdigest()


def _single_byte(path: Path) -> str:
    """Windows-1252, or what an old Mac or DOS wrote."""
    with path.open(encoding="cp1252", errors="surrogateescape", newline="") as lines:
        encoding = encoding_of(lines)
    if encoding == "cp1252":
        _refuse_undefined(path)
    return encoding


def _refuse_undefined(path: Path) -> None:
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if len(line.translate(None, _UNDEFINED)) != len(line):
                raise _not_text(path.name, number)


def _not_text(name: str, lines_before: int) -> Problem:
    message = "The file is not text: it holds control characters, or bytes that no usual encoding has."
    return Problem(message, place=f"{name}:{lines_before + 1}", hint=_SAVE_AS_CSV)
