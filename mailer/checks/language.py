"""The language of an issue: what a careful reader would mark before it goes out."""

from collections.abc import Iterator

from mailer.checks.deadlines import check_deadlines
from mailer.checks.finding import Finding
from mailer.checks.inbox import check_inbox
from mailer.checks.last_issue import check_last_issue
from mailer.checks.leftovers import check_leftovers
from mailer.checks.raw_links import check_raw_links
from mailer.checks.repeated import check_repeated
from mailer.checks.spelling import check_spelling
from mailer.checks.surroundings import Surroundings
from mailer.checks.texts import texts_of
from mailer.checks.typesetting import check_typesetting
from mailer.checks.weekdays import check_weekdays
from mailer.content.issue import Issue


def check_language(issue: Issue, language: str, around: Surroundings) -> Iterator[Finding]:
    """Findings in the words of one voice; `language` is the one it is written in (`de`, `en`)."""
    texts, sends_on = texts_of(issue), max(around.sends_on or around.today, around.today)
    yield from check_leftovers(texts)
    yield from check_raw_links(texts)
    yield from check_last_issue(issue, texts, around.previous)
    yield from check_weekdays(texts, language, issue.months)
    yield from check_deadlines(texts, language, issue.months, sends_on)
    yield from check_inbox(issue)
    yield from check_repeated(texts, language)
    yield from check_typesetting(texts, language)
    if around.spelling:
        yield from check_spelling(issue, texts, language, around.words)
