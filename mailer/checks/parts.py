"""Whether both parts of a letter show the words of its editorial: what a template forgets is found here."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from mailer.checks.finding import Finding
from mailer.checks.losses import Passage
from mailer.checks.reading import read
from mailer.compose.rendering import Variant
from mailer.content.words import Word, link_key, words_of

_FOOTNOTE = re.compile(r"\[\d+\]")


def missing_parts(
    variant: Variant, passages: Sequence[Passage], issue: str, origins: Mapping[str, str]
) -> Iterator[Finding]:
    """A finding for each passage and link that the HTML or the text part of a variant lacks.

    `origins`: where in the original a link stands, by its key.
    """
    letter = read(variant.html)
    shown = " ".join(letter.pieces)
    targets = {link_key(target) for target, _ in letter.links if target}
    parts = (
        ("html", [_letters(shown)], targets | _links(shown)),
        (
            "text",
            [_letters(_FOOTNOTE.sub("", variant.text)), _letters(variant.text)],
            _links(variant.text),
        ),
    )
    silent = {
        passage.keys
        for passage in passages
        if passage.kind == "salutation" and all(_lacks(passage, letters) for _, letters, _ in parts)
    }  # a newsletter that greets nobody
    for name, letters, links in parts:
        about = {"variant": variant.key, "issue": issue}
        for passage in passages:
            if passage.keys in silent:
                continue
            if segment := _lacks(passage, letters, numbered=name == "text"):
                yield Finding.of("fidelity.word", passage.place, name, words=segment, **about)
            for word in passage.words:
                if word.kind == "link" and word.key not in links:
                    origin = f" ({origins[word.key]})" if word.key in origins else ""
                    link = {"link": word.text, "origin": origin}
                    yield Finding.of("fidelity.link", passage.place, name, **link, **about)


def _lacks(passage: Passage, letters: Sequence[str], *, numbered: bool = True) -> str:
    """The first run of words between two links that is not there; empty if all are."""
    words = passage.words[1:] if passage.kind == "item" and not numbered else passage.words
    for run in _runs(words):
        wanted = _letters("".join(word.text for word in run))
        if not any(wanted in each for each in letters):
            text = " ".join(word.text for word in run)
            return text if len(text) <= 80 else f"{text[:80]}…"
    return ""


def _runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in words:
        if word.kind == "link":
            yield run
            run = []
        else:
            run.append(word)
    yield run


def _letters(text: str) -> str:
    """Letters and digits alone: line breaks, quotation marks and blanks are the parts' own."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text))


def _links(text: str) -> set[str]:
    return {word.key for word in words_of(text) if word.kind == "link"}
