"""Themes: the colours of both schemes and the type of a letter, from templates/themes/NAME.toml."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

from mailer import shipped
from mailer.toml import Document, parse_toml, read_text
from subscribers.errors import Problem

COLOURS = (
    *("paper", "sheet", "ink", "soft", "line", "brand", "action", "on", "accent", "tint", "card"),
    *("header", "header_ink", "header_soft"),
)
TOKENS = {
    "light": COLOURS,
    "dark": COLOURS,
    "type": (
        *("display", "text", "sans", "weight", "headline", "headline_line", "headline_phone"),
        *("headline_phone_line", "headline_spacing", "body", "body_line"),
        *("quote", "quote_phone", "quote_phone_line"),
    ),
    "shape": ("quote", "card", "portrait", "radius", "header_rule", "section_rule"),
}
CHOICES = {"quote": ("beside", "above"), "card": ("frame", "flag")}
# Which colour is written on which ground: each pair has to be readable in both schemes.
WRITTEN_ON = {
    "sheet": ("ink", "soft", "brand", "action", "accent"),
    "tint": ("ink", "soft", "brand", "action"),
    "card": ("ink", "soft", "brand", "action", "accent"),
    "header": ("header_ink", "header_soft"),
    "brand": ("on",),
    "action": ("on",),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """The tokens that templates name as `t`, `dark`, `type` and `shape`."""

    light: SimpleNamespace
    dark: SimpleNamespace
    type: SimpleNamespace
    shape: SimpleNamespace


def read_theme(name: str, overrides: Path | None) -> Theme:
    """The theme of this name; the workspace's own goes before the shipped one.

    Raises:
        Problem: there is none, it is no TOML, or it leaves tokens out.
    """
    document = theme_file(name, overrides)
    tables, place = document.data, document.name
    missing = [
        f"{table}.{token}"
        for table, tokens in TOKENS.items()
        for token in tokens
        if not isinstance(tables.get(table, {}).get(token), str)
    ]
    if missing:
        raise Problem(
            f"The theme leaves out {', '.join(missing)}.", place=place, hint="Copy them from kammer.toml."
        )
    for token, words in CHOICES.items():
        if (word := tables["shape"][token]) not in words:
            raise Problem(f"`shape.{token}` is {word!r}; it can be {' or '.join(words)}.", place=place)
    return Theme(**{table: SimpleNamespace(**tables[table]) for table in TOKENS})


def theme_file(name: str, overrides: Path | None) -> Document:
    """The file of a theme with the line of each token.

    Raises:
        Problem: there is none, or it is no TOML.
    """
    folders = [folder / "themes" for folder in (overrides, shipped.templates()) if folder]
    file = next((found for folder in folders if (found := folder / f"{name}.toml").is_file()), None)
    if file is None:
        known = sorted({each.stem for folder in folders for each in folder.glob("*.toml")})
        raise Problem(
            f"There is no theme {name!r}; there are {', '.join(known)}.", place="config.toml: theme"
        )
    place = f"templates/themes/{name}.toml"
    return _parsed(read_text(file, place=place), place)


_parsed = lru_cache(maxsize=4)(parse_toml)  # each voice of each issue asks for the same file
