"""What stands behind an issue: the one before it, the words of its house, the day it goes out."""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from mailer.cli.stamps import stamp_of
from subscribers.errors import Problem

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from mailer.checks.surroundings import Surroundings
    from mailer.cli.stamps import Stamp
    from mailer.compose.letterhead import Letterhead
    from mailer.content.issue import Issue
    from mailer.content.programmes import Register
    from mailer.settings import Settings

WORD_LIST = "words.txt"
_OPEN = ("draft", "checked", "approved", "held", "due", "expanding", "sending")
_FARTHEST = 3  # folders that are looked into for the issue before


class Workspace(Protocol):
    """Whoever reads the files of a workspace; an `Office` does."""

    @property
    def settings(self) -> "Settings": ...

    def letterhead(self, newsletter: str | None) -> "Letterhead": ...

    def register(self) -> "Register": ...

    def read_issue(self, key: str) -> "Issue": ...

    def __hash__(self) -> int: ...


def with_issue(around: "Surroundings", workspace: Workspace, issue: "Issue") -> "Surroundings":
    """The same with what stands behind an issue; its people are another matter.

    Raises:
        Problem: words.txt cannot be read.
    """
    from mailer.checks.rule import OFF

    spelling = around.weights.get("language.spelling") != OFF
    words = _house_words(workspace, issue.newsletter) if spelling else ()
    return replace(around, previous=_issue_before(workspace, issue), spelling=spelling, words=words)


def _issue_before(workspace: Workspace, issue: "Issue") -> "Issue | None":
    """The newsletter's last issue before this one; None where there is none that can be read."""
    from mailer.content.issue import issue_folders
    from mailer.content.months import months_of

    if not issue.months:
        return None
    settings = workspace.settings
    dated = [(months_of(each.name), each.name) for each in issue_folders(settings.issues)]
    earlier = sorted((months, key) for months, key in dated if months and months[-1] < issue.months[0])
    for _, key in reversed(earlier[-_FARTHEST:]):
        found = _read(workspace, key, stamp_of([settings.issues / key, settings.programmes]))
        if found is not None and found.newsletter == issue.newsletter:
            return found
    return None


@lru_cache(maxsize=_FARTHEST)
def _read(workspace: Workspace, key: str, _: "Stamp") -> "Issue | None":
    """An issue; None if it cannot be read, which `issue list` tells. Read again when its files changed."""
    try:
        return workspace.read_issue(key)
    except Problem:
        return None


def _house_words(workspace: Workspace, newsletter: str | None) -> tuple[str, ...]:
    """Names of the house and its programmes, and the words of words.txt, one on a line."""
    from mailer.toml import read_text

    head, settings = workspace.letterhead(newsletter), workspace.settings
    imprint = head.imprint
    words = [head.name, head.organisation, imprint.organisation, imprint.representative, imprint.responsible]
    file = settings.folder / WORD_LIST
    lines = read_text(file, place=WORD_LIST).splitlines() if file.is_file() else []
    words += [imprint.place, *(line for line in lines if not line.startswith("#"))]
    return (*words, *_programmes(workspace, stamp_of([settings.programmes])))


@lru_cache(maxsize=1)
def _programmes(workspace: Workspace, _: "Stamp") -> tuple[str, ...]:
    """The names of the register, read again when it changed."""
    return tuple(
        name for programme in workspace.register().values() for name in (programme.name, *programme.aliases)
    )


def goes_out_on(connection: "Connection", issue: "Issue", zone: "ZoneInfo") -> "date | None":
    """The day of the next mailing of an issue that has not gone out yet."""
    from mailer.delivery.mailing import list_mailings

    due = [each.due_at for each in list_mailings(connection, *_OPEN) if each.issue == issue.key]
    return min(due).astimezone(zone).date() if due else None
