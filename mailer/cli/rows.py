"""The list of issues as the studio shows it: what the files say, what the books say, when each goes out."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.cli.stamps import Stamp, is_settled, stamp_of
from mailer.web.desk import IssueRow
from subscribers.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailer.cli.office import Office
    from mailer.cli.shown import Shown
    from mailer.content.issue import IssueEntry
    from mailer.content.programmes import Register
    from mailer.delivery.mailing import Mailing


WAITING = ("draft", "checked", "approved")  # what is under way goes before all that the files say


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a planned issue: unreadable, changed since its approval, how many obstacles."""

    unreadable: bool = False
    changed: bool = False
    obstacles: int = 0


class Rows:
    """Reads each issue again only when one of its files changed.

    Args:
        judge: what became of an issue that was planned.
    """

    def __init__(
        self,
        office: "Callable[[], Office]",
        shown: "Shown",
        clock: Callable[[], datetime],
        judge: Callable[[str], Verdict],
    ) -> None:
        self._office, self._shown, self._clock, self._judge = office, shown, clock, judge
        self._verdicts: dict[str, tuple[Stamp, Hashable, Verdict]] = {}
        self._entries: dict[str, tuple[Stamp, IssueEntry]] = {}

    def read(self) -> list[IssueRow]:
        """All issues, the newest first. Raises Problem where the register cannot be read."""
        from mailer.content.issue import in_order, issue_folders

        office = self._office()
        register, shared = office.register(), stamp_of([office.settings.programmes])
        entries = in_order(
            self._entry(office, folder, register, shared) for folder in issue_folders(office.settings.issues)
        )
        mailings: dict[str, Mailing] = self._shown.once("mailings", _mailings, {})
        sent: dict[str, int] = self._shown.once("sent", _sent, {})
        return [self._row(office, each, mailings.get(each.key), sent) for each in entries]

    def _entry(self, office: "Office", folder: Path, register: "Register", shared: Stamp) -> "IssueEntry":
        from mailer.content.issue import entry_of

        stamp = (*shared, *stamp_of([folder]))
        known = self._entries.get(folder.name)
        if known and known[0] == stamp and is_settled(stamp, self._clock()):
            return known[1]
        entry = entry_of(folder, register, office.settings.folder)
        self._entries[folder.name] = stamp, entry
        return entry

    def _row(
        self, office: "Office", entry: "IssueEntry", planned: "Mailing | None", sent: dict[str, int]
    ) -> IssueRow:
        said = "unreadable" if entry.problems else "unsure" if entry.marks else "draft"
        marks = entry.problems or entry.marks
        state = said if planned is None else planned.state
        if planned is not None and planned.state in WAITING:
            state, marks = self._waiting(office, entry.key, planned.state, said, marks)
        due_at = planned.due_at.astimezone(office.settings.zone) if planned else self._next(office, entry)
        return IssueRow(
            key=entry.key,
            label=entry.label,
            title=entry.title or "",
            state=state,
            marks=marks,
            due_at=due_at,
            sent=sent.get(entry.key),
        )

    def _waiting(self, office: "Office", key: str, state: str, said: str, marks: int) -> tuple[str, int]:
        """The word for an issue that waits, and its number: what is to be mended goes first."""
        if said == "unreadable":
            return said, marks
        verdict = self._verdict(office, key)
        if verdict.unreadable:
            return "unreadable", 0
        if verdict.changed:
            return "changed", verdict.obstacles
        if said == "unsure" and state != "approved":
            return said, marks
        return ("hindered", verdict.obstacles) if verdict.obstacles else (state, 0)

    def _verdict(self, office: "Office", key: str) -> Verdict:
        """As the judge says; asked again when a file of the issue, a shared one or the database changed."""
        from mailer import shipped

        paths = office.settings
        shared = (paths.programmes, paths.file, paths.templates, shipped.templates())
        stamp, around = stamp_of([paths.issues / key, *shared]), self._shown.state()
        known = self._verdicts.get(key)
        if known and known[:2] == (stamp, around) and is_settled(stamp, self._clock()):
            return known[2]
        verdict = self._judge(key)
        self._verdicts[key] = stamp, around, verdict
        return verdict

    def _next(self, office: "Office", entry: "IssueEntry") -> datetime | None:
        """When an issue that nobody planned yet goes out by the newsletter's rule."""
        if not entry.months:
            return None
        from mailer.cli.calendars import calendar_of

        try:
            _, table = office.settings.newsletter(entry.newsletter)
            calendar = calendar_of(table, office.settings.zone)
            found = calendar.occurrence(*entry.months[0]) if calendar else None
        except Problem:  # said by `schedule next`
            return None
        return found.at.astimezone(office.settings.zone) if found and found.at > self._clock() else None


def _mailings(connection: "Connection") -> "dict[str, Mailing]":
    """The newest mailing of each issue that was not cancelled."""
    from mailer.delivery.mailing import list_mailings

    found = sorted(list_mailings(connection), key=lambda each: (each.state != "cancelled", each.id))
    return {each.issue: each for each in found}


def _sent(connection: "Connection") -> dict[str, int]:
    """How many letters of each issue were sent."""
    from sqlalchemy import func, select

    from mailer.delivery.schema import delivery, mailing

    query = (
        select(mailing.c.issue, func.count())
        .join(delivery, delivery.c.mailing_id == mailing.c.id)
        .where(delivery.c.state == "sent")
        .group_by(mailing.c.issue)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
