"""Checks of pictures: sharp enough for today's screens, small enough for a mail, and clear who sees words."""

from collections.abc import Iterator

from mailer.checks.accessibility import is_file_name
from mailer.checks.finding import Finding
from mailer.compose.pictures import Placed, placed_pictures
from mailer.content.issue import Issue
from mailer.content.pictures import Picture

HEAVY, VERY_HEAVY = 200 * 1024, 1024 * 1024  # bytes; the second is also the limit for all together
SHARP = 2  # pixels of the file for each pixel shown
LARGE = 3000  # pixels of a side: a phone unpacks such a file to 36 MB, whatever it weighs
TALL = 3  # times its width: a card of 506 pixels would be over 1,500 high


def check_pictures(issue: Issue) -> Iterator[Finding]:
    """Findings in the files of portrait and cards, and in what is said about them."""
    placed = placed_pictures(issue)
    for each in placed:
        place = f"issues/{issue.key}/{each.picture.name}"
        yield from _shape(each, place)
        yield from _weight(len(each.picture.data), place)
    together = sum(len(each.picture.data) for each in placed)
    if together > VERY_HEAVY:
        yield Finding.of("picture.together", f"issues/{issue.key}", size=_kilobytes(together))
    yield from _words(issue)


def _shape(placed: Placed, place: str) -> Iterator[Finding]:
    width, height = placed.picture.width, placed.picture.height
    wanted = SHARP * placed.width
    if width < wanted:
        yield Finding.of("picture.width", place, width=width, shown=placed.width, wanted=wanted)
    if max(width, height) > LARGE:
        shown = {"width": width, "height": height, "wanted": wanted, "shown": placed.width}
        yield Finding.of("picture.large", place, **shown)
    if height > TALL * width:
        yield Finding.of("picture.tall", place, ratio=height / width)


def _weight(size: int, place: str) -> Iterator[Finding]:
    if size > HEAVY:
        case = "very" if size > VERY_HEAVY else "heavy"
        yield Finding.of("picture.size", place, case, size=_kilobytes(size))


def _words(issue: Issue) -> Iterator[Finding]:
    """Pictures whose words are the name of a file, or that are described and called decorative at once."""
    for place, key, picture in _named(issue):
        if is_file_name(picture.alt):
            yield Finding.of("access.alt", place, "own", file=picture.name, alt=picture.alt, key=key)
        if picture.unused_alt:
            yield Finding.of("picture.alt", picture.alt_place, key=key, alt=picture.unused_alt)


def _named(issue: Issue) -> Iterator[tuple[str, str, Picture]]:
    """The pictures of all voices: where they stand, and the key that names them."""
    for voice in (issue, *issue.voices):
        if voice.editorial.portrait:
            yield voice.file, "portrait", voice.editorial.portrait
        yield from ((card.place, "picture", card.picture) for card in voice.highlights if card.picture)
        yield from ((voice.file, "picture", each.picture) for each in voice.advertisements if each.picture)


def _kilobytes(size: int) -> int:
    return -(-size // 1024)
