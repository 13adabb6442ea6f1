"""Typography that nobody mends: what the compositor cannot know, and what inboxes show as typed."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from mailer.checks.finding import Finding
from mailer.checks.texts import UNREAD, Text
from mailer.content.typography import typeset

_KEPT = 1_000  # texts: most of an issue is as it was at the last save
_AROUND = 20  # characters shown on each side
_AS_TYPED = ("subject", "preheader")  # no compositor touches them
_STRAIGHT = re.compile(r'(?<!\d)"')  # not an inch: 5"
_ENGLISH_OPENS = re.compile(r"(?<![\w„.,!?…])“(?=\w)")
_ENGLISH_CLOSES = re.compile(r"(?<=[\w.,!?…])”")
_TIGHT = re.compile(r"(?<![\w.])(?:z\.B|d\.h|u\.a|o\.ä|z\.T|v\.a|u\.U|i\.d\.R|i\.d\.S|m\.E)\.")
_BLANK = re.compile(
    r"(?<=\w) [,;](?=\s|$)|(?<=[^\W\d_]{2}) [!?](?=\s|$)|(?<=[^\W\d_]{2}) \.(?=\s+[A-ZÄÖÜ]|$)"
)
_GLUED = re.compile(
    r"(?<=[^\W\d_]{2}),(?=[^\W\d_]{2})|(?<=[a-zäöüß]{2})[!?;](?=[A-ZÄÖÜ][a-zäöüß])"
    r"|(?<=[a-zäöüß]{3})\.(?=[A-ZÄÖÜ][a-zäöüß]{2})"
)
_TYPED = re.compile(r'"|(?<=\S) --? (?=\S)|(?<!\.)\.\.\.(?!\.)')


def check_typesetting(texts: Iterable[Text], language: str) -> Iterator[Finding]:
    """Warnings for what stays wrong when the letter is set; what `typeset` mends is no finding."""
    unclosed: Text | None = None
    for text in texts:
        if text.field == "advertisements":
            continue  # their words are the advertiser's
        yield from _of_text(text, language)
        if language == "de" and text.field == "body" and "„" in text.words:
            unclosed = text if not re.search('[“”"]', text.words[text.words.rindex("„") :]) else None
        elif unclosed and re.search("[“”]", text.words):
            unclosed = None  # a quotation of several paragraphs ends here
    if unclosed:
        at = unclosed.words.rindex("„")
        yield Finding.of("language.typography", unclosed.at(at), "open", words=_around(unclosed.words, at))


@lru_cache(maxsize=_KEPT)
def _of_text(text: Text, language: str) -> tuple[Finding, ...]:
    return tuple(_find(text, language))


def _find(text: Text, language: str) -> Iterator[Finding]:
    words = text.prose
    if text.field in _AS_TYPED:
        if found := _TYPED.search(words):
            yield _finding(text, "typed", found, field=text.field)
    else:
        left = typeset(words, language) if '"' in words else ""
        if found := _STRAIGHT.search(left):
            shown = _around(left, found.start())
            yield Finding.of("language.typography", text.at(words.index('"')), "straight", words=shown)
    if language == "de":
        if found := _ENGLISH_OPENS.search(words) or _ENGLISH_CLOSES.search(words):
            yield _finding(text, "english", found)
        if tight := tuple(dict.fromkeys(_TIGHT.findall(words))):
            first = _TIGHT.search(words)
            yield Finding.of(
                "language.typography", text.at(first.start() if first else 0), "tight", words=tight
            )
    if found := _BLANK.search(words):
        yield _finding(text, "blank", found)
    if found := _GLUED.search(words):
        yield _finding(text, "glued", found)


def _finding(text: Text, case: str, found: re.Match[str], **values: str) -> Finding:
    shown = _around(text.words, found.start())
    return Finding.of("language.typography", text.at(found.start()), case, words=shown, **values)


def _around(words: str, at: int) -> str:
    """The words around a sign, in one line."""
    begins, ends = max(at - _AROUND, 0), at + _AROUND
    shown = " ".join(words[begins:ends].replace(UNREAD, "…").split())
    return f"{'…' * (begins > 0)}{shown}{'…' * (ends < len(words))}"
