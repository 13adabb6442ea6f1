"""The pictures that travel with a letter."""

import re
import unicodedata
from dataclasses import dataclass

from mailer.content.issue import Issue


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture that travels with the letter; `name` is the file's name and its Content-ID."""

    name: str
    media_type: str
    data: bytes


def pictures_of(issue: Issue) -> tuple[Embedded, ...]:
    """The portrait, if there is one."""
    portrait = issue.editorial.portrait
    return (Embedded(_safe(portrait.name), portrait.media_type, portrait.data),) if portrait else ()


def _safe(name: str) -> str:
    """A file's name as it may stand in a header and a `cid:` address (RFC 2392): ASCII without blanks."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "picture"
