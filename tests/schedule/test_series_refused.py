"""A rule that cannot be followed: nothing is planned by it, the team reads one sentence, the others go on."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from mailer.cli import planning, rundbrief
from mailer.cli import series as series_command
from mailer.delivery.schema import series
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from subscribers.errors import BadConfig
from tests.schedule.newsdesk import TEAM, Newsdesk, at
from tests.small_workspace import EDITORIAL

FIRST, SECOND, THIRD = "first tuesday 09:30", "2nd working day 09:30", "first tuesday 10:30"
MEET = "rundbrief and intern would go out in the same minute, on Tuesday, 2027-01-05 at 09:30."
CLOSED = (
    "free_days = [" + ", ".join(f'"{month:02}-{day:02}"' for month in (3, 4) for day in range(1, 31)) + "]"
)


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Newsdesk]:
    """Three newsletters with a team and an issue each; the first two meet in January."""
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", database_url, box, at("2026-11-20 12:00"))
        first = made.folder.joinpath("config.toml").read_text("utf-8").partition("[newsletters.rundbrief]")[2]
        for key, rule in (("intern", SECOND), ("presse", THIRD)):
            table = first.replace("newsletters.rundbrief.", f"newsletters.{key}.").replace(FIRST, rule)
            table = table.replace('name = "Rundbrief"', f'name = "{key.capitalize()}"')
            made.configure(lambda text, key=key, table=table: f"{text}[newsletters.{key}]{table}")  # type: ignore[misc]
        for key in ("rundbrief", "intern", "presse"):
            made.configure(lambda text, key=key: text + team(key))  # type: ignore[misc]
            issue = EDITORIAL.replace("+++\n", f'+++\nnewsletter = "{key}"\nmonths = ["2026-12"]\n', 1)
            made.write_issue(f"dezember-{key}", issue)
        made.course = made.new_course()
        yield made
        made.engine.dispose()


def call(desk: Newsdesk, *arguments: str) -> Result:
    config = str(desk.folder / "config.toml")
    return CliRunner().invoke(rundbrief, ["--config", config, *arguments], standalone_mode=False)


def team(key: str) -> str:
    return f'[newsletters.{key}.team]\naddresses = ["{TEAM[0]}"]\nremind_days = [1]\n'


def test_two_in_the_same_minute_plan_nothing_and_the_third_goes_on(
    desk: Newsdesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.go("2026-11-20 12:00")
    desk.go("2026-11-20 12:01")

    assert desk.mailings() == [("dezember-presse", "2026-12-01 10:30", "checked")]
    said = [each for each in caplog.messages if "nothing is planned" in each]
    assert [each.partition(":")[0] for each in said] == ["series rundbrief", "series intern"]
    assert all(MEET in each for each in said)
    assert desk.subjects() == ["Rundbrief: Der Kalender lässt sich nicht verwenden"]  # one for both
    text = desk.told()[0].get_content()
    assert "„Rundbrief“ und „Intern“ gingen nach config.toml in derselben Minute hinaus:" in text
    assert "Dienstag, 5. Januar 2027, 09:30 Uhr." in text
    assert "    rundbrief schedule next" in text


def test_it_is_told_once_a_month_until_it_is_mended_and_then_planned(desk: Newsdesk) -> None:
    for moment in ("2026-11-20 12:00", "2026-11-21 12:00", "2026-11-29 12:00"):
        desk.go(moment)
    november = len(desk.subjects())
    desk.configure(lambda text: text.replace(SECOND, "2nd working day 09:45"))
    desk.go("2026-11-29 12:01")

    assert november == 1
    assert [each[:2] for each in desk.mailings()] == [
        ("dezember-rundbrief", "2026-12-01 09:30"),
        ("dezember-presse", "2026-12-01 10:30"),
        ("dezember-intern", "2026-12-02 09:45"),
    ]


def test_a_date_that_passes_meanwhile_is_accounted_for_afterwards(desk: Newsdesk) -> None:
    mended = "2nd working day 09:45"
    desk.configure(lambda text: text.replace(SECOND, mended))
    desk.go("2026-11-20 12:00")
    desk.configure(lambda text: text.replace(mended, SECOND))
    desk.go("2026-12-03 12:00")
    with reading(desk.engine) as connection:
        resting = connection.scalar(select(series.c.next_due).where(series.c.newsletter == "intern"))
    desk.configure(lambda text: text.replace(SECOND, mended))
    desk.go("2026-12-03 12:01")

    assert resting == at("2026-12-02 09:45")
    assert ("2026-12", 2, True) in desk.occurrences()
    assert {state for *_, state in desk.mailings()} == {"missed"}


def test_a_rule_without_a_day_is_refused_and_its_message_told(desk: Newsdesk) -> None:
    calendar = f'[newsletters.intern.calendar]\non_free_day = "after"\n{CLOSED}\n'
    desk.configure(lambda text: text.replace(SECOND, "2nd working day 09:45") + calendar)

    desk.go("2026-11-20 12:00")

    assert [each[0] for each in desk.mailings()] == ["dezember-rundbrief", "dezember-presse"]
    assert desk.subjects() == ["Intern: Der Kalender lässt sich nicht verwenden"]
    text = desk.told()[0].get_content()
    assert "der Kalender von „Intern“ in config.toml ergibt keine Termine." in text
    assert "has no working day" in text


def test_the_list_names_what_is_refused_and_no_date_is_taken_from_it_by_hand(
    desk: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (series_command, planning):
        monkeypatch.setattr(module, "clock", lambda: desk.now)

    listed = call(desk, "schedule", "list", "--json")
    refused = call(desk, "mailing", "plan", "dezember-intern")

    assert [row["state"] for row in json.loads(listed.stdout)] == ["refused", "refused", "draft"]
    assert isinstance(refused.exception, BadConfig)
    assert refused.exception.message == MEET
