"""Checks what servers answered when they were asked for the pages behind a letter's links."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from mailer.checks.finding import Finding
from mailer.checks.links import is_private
from mailer.checks.reading import read
from mailer.checks.surroundings import Answer
from mailer.checks.targets import links_of
from mailer.compose.rendering import Edition
from mailer.content.issue import Issue
from mailer.content.words import link_key

_GONE = {404, 410}
# Servers that refuse programs and let readers in: 403, 405, 406, 429, and LinkedIn's 999.
_SHY = {403, 405, 406, 429, 999}


def pages_of(edition: Edition, public_url: str = "") -> list[str]:
    """The web addresses that readers can follow; never one of the workspace, which may end a subscription."""
    found = dict.fromkeys(target for each in edition.variants for target, _ in read(each.html).links)
    marks = {each.mark for each in edition.variants}
    own = urlsplit(public_url).hostname
    return [target for target in found if _is_page(target, own) and not any(mark in target for mark in marks)]


def check_answers(issue: Issue, edition: Edition, answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """A finding for each page that is gone, fails, or moved to another server."""
    places = {
        link_key(target): place for each in (issue, *issue.voices) for place, _, target in links_of(each)
    }
    for target in pages_of(edition):
        if answer := answers.get(target):
            yield from _judge(target, answer, places.get(link_key(target), f"issues/{issue.key}"))


def _judge(target: str, answer: Answer, place: str) -> Iterator[Finding]:
    status, host = answer.status, urlsplit(target).hostname or ""
    if answer.problem == "robots":
        return
    if status in _GONE:
        yield Finding.of("link.gone", place, target=target, status=status)
    elif answer.problem == "host" and answer.final == target:
        yield Finding.of("link.gone", place, "host", target=target, host=host)
    elif answer.problem:
        problem = f"there is no server {urlsplit(answer.final).hostname}"
        problem = problem if answer.problem == "host" else answer.problem
        yield Finding.of("link.failing", place, "silent", target=target, problem=problem)
    elif status >= 400 and status not in _SHY:
        yield Finding.of("link.failing", place, "status", target=target, status=status)
    elif _bare(urlsplit(answer.final).hostname) != _bare(host):
        yield Finding.of("link.moved", place, target=target, other=answer.final)


def _is_page(target: str, own: str | None) -> bool:
    try:
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and host != own and not is_private(str(host))


def _bare(host: str | None) -> str:
    return (host or "").removeprefix("www.")
