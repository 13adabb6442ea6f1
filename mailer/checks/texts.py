"""The texts of an issue as readers meet them, piece by piece: plain words, each with its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.content.issue import Issue
from mailer.content.links import find_links
from mailer.content.markdown import parse_markdown

UNREAD = "\ufffc"  # in the place of what is no prose: code, addresses, telephone numbers
_ADDRESS = re.compile(r"(?:https?://|www\.|mailto:)[^\s<>„“”»«]+", re.IGNORECASE)
_MAY_HOLD_ADDRESS = re.compile(r"[@+]|\w[./:]\w|://|Tel|Fon|Mobil")
_INBOX = ("subject", "preheader")


@dataclass(frozen=True, slots=True)
class Text:
    """One piece: a paragraph, a line of the head, a part of a card.

    Args:
        field: its key in the file, for example `subject`, `body` or `teaser`.
        words: as people read them.
        prose: the same with a sign for each letter of an address or a telephone number.
        line: the line of the file where it begins, 0 where `place` is all that is known.
    """

    field: str
    words: str
    prose: str
    place: str
    line: int = 0

    def at(self, offset: int) -> str:
        """Where a character of `words` stands."""
        if not self.line:
            return self.place
        return f"{self.place}:{self.line + self.words.count(chr(10), 0, offset)}"


def text_of(field: str, words: str, place: str, line: int = 0) -> Text:
    """A piece with the addresses in it found."""
    prose = words
    if _MAY_HOLD_ADDRESS.search(words):
        prose = _ADDRESS.sub(lambda found: UNREAD * len(found[0]), words)
        for link in find_links(prose):
            prose = f"{prose[: link.start]}{UNREAD * (link.end - link.start)}{prose[link.end :]}"
    return Text(field, words, prose, place, line)


def texts_of(issue: Issue) -> tuple[Text, ...]:
    """Everything that people read in an issue, in the order of the letter; advertisements come last."""
    return tuple(text_of(*each) for each in _pieces(issue) if each[1].strip())


def _pieces(issue: Issue) -> Iterator[tuple[str, str, str, int]]:
    editorial, file = issue.editorial, issue.file
    for field in (*_INBOX, "kicker", "title", "lead"):
        words = getattr(editorial, field)
        if field != "subject" or words != editorial.title:  # without a subject the title stands for it
            yield field, words, file, 0
    yield from (("salutation", line, file, 0) for line in editorial.salutation)
    yield from _paragraphs(issue)
    yield "closing", editorial.closing, file, 0
    for figure in editorial.figures:
        yield from (("figures", words, file, 0) for words in (figure.value, figure.label, figure.as_of))
    for card in issue.highlights:
        for field in ("title", "teaser", "audience", "contact", "label"):
            yield field, getattr(card, field), card.place, 0
        if card.figure:
            yield from (("figure", words, card.place, 0) for words in (card.figure.value, card.figure.label))
    for event in issue.events:
        for field in ("title", "time", "place", "label"):
            yield field, getattr(event, field), event.place_line, 0
    for paid in issue.advertisements:
        yield from (("advertisements", words, file, 0) for words in (paid.title, paid.text, paid.label))


def _paragraphs(issue: Issue) -> Iterator[tuple[str, str, str, int]]:
    """The body, block by block: what a link says and not where it leads, no code."""
    heading = False
    for token in parse_markdown(issue.editorial.body):
        heading = token.type == "heading_open" or (heading and token.type != "heading_close")
        if token.type == "inline":
            words = "".join(_words(token.children or ()))
            start = token.map[0] if token.map else 0
            field = "heading" if heading else "body"
            yield field, words, issue.file, issue.editorial.body_line + start


def _words(children: Sequence[object]) -> Iterator[str]:
    for child in children:
        kind = getattr(child, "type", "")
        if kind == "text":
            yield str(getattr(child, "content", ""))
        elif kind in ("softbreak", "hardbreak"):
            yield "\n"
        elif kind == "code_inline":
            yield UNREAD
