"""What the series plans is looked at and kept; the list says of a date what the other commands say."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mailer.cli import approval, rundbrief, series
from mailer.delivery.release import releases
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from tests.schedule.newsdesk import TEAM, Newsdesk, at
from tests.small_workspace import EDITORIAL, add_people

START, IN_VIEW = "2026-11-10 12:00", "2026-11-18 12:00"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsdesk]:
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", "sqlite:///var/rundbrief.db", box, at(START))
        for module in (series, approval):
            monkeypatch.setattr(module, "clock", lambda: made.now)
        add_people(made.office, ["ada@example.org"], now=made.now)
        yield made
        made.engine.dispose()


def call(desk: Newsdesk, *arguments: str) -> Result:
    config = str(desk.folder / "config.toml")
    return CliRunner().invoke(rundbrief, ["--config", config, *arguments], catch_exceptions=False)


def read(desk: Newsdesk, *arguments: str) -> dict[str, Any]:
    (row,) = json.loads(call(desk, *arguments, "--json").stdout)
    return dict(row)


def test_what_the_series_plans_is_checked_and_kept_as_release_0(desk: Newsdesk) -> None:
    file = desk.write_issue("2026-12")
    desk.go(IN_VIEW)
    desk.go(MINUTE)
    states = [read(desk, command, "list")["state"] for command in ("mailing", "schedule")]
    file.write_text(EDITORIAL.replace("erste Absatz", "allererste Absatz"), "utf-8")

    said = call(desk, "mailing", "approve", "1", "--yes", "--expect-recipients", "1").stderr

    with reading(desk.engine) as connection:
        kept = [(each.number, each.made_by) for each in releases(connection, 1)]
    assert states == ["checked", "checked"]
    assert said.startswith("Since it was planned (2026-11-18 12:00, series):\n")
    assert "[-erste-]{+allererste+}" in said.replace(" ", "")
    assert [each[0] for each in kept] == [0, 1]
    assert kept[0][1] == "series"


def test_what_a_series_planned_one_person_approves_and_the_books_say_so(desk: Newsdesk) -> None:
    desk.configure(lambda text: text.replace('list_id = "', 'four_eyes = true\nlist_id = "'))
    desk.write_issue("2026-12")
    desk.go(IN_VIEW)

    done = call(desk, "mailing", "approve", "1", "--yes", "--expect-recipients", "1")

    with reading(desk.engine) as connection:
        assert [each.four_eyes for each in releases(connection, 1)] == [False, False]
    assert done.exit_code == 0


def test_what_has_errors_stays_a_draft(desk: Newsdesk) -> None:
    desk.write_issue("2026-12", EDITORIAL.replace("erste Absatz", "erste [Absatz](http://)"))

    desk.go(IN_VIEW)
    desk.go(MINUTE)

    assert desk.mailing(1).state == "draft"
    assert read(desk, "schedule", "list")["state"] == "red"


def test_an_approved_mailing_is_listed_at_its_own_time(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go(IN_VIEW)
    desk.approve(1)
    desk.configure(lambda text: text.replace("first tuesday 09:30", "third tuesday 09:30"))
    desk.go(MINUTE)

    row = read(desk, "schedule", "list")

    assert desk.mailing(1).due_at == at("2026-12-01 09:30")
    assert (row["at"][:16], row["weekday"], row["days_left"]) == ("2026-12-01T09:30", "Tuesday", 13)
    assert (row["state"], row["mailing"]) == ("approved", 1)
    assert row["note"] == "by the rule it would be 2026-12-15 09:30"


def test_a_changed_byte_is_said_at_once_and_in_the_same_words(desk: Newsdesk) -> None:
    file = desk.write_issue("2026-12")
    desk.go(IN_VIEW)
    desk.approve(1)
    before = read(desk, "schedule", "list")["note"]

    file.write_text(f"{EDITORIAL}\nMehr.\n", "utf-8")

    dates, mailings = read(desk, "schedule", "list"), read(desk, "mailing", "list")
    assert before == ""
    assert dates["note"] == mailings["reason"] == "changed since it was approved (text); approve it again"
    assert dates["state"] == mailings["state"] == "approved"


def test_the_team_reads_what_changed_and_where_to_look(desk: Newsdesk) -> None:
    desk.with_team()
    file = desk.write_issue("2026-12")
    desk.go(IN_VIEW)
    desk.approve(1)
    file.write_text(EDITORIAL.replace("Ein kurzer Brief", "Ein langer Brief") + "\nMehr.\n", "utf-8")
    desk.configure(lambda text: text.replace('from_name = "Kammer', 'from_name = "Die Kammer'))

    desk.go(MINUTE)
    desk.go(MINUTE)

    (told,) = [each for each in desk.told() if each["To"] == TEAM[0] and "Freigabe gilt" in each["Subject"]]
    assert desk.mailing(1).reason == "changed since it was approved (subject, text, sender from_name)"
    assert "Seitdem hat sich etwas geändert (Betreff, Text, Absenderangaben)." in told.get_content()
    steps = [line.strip() for line in told.get_content().splitlines() if line.startswith("    ")]
    assert steps == ["rundbrief issue diff 2026-12", "rundbrief mailing approve 1"]
    assert call(desk, "issue", "diff", "2026-12").exit_code == 0
