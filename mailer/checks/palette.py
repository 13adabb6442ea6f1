"""Checks that a theme's texts can be read on its grounds, before a letter happens to use the pair."""

from collections.abc import Iterator
from pathlib import Path

from mailer.checks.colours import contrast, parse_colour
from mailer.checks.contrast import NEEDED, SCHEMES
from mailer.checks.finding import Finding
from mailer.compose.themes import WRITTEN_ON, read_theme, theme_file


def check_palette(name: str, overrides: Path | None) -> Iterator[Finding]:
    """A warning for each pair of tokens with too little contrast, and for each token that is no colour.

    Raises:
        Problem: there is no such theme, or it cannot be read.
    """
    theme, document = read_theme(name, overrides), theme_file(name, overrides)
    for scheme in SCHEMES:
        tokens = vars(getattr(theme, scheme))
        for token, value in tokens.items():
            if parse_colour(value) is None:
                place = document.place((scheme, token))
                yield Finding.of("theme.colour", place, token=token, value=value)
        for ground, texts in WRITTEN_ON.items():
            for text in texts:
                one, other = parse_colour(tokens[text]), parse_colour(tokens[ground])
                if one and other and (ratio := contrast(one, other)) < NEEDED:
                    place = document.place((scheme, text))
                    ratios = {"ratio": ratio, "needed": NEEDED}
                    yield Finding.of("theme.contrast", place, scheme, text=text, ground=ground, **ratios)
