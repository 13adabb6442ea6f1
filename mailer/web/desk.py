"""What the studio needs to know of the editorial desk; the command line brings the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from mailer.checks.finding import Finding
from mailer.compose.rendering import Edition, Variant
from mailer.content.issue import Issue
from mailer.delivery.message import Envelope
from mailer.delivery.release import Words
from subscribers.errors import Problem, Refused
from subscribers.person import Person


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One line of the list: `state` is a word of `studio_wording.STATES`.

    `marks` counts what is to be checked, cannot be read or is in the way; `due_at` is local time; `sent`
    counts letters.
    """

    key: str
    label: str
    title: str
    state: str
    marks: int = 0
    due_at: datetime | None = None
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """An issue as it would go out now; `revision` is another one after each change of any file."""

    revision: int
    issue: Issue
    edition: Edition
    envelope: Envelope
    organisation: str

    @property
    def key(self) -> str:
        """The key of the issue."""
        return self.issue.key

    def variant(self, key: str) -> Variant | None:
        """One variant; without a key the first."""
        return next((each for each in self.edition.variants if key in ("", each.key)), None)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter as it would go out; `html` has its pictures in it, `bytes` is its size without them."""

    subject: str
    preheader: str
    greeting: str
    html: str
    bytes: int
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the preflight said; `passed` counts the rules that found nothing."""

    findings: Sequence[Finding] = ()
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """A person for whom a letter is shown: a subscriber, or an invented one, for whom `id` is a word.

    `variant` is the one they would get; `case` says why they are hard to greet, empty for the others.
    """

    id: str
    person: Person
    variant: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many people would get each variant now, and each form of greeting."""

    variants: Mapping[str, int]
    forms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a finding or a complaint points: a line of a file, a card; `open` is for the team's editor.

    `mark` are words that stand there in the letter, to find the place in it.
    """

    file: str = ""
    line: int | None = None
    card: str = ""
    open: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """What was approved or sent last; `release` is its number, `at` local time."""

    words: Mapping[str, Words]
    release: int
    at: datetime | None
    sent: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How the approval of an issue stands.

    Args:
        mailing: the one that an approval would be for; None where none is planned.
        reason: why it cannot be approved now, a word of studio_wording; empty where it can.
        values: what the sentence of the reason names.
        sha256: of what would be approved.
        approved_by, approved_at: the newest approval; `void` says that something changed since.
        waiting: how many mailings of the issue could be approved.
    """

    mailing: int | None = None
    state: str = ""
    reason: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    recipients: int | None = None
    sha256: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    void: bool = False
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval from the page did."""

    mailing: int
    release: int
    recipients: int
    sha256: str
    held: bool


@dataclass(frozen=True, slots=True)
class Tool:
    """Another page of the studio: `name` is a word of studio_wording, `count` how much lies there."""

    name: str
    count: int
    href: str


class NoSuchIssue(Problem):
    """There is no issue of this key."""


class NotApproved(Refused):
    """The approval was refused; `reason` is a word of studio_wording, or empty where only `message` tells."""

    def __init__(self, reason: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.reason, self.values = reason, values


class People(Protocol):
    """Who may be shown a letter: subscribers where there is a database, invented people always."""

    def search(self, text: str) -> Sequence[Reader]:
        """Those whose name, firm or address holds every word."""

    def hard(self) -> Sequence[Reader]:
        """Those who are hard to greet, each with its case."""

    def random(self) -> Sequence[Reader]:
        """Some, others each time."""

    def invented(self, text: str) -> Sequence[Reader]:
        """Those who are nobody real, and whose name or address holds every word."""

    def placed(self, drawn: Drawn, readers: Sequence[Reader]) -> Sequence[Reader]:
        """The same, each with the variant of this issue."""

    def reader(self, drawn: Drawn, id: str) -> Reader | None:
        """One, with the variant of this issue; the sample reader without an id, None for nobody."""

    def numbers(self, drawn: Drawn) -> Numbers | None:
        """How many people get what; None without a database."""


class Releases(Protocol):
    """What was approved, and the approval itself."""

    def base(self, drawn: Drawn) -> Base | None:
        """What the letter is compared with; None where nothing was approved yet."""

    def standing(self, drawn: Drawn, findings: Sequence[Finding]) -> Standing:
        """How its approval stands."""

    def approve(self, key: str, mailing: int, expected: int, sha256: str) -> Approved:
        """Approve exactly what was shown, for the user of this machine; NotApproved says why not."""


class Desk(Protocol):
    """Reads issues from their folders; what has not changed since is not read again."""

    @property
    def people(self) -> People:
        """Who may be shown a letter."""

    @property
    def releases(self) -> Releases:
        """What was approved."""

    def issues(self) -> Sequence[IssueRow]:
        """All issues, in the order of the list."""

    def draw(self, key: str) -> Drawn:
        """One issue as for the real send; NoSuchIssue, or Problem with every complaint and its place."""

    def check(self, drawn: Drawn) -> Checked:
        """What `issue check` says of it."""

    def spot(self, drawn: Drawn | None, place: str) -> Spot:
        """Where a place points."""

    def letter(self, drawn: Drawn, variant: Variant, reader: Reader) -> Rendered:
        """The letter of one variant for one reader, with a link that unsubscribes nobody."""

    def source(self, drawn: Drawn, variant: Variant, reader: Reader) -> str:
        """The whole MIME message of the same letter."""

    def tools(self) -> Sequence[Tool]:
        """The other pages."""

    def files(self) -> Sequence[Path]:
        """The files and folders, there or not, of which a save may change a letter."""

    def touched(self, paths: Sequence[Path]) -> Sequence[str]:
        """The issues that a change of these files may concern."""

    def gone(self, keys: Sequence[str]) -> Sequence[str]:
        """Those of them that are no more."""
