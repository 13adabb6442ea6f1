"""The pictures of a letter: those that travel with it, and where its HTML takes each of them from."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from mailer.compose.rendering import Embedded
from mailer.content.issue import Issue
from mailer.content.pictures import Picture

PORTRAIT_WIDTH, CARD_WIDTH = 64, 506  # pixels shown in the 640 px letter; a file should have twice as many


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture of an issue with the width it is shown at, and its name in a header or an address."""

    picture: Picture
    name: str
    width: int


def placed_pictures(issue: Issue) -> tuple[Placed, ...]:
    """Every picture once by its file, in the letter's order; no two share a name."""
    found: dict[str, Placed] = {}
    for picture, width in _every(issue):
        if known := found.get(picture.name):
            found[picture.name] = replace(known, width=max(known.width, width))
            continue
        taken = {each.name.casefold() for each in found.values()}
        found[picture.name] = Placed(picture, _free(_safe(picture.name), taken), width)
    return tuple(found.values())


def pictures_of(issue: Issue, base_url: str = "") -> tuple[Embedded, ...]:
    """The pictures that travel with the letter; none where they are hosted at `base_url`."""
    if base_url:
        return ()
    return tuple(
        Embedded(each.name, each.picture.media_type, each.picture.data) for each in placed_pictures(issue)
    )


def sources(issue: Issue, base_url: str) -> dict[str, str]:
    """The `src` of each picture by its file: a Content-ID (RFC 2392), or its address at `base_url`."""
    if not base_url:
        return {each.picture.name: f"cid:{each.name}" for each in placed_pictures(issue)}
    return {each.picture.name: hosted(issue, each.name, base_url) for each in placed_pictures(issue)}


def hosted(issue: Issue, name: str, base_url: str) -> str:
    """Where a picture of an issue has to be found."""
    return f"{base_url.rstrip('/')}/{quote(issue.key)}/{quote(name)}"


def _every(issue: Issue) -> Iterator[tuple[Picture, int]]:
    """The pictures of all voices."""
    if issue.editorial.portrait:
        yield issue.editorial.portrait, PORTRAIT_WIDTH
    for card in issue.highlights:
        if card.picture:
            yield card.picture, CARD_WIDTH
    for paid in issue.advertisements:
        if paid.picture:
            yield paid.picture, CARD_WIDTH
    for voice in issue.voices:
        yield from _every(voice)


def _safe(name: str) -> str:
    """A file's name as it may stand in a header and a `cid:` address (RFC 2392): ASCII without blanks."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "picture"


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number before it where another file has it already."""
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{number}-{name}"
    return free
