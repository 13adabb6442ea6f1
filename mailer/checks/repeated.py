"""Words that stand twice in a row by mistake; German has good reasons for some of them."""

import re
from collections.abc import Iterable, Iterator

from mailer.checks.finding import Finding
from mailer.checks.texts import Text

_TWICE = re.compile(r"(?<![\w'’.-])([^\W\d_]{2,}+)\s+(\1)(?![\w'’*:-])", re.IGNORECASE)
# „die die Prämie erhalten“, „erinnern Sie sie“, „sehr, sehr“ and “what it is is”: right, or meant.
_ARTICLES = {"der", "die", "das", "den", "dem", "des", "denen"}
_MEANT = {
    "de": {
        *(
            "sie",
            "ihr",
            "ihnen",
            "ihm",
            "ihn",
            "es",
            "uns",
            "euch",
            "was",
            "wer",
            "wo",
            "zu",
            "an",
            "auf",
            "von",
        ),
        *("sehr", "ganz", "viel", "viele", "lange", "immer", "nie", "ja", "nein", "so", "nun", "bis", "weg"),
        *("bla", "ha", "na", "tut", "pro"),
    },
    "en": {
        "that",
        "had",
        "is",
        "was",
        "who",
        "her",
        "in",
        "on",
        "it",
        "do",
        "very",
        "long",
        "so",
        "many",
        "no",
    },
}
_JOINED = re.compile(
    r"(?:,|\b(?:und|oder|sowie|als|wie|dass|wer|ob|denn|an|auf|aus|bei|bis|durch|für|gegen|hinter|in|mit|nach"
    r"|neben|ohne|über|um|unter|von|vor|wegen|zu|zwischen|ist|war|wäre|sei))\s+$",
    re.IGNORECASE,
)
# „den den Betrieben zustehenden Anteil“: an attribute between an article and its noun.
_ATTRIBUTE = re.compile(
    r"(?:\s+[\w%€.,-]+){0,4}?\s+[A-ZÄÖÜ][\w-]+(?:\s+[\w%€.,-]+){0,3}?"
    r"\s+[a-zäöüß]{2,}(?:end|t|en)e[nrms]?\s+[A-ZÄÖÜ]"
)
_BEGINNINGS = {"der", "die", "das", "ein", "eine", "wir", "im", "mit", "für", "und", "the", "we", "and", "a"}


def check_repeated(texts: Iterable[Text], language: str) -> Iterator[Finding]:
    """A warning for each word that is there twice; in doubt it is meant."""
    for text in texts:
        words = text.prose
        for found in _TWICE.finditer(words):
            if not _may_be(found, words, language):
                yield Finding.of(
                    "language.repeated", text.at(found.start()), words=" ".join(found[0].split())
                )


def _may_be(found: re.Match[str], words: str, language: str) -> bool:
    """Whether there is a sentence in which both words are right."""
    first, second = found[1], found[2]
    word = first.casefold()
    if first != second and (second != second.lower() or word not in _BEGINNINGS):
        return True  # „wenn Fliegen fliegen“, „Sie sie“
    if language == "de" and word in _ARTICLES:
        return bool(_JOINED.search(words[: found.start()]) or _ATTRIBUTE.match(words[found.end() :]))
    return word in _MEANT.get(language, set())
