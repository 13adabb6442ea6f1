"""TOML with places: every key and every comment knows the line on which it stands."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from subscribers.errors import Problem

Where: TypeAlias = tuple[str | int, ...]
MakeProblem: TypeAlias = Callable[..., Problem]

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

    def line(self, where: Where = ()) -> int:
        """The line of a key, or of the nearest thing around it that stands in the file."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1) + self.above

    def place(self, where: Where = ()) -> str:
        """The same as `file:line`."""
        return f"{self.name}:{self.line(where)}"

    def text_at(self, key: str) -> str:
        """The text of a top-level key on one line; empty if it is missing or no text."""
        value = self.data.get(key)
        return " ".join(value.split()) if isinstance(value, str) else ""


def name_of(path: Path, root: Path) -> str:
    """The path as people call it: relative to the workspace where it lies inside."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def read_text(path: Path, *, place: str, error: MakeProblem = Problem) -> str:
    """A UTF-8 file with `\\n` as line end, in NFC.

    Raises:
        Problem: made by `error`: missing, unreadable, or not UTF-8 (with the line of the first wrong byte).
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise error("The file is missing.", place=place) from None
    except OSError as failure:
        raise error(f"The file cannot be read: {failure.strerror}.", place=place) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = raw[: failure.start].count(b"\n") + 1
        hint = "Save it as UTF-8 in your editor."
        raise error("The file is not UTF-8.", place=f"{place}:{line}", hint=hint) from None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def parse_toml(text: str, place: str, above: int = 0, error: MakeProblem = Problem) -> Document:
    """Parse TOML 1.0 and note where everything stands.

    Raises:
        Problem: made by `error`: not TOML; the place is the line in the file, also for a fragment.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as failure:  # also a number of 5,000 digits, and a thousand brackets
        found = _REASON.search(str(failure))
        last = len(text.rstrip("\n").split("\n"))
        line = int(found[1]) if found and found[1] else last
        reason = _REASON.sub("", str(failure))
        dates = "date" in reason
        hint = "A date has to exist in the calendar." if dates else 'Text stands in quotes: key = "…".'
        message = f"This is not valid TOML ({reason[:1].lower()}{reason[1:]})."
        raise error(message, place=f"{place}:{line + above}", hint=hint) from None
    scanner = _Scanner(text)
    scanner.run()
    return Document(place, data, scanner.lines, tuple(scanner.comments), above)


def read_toml(path: Path, root: Path) -> Document:
    """A TOML file of the workspace `root`; Problem with its place if it cannot be read or is none."""
    name = name_of(path, root)
    return parse_toml(read_text(path, place=name), name)


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
