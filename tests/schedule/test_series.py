"""The series: its dates pass once, whatever the clock does, and follow config.toml."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.web.sandbox import Sandbox
from tests.schedule.newsdesk import Newsdesk, at

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Newsdesk]:
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", database_url, box, at("2026-11-10 12:00"))
        yield made
        made.engine.dispose()


def test_a_series_begins_with_the_next_date_of_its_rule(desk: Newsdesk) -> None:
    desk.go("2026-11-10 12:00")

    assert desk.next_due() == ("2026-12-01 09:30", "2026-12")
    assert desk.occurrences() == []


def test_a_date_passes_once_and_the_next_one_follows(desk: Newsdesk) -> None:
    desk.go("2026-11-10 12:00")
    desk.go("2026-12-01 09:29")
    before = desk.next_due()

    desk.go("2026-12-01 09:30")
    desk.go("2026-12-01 09:31")

    assert before == ("2026-12-01 09:30", "2026-12")
    assert desk.next_due() == ("2027-01-05 09:30", "2027-01")
    assert desk.occurrences() == [("2026-12", None, True)]


def test_a_clock_set_back_an_hour_repeats_nothing(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-20 12:00")
    desk.approve(1)
    desk.go("2026-12-01 09:30")

    for _ in range(8):
        desk.go(-HOUR / 2)
    for _ in range(12):
        desk.go(HOUR / 2)

    assert desk.occurrences() == [("2026-12", 1, True)]
    assert desk.mailings() == [("2026-12", "2026-12-01 09:30", "due")]


@pytest.mark.parametrize(
    ("wake", "state"),
    [("2026-12-01 15:30", "due"), ("2026-12-01 15:31", "missed"), ("2026-12-04 09:30", "missed")],
)
def test_after_sleep_or_downtime_only_what_is_late_by_the_grace_still_goes(
    desk: Newsdesk, wake: str, state: str
) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-20 12:00")
    desk.approve(1)
    desk.go("2026-12-01 09:29")

    desk.go(wake, desk.new_course())

    assert desk.mailings() == [("2026-12", "2026-12-01 09:30", state)]
    assert desk.next_due() == ("2027-01-05 09:30", "2027-01")


def test_a_clock_three_days_ahead_for_a_while_sends_nothing_twice(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-20 12:00")
    desk.approve(1)
    desk.go("2026-11-30 09:30")

    desk.go(timedelta(days=3))
    desk.go(timedelta(days=-3))
    desk.go("2026-12-01 09:30")

    assert desk.mailings() == [("2026-12", "2026-12-01 09:30", "missed")]
    assert desk.occurrences() == [("2026-12", 1, True)]


def test_a_clock_that_was_months_ahead_leaves_no_gap(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-20 12:00")
    desk.approve(1)

    desk.go("2027-03-20 12:00")
    desk.go("2026-11-20 12:05")
    back = desk.next_due()
    desk.write_issue("2027-01")
    desk.go("2026-12-01 09:30")
    desk.go("2026-12-30 12:00")
    desk.approve(2)
    desk.go("2027-01-05 09:30")

    assert back == ("2026-12-01 09:30", "2026-12")
    assert [each[2] for each in desk.mailings()] == ["missed", "due"]
    assert desk.occurrences()[:2] == [("2026-12", 1, True), ("2027-01", 2, True)]
    assert desk.next_due() == ("2027-02-02 09:30", "2027-02")


def test_months_of_downtime_leave_a_row_for_each_date(desk: Newsdesk) -> None:
    desk.write_issue("2027-01")
    desk.write_issue("2027-02")
    desk.go("2026-11-10 12:00")

    desk.go("2027-02-10 12:00", desk.new_course())

    assert desk.occurrences() == [("2026-12", None, True), ("2027-01", 1, True), ("2027-02", 2, True)]
    assert [each[2] for each in desk.mailings()] == ["missed", "missed"]
    assert desk.next_due() == ("2027-03-02 09:30", "2027-03")


def test_another_rule_in_config_toml_counts_at_once(desk: Newsdesk) -> None:
    desk.go("2026-11-10 12:00")

    desk.configure(lambda text: text.replace("first tuesday 09:30", "last friday 10:00"))
    desk.go("2026-11-10 12:01")

    assert desk.next_due() == ("2026-11-27 10:00", "2026-11")


def test_another_rule_does_not_give_a_month_a_second_turn(desk: Newsdesk) -> None:
    desk.go("2026-11-10 12:00")
    desk.go("2026-12-01 09:30")

    desk.configure(lambda text: text.replace("first tuesday 09:30", "last friday 10:00"))
    desk.go("2026-12-02 12:00")

    assert desk.next_due() == ("2027-01-29 10:00", "2027-01")


def test_another_rule_moves_what_is_planned_and_names_what_is_approved(
    desk: Newsdesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-20 12:00")

    desk.configure(lambda text: text.replace("first tuesday 09:30", "first thursday 10:00"))
    desk.go("2026-11-20 12:01")
    moved = desk.mailings()
    desk.approve(1)
    desk.configure(lambda text: text.replace("first thursday 10:00", "first friday 11:00"))
    with caplog.at_level(logging.WARNING):
        desk.go("2026-11-20 12:02")

    assert moved == [("2026-12", "2026-12-03 10:00", "checked")]
    assert desk.mailings() == [("2026-12", "2026-12-03 10:00", "approved")]
    assert "mailing 1 is approved and stays on 2026-12-03 10:00" in caplog.text
    assert desk.next_due() == ("2026-12-04 11:00", "2026-12")


def test_a_rule_changed_while_nothing_ran_does_not_hide_the_date_that_passed(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-20 12:00")

    desk.configure(lambda text: text.replace("first tuesday 09:30", "last friday 10:00"))
    desk.go("2026-12-10 12:00", desk.new_course())

    assert desk.occurrences() == [("2026-12", 1, True)]
    assert desk.mailings() == [("2026-12", "2026-12-01 09:30", "missed")]
    assert desk.next_due() == ("2027-01-29 10:00", "2027-01")


def test_holidays_that_changed_with_a_new_version_move_the_date(
    desk: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.go("2026-11-10 12:00")
    days = 'free_days = ["2026-12-01"]\n'

    desk.configure(lambda text: text + f"[newsletters.rundbrief.calendar]\n{days}")
    desk.go("2026-11-10 12:01")

    assert desk.next_due() == ("2026-12-02 09:30", "2026-12")


def test_without_a_rule_the_series_rests_and_makes_up_for_nothing(desk: Newsdesk) -> None:
    desk.write_issue("2027-01")
    desk.go("2026-11-10 12:00")

    desk.configure(lambda text: text.replace('send = "first tuesday 09:30"\n', ""))
    desk.go("2026-11-10 12:01")
    desk.go("2027-02-10 12:00")
    desk.configure(lambda text: text.replace("[newsletters.rundbrief.imprint]", _WITH_RULE))
    desk.go("2027-02-10 12:01")

    assert desk.occurrences() == []
    assert desk.next_due() == ("2027-03-02 09:30", "2027-03")


_WITH_RULE = 'send = "first tuesday 09:30"\n[newsletters.rundbrief.imprint]'


def test_a_scheduler_with_an_older_rule_leaves_the_series_alone(desk: Newsdesk) -> None:
    older = desk.new_course()
    desk.go("2026-11-10 12:00", older)
    frozen = older.newsroom()
    older.newsroom = lambda: frozen  # on another machine, with its own config.toml
    desk.configure(lambda text: text.replace("first tuesday 09:30", "last friday 10:00"))
    desk.go("2026-11-10 12:01", desk.new_course())

    for moment in ("2026-11-12 12:00", "2026-12-01 09:30"):
        desk.go(moment, older)

    assert desk.next_due() == ("2026-11-27 10:00", "2026-11")


def test_a_config_that_cannot_be_read_leaves_what_was_there(
    desk: Newsdesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.go("2026-11-10 12:00")

    desk.configure(lambda text: text.replace("first tuesday 09:30", "first noday 09:30"))
    with caplog.at_level(logging.ERROR):
        desk.go("2026-12-01 09:30")
        desk.go("2026-12-01 09:31")

    assert desk.next_due() == ("2027-01-05 09:30", "2027-01")
    assert caplog.text.count("cannot be used, the old one holds") == 1


def test_a_restored_or_copied_database_begins_and_passes_nothing(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.with_team()
    desk.go("2026-11-10 12:00")
    (desk.folder / "var" / "instance").unlink()

    desk.go("2026-12-01 09:30", desk.new_course())

    assert desk.next_due() == ("2026-12-01 09:30", "2026-12")
    assert (desk.mailings(), desk.told()) == ([], [])
