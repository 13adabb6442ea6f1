"""An issue: one edition of a newsletter, read from its folder into one value."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from mailer.content.advertisements import Advertisement as Advertisement
from mailer.content.changes import Change as Change
from mailer.content.changes import read_changes
from mailer.content.editorial import Contact as Contact
from mailer.content.editorial import Editorial as Editorial
from mailer.content.editorial import read_opening
from mailer.content.events import Event as Event
from mailer.content.highlights import Highlight as Highlight
from mailer.content.highlights import read_highlights
from mailer.content.keys import check_key, is_key
from mailer.content.marks import Unsure as Unsure
from mailer.content.months import Month, label_of, months_of
from mailer.content.pictures import Picture as Picture
from mailer.content.programmes import Figure as Figure
from mailer.content.programmes import Register
from mailer.content.voices import Voice, read_voices, shared_problems
from mailer.toml import name_of
from subscribers.errors import BadUsage, Problem, Problems

_Read = TypeVar("_Read")
_BACKUP = re.compile(r".+\.backup-\d+")  # an import over an issue that existed leaves them


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything an issue says. `unsure` lists what a person has still to check, in all voices.

    `voice` is whose words these are: empty for those of the newsletter itself, from editorial.md.
    """

    key: str
    folder: Path
    label: str
    months: tuple[Month, ...]
    number: str
    newsletter: str | None
    editorial: Editorial
    highlights: tuple[Highlight, ...]
    contacts: tuple[Contact, ...]
    unsure: tuple[Unsure, ...]
    changes: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()
    advertisements: tuple[Advertisement, ...] = ()
    voice: str = ""
    voices: tuple["Issue", ...] = ()

    @property
    def file(self) -> str:
        """Where the editorial stands, as people call it."""
        return f"issues/{self.key}/editorial{'.' * bool(self.voice)}{self.voice}.md"


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """A line in the list of issues; title is None and problems counts them where the issue cannot be read."""

    key: str
    label: str
    title: str | None
    problems: int
    marks: int = 0
    months: tuple[Month, ...] = ()
    newsletter: str | None = None

    @property
    def state(self) -> str:
        """What the files say about the issue: can it be read, and is anything still marked?"""
        if self.problems:
            return f"unreadable ({self.problems} problem{'s' * (self.problems != 1)})"
        return f"unsure ({self.marks} mark{'s' * (self.marks != 1)})" if self.marks else "draft"


def read_issue(folder: Path, programmes: Register, root: Path) -> Issue:
    """Read an issue's folder; `root` is the workspace, to which all places are relative.

    Raises:
        BadUsage: there is no such folder, or its name is no key.
        Problems: every complaint about every file at once.
    """
    check_key(folder.name)
    if not folder.is_dir():
        raise BadUsage(
            f"There is no issue `{folder.name}`.",
            place=name_of(folder, root),
            hint=f"See `rundbrief issue list`, or begin it with `rundbrief issue new {folder.name}`.",
        )
    problems: list[Problem] = []
    opening = _gather(lambda: read_opening(folder / "editorial.md", root), problems)
    cards = _gather(lambda: read_highlights(folder / "highlights.toml", programmes, root), problems)
    changes = _gather(lambda: read_changes(folder / "changes.toml", root), problems)
    voices = _gather(lambda: read_voices(folder, programmes, root), problems)
    if opening is None or cards is None or changes is None or voices is None:
        raise Problems(problems)
    months = opening.months or months_of(folder.name)
    issue = Issue(
        key=folder.name,
        folder=folder,
        label=opening.label or label_of(months) or folder.name,
        months=months,
        number=opening.number,
        newsletter=opening.newsletter,
        editorial=opening.editorial,
        highlights=cards[0],
        contacts=opening.contacts,
        unsure=(*opening.unsure, *cards[1], *(mark for voice in voices for mark in voice.unsure)),
        changes=changes,
        events=opening.events,
        advertisements=opening.advertisements,
    )
    spoken = tuple(_spoken(issue, voice, problems) for voice in voices)
    if problems:
        raise Problems(problems)
    return replace(issue, voices=spoken)


def list_issues(folder: Path, programmes: Register, root: Path) -> tuple[IssueEntry, ...]:
    """All issues below `folder`, newest first; a broken one is listed with the number of its problems."""
    return in_order(entry_of(each, programmes, root) for each in issue_folders(folder))


def issue_folders(folder: Path) -> list[Path]:
    """The folders of the issues."""
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if each.is_dir() and is_key(each.name)]


def entry_of(folder: Path, programmes: Register, root: Path) -> IssueEntry:
    """One issue as a line of the list."""
    months = months_of(folder.name)
    try:
        issue = read_issue(folder, programmes, root)
    except Problems as several:
        label = label_of(months) or folder.name
        return IssueEntry(folder.name, label, None, len(several.problems), months=months)
    title, marks = issue.editorial.title, len(issue.unsure)
    return IssueEntry(folder.name, issue.label, title, 0, marks, issue.months, issue.newsletter)


def in_order(entries: Iterable[IssueEntry]) -> tuple[IssueEntry, ...]:
    """The newest first."""
    return tuple(sorted(entries, key=lambda each: (each.months[-1:], each.key), reverse=True))


def passed_over(folder: Path) -> tuple[str, ...]:
    """The folders below `folder` whose names are no keys; backups and hidden ones have none on purpose."""
    if not folder.is_dir():
        return ()
    names = (each.name for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    return tuple(sorted(name for name in names if not is_key(name) and not _BACKUP.fullmatch(name)))


def _spoken(issue: Issue, voice: Voice, problems: list[Problem]) -> Issue:
    """The issue in another voice; what it leaves out and what all voices share comes from editorial.md."""
    opening = voice.opening
    spoken = replace(
        issue,
        voice=voice.name,
        label=opening.label or ("" if voice.name == "en" else issue.label),
        number=opening.number or issue.number,
        editorial=opening.editorial,
        highlights=issue.highlights if voice.highlights is None else voice.highlights,
        contacts=opening.contacts or issue.contacts,
        events=opening.events or issue.events,
        advertisements=opening.advertisements or issue.advertisements,
        unsure=voice.unsure,
    )
    problems.extend(shared_problems(voice, issue.newsletter, issue.months, spoken.file))
    return spoken


def _gather(read: Callable[[], _Read], problems: list[Problem]) -> _Read | None:
    try:
        return read()
    except Problems as several:
        problems.extend(several.problems)
    except Problem as problem:
        problems.append(problem)
    return None
