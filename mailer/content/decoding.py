"""What arrived, as text: encoding, line ends, invisible characters, damage that can be undone by rule."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailer.content.columns import part_columns
from mailer.content.styles import Style
from subscribers.errors import Problem

SIZE_LIMIT = 2_000_000

_SAVE_AS_TEXT = "Save the text as UTF-8 plain text (.txt) and import that."
_FOREIGN = (
    (
        b"%PDF",
        "a PDF file",
        "Copy its text into a .txt file (or open it in Word, save as .docx) and import that.",
    ),
    (b"{\\rtf", "a rich text file (.rtf)", "Open it in Word or LibreOffice and save it as .docx."),
    (b"\x89PNG", "a picture", "Import the text; the picture goes into the issue's folder."),
    (b"\xff\xd8\xff", "a picture", "Import the text; the picture goes into the issue's folder."),
    (b"GIF8", "a picture", "Import the text; the picture goes into the issue's folder."),
    (b"PK\x05\x06", "an empty archive", "Ask for the file once more."),
    (b"PK\x07\x08", "an archive in several parts", "Unpack it, and import the text inside."),
)
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_GUESSED = ("mac_roman", "cp850")
_BREAK = re.compile(r"</?(?:br|p|div|li|h[1-6])\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1d]")
_FEW_CONTROLS = 3  # more of them are no accident, and the file no text
_JOINERS = "\u200c\u200d"  # they change how a word is written
_HALVES = "ÃÂŸ¶¼¤œ"  # of umlauts that went through the mill twice
_GERMAN_CHARACTERS = _HALVES + "äöüÄÖÜßéèàçşığ„“”‚‘’–—…»«€§°·²½\u00a0\u00ad"
_TAG = re.compile(
    r"</?(?:a|b|big|br|center|del|div|em|font|h[1-6]|i|ins|li|mark|ol|p|s|small|span|strong|sub|sup|u|ul)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LINK = re.compile(r"<a\s[^<>]*?href=[\"']?(?P<to>[^\s\"'<>]+)[^<>]*>(?P<words>.*?)</a>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d{0,2});")
_LEFT_BROKEN = re.compile("Ã[^\\sa-zäöü]|â€|Â[^\\sa-zäöüA-ZÄÖÜ]|√[§∂º´ü]|‚Ä")


@dataclass(frozen=True, slots=True)
class Source:
    """The text that arrived: its bytes untouched, its lines cleaned, and what the cleaning did.

    `styles` holds what a word processor says about a line, by its number; `suffix` names the kept original.
    """

    name: str
    data: bytes
    sha256: str
    encoding: str
    lines: tuple[str, ...]
    remarks: tuple[str, ...]
    styles: Mapping[int, Style] = field(default_factory=dict)
    suffix: str = ".txt"


def decode(data: bytes, name: str) -> Source:
    """Turn bytes into clean lines: NFC, no soft hyphens, one kind of line end, mojibake undone.

    Raises:
        Problem: empty, too big, not text, or damaged in a way nobody can undo by rule.
    """
    _refuse_foreign(data, name)
    encoding, text = _text(data, name)
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    if not text.strip():
        raise Problem("The file contains no text.", place=name, hint="Export it once more.")
    remarks: list[str] = []
    if encoding in _GUESSED:
        remarks.append(f"The file was read as {encoding}, judged by its umlauts; please check them.")
    text = "\n".join(_without_controls(text.split("\n"), remarks))
    lines = clean_lines(_without_tags(text, remarks).split("\n"), name, remarks)
    words = [line for line in lines if line]
    if len(words) == 1 and len(words[0]) > 400:
        raise Problem(
            "The whole text stands in one line, so that its parts cannot be told apart.",
            place=f"{name}:1",
            hint="Break it into lines: headline, salutation, one line per paragraph, signature.",
        )
    suffix = ".md" if name.lower().endswith((".md", ".markdown")) else ".txt"
    return Source(
        name, data, hashlib.sha256(data).hexdigest(), encoding, lines, tuple(remarks), suffix=suffix
    )


def clean_lines(lines: list[str], name: str, remarks: list[str]) -> tuple[str, ...]:
    """Lines without mojibake, separate accents and invisible characters; `remarks` grows by what was done.

    Raises:
        Problem: damage that nobody can undo by rule.
    """
    text = _mend("\n".join(lines), name, remarks)
    if unicodedata.normalize("NFC", text) != text:
        remarks.append("Letters with separate accents were put together (NFC).")
    return tuple(
        _clean(line, number, remarks) for number, line in enumerate(part_columns(text.split("\n")), 1)
    )


def _refuse_foreign(data: bytes, name: str) -> None:
    if not data:
        raise Problem("The file is empty.", place=name, hint="Export it once more.")
    if len(data) > SIZE_LIMIT:
        raise Problem(f"The file has {len(data)} bytes; no editorial is that long.", place=name)
    for start, what, hint in _FOREIGN:
        if data.startswith(start):
            raise Problem(f"This is {what}, not plain text.", place=name, hint=hint)
    if data.startswith(_OLE):
        secret = _ENCRYPTED in data
        raise Problem(
            "This Word file is protected by a password."
            if secret
            else "This is an old Word or Office file (.doc).",
            place=name,
            hint="Open it in Word or LibreOffice, save it as .docx without a password, and import that.",
        )
    if _HTML.match(data):
        raise Problem("This is a web page, not plain text.", place=name, hint=_SAVE_AS_TEXT)


def _text(data: bytes, name: str) -> tuple[str, str]:
    """The encoding's name and the text. cp1252 is the rule for single bytes: it accepts nearly everything."""
    best: tuple[int, str, str] | None = None
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = len(_CONTROL.findall(_without_known(text)))
        if controls > (_FEW_CONTROLS if encoding.startswith("utf-") else 0):
            continue
        if encoding not in ("cp1252", *_GUESSED):
            return encoding, text
        clear = _umlauts(text) - 3 * (encoding in _GUESSED)
        if best is None or clear > best[0]:
            best = (clear, encoding, text)
    if best:
        return best[1], best[2]
    raise Problem("This is no text in any known encoding.", place=name, hint=_SAVE_AS_TEXT)


