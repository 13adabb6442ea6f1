"""Makes a letter fit for a frame or a file of its own: where its links open, what it may load."""

import re
from collections.abc import Mapping

FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
_HEAD = re.compile(r"<head\b[^>]{0,500}>", re.IGNORECASE)
_WHOLE_TAG = re.compile(r"<(?:\"[^\"<>]*\"|'[^'<>]*'|[^<>\"'])*>")
_COMMENT = re.compile(r"<!--(?!\[if)[^<>]*(?:<!\[endif\])?-->")
_MOST: Mapping[str, int] = {"<style": 50, "<xml": 50, "[if": 800, "<": 20_000}
_TIDY_CHARACTERS = 500_000


def links_outside(html: str) -> str:
    """The letter with its links in windows of their own."""
    return _HEAD.sub(r'\g<0><base target="_blank">', html, count=1)


def closed(html: str) -> str:
    """The letter as a file that asks no other machine for anything, whoever opens it."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{FILE_POLICY}">'
    return _HEAD.sub(rf"\g<0>{meta}", html, count=1)


def is_tidy(html: str) -> bool:
    """Whether each tag is closed before the next one opens, and nothing is there by the thousand.

    Only such a letter is shown as other programs would show it: on others that takes far too long.
    """
    lower, at = html.lower(), 0
    if len(html) > _TIDY_CHARACTERS or any(lower.count(name) > most for name, most in _MOST.items()):
        return False
    while (at := html.find("<", at)) >= 0:
        found = _COMMENT.match(html, at) or _WHOLE_TAG.match(html, at)
        if found is None:
            return False
        at = found.end()
    return True
