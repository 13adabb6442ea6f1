"""Checks of pictures: sharp enough for today's screens, small enough for a mail, and clear who sees words."""

from collections.abc import Iterator

from mailer.checks.finding import Finding
from mailer.compose.pictures import Placed, placed_pictures
from mailer.content.issue import Issue

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
        message = (
            f"All pictures together have {_kilobytes(together)} KB; more than 1 MB is too much for a mail."
        )
        remedy = "Take pictures out or export them smaller."
        yield Finding("picture.together", "warning", f"issues/{issue.key}", message, remedy)
    yield from _words(issue)


def _shape(placed: Placed, place: str) -> Iterator[Finding]:
    width, height = placed.picture.width, placed.picture.height
    if width < SHARP * placed.width:
        message = f"The picture is {width} pixels wide and shown at {placed.width}; it will look blurred."
        remedy = f"Export it at least {SHARP * placed.width} pixels wide."
        yield Finding("picture.width", "warning", place, message, remedy)
    if max(width, height) > LARGE:
        message = f"The picture has {width} x {height} pixels; phones run short of memory, readers wait."
        remedy = f"Export it about {SHARP * placed.width} pixels wide; it is shown at {placed.width}."
        yield Finding("picture.large", "warning", place, message, remedy)
    if height > TALL * width:
        message = (
            f"The picture is {height / width:.1f} times as high as wide; it pushes the text off the screen."
        )
        yield Finding("picture.tall", "warning", place, message, "Crop it to what has to be seen.")


def _weight(size: int, place: str) -> Iterator[Finding]:
    if size > HEAVY:
        what = "1 MB is too much for one mail" if size > VERY_HEAVY else "200 KB is slow on the road"
        message = f"The picture has {_kilobytes(size)} KB; more than {what}."
        yield Finding("picture.size", "warning", place, message, "Export it as JPEG, or smaller.")


def _words(issue: Issue) -> Iterator[Finding]:
    """Pictures that are described and called decorative at once."""
    named = [
        ("portrait", issue.editorial.portrait),
        *(("picture", card.picture) for card in issue.highlights),
    ]
    for key, picture in named:
        if picture and picture.unused_alt:
            message = (
                f"`{key}_alt` and `{key}_decorative = true` contradict each other; "
                f"the second wins, nobody hears “{picture.unused_alt}”."
            )
            remedy = f"Delete `{key}_decorative`, or `{key}_alt` if the picture says nothing."
            yield Finding("picture.alt", "warning", picture.alt_place, message, remedy)


def _kilobytes(size: int) -> int:
    return -(-size // 1024)
