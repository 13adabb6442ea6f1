"""The workspace as the scheduler sees it, read again as soon as config.toml changes."""

import json
import logging
from collections.abc import Callable
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING

from mailer.cli.calendars import judge_calendars
from mailer.cli.office import Office, clock
from mailer.delivery.transport import Receipt
from mailer.schedule.newsroom import Found, Newsroom, Notice, Refusal, Team, Terms, Text
from subscribers.errors import Problem

if TYPE_CHECKING:
    from mailer.checks.finding import Finding
    from mailer.cli.calendars import Refusal as Judged
    from mailer.content.months import Month
    from mailer.delivery.mailing import Mailing
    from mailer.delivery.release import Approval
    from mailer.schedule.calendar import Calendar
    from mailer.settings.tables import NewsletterTable

log = logging.getLogger("rundbrief.schedule")


def make_newsroom(office: Office, now: datetime, trouble: Callable[[], str] = lambda: "") -> Newsroom:
    """What the schedule needs of a workspace; `trouble` says why nothing may be sent from here."""
    return Newsroom(
        terms=_terms(office, now),
        issues=lambda newsletter: _issues(office, newsletter),
        check=lambda issue, newsletter: _check(office, issue, newsletter),
        fingerprint=office.fingerprint,
        post=lambda notice, now: _post(office, notice, now),
        trouble=trouble,
        report=lambda planned, now: _report(office, planned, now),
        changed=lambda planned: _changed(office, planned),
        as_planned=lambda planned: _as_planned(office, planned),
    )


class Reopening:
    """The newsroom of a workspace at each call: the same one until config.toml or the day changes.

    A file that cannot be read leaves what was there before, and is named once. The database stays the one
    that was opened. With each day other dates come into view, so that the calendars are judged again. They
    are judged when somebody asks for the newsroom, and not before: what is due does not wait for them.
    """

    def __init__(self, office: Office, now: Callable[[], datetime] = clock) -> None:
        self._office, self._now, self._guard = office, now, office.instance.trouble
        self._file = office.settings.file
        self._read = self._file.read_bytes()
        self._made: tuple[date, Newsroom] | None = None
        self._one_by_one = Lock()  # the tick and the look are two threads

    def __call__(self) -> Newsroom:
        """The newsroom as it is now."""
        with self._one_by_one:
            self._follow()
            now = self._now()
            if self._made is None or self._made[0] != now.date():
                self._made = now.date(), make_newsroom(self._office, now, self._guard)
            return self._made[1]

    def fingerprint(self, planned: "Mailing") -> str:
        """What a mailing would send by the files as they are now. Raises Problem when they cannot be read."""
        with self._one_by_one:
            self._follow()
            office = self._office
        return office.fingerprint(planned)

    def _follow(self) -> None:
        try:
            found = self._file.read_bytes()
        except OSError:
            return  # an editor is exchanging it
        if found == self._read:
            return
        self._read = found
        changed = Office(str(self._file), verbose=self._office.verbose)
        changed.engine = self._office.engine
        try:
            made = make_newsroom(changed, self._now(), self._guard)
        except Problem as problem:
            log.error("config.toml has changed and cannot be used, the old one holds: %s", problem)
            return
        self._office, self._made = changed, (self._now().date(), made)
        log.info("config.toml has changed: dates, approvals and reminders follow it from now on")


def _terms(office: Office, now: datetime) -> tuple[Terms, ...]:
    """What config.toml says of all series, those with it that cannot be followed."""
    found, refused = judge_calendars(office.settings, now)
    return tuple(
        _terms_of(office, key, table, found.get(key), refused.get(key))
        for key, table in office.settings.config.newsletters.items()
    )


def _terms_of(
    office: Office, key: str, table: "NewsletterTable", calendar: "Calendar | None", judged: "Judged | None"
) -> Terms:
    zone = office.settings.zone
    rule = {"send": table.send, "zone": zone.key, **table.calendar.model_dump(mode="json")}
    team = Team(table.team.addresses, table.team.remind_days, table.team.report) if table.team else Team()
    return Terms(
        newsletter=key,
        name=table.name,
        language=table.language,
        rule=json.dumps(rule, sort_keys=True),
        zone=zone,
        calendar=calendar,
        segment=table.segment,
        relay=table.relay,
        stale_hours=table.stale_hours,
        plan_days=table.plan_days,
        team=team,
        refusal=_refusal(office, key, judged) if judged else None,
    )


def _refusal(office: Office, key: str, judged: "Judged") -> Refusal:
    if (meeting := judged.meeting) is None:
        return Refusal(str(judged.problem))
    other = meeting.other if meeting.one == key else meeting.one
    return Refusal(str(judged.problem), office.settings.config.newsletters[other].name, meeting.at)


def _issues(office: Office, newsletter: str) -> list[Found]:
    """The issues of a newsletter; one whose newsletter is not known counts where no other has its month."""
    from mailer.content.issue import read_issue
    from mailer.content.keys import is_key
    from mailer.content.months import months_of

    folder, root, register = office.settings.issues, office.settings.folder, office.register()
    alone = len(office.settings.config.newsletters) == 1
    own, doubtful = list[Found](), list[Found]()
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not each.is_dir() or not is_key(each.name):
            continue
        try:
            issue = read_issue(each, register, root)
        except Problem as problem:
            found = Found(each.name, _months(months_of(each.name)), str(problem))
            (own if alone else doubtful).append(found)
            continue
        months = _months(issue.months)
        if issue.newsletter == newsletter or (alone and issue.newsletter is None):
            own.append(Found(each.name, months))
        elif issue.newsletter is None:
            doubtful.append(Found(each.name, months, f"{issue.file}: `newsletter` is missing."))
    taken = {month for each in own for month in each.months}
    return own + [each for each in doubtful if each.months and not taken & set(each.months)]


def _months(months: "tuple[Month, ...]") -> tuple[str, ...]:
    return tuple(f"{year}-{month:02}" for year, month in months)


def _check(office: Office, key: str, newsletter: str) -> "list[Finding]":
    issue = office.read_issue(key)
    return office.check(issue, office.compile(issue, newsletter))


def _changed(office: Office, planned: "Mailing") -> str:
    from mailer.cli.changes import names
    from mailer.cli.present import changes_since

    return names(changes_since(office, planned) or ())


def _as_planned(office: Office, planned: "Mailing") -> "Approval":
    from mailer.cli.planning import as_planned
    from mailer.cli.present import edition_of

    return as_planned(office, planned, edition_of(office, planned), planned.planned_by, "")


def _report(office: Office, planned: "Mailing", now: datetime) -> Text:
    from mailer.cli.report import head_of
    from mailer.delivery.enclosure import Enclosure
    from mailer.report.message import report_message
    from mailer.report.report import make_report
    from subscribers.database import reading

    with reading(office.engine) as connection:
        made = make_report(connection, planned, now, office.settings.zone)
    written = report_message(made, head_of(office, planned.newsletter))
    return Text(written.subject, written.text, Enclosure(written.html, written.file, written.page))


def _post(office: Office, notice: Notice, now: datetime) -> Receipt:
    from mailer.delivery.notice import write_notice
    from mailer.delivery.proof import hand_over
    from mailer.delivery.smtp import SmtpTransport

    key, table = office.settings.newsletter(notice.newsletter)
    letter = write_notice(
        office.envelope(key),
        notice.address,
        notice.subject,
        notice.text,
        now,
        identity=notice.identity,
        signer=office.signer(key),
        enclosure=notice.enclosure,
    )
    return hand_over(SmtpTransport(office.relay(table.relay)), letter)
