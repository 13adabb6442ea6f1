"""Several newsletters: each has its own series and its own issues, and none keeps another."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.delivery.schema import occurrence
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from tests.schedule.newsdesk import Newsdesk, at
from tests.small_workspace import EDITORIAL


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Newsdesk]:
    """Two newsletters, the second an hour after the first."""
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", database_url, box, at("2026-11-20 12:00"))
        first = made.folder.joinpath("config.toml").read_text("utf-8").partition("[newsletters.rundbrief]")[2]
        second = first.replace("newsletters.rundbrief.", "newsletters.intern.").replace("09:30", "10:30")
        made.configure(lambda text: f"{text}[newsletters.intern]{second}")
        made.course = made.new_course()
        yield made
        made.engine.dispose()


def of(newsletter: str) -> str:
    return EDITORIAL.replace("+++\n", f'+++\nnewsletter = "{newsletter}"\n', 1)


def kept(desk: Newsdesk) -> dict[str, tuple[bool, str]]:
    """By newsletter: is something planned, and why not."""
    with reading(desk.engine) as connection:
        rows = connection.execute(select(occurrence)).all()
    return {row.newsletter: (row.mailing_id is not None, row.note) for row in rows}


def test_each_newsletter_plans_its_own_issue_at_its_own_time(desk: Newsdesk) -> None:
    desk.write_issue("2026-12", of("rundbrief"))
    desk.write_issue("2026-12-intern", of("intern"))

    desk.go("2026-11-20 12:00")

    assert desk.mailings() == [
        ("2026-12", "2026-12-01 09:30", "checked"),
        ("2026-12-intern", "2026-12-01 10:30", "checked"),
    ]
    assert desk.mailing(2).newsletter == "intern"


def test_an_issue_that_names_no_newsletter_is_nobodys_and_that_is_said(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.write_issue("2026-12-intern", of("intern"))

    desk.go("2026-11-20 12:00")

    missing = "issue 2026-12 cannot be read: issues/2026-12/editorial.md: `newsletter` is missing."
    assert kept(desk) == {"rundbrief": (False, missing), "intern": (True, "")}


def test_one_newsletters_trouble_does_not_keep_the_other(
    desk: Newsdesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from mailer.schedule import course

    desk.write_issue("2026-12-intern", of("intern"))
    whole = course.plan_coming

    def plan(engine: object, newsroom: object, terms: object, now: object) -> None:
        if getattr(terms, "newsletter", "") == "rundbrief":
            raise OSError("disk")
        whole(engine, newsroom, terms, now)  # type: ignore[arg-type]

    monkeypatch.setattr(course, "plan_coming", plan)
    desk.go("2026-11-20 12:00")

    assert kept(desk) == {"intern": (True, "")}
    assert "series rundbrief could not be looked at" in caplog.text
