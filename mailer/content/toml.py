"""TOML with places: every key and every comment knows the line on which it stands."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from subscribers.errors import Problem

Where: TypeAlias = tuple[str | int, ...]

_PART = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)
_BARE = re.compile(r"[^,\]}\n#]+")
_COMMENT = re.compile(r"#([^\n]*)")
_REASON = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, and the key whose value ends on the same line (empty: a line of its own)."""

    line: int
    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class Document:
    """Parsed TOML; `name` is the file as people call it, `above` the lines that precede the fragment."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[Where, int]
    comments: tuple[Comment, ...]
    above: int = 0

    def place(self, where: Where = ()) -> str:
        """`file:line` of a key, or of the nearest thing around it that stands in the file."""
        while where and where not in self.lines:
            where = where[:-1]
        return f"{self.name}:{self.lines.get(where, 1) + self.above}"

    def text_at(self, key: str) -> str:
        """The text of a top-level key on one line; empty if it is missing or no text."""
        value = self.data.get(key)
        return " ".join(value.split()) if isinstance(value, str) else ""


def name_of(path: Path, root: Path) -> str:
    """The path as people call it: relative to the workspace where it lies inside."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def read_text(path: Path, root: Path) -> str:
    """A UTF-8 file with `\\n` as line end, in NFC.

    Raises:
        Problem: the file is missing, unreadable or not UTF-8 (with the line of the first wrong byte).
    """
    name = name_of(path, root)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Problem("The file is missing.", place=name) from None
    except OSError as error:
        raise Problem(f"The file cannot be read: {error.strerror}.", place=name) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Problem(
            "The file is not UTF-8.", place=f"{name}:{line}", hint="Save it as UTF-8 in your editor."
        ) from None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def parse_toml(text: str, name: str, above: int = 0) -> Document:
    """Parse TOML 1.0 and note where everything stands.

    Raises:
        Problem: the text is not TOML; the place is the line in the file, also for a fragment.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _REASON.search(str(error))
        last = len(text.rstrip("\n").split("\n"))
        line = int(found[1]) if found and found[1] else last
        reason = _REASON.sub("", str(error))
        hint = (
            "A date has to exist in the calendar."
            if "date" in reason
            else 'Text stands in quotes: key = "…".'
        )
        raise Problem(
            f"This is not valid TOML ({reason[:1].lower()}{reason[1:]}).",
            place=f"{name}:{line + above}",
            hint=hint,
        ) from None
    scanner = _Scanner(text)
    scanner.run()
    return Document(name, data, scanner.lines, tuple(scanner.comments), above)


def toml_string(text: str) -> str:
    """A TOML basic string (section String of TOML 1.0) that reads back as the same text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_escape(character) for character in escaped) + '"'


def toml_strings(texts: Sequence[str]) -> str:
    """A TOML array of strings on one line."""
    return "[" + ", ".join(map(toml_string, texts)) + "]"


def _escape(character: str) -> str:
    return f"\\u{ord(character):04X}" if character < " " or character == "\x7f" else character


class _Scanner:
    """Walks over text that tomllib has accepted, so that it needs no checks of its own."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[Where, int] = {}
        self.comments: list[Comment] = []
        self._count: dict[Where, int] = {}
        self._ended: tuple[int, Where] = (0, ())

    def run(self) -> None:
        here: Where = ()
        self._skip()
        while self.at < len(self.text):
            if self._take("[["):
                *table, last = self._key()
                path = (*self._resolve(table), last)
                self._count[path] = self._count.get(path, -1) + 1
                here = (*path, self._count[path])
                self._note(path)
                self._note(here)
                self._take("]]")
            elif self._take("["):
                here = self._resolve(self._key())
                self._note(here)
                self._take("]")
            else:
                self._pair(here)
            self._skip()

    def _pair(self, here: Where) -> None:
        path = here
        start = self.at
        for part in self._key():
            path = (*path, part)
            self._note(path, start)
        self._blank()
        self._take("=")
        self._blank()
        self._value(path)
        self._ended = (self._line(self.at), path)

    def _value(self, path: Where) -> None:
        if string := _STRING.match(self.text, self.at):
            self.at = string.end()
        elif self._take("["):
            self._ended = (self._line(self.at), path)
            self._skip()
            index = 0
            while not self._take("]"):
                self._note((*path, index))
                self._value((*path, index))
                self._ended = (self._line(self.at), path)
                self._blank()
                self._take(",")
                self._skip()
                index += 1
        elif self._take("{"):
            self._skip()
            while not self._take("}"):
                self._pair(path)
                self._skip()
                self._take(",")
                self._skip()
        elif bare := _BARE.match(self.text, self.at):
            self.at = bare.end()

    def _resolve(self, table: list[str]) -> Where:
        """The path of a header: `[highlights.figure]` belongs to the last `[[highlights]]` above it."""
        path: Where = ()
        for part in table:
            path = (*path, part)
            if path in self._count:
                path = (*path, self._count[path])
        return path

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._blank()
            part = _PART.match(self.text, self.at)
            if part is None:
                return parts
            parts.append(next(iter(tomllib.loads(f"{part[0]}=0"))))
            self.at = part.end()
            self._blank()
            if not self._take("."):
                return parts

    def _skip(self) -> None:
        """Move over blanks, line ends and comments; keep the comments."""
        while True:
            self._blank()
            if self._take("\n"):
                continue
            comment = _COMMENT.match(self.text, self.at)
            if comment is None:
                return
            line = self._line(self.at)
            where = self._ended[1] if self._ended[0] == line else ()
            self.comments.append(Comment(line, comment[1].strip(), where))
            self.at = comment.end()

    def _blank(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1

    def _take(self, mark: str) -> bool:
        found = self.text.startswith(mark, self.at)
        self.at += len(mark) * found
        return found

    def _note(self, path: Where, position: int | None = None) -> None:
        self.lines.setdefault(path, self._line(self.at if position is None else position))

    def _line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1
