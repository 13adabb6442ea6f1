"""Checks of what people wrote: open questions, and lines that inbox lists cut off."""

import re
from collections.abc import Iterator

from mailer.checks.finding import Finding
from mailer.checks.names import Key
from mailer.checks.sources import Sources
from mailer.checks.targets import check_targets
from mailer.content.issue import Issue
from mailer.content.original import read_original
from mailer.content.words import Word, words_of
from subscribers.errors import Problem

NOTE = re.compile(
    r"\[[^\]\n]*(?:prüfen|klären|ergänzen|\bfolgt\b|\bTODO\b|\bXXX\b)[^\]\n]*\](?![(\[:])", re.IGNORECASE
)

_MISSING = re.compile(
    r"\bfehlt\b|\bkein(?:e|en|er)?\b.*\bgefunden\b|\bstand keine\b|\bsteht kein\b", re.IGNORECASE
)
_BORROWED = re.compile(r"^(?:weitergezählt von|aus .+ übernommen)\b")


def check_content(issue: Issue) -> Iterator[Finding]:
    """Findings in the issue's own files."""
    where = issue.file
    for each in issue.unsure:
        field = Key(each.field)
        yield Finding.of("content.unsure", each.place, _doubt(each.note), field=field, note=each.note)
    for place, text in _texts(issue, where):
        if note := NOTE.search(text):
            yield Finding.of("content.note", place, note=note[0])
    yield from check_targets(issue)
    yield from _inbox_line(issue, where)
    yield from _inbox_figures(issue, where)


def _doubt(note: str) -> str:
    """The case of a mark: what is missing has no source, and what an earlier issue said has one."""
    if _BORROWED.search(note):
        return "borrowed"
    return "missing" if _MISSING.search(note) else "note" if note else ""


def _texts(issue: Issue, where: str) -> Iterator[tuple[str, str]]:
    """Everything people read, each with its place."""
    editorial = issue.editorial
    for line in (editorial.kicker, editorial.title, editorial.subject, editorial.preheader, editorial.lead):
        yield where, line
    for number, line in enumerate(editorial.body.split("\n"), editorial.body_line):
        yield f"{where}:{number}", line
    for figure in editorial.figures:
        yield where, f"{figure.value} {figure.label}"
    for card in issue.highlights:
        yield card.place, f"{card.title} {card.teaser} {card.audience} {card.contact} {card.label}"


def _inbox_figures(issue: Issue, where: str) -> Iterator[Finding]:
    """Figures of the inbox's lines that stand nowhere else, neither in the issue nor in its original."""
    editorial = issue.editorial
    lines = {"subject": editorial.subject, "preheader": editorial.preheader}
    new = {name: [each for each in words_of(text) if _is_figure(each)] for name, text in lines.items()}
    if not any(new.values()):
        return
    said = {_digits(word) for text in _said(issue) for word in words_of(text)}
    said |= {part for year, month in issue.months for part in (str(year), str(month), f"{month:02}")}
    for name, figures in new.items():
        for figure in figures:
            if _digits(figure) not in said:
                yield Finding.of("content.figure", where, field=name, figure=figure.text)


def _said(issue: Issue) -> Iterator[str]:
    """All texts of an issue apart from the two lines of the inbox, and those of its original."""
    editorial = issue.editorial
    yield from (editorial.kicker, editorial.title, editorial.lead, editorial.body, editorial.role)
    yield from (issue.label, issue.number)
    yield from (f"{each.value} {each.label} {each.as_of}" for each in editorial.figures)
    for card in issue.highlights:
        figure = f"{card.figure.value} {card.figure.label}" if card.figure else ""
        yield f"{card.title} {card.teaser} {figure} {card.event} {card.deadline}".replace("-", " ")
    yield from (
        f"{each.title} {each.time} {each.place} {each.day.day} {each.day:%m %Y}" for each in issue.events
    )
    yield from (f"{each.title} {each.text}" for each in issue.advertisements)
    try:
        original = read_original(issue.folder, issue.folder.parent.parent)
    except Problem:  # the fidelity check tells it
        return
    yield from (line.text for line in original.lines) if original else ()


def _is_figure(word: Word) -> bool:
    return word.kind == "figure"


def _digits(word: Word) -> str:
    return word.key.rstrip("%‰€$")


def _inbox_line(issue: Issue, where: str) -> Iterator[Finding]:
    subject = issue.editorial.subject or issue.editorial.title
    preheader = issue.editorial.preheader or issue.editorial.lead
    if len(subject) > 60:
        yield Finding.of("content.subject", where, length=len(subject))
    if not issue.editorial.preheader and Sources(issue).is_blank("preheader"):
        yield Finding.of("content.preheader", where, "lead" if preheader else "empty")
    elif not preheader:
        yield Finding.of("content.preheader", where)
