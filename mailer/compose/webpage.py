"""The web version of an issue: a page of its own for the browser, the archive and the printer.

It stands alone: pictures are part of it, nothing is loaded from elsewhere, and no person is named in it.
"""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailer.compose import environment, slots
from mailer.compose.pictures import hosted, placed_pictures
from mailer.content.issue import Issue


def picture_sources(issue: Issue, image_base_url: str) -> dict[str, str]:
    """The `src` of each picture by its file: the bytes themselves (RFC 2397), or where they are hosted."""
    return {
        each.picture.name: hosted(issue, each.name, image_base_url)
        if image_base_url
        else f"data:{each.picture.media_type};base64,{b64encode(each.picture.data).decode()}"
        for each in placed_pictures(issue)
    }


def web_page(values: Mapping[str, Any], mark: str, overrides: Path | None) -> str:
    """The page; `values` are those of the letter, with pictures as `picture_sources` has them.

    Raises:
        TemplateProblem: with the place in letter.html.
        SlotProblem: the template names what only a person's letter can have.
    """
    page = environment.render("letter.html", overrides, dict(values))
    if mark in page:
        raise slots.SlotProblem(
            "The web version names a slot; it is the same page for everybody.",
            place="templates/letter.html",
            hint="Take `greeting` and `unsubscribe` out; `salutation` greets everybody.",
        )
    return page
