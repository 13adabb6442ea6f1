"""A year in the life of a newsletter, lived through the front door; the clock jumps from moment to moment.

`python tests/flows/year.py` writes what came of it to docs/year.md.
"""

import email
import email.policy
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from click.testing import CliRunner  # noqa: E402

from mailer.cli import rundbrief  # noqa: E402
from mailer.content.months import NAMES  # noqa: E402
from mailer.schedule.calendar import Calendar, Occurrence, parse_rule  # noqa: E402
from mailer.web.sandbox import Sandbox  # noqa: E402
from tests.small_workspace import add_people, make_office  # noqa: E402

YEAR, RULE, ZONE = 2028, "first monday 09:30", ZoneInfo("Europe/Berlin")
PEOPLE = ["ada@example.org", "bo@example.org", "cem@example.org", "dörte@example.org"]
JOINS, LEAVES = "enno@example.org", "bo@example.org"
TEAM = "redaktion@example.org"
PAGE = ROOT / "docs" / "year.md"
CONFIG = f"""
[newsletters.rundbrief.calendar]
state = "NW"
[newsletters.rundbrief.team]
addresses = ["{TEAM}"]
"""
TEXT = """+++
title = "Was im {month} wichtig ist"
preheader = "Ein kurzer Brief, der sagt, was in diesem Monat ansteht"
author = "Katharina Bergmann"
salutation = ["Liebe Mitglieder,"]
+++
der {month} bringt {number} neue Termine, und wir laden Sie zu jedem davon ein.

Mit besten Grüßen aus der Werkstraße.
"""


@dataclass(frozen=True, slots=True)
class Month:
    """A line of the table: what the rule said and what became of the issue."""

    issue: str
    day: str
    why: str
    happened: str
    sent: str
    letters: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole year: the months, what the team read and when, and what each reader got."""

    months: Sequence[Month]
    notices: Sequence[tuple[str, str]]
    letters: Sequence[tuple[str, str]]


class Life:
    """The workspace, the catcher, and the moment."""

    def __init__(self, folder: Path, box: Sandbox) -> None:
        self.now, self.box, self.notes = datetime(YEAR - 1, 12, 10, 12, tzinfo=ZONE), box, dict[str, str]()
        self.office = make_office(folder, port=box.port)
        self.config = folder / "config.toml"
        text = self.config.read_text("utf-8").replace("first tuesday 09:30", RULE)
        self.config.write_text(text + CONFIG, "utf-8")

    def run(self, *arguments: str, codes: Sequence[int] = (0,)) -> str:
        """A command of the front door; its output."""
        done = CliRunner().invoke(
            rundbrief, ["--config", str(self.config), *arguments], standalone_mode=False
        )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert (done.return_value or 0) in codes, done.output
        return done.stdout

    def at(self, day: date, clock: str) -> None:
        """Move to this day and time, which must lie ahead."""
        moment = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)
        assert moment > self.now
        self.now = moment

    def look(self, day: date, clock: str) -> None:
        """What the scheduler does at this moment."""
        self.at(day, clock)
        self.run("run", "--only", "scheduler", "--until-done", codes=(0, 5))

    def work(self, day: date, clock: str) -> None:
        """What scheduler and sender do at this moment."""
        self.at(day, clock)
        self.run("run", "--only", "scheduler,sender", "--until-done", codes=(0, 5))

    def approve(self, which: str) -> None:
        """Approve a mailing for all readers."""
        counted = json.loads(self.run("segments", "count", "all", "--newsletter", "rundbrief", "--json"))
        self.run("mailing", "approve", which, "--yes", "--expect-recipients", str(counted["count"]))

    def write(self, key: str, old: str = "", new: str = "") -> None:
        """The editorial of a month, with one word exchanged."""
        file = self.config.parent / "issues" / key / "editorial.md"
        file.parent.mkdir(exist_ok=True)
        month = NAMES[int(key[5:]) - 1]
        file.write_text(TEXT.format(month=month, number=40 + int(key[5:])).replace(old, new), "utf-8")

    def mailings(self, issue: str) -> list[dict[str, Any]]:
        """The reports of all mailings of an issue, with everybody's name."""
        found = [each for each in json.loads(self.run("mailing", "list", "--json")) if each["issue"] == issue]
        numbers = [str(each["mailing"]) for each in found]
        return [json.loads(self.run("mailing", "report", each, "--full", "--json")) for each in numbers]


