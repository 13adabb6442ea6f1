"""Links that Markdown does not understand, so that their brackets would stand in the letter."""

import re
from collections.abc import Iterable, Iterator

from mailer.checks.finding import Finding
from mailer.checks.letter import DRIVE
from mailer.checks.texts import Text

_RAW = re.compile(
    r"!?\[(?P<words>[^\[\]\n]{1,200})\](?P<blank>[ \u00a0]?)\((?P<target>(?:[^()\n]|\([^()\n]*\)){1,500})\)"
)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:|//|www\.|\\\\|[./#]|[\w.+-]+@)\S|\S+\.[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE
)


def check_raw_links(texts: Iterable[Text]) -> Iterator[Finding]:
    """An error for each `[words](target)` that stayed as it was typed."""
    for text in texts:
        if "](" not in text.words and "] (" not in text.words:
            continue
        for found in _RAW.finditer(text.words):
            target = found["target"].strip(" \u00a0<>")
            if not _ADDRESS.match(target):
                continue
            place, words = text.at(found.start()), found["words"]
            yield Finding.of("link.syntax", place, _case(found, text), words=words, target=target)


def _case(found: re.Match[str], text: Text) -> str:
    """Why it is no link."""
    if text.field not in ("body", "heading"):
        return "raw.field"
    if found["blank"]:
        return "raw.apart"
    if DRIVE.match(found["target"].strip(" \u00a0<>")):
        return "raw.file"
    return "raw.blank" if re.search(r"\s", found["target"].strip()) else "raw"
