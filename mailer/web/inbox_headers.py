"""The header of a caught mail: cut from the message and decoded for people, whatever a client sent."""

import base64
import binascii
import quopri
import re
import unicodedata
from dataclasses import dataclass

SUBJECT_CHARACTERS = 300
VALUE_CHARACTERS = 4000
FIELDS = 300
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEAD_BYTES = 1024 * 1024
_FIELD = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:((?:[^\n]|\n[ \t])*)", re.MULTILINE)
_SUBJECT = re.compile(rb"^subject[ \t]*:((?:[^\n]|\n[ \t])*)", re.MULTILINE | re.IGNORECASE)
_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
# Codecs that are none for text of a mail, or that need far too long for a long one.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the header: `value` decoded, `raw` as it came."""

    name: str
    value: str
    raw: str


def fields(message: bytes) -> list[Field]:
    """The first `FIELDS` lines of the header, in their order; long ones are cut."""
    found = []
    for each in _FIELD.finditer(_head(message)):
        raw = _readable(each[2])
        found.append(Field(each[1].decode("ascii"), _cut(decode(raw)), _cut(raw.strip("\r\n"))))
        if len(found) == FIELDS:
            break
    return found


def subject(message: bytes) -> str:
    """The decoded subject on one line; empty without one."""
    found = _SUBJECT.search(_head(message))
    return decode(_readable(found[1][: 4 * VALUE_CHARACTERS]))[:SUBJECT_CHARACTERS] if found else ""


def decode(raw: str) -> str:
    """A field's text with its encoded words (RFC 2047) read, on one line, without control characters.

    Marks that turn the direction of writing go too: they let an address look like another one.
    """
    pieces: list[tuple[str, bytes | str]] = []
    at, text = 0, _BETWEEN_WORDS.sub(r"\1", raw)
    for word in _WORD.finditer(text):
        pieces += [("", text[at : word.start()])] if word.start() > at else []
        content = _content(word[2], word[3])
        # A letter of several bytes may be cut between two words of one charset.
        if content is not None and pieces and pieces[-1][0] == word[1].lower():
            pieces[-1] = (pieces[-1][0], bytes(pieces[-1][1]) + content)  # type: ignore[arg-type]
        else:
            pieces.append((word[1].lower(), content) if content is not None else ("", word[0]))
        at = word.end()
    pieces.append(("", text[at:]))
    whole = "".join(part if isinstance(part, str) else in_charset(part, name) for name, part in pieces)
    return " ".join(visible(whole).split())


def in_charset(content: bytes, charset: str) -> str:
    """Bytes as text; what the named charset cannot read is read as Windows-1252, as mail programs do."""
    name = charset.strip().lower().replace("-", "_")
    try:
        if name and name not in _NO_CHARSETS:
            return content.decode(name, "replace")
    except (LookupError, UnicodeError, ValueError):
        pass
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def visible(text: str) -> str:
    """The text without control characters and direction marks; line ends (as \\n) and tabs stay."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else _instead(c)
        for c in text.replace("\r\n", "\n")
    )


def _instead(control: str) -> str:
    """Soft hyphens and joiners belong to words and pictures; the rest is a blank."""
    return control if control in "\u00ad\u200b\u200c\u200d\ufeff" else " "


def _head(message: bytes) -> bytes:
    begun = message[:_HEAD_BYTES]
    end = _HEAD_END.search(begun)
    return begun[: end.start()] if end else begun


def _readable(raw: bytes) -> str:
    return in_charset(raw, "")


def _content(encoding: str, text: str) -> bytes | None:
    try:
        if encoding in "bB":
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        return quopri.decodestring(text.replace("_", " ").encode(), header=False)
    except (binascii.Error, ValueError):
        return None


def _cut(text: str) -> str:
    return text if len(text) <= VALUE_CHARACTERS else f"{text[:VALUE_CHARACTERS]} …"
