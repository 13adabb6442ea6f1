"""Checks that a theme has only the tokens that a template can name: a slip of the pen has no effect."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from mailer.checks.finding import Finding
from mailer.compose.themes import TOKENS, theme_file


def check_tokens(name: str, overrides: Path | None) -> Iterator[Finding]:
    """A warning for each table and each token that no shipped template names, with its line.

    Raises:
        Problem: there is no such theme, or it is no TOML.
    """
    document = theme_file(name, overrides)
    for table, tokens in document.data.items():
        if table not in TOKENS:
            yield _unknown(document.place((table,)), f"[{table}]", table, TOKENS)
        else:
            for token in [each for each in tokens if each not in TOKENS[table]]:
                yield _unknown(document.place((table, token)), f"{table}.{token}", token, TOKENS[table])


def _unknown(place: str, said: str, name: str, known: Iterable[str]) -> Finding:
    close = get_close_matches(name, known, n=1)
    return Finding.of("theme.unknown", place, "close" if close else "", name=said, guess="".join(close))