def _candidates(data: bytes) -> Iterator[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "utf-8-sig"
    elif data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        yield "utf-32"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    elif data[1::2].count(0) > len(data) // 4:
        yield "utf-16-le"
    elif data[0::2].count(0) > len(data) // 4:
        yield "utf-16-be"
    else:
        yield from ("utf-8", "cp1252", *_GUESSED)


def _umlauts(text: str) -> int:
    """How well the letters of a text fit together: umlauts inside words, against signs inside words."""
    good = len(re.findall("(?<=[a-zA-Z])[äöüß]|[äöüÄÖÜ](?=[a-z])|[äöü](?=[a-zß])", text))
    bad = len(
        re.findall(
            r"(?<=[a-z])[^\w\s\x00-\x7fäöüß’‘“”«»…–—·\u00ad\u200b\u00a0](?=[a-z])|(?"
            r"<=[a-z])[ŠšŸŒ†‡‰™](?=[a-z ])",
            text,
        )
    )
    return good - 2 * bad


def _without_known(text: str) -> str:
    """The text without the control characters that Word and old programs leave behind on purpose.

    C1 characters may be mojibake; `_mend` decides.
    """
    return re.sub("[\t\n\r\v\f\x1e\x1f\x7f-\x9f]", "", text)


def _without_controls(lines: list[str], remarks: list[str]) -> Iterator[str]:
    """The lines without control characters; each is told with its line."""
    for number, line in enumerate(lines, 1):
        remarks += [
            f"A control character (U+{ord(character):04X}) was removed in line {number}."
            for character in dict.fromkeys(_CONTROL.findall(line))
        ]
        yield _CONTROL.sub("", line)


def _without_tags(text: str, remarks: list[str]) -> str:
    """HTML that somebody's page left in the text: marks inside words go, links and entities become text."""
    lines, changed, removed = text.split("\n"), list[int](), list[str]()
    for number, line in enumerate(lines, 1):
        linked = _LINK.sub(lambda found: _linked(found["words"], found["to"]), line)
        bare = _ENTITY.sub(_entity, _TAG.sub(lambda tag: " " if _BREAK.match(tag[0]) else "", linked))
        if bare != line:
            changed.append(number)
            removed += [*_TAG.findall(line), *_ENTITY.findall(line)]
        lines[number - 1] = bare
    if changed:
        remarks.append(
            f"HTML tags or entities became plain text in {_lines(changed)}:"
            f" {' '.join(dict.fromkeys(removed))}"
        )
    return "\n".join(lines)


def _linked(words: str, address: str) -> str:
    return words if address.removeprefix("mailto:") in words else f"{words} ({address})"


def _entity(found: re.Match[str]) -> str:
    """The character; what HTML does not know, and control characters, stay as typed."""
    character = html.unescape(found[0])
    sound = (
        len(character) == 1
        and unicodedata.category(character) != "Cc"
        and character not in "\ufffd\u2028\u2029"
    )
    return character if sound else found[0]


def _mend(text: str, name: str, remarks: list[str]) -> str:
    """Undo UTF-8 that was read as cp1252, latin-1 or Mac Roman; only characters German texts use.

    Raises:
        Problem: signs of such damage remain, so that the words cannot be trusted.
    """
    lines, mended = text.split("\n"), []
    for number, line in enumerate(lines, 1):
        better = line
        for _ in range(3):  # some texts went through the mill more than once
            better = _MOJIBAKE.sub(lambda found: _REPAIRS[found[0]], better)
        if better != line:
            mended.append(number)
        if broken := _LEFT_BROKEN.search(better) or re.search("[\x80-\x9f]", better):
            raise Problem(
                f"The umlauts are damaged beyond repair (near {better[broken.start() :][:12]!a}).",
                place=f"{name}:{number}",
                hint="Export the text once more, as UTF-8.",
            )
        lines[number - 1] = better
    if mended:
        remarks.append(f"Damaged umlauts were repaired in {_lines(mended)}.")
    return "\n".join(lines)


def _clean(line: str, number: int, remarks: list[str]) -> str:
    """One line in NFC without what nobody sees; a no-break blank stays where it holds two words together."""
    line = (
        unicodedata.normalize("NFC", line).replace("\x1e", "-").replace("\x1f", "\u00ad").replace("\x7f", "")
    )
    if "\u00ad" in line:
        remarks.append(f"{line.count(chr(0xAD))} soft hyphens were removed in line {number}.")
    invisible = [
        character
        for character in line
        if unicodedata.category(character) == "Cf" and character not in _JOINERS
    ]
    if hidden := [character for character in invisible if character != "\u00ad"]:
        remarks.append(f"{len(hidden)} invisible characters were removed in line {number}.")
    if "\ufffd" in line:
        remarks.append(f"Characters are lost in line {number} (shown as \ufffd).")
    for character in set(invisible):
        line = line.replace(character, "")
    line = re.sub(r"[\u2000-\u2006\u2008-\u200a\u3000\t ]+", " ", line)
    return re.sub(r"[\u00a0\u202f]* [ \u00a0\u202f]*|[\u00a0\u202f]{2,}", " ", line).strip(" \u00a0\u202f")


def _lines(numbers: list[int]) -> str:
    return f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _as_read(character: str, codec: str) -> str:
    """How a character looks when its UTF-8 bytes are read in another code page (holes as latin-1)."""
    return "".join(bytes([each]).decode(codec, "ignore") or chr(each) for each in character.encode("utf-8"))


_REPAIRS = {
    _as_read(character, codec): character
    for codec in ("mac_roman", "latin-1", "cp1252")
    for character in _GERMAN_CHARACTERS
}
_MOJIBAKE = re.compile("|".join(sorted(map(re.escape, _REPAIRS), key=len, reverse=True)))
