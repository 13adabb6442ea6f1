"""What stayed behind of the issue before: its label, its number, its lines and its paragraphs."""

import re
from collections.abc import Iterable, Iterator

from mailer.checks.finding import Finding
from mailer.checks.texts import Text, texts_of
from mailer.content.issue import Issue
from mailer.content.months import NAMES
from mailer.content.words import words_of

_LONG = 15  # so many words are no standing phrase
_HEAD = ("subject", "preheader", "kicker", "title", "lead")
_SAME = ("subject", "title", "preheader", "lead")
_MONTH = "|".join(NAMES)
# „Ausgabe September 2025“, „Rundbrief September“, „Ausgabe 9/2025“; „im September 2025“ tells of the month.
_LABELLED = re.compile(
    rf"\b(?:Ausgabe|Heft|\w*(?:[Bb]rief|[Ll]etter|[Rr]eport|[Bb]latt|[Mm]agazin)|Nr\.|Nummer)"
    rf"[\s\u00a0]+(?:vom[\s\u00a0]+|[–-][\s\u00a0])?"
    rf"(?:(?P<names>(?:{_MONTH})(?:/(?:{_MONTH}))?)(?:[\s\u00a0]+(?P<year>20\d\d))?"
    rf"|(?P<number>1[0-2]|0?[1-9])/(?P<numbered>20\d\d))(?!\w)"
)
_TELLING = re.compile(
    r"(?:\d\.|\b(?:im|seit|vom|bis|ab|zum|Anfang|Mitte|Ende|von|für|auf|und|den|des|–|-|in|since|from|until|to|for|of"
    r"|and|by|on))[\s\u00a0]*$",
    re.IGNORECASE,
)


def check_last_issue(issue: Issue, texts: Iterable[Text], previous: Issue | None) -> Iterator[Finding]:
    """A warning for each trace of another issue; without a previous one only labels are looked at."""
    yield from _labels(issue, texts, previous)
    if previous is None or previous.key == issue.key:
        return
    if issue.number and issue.number == previous.number and _years(issue) == _years(previous):
        yield Finding.of(
            "language.last_issue", issue.file, "number", number=issue.number, issue=previous.label
        )
    for field in _SAME:
        ours, theirs = getattr(issue.editorial, field), getattr(previous.editorial, field)
        if ours and _key(ours) == _key(theirs) and not (field == "subject" and ours == issue.editorial.title):
            yield Finding.of("language.last_issue", issue.file, field, words=ours, issue=previous.label)
    yield from _paragraphs(texts, previous)


def _labels(issue: Issue, texts: Iterable[Text], previous: Issue | None) -> Iterator[Finding]:
    """The label of this issue, and those in its head lines, that name another month."""
    own = {month for _, month in issue.months}
    if not own:
        return
    if issue.voice != "en" and (named := _months_in(issue.label)) and not own & named:
        yield Finding.of("language.last_issue", issue.file, "own", words=issue.label, key=issue.key)
    for text in texts:
        if text.field not in _HEAD:
            continue
        for found in _LABELLED.finditer(text.words):
            months = _months_in(found["names"] or "") or {int(found["number"] or 0)}
            year = found["year"] or found["numbered"]
            if not own & months or (year and int(year) not in _years(issue)):
                yield Finding.of("language.last_issue", text.place, "label", words=found[0], field=text.field)
                break
        else:
            yield from _previous_label(issue, text, previous)


def _previous_label(issue: Issue, text: Text, previous: Issue | None) -> Iterator[Finding]:
    """The label of the issue before, bare: „Rundbrief, September 2025“."""
    label = previous.label if previous else ""
    if not label or label == issue.label or not re.search(r"\d{4}", label):
        return
    found = re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text.words)
    if found and not _TELLING.search(text.words[: found.start()]):
        yield Finding.of("language.last_issue", text.place, "label", words=label, field=text.field)


def _paragraphs(texts: Iterable[Text], previous: Issue) -> Iterator[Finding]:
    """Long paragraphs that stood in the issue before, word for word."""
    theirs = {_key(each.words) for each in texts_of(previous) if each.field == "body"}
    for text in texts:
        if text.field == "body" and len(key := _key(text.words)) >= _LONG and key in theirs:
            beginning = " ".join(text.words.split()[:6])
            yield Finding.of(
                "language.last_issue", text.at(0), "paragraph", words=beginning, issue=previous.label
            )


def _key(text: str) -> tuple[str, ...]:
    return tuple(word.key for word in words_of(text))


def _months_in(words: str) -> set[int]:
    return {at for at, name in enumerate(NAMES, 1) if re.search(rf"\b{name}\b", words)}


def _years(issue: Issue) -> set[int]:
    return {year for year, _ in issue.months}
