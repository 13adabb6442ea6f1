"""Where a place such as `issues/2025-10/highlights.toml:22` points: file, line, card, words, the editor."""

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mailer.web.desk import Spot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailer.content.issue import Issue

_PLACE = re.compile(r"(?P<file>[^:,]+\.(?:md|toml|mjml|txt|css|html|gif|jpe?g|png))(?::(?P<line>\d{1,7}))?")
_KEY = re.compile(r'^\s*"?[\w-]+"?\s*=\s*')
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}|>|[-*+]|\d{1,3}[.)])\s+|[*_`]+")
_WORDS = 60  # letters of a line that are enough to find it


def find_spot(place: str, root: Path, issue: "Issue | None", editor: str) -> Spot:
    """What is known of a place; an empty spot for one that names no file of the workspace.

    Args:
        root: the workspace; editor: an address with `{path}` and `{line}`, empty for none.
    """
    if (found := _PLACE.match(place)) is None:
        return Spot()
    path = root / found["file"]
    if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
        return Spot()
    line = int(found["line"]) if found["line"] else None
    card, title = _card(issue, found["file"], line)
    return Spot(
        file=found["file"],
        line=line,
        card=card,
        open=_address(editor, path, line or 1),
        mark=_line(path, line) or title,
    )


def _card(issue: "Issue | None", file: str, line: int | None) -> tuple[str, str]:
    """The title of the card that a line of highlights.toml or of the register belongs to."""
    if issue is None or line is None:
        return "", ""
    begun: Mapping[int, str] = {
        int(at): each.title
        for voice in (issue, *issue.voices)
        for each in voice.highlights
        for name, _, at in [each.place.rpartition(":")]
        if name == file and at.isdecimal()
    }
    before = [number for number in begun if number <= line]
    title = begun[max(before)] if before else ""
    return title, title


def _line(path: Path, line: int | None) -> str:
    """The words of a line as a reader sees them, to be looked for in the letter; of TOML the value."""
    if line is None:
        return ""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    if not 0 < line <= len(lines):
        return ""
    written = lines[line - 1]
    if path.suffix == ".toml" or _is_head(lines, line):
        written = _KEY.sub("", written).strip().strip("\"'")
    if written.startswith(("[[", "+++")):
        return ""
    words = " ".join(_MARKDOWN.sub("", _LINK.sub(r"\1", written)).split())
    return words[:_WORDS].rpartition(" ")[0] if len(words) > _WORDS else words


def _is_head(lines: list[str], line: int) -> bool:
    """Whether a line stands in the TOML at the top of a Markdown file."""
    return lines[0] == "+++" and "+++" not in lines[1:line]


def _address(editor: str, path: Path, line: int) -> str:
    return editor.replace("{path}", quote(str(path.resolve()))).replace("{line}", str(line))
