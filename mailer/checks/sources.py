"""Where the words, the targets and the keys of a finding stand in the files of an issue."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from mailer.checks.finding import Finding
from mailer.content.editorial import FENCE
from mailer.content.issue import Issue
from mailer.content.links import to_readable
from mailer.toml import Document, name_of, parse_toml, read_text
from subscribers.errors import Problem

_IN_LETTER = re.compile(r"issues/[^/:,]+(?P<variant>, variant \S+)")
_REGISTER = "programmes.toml"
_CUT = 60  # characters from which on words may have been cut off in a finding
# Rules about what people wrote; a colour or a table of the template stands in no file of the issue.
_WRITTEN = {"letter.link", "letter.link_text", "access.heading_order", "access.alt"}
_OF_LINKS = {"letter.link", "letter.link_text", "link.same_words"}
_ADDRESSES, _WORDS = ("target", "number", "one", "readable"), ("words", "note", "alt", "figure", "address")
# The key of the front matter that a rule's case is about; by the case, else by the rule.
_KEYS = {
    ("content.subject", ""): "subject",
    ("content.preheader", ""): "preheader",
    ("language.subject", ""): "subject",
    ("language.preheader", ""): "preheader",
    ("language.last_issue", "own"): "label",
    **{("language.last_issue", key): key for key in ("number", "subject", "title", "preheader", "lead")},
}


class Sources:
    """The files of an issue, read when the first finding has to be placed."""

    def __init__(self, issue: Issue) -> None:
        self._issue = issue
        self._root = issue.folder.parent.parent

    def placed(self, finding: Finding, *, shared: bool = True) -> Finding:
        """The finding with `file:line` for its place, where that is to be found.

        A finding of a compiled letter keeps the name of its variant behind it, unless it is `shared` by all.
        """
        voice = next((each for each in self._voices if each.file == finding.place), None)
        if voice is not None:
            line = self._line_in_head(voice.file, finding)
            return replace(finding, place=line) if line else finding
        found = _IN_LETTER.fullmatch(finding.place)
        if not found or not (finding.rule in _WRITTEN or finding.rule.startswith("link.")):
            return finding
        place = self._line_of(finding, self._in_order(found["variant"]))
        if not place:
            return finding
        return replace(finding, place=place if shared else f"{place}{found['variant']}")

    def is_blank(self, key: str) -> bool:
        """Whether the front matter of the issue's own file has a key without words."""
        head = self._heads.get(self._issue.file)
        return head is not None and key in head.data and not head.text_at(key)

    @property
    def _voices(self) -> tuple[Issue, ...]:
        return (self._issue, *self._issue.voices)

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """The files in which the words of a letter stand, by the names that people call them."""
        voices = [Path(each.file).name for each in self._voices]
        cards = [name.replace("editorial", "highlights").replace(".md", ".toml") for name in voices]
        paths = [self._issue.folder / name for name in (*voices, *cards)]
        paths.append(self._root / _REGISTER)
        found = {}
        for path in [each for each in paths if each.is_file()]:
            try:
                found[name_of(path, self._root)] = read_text(path, place=path.name)
            except Problem:  # changed since the issue was read; the next reading tells it
                continue
        return found

    @cached_property
    def _heads(self) -> Mapping[str, Document]:
        """The front matter of each voice."""
        return dict(self._read_heads())

    def _read_heads(self) -> Iterator[tuple[str, Document]]:
        for voice in self._voices:
            if voice.file not in self._texts:
                continue
            matter = self._texts[voice.file].partition(f"\n{FENCE}\n")[0]
            try:
                yield voice.file, parse_toml(matter.removeprefix(FENCE).removeprefix("\n"), voice.file, 1)
            except Problem:
                continue

    def _line_in_head(self, file: str, finding: Finding) -> str:
        """The line of the key that a finding names, or of the words it quotes; empty if neither is there."""
        head = self._heads.get(file)
        if head is None:
            return ""
        values = dict(finding.values)
        keys = [str(values.get("field", "")), _KEYS.get((finding.rule, finding.case), "")]
        keys.append(_KEYS.get((finding.rule, ""), ""))
        if "subject" in keys and "subject" not in head.data:
            keys.append("title")  # it stands for a subject that is left out
        for key in keys:
            if (key,) in head.lines:
                return head.place((key,))
        return self._line_of(finding, {file: self._texts[file]})

    def _in_order(self, variant: str) -> Mapping[str, str]:
        """The files, those of the variant's own voice first."""
        parts = re.split(r"\W", variant)
        voice = next((each.voice for each in reversed(self._issue.voices) if each.voice in parts), "")
        return dict(sorted(self._texts.items(), key=lambda each: not voice or f".{voice}." not in each[0]))

    def _line_of(self, finding: Finding, texts: Mapping[str, str]) -> str:
        """The first line with what a finding quotes: an address goes before the words of a link."""
        values = dict(finding.values)
        quoted = [_address(str(values[name])) for name in _ADDRESSES if values.get(name)]
        for name in _WORDS:
            value = values.get(name, "")
            phrases = [_phrase(each) for each in (value if isinstance(value, tuple) else (str(value),))]
            quoted += [_linked(each) for each in phrases if each and finding.rule in _OF_LINKS]
            quoted += phrases
        for pattern in [each for each in quoted if each]:
            for file, text in texts.items():
                if line := _first_line(re.compile(pattern, re.IGNORECASE), text):
                    return f"{file}:{line}"
        return ""


def _address(target: str) -> str:
    """A target as it may be written; the words of a longer one do not count."""
    bare = target.removeprefix("tel:").removeprefix("mailto:")
    return rf"(?:{re.escape(target)}|{re.escape(to_readable(target))}|{re.escape(bare)})(?![\w/-])"


def _phrase(words: str) -> str:
    """Words with any marks and line ends between them; a letter sets its own blanks and quotation marks."""
    parts = re.findall(r"\w+", words.replace("\u00ad", ""))
    cut = len(words) >= _CUT and len(parts) > 1
    joined = r"[\W_]+".join(parts[:-1] if cut else parts)
    return rf"(?<!\w){joined}(?!\w)" if parts else ""


def _linked(phrase: str) -> str:
    """The words of a link, which may stand in the text before it as well."""
    return rf"""(?:\[\W*{phrase}\W*\][ ]?\(|\blabel\s*=\s*["']\W*{phrase})"""


def _first_line(wanted: re.Pattern[str], text: str) -> int:
    """The line where the words begin, without comments; 0 if they are not there."""
    for found in wanted.finditer(text):
        begin = text.rfind("\n", 0, found.start()) + 1
        note = text[begin : found.start()].lstrip().startswith(("# ", "#\t", "<!--"))
        if not note or _is_heading(text, begin):
            return text.count("\n", 0, found.start()) + 1
    return 0


def _is_heading(text: str, at: int) -> bool:
    """Whether a line that begins with # is a heading of the text and no comment of the TOML above it."""
    return text.startswith(FENCE) and text.count(f"\n{FENCE}\n", 0, at) > 0
