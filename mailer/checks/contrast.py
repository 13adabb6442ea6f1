"""Checks that every text of a letter can be read on its ground, in the light and in the dark scheme."""

from collections.abc import Iterator

from mailer.checks.colours import contrast
from mailer.checks.document import Node
from mailer.checks.finding import Finding
from mailer.checks.looks import looks

NEEDED, NEEDED_LARGE = 4.5, 3.0  # WCAG 2.2, success criterion 1.4.3
SCHEMES = ("light", "dark")


def check_contrast(document: Node, place: str) -> Iterator[Finding]:
    """One finding for each pair of colours that is too close, with the first words written in it."""
    seen: set[tuple[str, ...]] = set()
    for scheme in SCHEMES:
        for node, look in looks(document, scheme):
            if look.unread and (scheme, look.unread) not in seen:
                seen.add((scheme, look.unread))
                message = (
                    f"The colour “{look.unread}” cannot be read in the {scheme} scheme;"
                    " many mail programs cannot read it either."
                )
                yield Finding("access.colour", "warning", place, message, "Write it as #rrggbb.")
            words = " ".join("".join(each for each in node.children if isinstance(each, str)).split())
            if not words or not look.size:
                continue
            needed = NEEDED_LARGE if look.large else NEEDED
            pair = (scheme, str(look.colour), str(look.ground), str(needed))
            ratio = contrast(look.colour, look.ground)
            if ratio < needed and pair not in seen:
                seen.add(pair)
                message = (
                    f"“{words[:60]}” is hard to read in the {scheme} scheme: {look.colour} on {look.ground}"
                    f" has a contrast of {ratio:.1f}:1, {needed:g}:1 is needed."
                )
                yield Finding("access.contrast", "error", place, message, _remedy(scheme))


def _remedy(scheme: str) -> str:
    where = "templates/prose.css" if scheme == "light" else "templates/blocks/style.css"
    return f"Change the colour in the theme, or its use in {where}."
