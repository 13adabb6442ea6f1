"""Checks of what people wrote: open questions, and lines that inbox lists cut off."""

import re
from collections.abc import Iterator

from mailer.checks.finding import Finding
from mailer.content.issue import Issue

_NOTE = re.compile(
    r"\[[^\]\n]*(?:prüfen|klären|ergänzen|\bfolgt\b|\bTODO\b|\bXXX\b)[^\]\n]*\](?![(\[:])", re.IGNORECASE
)


def check_content(issue: Issue) -> Iterator[Finding]:
    """Findings in the issue's own files."""
    where = issue.file
    for each in issue.unsure:
        yield Finding(
            "content.unsure",
            "error",
            each.place,
            f"{each.field} is marked “bitte prüfen”" + (f": {each.note}" if each.note else "."),
            "Check it against the source and delete the mark.",
        )
    for place, text in _texts(issue, where):
        if note := _NOTE.search(text):
            yield Finding(
                "content.note", "error", place, f"A note was left in the text: {note[0]}", "Settle it."
            )
    yield from _inbox_line(issue, where)


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


def _inbox_line(issue: Issue, where: str) -> Iterator[Finding]:
    subject = issue.editorial.subject or issue.editorial.title
    preheader = issue.editorial.preheader or issue.editorial.lead
    if len(subject) > 60:
        message = f"The subject has {len(subject)} characters; most inbox lists show about 60."
        yield Finding("content.subject", "warning", where, message, "Say it shorter with `subject`.")
    if not preheader:
        message = "There is no preheader; inbox lists will show the first words of the letter."
        yield Finding(
            "content.preheader", "warning", where, message, "Write a `preheader` of 40 to 110 characters."
        )
