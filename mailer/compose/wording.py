"""The words a letter says by itself, by language, from templates/strings.toml."""

from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import Any

from mailer import shipped
from mailer.toml import parse_toml, read_text
from subscribers.errors import Problem

_PLACE = "templates/strings.toml"


def read_wording(language: str, overrides: Path | None, tone: str = "formal") -> SimpleNamespace:
    """The words of this language and tone; a workspace's strings.toml may change some and leave the others.

    A table such as `[de-du]` has only the words that differ in this tone.

    Raises:
        Problem: the letter does not speak this language, or the file is no TOML.
    """
    tables = _tables(shipped.templates())
    own = _tables(overrides) if overrides else {}
    if language not in tables:
        spoken = ", ".join(name for name in tables if "-" not in name)
        raise Problem(f"The letter speaks {spoken}, not {language!r}.", place="config.toml: language")
    words, told = tables[language], f"{language}-{tone}"
    changed = own.get(language, {}) | tables.get(told, {}) | own.get(told, {})
    wrong = [name for name, value in changed.items() if _shape(value) != _shape(words.get(name))]
    if wrong:
        raise Problem(
            f"The words {', '.join(wrong)} do not fit: a letter uses other names or other blanks to fill.",
            place=_PLACE,
            hint="Copy the line from the shipped strings.toml and change its words only.",
        )
    return SimpleNamespace(**(words | changed))


def _shape(value: Any) -> Any:
    """What must stay when the words change: the fields to fill, or how many words there are."""
    if isinstance(value, str):
        try:
            return {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        except ValueError:
            return None
    if isinstance(value, dict):
        return set(value)
    return len(value) if isinstance(value, list) else value


def _tables(folder: Path) -> dict[str, dict[str, Any]]:
    file = folder / "strings.toml"
    if not file.is_file():
        return {}
    return dict(parse_toml(read_text(file, place=_PLACE), _PLACE).data)
