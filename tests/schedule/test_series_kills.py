"""Four schedulers on one database, one killed each second: every date exactly once, and no gap."""

from collections import Counter
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from mailer.delivery.schema import mailing, occurrence, reminder
from mailer.schedule.calendar import Calendar
from mailer.schedule.course import Course
from tests.schedule import schedulers
from tests.schedule.schedulers import END, GRACE, START


@pytest.mark.slow
def test_with_a_kill_each_second_every_date_comes_once_and_none_is_left_out(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    room = schedulers.newsroom(tmp_path / "told")
    with schedulers.four_schedulers(database_url, tmp_path) as four:
        four.live()
    last = Course(engine, lambda: room, GRACE, lambda: END)
    schedulers.act(engine, last, END)

    expected = Counter(
        (terms.newsletter, months, at)
        for terms in room.terms
        if terms.calendar
        for months, at in _dates(terms.calendar)
    )
    told = Counter((tmp_path / "told").read_text().split())
    print(f"{expected.total()} dates, {told.total()} notices, {four.kills} kills")
    assert expected.total() == 48
    assert four.kills >= 3
    assert _passed(engine) == expected
    assert _mailings(engine) == expected
    assert set(_states(engine)) == {"due"}
    assert max(Counter((tmp_path / "due").read_text().split()).values()) == 1
    assert max(told.values()) == 1
    assert _lost_notices(engine) <= four.kills + schedulers.SCHEDULERS


def _dates(calendar: Calendar) -> list[tuple[str, datetime]]:
    dates = takewhile(lambda each: each.at <= END, calendar.dates(START, 60))
    return [(each.months[0], each.at) for each in dates]


def _passed(engine: Engine) -> Counter[tuple[str, str, datetime]]:
    """The dates that the books know as passed."""
    columns = select(occurrence.c.newsletter, occurrence.c.months, occurrence.c.due_at)
    with engine.connect() as connection:
        rows = connection.execute(columns.where(occurrence.c.passed_at.is_not(None))).all()
    return Counter((row[0], row[1], row[2]) for row in rows)


def _mailings(engine: Engine) -> Counter[tuple[str, str, datetime]]:
    """The mailings whose time has come, each by its newsletter, month and time."""
    columns = select(mailing.c.newsletter, mailing.c.issue, mailing.c.due_at)
    with engine.connect() as connection:
        rows = connection.execute(columns.where(mailing.c.due_at <= END)).all()
    return Counter((row[0], row[1].removeprefix(f"{row[0]}-"), row[2]) for row in rows)


def _states(engine: Engine) -> Counter[str]:
    """What became of the mailings whose time has come."""
    with engine.connect() as connection:
        return Counter(connection.scalars(select(mailing.c.state).where(mailing.c.due_at <= END)))


def _lost_notices(engine: Engine) -> int:
    """Those whose scheduler died while it sent them."""
    with engine.connect() as connection:
        return len(connection.scalars(select(reminder.c.id).where(reminder.c.state == "claimed")).all())
