"""A list as a file: bytes to records, with the encoding, the delimiter and the line each record starts in."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from subscribers.errors import Problem
from subscribers.headers import recognised

MAX_BYTES, MAX_LINES, MAX_LINE = 128 * 1024 * 1024, 2_000_000, 1_000_000
_DELIMITERS = (";", ",", "\t")
_SAVE_AS_CSV = "In Excel, choose Save as and CSV UTF-8."
_LETTER, _CONSONANT = "[A-Za-z]", "[B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]"
# ä ö ü Ü ß of the other make, as Windows-1252 shows them. An š beside a vowel is a name such as Dušan.
_OTHER_MAKES = {
    "Mac Roman": re.compile(
        rf"{_LETTER}[ŠŸ](?=[a-z]|\b)|{_CONSONANT}š{_CONSONANT}|{_LETTER}†{_LETTER}|[a-z]§(?![ \d])"
    ),
    "the DOS code page 850": re.compile(rf"{_LETTER}[„”](?=[a-z])"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Record:
    """One record and the physical line of the file in which it starts."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read: the header, the records, and the places that are not CSV at all."""

    file: str
    sha256: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    records: tuple[Record, ...]
    broken: tuple[Refusal, ...]


def read_rows(path: Path) -> Sheet:
    """Read a CSV file of any of the usual makes; a broken record is reported and the others are read.

    Raises:
        Problem: the file is missing, too large, empty or not text.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Problem(f"The file is larger than {MAX_BYTES >> 20} MB.", place=path.name, hint="Split it.")
        data = path.read_bytes()
    except OSError as error:
        raise Problem(f"The file cannot be read: {error.strerror}.", place=path.name) from None
    text, encoding = _decode(data, path.name)
    lines = _lines(text, path.name)
    start, delimiter = _delimiter(lines)
    items = list(_records(lines, start, delimiter))
    records = [item for item in items if isinstance(item, Record)]
    if not records:
        raise Problem("The file has no rows.", place=path.name)
    return Sheet(
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=encoding,
        delimiter=delimiter,
        header=records[0].cells,
        header_line=records[0].line,
        records=tuple(records[1:]),
        broken=tuple(item for item in items if isinstance(item, Refusal)),
    )


def _decode(data: bytes, name: str) -> tuple[str, str]:
    for signature, what in (
        (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    ):
        if data.startswith(signature):
            raise Problem(f"This is {what}, not a CSV file.", place=name, hint=_SAVE_AS_CSV)
    for encoding in _likely_encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or len(_CONTROL.findall(text)) > len(text) // 100:
            break
        if encoding == "cp1252":
            _refuse_other_makes(text, name)
        return text.removeprefix("\ufeff"), encoding
    raise Problem("The file is not text: it holds control characters.", place=name, hint=_SAVE_AS_CSV)


def _likely_encodings(data: bytes) -> tuple[str, ...]:
    """A byte order mark decides; every other byte zero is UTF-16; then UTF-8, else Windows-1252."""
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    beginning = data[:2000]
    if beginning and max(beginning[::2].count(0), beginning[1::2].count(0)) > len(beginning) // 4:
        return ("utf-16-le",) if beginning[1::2].count(0) > beginning[::2].count(0) else ("utf-16-be",)
    return ("utf-8", "cp1252")


def _refuse_other_makes(text: str, name: str) -> None:
    """Windows-1252 takes nearly all bytes; umlauts of another make show as letters that no German word has.

    A list with real umlauts is Windows-1252, whatever one of its cells went through before.
    """
    if re.search("[äöüÄÖÜ]", text):
        return
    for make, signs in _OTHER_MAKES.items():
        if found := signs.search(text):
            line = text.count("\n", 0, found.start()) or text.count("\r", 0, found.start())
            raise Problem(
                f"The umlauts of this file are of another make: it seems to be {make}.",
                place=f"{name}:{line + 1}",
                hint="Open it in the program it comes from, and save it as CSV UTF-8.",
            )


def _lines(text: str, name: str) -> list[str]:
    """The physical lines with their ends; a file that would exhaust the memory is refused."""
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise Problem(f"The file has more than {MAX_LINES:,} lines.", place=name, hint="Split it.")
    lines = list(io.StringIO(text, newline=""))
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise Problem(f"The line has more than {MAX_LINE:,} characters.", place=f"{name}:{number}")
    return lines


def _delimiter(lines: Sequence[str]) -> tuple[int, str]:
    """How many lines to skip, and the delimiter that makes most sense of the header."""
    named = re.fullmatch(r'"?sep=(.)"?\s*', lines[0], re.IGNORECASE) if lines else None
    if named and named.group(1) in _DELIMITERS:
        return 1, named.group(1)  # a line that Excel reads and hides

    def sense(delimiter: str) -> tuple[int, int]:
        first = next((one.cells for one in _records(lines, 0, delimiter) if isinstance(one, Record)), ())
        return recognised(first), len(first)

    return 0, max(_DELIMITERS, key=sense)


def _records(lines: Sequence[str], start: int, delimiter: str) -> Iterator[Record | Refusal]:
    """The records from a line on; after a broken one, reading goes on in the line after its first."""
    while start < len(lines):
        reader = csv.reader(_from(lines, start), delimiter=delimiter, strict=True)
        before = 0
        try:
            for cells in reader:
                if cells:
                    yield Record(start + before + 1, tuple(cells))
                before = reader.line_num
            return
        except csv.Error as error:
            yield Refusal(start + before + 1, f"This line is not CSV ({error}).")
            start += before + 1


def _from(lines: Sequence[str], start: int) -> Iterator[str]:
    for at in range(start, len(lines)):
        yield lines[at]
