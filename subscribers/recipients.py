"""The recipients of a mail, copied from its To field: names and addresses between semicolons."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from subscribers.sheet import Record, Refusal, Sheet
from subscribers.textfile import TextFile, open_text

_HEADER = ("E-Mail", "Name")
_TOP = 20  # lines by which such a file is known
_PIECE = re.compile(r'(?:[^;"<]|"[^"]*"|<[^>]*>|["<])+')
_ONE = re.compile(r'(?:[^,"<]|"[^"]*"|<[^>]*>|["<])+')
_NAMED = re.compile(r"""\s*["']?(?P<name>[^"<>]*?)["']?\s*<\s*(?:mailto:)?(?P<address>[^<>]*)>[\s,]*""")
_BARE = re.compile(
    r"""\s*(?P<quote>['"]?)(?:mailto:)?(?P<address>[^\s<>@,;"']+@[^\s<>@,;"']+\.[^\s<>@,;"']+)(?P=quote)\s*"""
)
_EXCHANGE = re.compile(r"\s*'?(?:ex:)?/o=.*", re.IGNORECASE)


def are_recipients(path: Path) -> bool:
    """Whether the first lines are recipients, with angle brackets or several in a line.

    One in three may be something else, such as the name of a list in Outlook; rows of CSV hold more of that.

    Raises:
        Problem: the file is missing, too large or not text.
    """
    lines = [line for line in islice(open_text(path).lines(), _TOP) if line.strip()]
    found = [[_read(piece) for piece in _pieces(line)] for line in lines]
    every = [one for row in found for one in row]
    good = [one for one in every if one]
    if not all(any(row) for row in found) or len(good) < len(every) * 2 / 3:
        return False
    return any(len(row) > 1 for row in found) or any("<" in line for line in lines)


def read_recipients(path: Path) -> Sheet:
    """Read `"Meier, Hans" <hans@example.org>; eva@example.org`, in one line or in many.

    Raises:
        Problem: the file is missing, too large or not text.
    """
    text = open_text(path)

    def rows() -> Iterator[Record | Refusal]:
        return _rows(text)

    remark = "The file was read as the recipients of a mail: names and addresses, nothing else."
    return Sheet(path.name, text.sha256, text.encoding, ";", _HEADER, 0, rows, ((1, remark),))


def _rows(text: TextFile) -> Iterator[Record | Refusal]:
    for number, line in enumerate(text.lines(), start=1):
        for piece in _pieces(line):
            found = _read(piece)
            if found is None and _EXCHANGE.fullmatch(piece):
                reason = "There is only an Exchange directory entry, no e-mail address"
                yield Refusal(number, f"{reason}: {piece.strip()[:60]!r}.")
            elif found is None:
                yield Refusal(number, f"There is no e-mail address in {piece.strip()[:60]!r}.")
            else:
                address, name = found
                yield Record(number, (address, "" if "@" in name else name))


def _pieces(line: str) -> list[str]:
    """What stands between semicolons, or between commas where one piece holds several addresses."""
    pieces: list[str] = []
    for piece in _PIECE.findall(line):
        several = len(re.findall(r"@[^@,;\s]+", re.sub(r'"[^"]*"', "", piece))) > 1
        pieces += _ONE.findall(piece) if several else [piece]
    return [piece for piece in pieces if piece.strip()]


def _read(piece: str) -> tuple[str, str] | None:
    """The address and the name, None for a piece without an address."""
    if (named := _NAMED.fullmatch(piece)) and "@" in named["address"]:
        return named["address"].strip(), named["name"].strip(" '\"")
    bare = _BARE.fullmatch(piece)
    return (bare["address"], "") if bare else None
