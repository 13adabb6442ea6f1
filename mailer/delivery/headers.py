"""Writes header fields as bytes: encoded words where text needs them, never in an address or a List-* field.

The standard library's writer turns a List-Unsubscribe of 76 characters and more into encoded words, which
Gmail, Yahoo and Outlook ignore, and lets a line break through that hides inside an encoded word. Here every
field is read back before it is let out.
"""

import base64
import re
from datetime import datetime
from email.utils import format_datetime

from subscribers.errors import Problem

LINE = 76  # RFC 5322 section 2.1.1 asks for 78 without CRLF; encoded lines stay below 76 (RFC 2047 section 2)
HARD_LINE = 998
LONGEST_TEXT = 2_000  # characters; Postfix cuts a header off at 102,400 octets
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_NO_ADDRESS = re.compile(r"[<>()\[\]\s,;:\\\"]|=\?|@.*[^!-~]")  # "=?" would be read as an encoded word
_PLAIN_URL = re.compile(r"[!#-;=?-~]+")
_ONE_FIELD = re.compile(
    rb"[^\r\n\0]{1,%d}(?:\r\n (?![ \t]*\r\n)[^\r\n\0]{1,%d})*\r\n" % (HARD_LINE, HARD_LINE - 1)
)
_AROUND = len("=?utf-8?b??=")
_ENCODED_WORDS = re.compile(r"=\?utf-8\?b\?[A-Za-z0-9+/=]+\?=(?: =\?utf-8\?b\?[A-Za-z0-9+/=]+\?=)*")


class HeaderProblem(Problem):
    """A value that must not stand in a header; the sentence does not repeat it, it may be somebody's name."""


def text_field(name: str, value: str) -> bytes:
    """An unstructured field such as Subject; text that needs it as RFC 2047 encoded words, folded."""
    _refuse_controls(name, value)
    words = _encoded_words(name, value) if _needs_encoding(value) else value.split(" ")
    return _read_back(name, value, _folded(name, words))


def mailbox_field(name: str, display_name: str, address: str) -> bytes:
    """A field with one mailbox, such as From; the address itself is never encoded (RFC 2047 section 5)."""
    _refuse_controls(name, display_name)
    _refuse_controls(name, address)
    if not address or _NO_ADDRESS.search(address):
        raise HeaderProblem(f"{name}: this is not one address with a domain in ASCII.")
    if not display_name:
        return _read_back(name, address, _folded(name, [address]))
    phrase = display_name
    if _needs_encoding(display_name):
        words = _encoded_words(name, display_name)
    else:
        if not _ATOMS.fullmatch(display_name):
            phrase = '"{}"'.format(display_name.replace("\\", "\\\\").replace('"', '\\"'))
        words = phrase.split(" ")
    return _read_back(name, f"{phrase} <{address}>", _folded(name, [*words, f"<{address}>"]))


def list_id_field(list_name: str, list_id: str) -> bytes:
    """List-Id (RFC 2919); mail programs file by it, so a name that would need encoding is left out."""
    if not list_name or _needs_encoding(list_name):
        return url_field("List-Id", list_id)
    return mailbox_field("List-Id", list_name, list_id)


def url_field(name: str, *urls: str) -> bytes:
    """A List-* field (RFC 2369): URLs in angle brackets, folded after commas only, never encoded."""
    if not all(map(_PLAIN_URL.fullmatch, urls)):
        raise HeaderProblem(f"{name}: this is not a plain URL.")
    value = ", ".join(f"<{url}>" for url in urls)
    return _read_back(name, value, f"{name}: {value}\r\n".replace(">, <", ">,\r\n <").encode())


def plain_field(name: str, value: str) -> bytes:
    """A structured field in ASCII, written as it is."""
    _refuse_controls(name, value)
    if not value.isascii():
        raise HeaderProblem(f"{name}: this must be ASCII.")
    return _read_back(name, value, f"{name}: {value}\r\n".encode("ascii"))


def date_field(at: datetime) -> bytes:
    """Date, with the numeric zone of `at` (RFC 5322 section 3.3)."""
    return plain_field("Date", format_datetime(at))


def _refuse_controls(name: str, value: str) -> None:
    if found := _CONTROL.search(value):
        raise HeaderProblem(
            f"{name}: the control character U+{ord(found[0]):04X} must not stand in a header."
        )
    if len(value) > LONGEST_TEXT:
        raise HeaderProblem(f"{name}: {len(value):,} characters are too long for a header.")


def _needs_encoding(value: str) -> bool:
    """Whether it is not ASCII, looks encoded, has words too long for a line or blanks that folding loses."""
    if not value.isascii() or "=?" in value:
        return True
    return len(value) > LINE // 2 and ("  " in value or max(map(len, value.split(" "))) > LINE // 2)


def _encoded_words(name: str, value: str) -> list[str]:
    """Base64 words of whole characters, at most 75 octets each; the first leaves room for the name."""
    words, part, room = list[str](), b"", (LINE - 2 - len(name) - _AROUND) // 4 * 3
    for character in value:
        octets = character.encode()
        if part and len(part) + len(octets) > room:
            words.append(_encoded_word(part))
            part, room = b"", (LINE - 1 - _AROUND) // 4 * 3
        part += octets
    return [*words, _encoded_word(part)]


def _encoded_word(octets: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(octets).decode()}?="


def _folded(name: str, words: list[str]) -> bytes:
    """One field, folded before a word that would pass the line's end."""
    lines, line = list[str](), f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode() + b"\r\n"


def _read_back(name: str, value: str, field: bytes) -> bytes:
    """The guard before the door: the bytes are one field of this name, and say what was meant.

    Raises:
        HeaderProblem: they would be read as something else, or a line is too long (RFC 5322 section 2.1.1).
    """
    if not _ONE_FIELD.fullmatch(field):
        raise HeaderProblem(f"{name}: the value does not make one field of lines within {HARD_LINE} octets.")
    said = field[:-2].replace(b"\r\n", b"").decode()
    if "=?" in said:
        said = _ENCODED_WORDS.sub(_decoded, said)
    if said != f"{name}: {value}":
        raise HeaderProblem(f"{name}: the value would be read as something else.")
    return field


def _decoded(words: re.Match[str]) -> str:
    return b"".join(base64.b64decode(word[10:-2]) for word in words[0].split(" ")).decode()
