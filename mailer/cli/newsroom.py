"""The workspace as the scheduler sees it, read again as soon as config.toml changes."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from mailer.cli.calendars import calendar_of
from mailer.cli.office import Office
from mailer.delivery.transport import Receipt
from mailer.schedule.newsroom import Found, Newsroom, Notice, Team, Terms, Text
from subscribers.errors import Problem

if TYPE_CHECKING:
    from mailer.checks.finding import Finding
    from mailer.content.months import Month
    from mailer.delivery.mailing import Mailing
    from mailer.settings.tables import NewsletterTable

log = logging.getLogger("rundbrief.schedule")


def make_newsroom(office: Office, trouble: Callable[[], str] = lambda: "") -> Newsroom:
    """What the schedule needs of a workspace; `trouble` says why nothing may be sent from here."""
    return Newsroom(
        terms=tuple(terms_of(office, key, each) for key, each in office.settings.config.newsletters.items()),
        issues=lambda newsletter: _issues(office, newsletter),
        check=lambda issue, newsletter: _check(office, issue, newsletter),
        fingerprint=office.fingerprint,
        post=lambda notice, now: _post(office, notice, now),
        trouble=trouble,
        report=lambda planned, now: _report(office, planned, now),
    )


def reopening(office: Office) -> Callable[[], Newsroom]:
    """The newsroom of this workspace at each call: the same one until config.toml changes.

    A file that cannot be read leaves what was there before, and is named once. The database stays the one
    that was opened.
    """
    file, guard = office.settings.file, office.instance.trouble
    newsroom = make_newsroom(office, guard)
    read = file.read_bytes()

    def current() -> Newsroom:
        nonlocal newsroom, read
        try:
            found = file.read_bytes()
        except OSError:
            return newsroom  # an editor is exchanging it
        if found != read:
            read = found
            try:
                changed = Office(str(file), verbose=office.verbose)
                changed.engine = office.engine
                newsroom = make_newsroom(changed, guard)
                log.info("config.toml has changed: dates, approvals and reminders follow it from now on")
            except Problem as problem:
                log.error("config.toml has changed and cannot be used, the old one holds: %s", problem)
        return newsroom

    return current


def terms_of(office: Office, key: str, table: "NewsletterTable") -> Terms:
    """What config.toml says of a newsletter's series."""
    zone = office.settings.zone
    rule = {"send": table.send, "zone": zone.key, **table.calendar.model_dump(mode="json")}
    team = Team(table.team.addresses, table.team.remind_days, table.team.report) if table.team else Team()
    return Terms(
        newsletter=key,
        name=table.name,
        language=table.language,
        rule=json.dumps(rule, sort_keys=True),
        zone=zone,
        calendar=calendar_of(table, zone),
        segment=table.segment,
        relay=table.relay,
        stale_hours=table.stale_hours,
        plan_days=table.plan_days,
        team=team,
    )


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
