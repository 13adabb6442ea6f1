"""A workspace whose clock a test moves: the month's course, the tick, and a catcher for the team's mail."""

import email
import email.policy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mailer.cli.newsroom import Reopening
from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import occurrence, reminder, series
from mailer.schedule.course import Course
from mailer.schedule.ticker import tick
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from tests.small_workspace import EDITORIAL, make_office

ZONE = ZoneInfo("Europe/Berlin")
TEAM = ("petra@example.org", "okan@example.org")


def at(text: str) -> datetime:
    """A moment on the wall, such as 2026-12-01 09:30."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


class Newsdesk:
    """A workspace, its course, and a clock that stands still until a test moves it."""

    def __init__(self, folder: Path, database: str, box: Sandbox, now: datetime) -> None:
        self.folder, self.box, self.now = folder, box, now
        self.office = make_office(folder, port=box.port, database=database)
        self.engine = self.office.engine
        self.course = self.new_course()

    def new_course(self) -> Course:
        """As a scheduler has it that was started just now."""
        office = Office(str(self.folder / "config.toml"))
        office.engine = self.engine
        return Course(self.engine, Reopening(office, lambda: self.now), office.grace, lambda: self.now)

    def configure(self, change: Callable[[str], str]) -> None:
        """Edit config.toml."""
        file = self.folder / "config.toml"
        file.write_text(change(file.read_text("utf-8")), "utf-8")

    def with_team(self, days: str = "10, 5, 1") -> None:
        """Give the newsletter a team."""
        addresses = ", ".join(f'"{each}"' for each in TEAM)
        table = f"[newsletters.rundbrief.team]\naddresses = [{addresses}]\nremind_days = [{days}]\n"
        self.configure(lambda text: text + table)

    def write_issue(self, key: str, text: str = EDITORIAL) -> Path:
        """An issue of this key; its editorial."""
        file = self.folder / "issues" / key / "editorial.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def go(self, moment: str | timedelta, course: Course | None = None) -> None:
        """Move the clock, and do what the scheduler does within a minute."""
        self.now = at(moment) if isinstance(moment, str) else self.now + moment
        acting = course or self.course
        acting.step(self.now)
        ways = {"fingerprint": acting.fingerprint, "tell": acting.tell, "changed": acting.changed}
        tick(self.engine, self.now, grace=acting.grace, **ways)
        acting.look(self.now)

    def approve(self, number: int) -> None:
        """Approve a mailing as it stands in the files."""
        planned = self.mailing(number)
        edition = self.office.compile(self.office.read_issue(planned.issue))
        with self.engine.begin() as connection:
            mailing.approve(
                connection,
                planned,
                edition,
                self.office.envelope(planned.newsletter, planned.issue),
                self.office.fingerprint(planned, edition),
                by="Petra",
                now=self.now,
                grace=self.office.grace,
            )

    def mailing(self, number: int) -> Mailing:
        with reading(self.engine) as connection:
            return mailing.find(connection, str(number))

    def mailings(self) -> list[tuple[str, str, str]]:
        """Issue, local time and state of all mailings."""
        with reading(self.engine) as connection:
            return [
                (each.issue, local(each.due_at), each.state) for each in mailing.list_mailings(connection)
            ]

    def next_due(self) -> tuple[str, str]:
        """Local time and months of the series' next date."""
        with reading(self.engine) as connection:
            row = connection.execute(select(series)).one()
        return local(row.next_due), row.months

    def occurrences(self) -> list[tuple[str, int | None, bool]]:
        """Months, mailing, and whether it has passed."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(occurrence).order_by(occurrence.c.due_at)).all()
        return [(row.months, row.mailing_id, row.passed_at is not None) for row in rows]

    def notes(self) -> list[str]:
        with reading(self.engine) as connection:
            return list(connection.scalars(select(occurrence.c.note).order_by(occurrence.c.due_at)))

    def reminders(self) -> list[tuple[str, str]]:
        """Occasion and state, for each reader."""
        with reading(self.engine) as connection:
            rows: Any = connection.execute(select(reminder).order_by(reminder.c.id)).all()
        return [(row.occasion, row.state) for row in rows]

    def told(self) -> list[EmailMessage]:
        """The notices that the catcher has, in order."""
        found = [
            email.message_from_bytes(each.file.read_bytes(), policy=email.policy.default)
            for each in self.box.received()
        ]
        return [each for each in found if "X-Rundbrief-Notice" in each]

    def subjects(self) -> list[str]:
        """Of the notices to one of the team."""
        return [str(each["Subject"]) for each in self.told() if each["To"] == TEAM[0]]


def local(moment: datetime) -> str:
    """A moment as the clock on the wall shows it."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"
