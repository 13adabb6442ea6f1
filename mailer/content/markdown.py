"""The Markdown of a letter: CommonMark without raw HTML, without pictures, without indented code."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailer.content.marks import MARK
from subscribers.errors import Problem

_SPECIAL = re.compile(r"([\\`*_\[\]<>&#~|!])")
_CODE = re.compile(r"(?<!`)(`+(?!`).+?(?<!`)`+(?!`))", re.DOTALL)
_TAG = re.compile(r"<(?=[/!?]|[A-Za-z][\w-]*[\s/>])")
_PICTURE = re.compile(r"!\[([^\]\n]*)\]")
_EMPHASIS = ("text", "em_open", "em_close", "strong_open", "strong_close", "s_open", "s_close", "code_inline")
_BULLET = re.compile(r"^(\s*)([-+=]|\d{1,9}[.)])(?=\s|$|[-=])", re.MULTILINE)


def parse_markdown(source: str) -> Sequence[Token]:
    """The tokens of a text as a letter shows it: raw HTML is text, never markup."""
    return _parser(html=False).parse(source)


def markdown_problems(body: str, name: str, first_line: int) -> Iterator[Problem]:
    """What must not stand in the text of a letter, each with its line."""
    lines = body.split("\n")
    for number, line in enumerate(lines, first_line):
        if any(unicodedata.category(character) == "Cc" and character != "\t" for character in line):
            yield Problem("The text contains a control character.", place=f"{name}:{number}")
    for token in _parser(html=True).parse(body):
        start, end = token.map or (0, 0)
        yield from _raw_html(token, lines, name, first_line)
        for part in token.children or ():
            if part.type == "image":
                source = str(part.attrs.get("src", ""))
                yield Problem(
                    "The text contains a picture.",
                    place=f"{name}:{_line(lines, start, end, f']({source}') + first_line}",
                    hint="Pictures belong into the front matter (portrait).",
                )


def _raw_html(token: Token, lines: list[str], name: str, first_line: int) -> Iterator[Problem]:
    """One problem for each line with raw HTML, with all that stands there."""
    start, end = token.map or (0, 0)
    found: dict[int, list[str]] = {}
    for part in (token, *(token.children or ())):
        if part.type in ("html_block", "html_inline"):
            wanted = part.content.strip().split("\n")[0]
            start = _line(lines, start, end, wanted)
            found.setdefault(start, []).append(wanted if len(wanted) <= 40 else f"{wanted[:40]}…")
    for line, parts in found.items():
        yield Problem(
            f"The text contains raw HTML ({' '.join(dict.fromkeys(parts))}).",
            place=f"{name}:{line + first_line}",
            hint=f"Write Markdown; the only comment allowed is a line <!-- {MARK}: … -->.",
        )


def links_in(source: str) -> Iterator[tuple[str, str, int]]:
    """Every link of a Markdown text: its words, its target, and its line within the text, from 0."""
    lines = source.split("\n")
    for token in parse_markdown(source):
        start, end = token.map or (0, 0)
        target, words = "", list[str]()
        for child in token.children or ():
            if child.type == "link_open":
                target, words = str(child.attrs["href"]), []
            elif child.type == "link_close":
                start = _line(lines, start, end, "".join(words))
                yield "".join(words), target, start
            else:
                words.append(" " if child.type in ("softbreak", "hardbreak") else child.content)


def link_targets(source: str) -> tuple[str, ...]:
    """Where the links of a Markdown text lead, in their order."""
    return tuple(target for _, target, _ in links_in(source))


def keep_markdown(text: str) -> str:
    """The Markdown of an arrived text with what no letter may have, raw HTML and pictures, as plain text."""
    if not any(markdown_problems(text, "", 1)):
        return text
    parts = _CODE.split(text)
    parts[::2] = [_PICTURE.sub(r"!\\[\1\\]", _TAG.sub(r"\\<", part)) for part in parts[::2]]
    kept = "".join(parts)
    return escape_markdown(text) if any(markdown_problems(kept, "", 1)) else kept


def bare_markdown(text: str) -> str:
    """A line of Markdown without its emphasis; as it is where it is more than words."""
    tokens = _parser(html=True).parse(text)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return text
    children = tokens[1].children or []
    if any(child.type not in _EMPHASIS for child in children):
        return text
    return "".join(child.content for child in children)


def escape_markdown(text: str) -> str:
    """The text with as few backslashes as make Markdown show it as typed, in one paragraph."""
    if shown_as_typed(text):
        return text
    return _BULLET.sub(
        lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", _SPECIAL.sub(r"\\\1", text)
    )


def shown_as_typed(text: str) -> bool:
    """Whether a line of plain text means the same thing when it is read as Markdown."""
    tokens = _parser(html=True).parse(text)
    return (
        [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        and all(child.type == "text" for child in tokens[1].children or ())
        and "".join(child.content for child in tokens[1].children or ()) == text
    )


@cache
def _parser(*, html: bool) -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"]).disable("code")


def _line(lines: list[str], start: int, end: int, wanted: str) -> int:
    return next((index for index in range(start, min(end, len(lines))) if wanted in lines[index]), start)
