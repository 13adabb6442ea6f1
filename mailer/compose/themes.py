"""Themes: the colours of both schemes and the type of a letter, from templates/themes/NAME.toml."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from mailer import shipped
from mailer.toml import parse_toml, read_text
from subscribers.errors import Problem

TOKENS = {
    "light": ("paper", "sheet", "ink", "soft", "line", "brand", "accent", "tint", "on"),
    "dark": ("paper", "sheet", "ink", "soft", "line", "brand", "accent", "tint", "on"),
    "type": ("serif", "sans", "headline", "headline_line", "headline_phone", "headline_phone_line"),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """The tokens that templates name as `t`, `dark` and `type`."""

    light: SimpleNamespace
    dark: SimpleNamespace
    type: SimpleNamespace


def read_theme(name: str, overrides: Path | None) -> Theme:
    """The theme of this name; the workspace's own goes before the shipped one.

    Raises:
        Problem: there is none, it is no TOML, or it leaves tokens out.
    """
    folders = [folder / "themes" for folder in (overrides, shipped.templates()) if folder]
    file = next((found for folder in folders if (found := folder / f"{name}.toml").is_file()), None)
    if file is None:
        known = sorted({each.stem for folder in folders for each in folder.glob("*.toml")})
        raise Problem(
            f"There is no theme {name!r}; there are {', '.join(known)}.", place="config.toml: theme"
        )
    place = f"templates/themes/{name}.toml"
    tables = parse_toml(read_text(file, place=place), place).data
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
    return Theme(**{table: SimpleNamespace(**tables[table]) for table in TOKENS})
