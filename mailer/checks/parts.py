"""Whether both parts of a letter show the words of its editorial: what a template forgets is found here."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser

from mailer.checks.finding import Finding
from mailer.checks.losses import Passage
from mailer.compose.rendering import Variant
from mailer.content.words import Word, link_key, words_of

_FOOTNOTE = re.compile(r"\[\d+\]")
_UNSEEN = {"head", "style", "script", "title"}


def missing_parts(
    variant: Variant, passages: Sequence[Passage], issue: str, origins: Mapping[str, str]
) -> Iterator[Finding]:
    """A finding for each passage and link that the HTML or the text part of a variant lacks.

    `origins`: where in the original a link stands, by its key.
    """
    reader = _Reader()
    reader.feed(variant.html)
    reader.close()
    shown = " ".join(reader.words)
    parts = (
        ("HTML", [_letters(shown)], {link_key(each) for each in reader.targets} | _links(shown)),
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
        part = f"The {name} part of variant {variant.key} of issue {issue}"
        for passage in passages:
            if passage.keys in silent:
                continue
            remedy = "Show it in templates/letter.mjml and templates/letter.txt."
            if segment := _lacks(passage, letters, numbered=name == "text"):
                message = f"{part} does not say “{segment}”."
                yield Finding("fidelity.word", "error", passage.place, message, remedy)
            for word in passage.words:
                if word.kind == "link" and word.key not in links:
                    origin = f" ({origins[word.key]})" if word.key in origins else ""
                    message = f"{part} lacks the link {word.text}{origin}."
                    yield Finding("fidelity.link", "error", passage.place, message, remedy)


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


class _Reader(HTMLParser):
    """Collects what is seen, and the targets of links."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.targets: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag == "a" and (target := dict(attrs).get("href")):
            self.targets.append(target)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)
