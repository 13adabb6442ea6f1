"""The front matter that a Markdown file may bring along: named and left out, never read as text."""

import re
from collections.abc import Sequence
from dataclasses import replace

from mailer.content.decoding import Source
from mailer.content.styles import Style
from subscribers.errors import Problem

_ENTRY = re.compile(r"\s*(?:$|#|[\w.\"-]+\s*[:=]|\[.*\]$|- )")
FENCES = _YAML, _TOML = "---", "+++"


def without_matter(source: Source) -> Source:
    """The source with its front matter (TOML or YAML) as lines beside the text.

    Raises:
        Problem: the front matter begins and does not end.
    """
    start = next((index for index, line in enumerate(source.lines) if line), 0)
    fence = source.lines[start]
    if fence not in FENCES:
        return source
    end = next((at for at, line in enumerate(source.lines[start + 1 :], start + 1) if line == fence), None)
    if end is None and (fence == _TOML or _is_matter(source.lines[start + 1 : start + 2])):
        raise Problem(
            "The front matter has no end.",
            place=f"{source.name}:{start + 1}",
            hint=f"Close it with a line {fence} before the text, or remove it.",
        )
    if end is None or not (fence == _TOML or _is_matter(source.lines[start + 1 : end])):
        return source
    styles = {number: Style("front matter") for number in range(start + 1, end + 2)}
    return replace(source, styles={**source.styles, **styles})


def _is_matter(lines: Sequence[str]) -> bool:
    """Whether all lines are entries; between two rules across the page stands text."""
    return any(lines) and all(_ENTRY.match(line) for line in lines)
