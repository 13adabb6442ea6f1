"""Checks that every text of a letter can be read on its ground, in the light and in the dark scheme."""

from collections.abc import Iterator

from mailer.checks.colours import contrast
from mailer.checks.finding import Finding
from mailer.checks.looks import PLAIN
from mailer.checks.reading import Reading

NEEDED, NEEDED_LARGE = 4.5, 3.0  # WCAG 2.2, success criterion 1.4.3
SCHEMES = ("light", "dark")


def check_contrast(letter: Reading, place: str) -> Iterator[Finding]:
    """One finding for each pair of colours that is too close, with the first words written in it."""
    seen: set[tuple[object, ...]] = set()
    words = letter.own_words
    for scheme in (*SCHEMES, PLAIN):
        for node, look in letter.looks(scheme):
            if look.unread and scheme != PLAIN and (scheme, look.unread) not in seen:
                seen.add((scheme, look.unread))
                yield Finding.of("access.colour", place, scheme, colour=look.unread)
            if node not in words or not look.size:
                continue
            needed = NEEDED_LARGE if look.large else NEEDED
            ratio = contrast(look.colour, look.ground)
            shown = {"colour": str(look.colour), "ground": str(look.ground)} if ratio < needed else {}
            pair = (*shown.values(), needed)
            told = scheme == PLAIN and ("light", *pair) in seen
            if shown and (scheme, *pair) not in seen and not told:
                seen.add((scheme, *pair))
                ratios = {"ratio": ratio, "needed": needed}
                yield Finding.of("access.contrast", place, scheme, words=words[node][:60], **shown, **ratios)