@contextmanager
def living(folder: Path) -> Iterator[Life]:
    """A life whose moment is the program's only clock."""
    with Sandbox(folder / "mails") as box:
        life = Life(folder / "w", box)

        class Moment(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return life.now.astimezone(tz)

        with patch("mailer.cli.office.datetime", Moment):
            yield life


def live_through(folder: Path) -> Outcome:
    """The year from its first planning to its last letter."""
    calendar = Calendar(parse_rule(RULE), ZONE, "DE", "NW")
    with living(folder) as life:
        add_people(life.office, PEOPLE, life.now)
        months = [_month(life, each) for each in calendar.dates(life.now, 12)]
        return Outcome(months, _notices(life), _letters(life))


def _month(life: Life, date_: Occurrence) -> Month:
    key, day = date_.months[0], date_.at.astimezone(ZONE).date()
    number, before = int(key[5:]), _before(day)
    if number == 4:
        add_people(life.office, [JOINS], life.now)
    if number == 10:
        life.run("subscribers", "unsubscribe", LEAVES, "--newsletter", "rundbrief")
    special = {3: _lost_approval, 7: _late, 8: _missed, 9: _slow_desk, 10: _corrected}.get(number, _plain)
    happened = special(life, key, day, before)
    reports = life.mailings(key)
    when = _short(date_.at.isoformat())
    sent = [max(letter["sent_at"] for letter in each["sent"]) for each in reports if each["sent"]]
    letters = sum(len(each["sent"]) for each in reports)
    return Month(
        key,
        when,
        date_.reason if date_.shifted else "",
        happened,
        ", ".join(map(_short, sorted(sent))),
        letters,
    )


def _before(day: date) -> dict[int, date]:
    return {days: day - timedelta(days=days) for days in range(21)}


def _course(life: Life, key: str, before: dict[int, date]) -> None:
    """Written in time, planned by the series, approved six days before; after that nobody is reminded."""
    life.write(key)
    life.look(before[14], "09:31")
    life.look(before[10], "07:00")
    life.at(before[6], "10:00")
    life.approve(key)
    life.look(before[5], "07:00")


def _plain(life: Life, key: str, day: date, before: dict[int, date]) -> str:
    _course(life, key, before)
    life.work(day, "09:30")
    return ""


def _lost_approval(life: Life, key: str, day: date, before: dict[int, date]) -> str:
    _course(life, key, before)
    life.write(key, "43 neue", "42 neue")
    life.look(before[2], "18:00")
    life.at(before[1], "10:00")
    life.approve(key)
    life.work(day, "09:30")
    return "one byte changed after the approval: void within a minute, approved again the day before"


def _late(life: Life, key: str, day: date, before: dict[int, date]) -> str:
    _course(life, key, before)
    life.work(day, "13:30")
    return "the machine was down from 9:00 to 13:30: within the grace, sent late"


def _missed(life: Life, key: str, day: date, before: dict[int, date]) -> str:
    _course(life, key, before)
    life.work(day + timedelta(days=2), "08:00")
    (report,) = life.mailings(key)
    assert (report["state"], report["sent"]) == ("missed", [])
    life.at(day + timedelta(days=2), "09:00")
    life.run("mailing", "cancel", str(report["mailing"]))
    number = life.run("mailing", "plan", key, "--now").strip()
    life.approve(number)
    life.work(day + timedelta(days=2), "09:01")
    return "down for two days: missed, nothing left by itself; a person planned it anew"


def _slow_desk(life: Life, key: str, day: date, before: dict[int, date]) -> str:
    life.look(before[14], "09:31")
    life.look(before[10], "07:00")
    life.write(key, "neue Termine", "neue [Termine](http://)")
    life.look(before[5], "07:00")
    life.write(key)
    life.look(before[1], "07:00")
    life.at(before[1], "10:00")
    life.approve(key)
    life.work(day, "09:30")
    return "nothing written ten days before, a broken link five days before, approved on the last day"


def _corrected(life: Life, key: str, day: date, before: dict[int, date]) -> str:
    _plain(life, key, day, before)
    life.write(key, "50 neue", "51 neue")
    life.at(day, "15:00")
    planned = json.loads(life.run("mailing", "correct", key, "--json"))
    life.approve(str(planned["mailing"]))
    life.work(day, "15:01")
    return "a wrong number was found after the send: corrected to all who had read it"


def _short(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(ZONE):%a %d %b %H:%M}"


def _notices(life: Life) -> list[tuple[str, str]]:
    """When the team read what."""
    found = [_parsed(each.file) for each in life.box.received() if each.recipients == (TEAM,)]
    return [(_short(str(each["Date"].datetime.isoformat())), str(each["Subject"])) for each in found]


def _letters(life: Life) -> list[tuple[str, str]]:
    """Who got a letter with which subject."""
    found = [each for each in life.box.received() if each.recipients != (TEAM,)]
    return [(each.recipients[0], str(_parsed(each.file)["Subject"])) for each in found]


def _parsed(file: Path) -> Any:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


def as_page(outcome: Outcome) -> str:
    """The year as docs/year.md tells it."""
    months = "\n".join(
        f"| {each.issue} | {each.day} | {each.why} | {each.sent} | {each.letters} | {each.happened} |"
        for each in outcome.months
    )
    notices = "\n".join(f"| {when} | {subject} |" for when, subject in outcome.notices)
    return _PAGE.format(months=months, notices=notices, rule=RULE, year=YEAR, people=len(PEOPLE))


_PAGE = """# A year

What this page is for: what calendar, approvals and reminders do over twelve issues, as a run of the real
commands gave it. `tests/flows/test_year.py` moves the program's clock through the year, sends every letter to
a mail catcher and compares this page with what came of it; `python tests/flows/year.py` writes the page.

The newsletter goes out by `send = "{rule}"` in North Rhine-Westphalia, to {people} people; one more joins in
April, one leaves in October. The team is reminded ten, five and one days before.

| issue | date | moved because of | sent | letters | what happened |
|---|---|---|---|---|---|
{months}

What the team read in {year}:

| when | subject |
|---|---|
{notices}
"""


if __name__ == "__main__":
    for setting in [each for each in os.environ if each.startswith("RUNDBRIEF_")]:
        del os.environ[setting]
    with tempfile.TemporaryDirectory(prefix="rundbrief-year-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        PAGE.write_text(as_page(live_through(Path(name))), "utf-8")
