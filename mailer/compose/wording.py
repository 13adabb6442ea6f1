"""The words a letter says by itself, by language, from templates/strings.toml."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import Any

from mailer import shipped
from mailer.toml import Document, parse_toml, read_text
from subscribers.errors import Problem

_PLACE = "templates/strings.toml"
_TONES = ("formal", "du")
_NONE = Document(_PLACE, {}, {}, ())


def read_wording(language: str, overrides: Path | None, tone: str = "formal") -> SimpleNamespace:
    """The words of this language and tone; a workspace's strings.toml may change some and leave the others.

    A table such as `[de-du]` has only the words that differ in this tone.

    Raises:
        Problem: the letter does not speak this language, the file is no TOML, or it has names of its own.
    """
    tables = _document(shipped.templates()).data
    document = _document(overrides) if overrides else _NONE
    own = document.data
    if language not in tables:
        spoken = ", ".join(name for name in tables if "-" not in name)
        raise Problem(f"The letter speaks {spoken}, not {language!r}.", place="config.toml: language")
    _require_known(document, tables)
    words, told = tables[language], f"{language}-{tone}"
    changed = own.get(language, {}) | tables.get(told, {}) | own.get(told, {})
    wrong = [name for name, value in changed.items() if _shape(value) != _shape(words.get(name))]
    if wrong:
        table = language if wrong[0] in own.get(language, {}) else told
        raise Problem(
            f"The words {', '.join(wrong)} do not fit: a letter uses other names or other blanks to fill.",
            place=document.place((table, wrong[0])),
            hint=_near(wrong[0], [] if wrong[0] in words else list(words))
            or "Copy the line from the shipped strings.toml and change its words only.",
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


def _require_known(document: Document, tables: Mapping[str, Any]) -> None:
    """A table that no letter reads would be words lost."""
    languages = [each for each in tables if "-" not in each]
    known = {*languages, *(f"{language}-{tone}" for language in languages for tone in _TONES)}
    for name, table in document.data.items():
        if name not in known or not isinstance(table, dict):
            raise Problem(
                f"No letter reads `{name}`; the tables are {', '.join(sorted(known))}.",
                place=document.place((name,)),
                hint=_near(name, known),
            )


def _near(name: str, known: Collection[str]) -> str | None:
    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]}?" if close else None


def _document(folder: Path) -> Document:
    file = folder / "strings.toml"
    return _parsed(read_text(file, place=_PLACE)) if file.is_file() else _NONE


@lru_cache(maxsize=4)  # each voice of each issue asks for the same two files
def _parsed(text: str) -> Document:
    return parse_toml(text, _PLACE)
