"""What the course of a month needs to know of the workspace: terms, issues, and ways to look and tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.checks.finding import Finding
from mailer.delivery.enclosure import Enclosure
from mailer.delivery.mailing import Mailing
from mailer.delivery.release import Approval
from mailer.delivery.transport import Receipt
from mailer.schedule.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Team:
    """Who is told about a newsletter, how many days before it goes out, and whether of what came of it."""

    addresses: tuple[str, ...] = ()
    remind_days: tuple[int, ...] = ()
    report: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is planned by a rule; with `other` (its name) and `at` if two newsletters meet then."""

    sentence: str
    other: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What config.toml says of one newsletter's series.

    Args:
        rule: everything that decides about the dates, as one text; two processes with different texts do not
            advance each other's series.
        calendar: None when the newsletter has no rule; then its series rests.
        refusal: the rule cannot be followed; then its series stays as it is, and the team is told.
    """

    newsletter: str
    name: str
    language: str
    rule: str
    zone: ZoneInfo
    calendar: Calendar | None
    segment: str = "all"
    relay: str = ""
    stale_hours: float = 72.0
    plan_days: int = 14
    team: Team = field(default=Team())
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An issue as it stands in its folder; `problem` says why it cannot be read, and is empty otherwise."""

    key: str
    months: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to one of the team."""

    newsletter: str
    address: str
    subject: str
    text: str
    identity: str  # of this notice and reader: a second copy would be recognised
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What a notice says."""

    subject: str
    body: str
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True)
class Newsroom:
    """The workspace as the scheduler sees it.

    Args:
        terms: of every newsletter.
        issues: the issues of a newsletter.
        check: the findings of an issue (its key, the newsletter); raises Problem when it cannot be read.
        fingerprint: the sha256 of what a mailing would send now; raises Problem likewise.
        post: hands a notice to the newsletter's relay; raises RelayDown when nothing can leave now.
        trouble: why nothing may be sent from here (a restored or copied database); empty while all is well.
        report: what the team reads of a mailing that is done; None where nobody writes reports.
        changed: the names of what an approved mailing would send differently now; raises Problem likewise.
        as_planned: what a mailing says when its series plans it, kept as release 0; raises Problem likewise.
    """

    terms: Sequence[Terms]
    issues: Callable[[str], Sequence[Found]]
    check: Callable[[str, str], Sequence[Finding]]
    fingerprint: Callable[[Mailing], str]
    post: Callable[[Notice, datetime], Receipt]
    trouble: Callable[[], str]
    report: Callable[[Mailing, datetime], Text] | None = None
    changed: Callable[[Mailing], str] = lambda _: ""
    as_planned: Callable[[Mailing], Approval] | None = None
