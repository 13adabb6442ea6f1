"""Asks the spelling program hunspell, where it and a dictionary are installed, about each word once."""

import shutil
import subprocess
from collections.abc import Iterable

PROGRAM = "hunspell"
DICTIONARIES = {"de": "de_DE", "en": "en_GB"}
SECONDS = 5.0
# By program and language: is this word right? And where there is no dictionary, or no answer came in time.
_checked: dict[tuple[str, str], dict[str, bool]] = {}
_silent: set[tuple[str, str]] = set()


def unknown_words(words: Iterable[str], language: str) -> frozenset[str] | None:
    """Those of the words that the dictionary of a language (`de`, `en`) does not have.

    None where there is no such program, no such dictionary, or no answer within five seconds.
    """
    program = shutil.which(PROGRAM)
    if program is None or language not in DICTIONARIES or (program, language) in _silent:
        return None
    wanted, known = frozenset(words), _checked.setdefault((program, language), {})
    if new := sorted(wanted - known.keys()):
        wrong = _ask(program, new, DICTIONARIES[language])
        if wrong is None:
            _silent.add((program, language))
            return None
        known.update({word: word not in wrong for word in new})
    return frozenset(word for word in wanted if not known[word])


def is_there(language: str) -> bool:
    """Whether spelling can be looked at in a language."""
    return unknown_words(("a",), language) is not None


def _ask(program: str, words: list[str], dictionary: str) -> frozenset[str] | None:
    """One call for all words, one on a line; nobody's own word list has a say (`-p`)."""
    command = [program, "-d", dictionary, "-i", "utf-8", "-p", "/dev/null", "-l"]
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command, the words are its input
            command, input="\n".join(words).encode(), capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return frozenset(answer.stdout.decode("utf-8", "replace").split("\n")) if answer.returncode == 0 else None
