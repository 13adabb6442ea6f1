"""Writes header fields as bytes: encoded words where text needs them, never in an address or a List-* field.

The standard library's writer turns a List-Unsubscribe of 76 characters and more into encoded words, which
Gmail, Yahoo and Outlook ignore, and lets a line break through that hides inside an encoded word.
"""

import base64
import re
from datetime import datetime
from email.utils import format_datetime

from subscribers.errors import Problem

LINE = 76  # RFC 5322 section 2.1.1 asks for 78 without CRLF; encoded lines stay below 76 (RFC 2047 section 2)
HARD_LINE = 998
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


class HeaderProblem(Problem):
    """A value that must not stand in a header."""


def text_field(name: str, value: str) -> bytes:
    """An unstructured field such as Subject; non-ASCII text as RFC 2047 encoded words, folded."""
    _refuse_controls(name, value)
    if value.isascii() and "=?" not in value:
        return _folded(name, value.split(" "))
    return _folded(name, _encoded_words(value, first=LINE - len(name) - 2))


def mailbox_field(name: str, display_name: str, address: str) -> bytes:
    """A field with one mailbox, such as From; the address itself is never encoded (RFC 2047 section 5)."""
    _refuse_controls(name, display_name)
    _refuse_controls(name, address)
    if re.search(r"[<>()\[\]\s,;:\\\"]|=\?", address):  # "=?" would be read as an encoded word
        raise HeaderProblem(f"{name}: {address!r} is not one address.")
    if not display_name:
        return _folded(name, [address])
    if not display_name.isascii() or "=?" in display_name:
        words = _encoded_words(display_name, first=LINE - len(name) - 2)
    elif _ATOMS.fullmatch(display_name):
        words = display_name.split(" ")
    else:
        quoted = display_name.replace("\\", "\\\\").replace('"', '\\"')
        words = f'"{quoted}"'.split(" ")
    return _folded(name, [*words, f"<{address}>"])


def url_field(name: str, *urls: str) -> bytes:
    """A List-* field (RFC 2369): URLs in angle brackets, folded after commas only, never encoded."""
    for url in urls:
        if not re.fullmatch(r"[!#-;=?-~]+", url):
            raise HeaderProblem(f"{name}: {url!r} is not a plain URL.")
    line = f"{name}: " + ",\r\n ".join(f"<{url}>" for url in urls)
    if max(map(len, line.split("\r\n"))) > HARD_LINE:
        raise HeaderProblem(f"{name}: the URL is longer than a header line may be.")
    return line.encode("ascii") + b"\r\n"


def plain_field(name: str, value: str) -> bytes:
    """A structured field in ASCII, written as it is."""
    _refuse_controls(name, value)
    if not value.isascii() or len(name) + len(value) + 2 > HARD_LINE:
        raise HeaderProblem(f"{name}: {value!r} must be short ASCII.")
    return f"{name}: {value}\r\n".encode("ascii")


def date_field(at: datetime) -> bytes:
    """Date, with the numeric zone of `at` (RFC 5322 section 3.3)."""
    return plain_field("Date", format_datetime(at))


def _refuse_controls(name: str, value: str) -> None:
    if found := _CONTROL.search(value):
        raise HeaderProblem(
            f"{name}: the control character U+{ord(found[0]):04X} must not stand in a header."
        )


def _encoded_words(value: str, first: int) -> list[str]:
    """Base64 words of whole characters, at most 75 octets each; the first leaves room for the name."""
    words, part = list[str](), ""
    for character in value:
        limit = LINE - 1 if words else first
        if len(_encoded_word(part + character)) > limit and part:
            words.append(_encoded_word(part))
            part = ""
        part += character
    return [*words, _encoded_word(part)]


def _encoded_word(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _folded(name: str, words: list[str]) -> bytes:
    """One field, folded before a word that would pass the line's end."""
    lines, line = list[str](), f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    if any(len(each.encode()) > HARD_LINE for each in lines) or any(not each.strip() for each in lines):
        raise HeaderProblem(f"{name}: the value cannot be folded into header lines.")
    return "\r\n".join(lines).encode() + b"\r\n"
