"""Checks of pictures: sharp enough for today's screens, small enough for a mail."""

from collections.abc import Iterator

from mailer.checks.finding import Finding
from mailer.compose.pictures import placed_pictures
from mailer.content.issue import Issue

HEAVY, HEAVY_TOGETHER = 200 * 1024, 1024 * 1024  # bytes
SHARP = 2  # pixels of the file for each pixel shown


def check_pictures(issue: Issue) -> Iterator[Finding]:
    """Findings in the files of portrait and cards."""
    placed = placed_pictures(issue)
    for each in placed:
        picture, place = each.picture, f"issues/{issue.key}/{each.picture.name}"
        if picture.width < SHARP * each.width:
            message = (
                f"The picture is {picture.width} pixels wide and shown at {each.width}; it will look blurred."
            )
            remedy = f"Export it at least {SHARP * each.width} pixels wide."
            yield Finding("picture.width", "warning", place, message, remedy)
        if len(picture.data) > HEAVY:
            message = (
                f"The picture has {_kilobytes(len(picture.data))} KB; more than 200 KB is slow on the road."
            )
            yield Finding("picture.size", "warning", place, message, "Export it as JPEG, or smaller.")
    together = sum(len(each.picture.data) for each in placed)
    if together > HEAVY_TOGETHER:
        message = (
            f"All pictures together have {_kilobytes(together)} KB; more than 1 MB is too much for a mail."
        )
        remedy = "Take pictures out or export them smaller."
        yield Finding("picture.together", "warning", f"issues/{issue.key}", message, remedy)


def _kilobytes(size: int) -> int:
    return -(-size // 1024)
