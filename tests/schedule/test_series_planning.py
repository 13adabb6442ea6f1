"""The month's course plans the issue whose month fits, once, and says why it plans nothing."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.delivery import mailing
from mailer.web.sandbox import Sandbox
from subscribers.rules import EVERYBODY, to_tree
from tests.schedule.newsdesk import Newsdesk, at
from tests.small_workspace import EDITORIAL

IN_VIEW = "2026-11-17 09:30"  # fourteen days before the first Tuesday of December


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Newsdesk]:
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", database_url, box, at("2026-11-10 12:00"))
        made.go("2026-11-10 12:00")
        yield made
        made.engine.dispose()


def plan_by_hand(desk: Newsdesk, issue: str, moment: str) -> int:
    with desk.engine.begin() as connection:
        return mailing.plan(
            connection,
            newsletter="rundbrief",
            issue=issue,
            segment="all",
            rule=to_tree(EVERYBODY),
            due_at=at(moment),
            by="petra",
            now=desk.now,
        )


def with_months(*months: str) -> str:
    listed = ", ".join(f'"{each}"' for each in months)
    return EDITORIAL.replace("+++\n", f"+++\nmonths = [{listed}]\n", 1)


def test_the_issue_of_the_month_is_planned_when_its_date_comes_into_view(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-17 09:29")
    before = desk.mailings()

    desk.go(IN_VIEW)
    desk.go("2026-11-17 09:31")

    assert before == []
    assert desk.mailings() == [("2026-12", "2026-12-01 09:30", "checked")]
    assert desk.mailing(1).planned_by == "series"
    assert desk.occurrences() == [("2026-12", 1, False)]


def test_plan_days_and_segment_come_from_config_toml(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    own = 'plan_days = 20\nsegment = "vorstand"\nstale_hours = 24\n'
    desk.configure(lambda text: text.replace('send = "first', own + 'send = "first'))
    from subscribers.segments import add_segment

    with desk.engine.begin() as connection:
        add_segment(connection, "vorstand", "kreis = Musterstadt", desk.now)

    desk.go("2026-11-12 12:00")

    planned = desk.mailing(1)
    assert (planned.segment, planned.stale_hours) == ("vorstand", 24)
    assert "Musterstadt" in str(planned.rule)


def test_a_segment_that_is_gone_is_said_and_planned_as_soon_as_it_is_there(
    desk: Newsdesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write_issue("2026-12")
    desk.configure(lambda text: text.replace('send = "first', 'segment = "weg"\nsend = "first'))

    with caplog.at_level(logging.WARNING):
        desk.go(IN_VIEW)
        desk.go("2026-11-17 09:31")
    said = desk.notes()
    desk.configure(lambda text: text.replace('segment = "weg"\n', ""))
    desk.go("2026-11-17 09:32")

    assert said[0].startswith("segment weg: There is no segment")
    assert caplog.text.count("nothing is planned") == 1
    assert desk.mailings() == [("2026-12", "2026-12-01 09:30", "checked")]


def test_an_issue_that_comes_late_is_planned_when_it_comes(desk: Newsdesk) -> None:
    desk.go(IN_VIEW)
    said = desk.notes()

    desk.write_issue("winterbrief", with_months("2026-12"))
    desk.go("2026-11-30 20:00")

    assert said == ["there is no issue for 2026-12"]
    assert desk.mailings() == [("winterbrief", "2026-12-01 09:30", "checked")]
    assert desk.notes() == [""]


@pytest.mark.parametrize(
    ("issues", "sentence"),
    [
        ({"2025-12": EDITORIAL}, "there is no issue for 2026-12"),
        (
            {"2026-12": EDITORIAL, "2026-12-extra": EDITORIAL},
            "2 issues are for 2026-12: 2026-12, 2026-12-extra; plan the right one by hand",
        ),
        (
            {"winter": EDITORIAL},
            "there is no issue for 2026-12, and winter has no month: give it one with `months`",
        ),
        ({"2026-12": "ohne Kopf"}, "issue 2026-12 cannot be read: issues/2026-12/editorial.md:1: The file"),
    ],
)
def test_without_exactly_one_issue_nothing_is_planned_and_one_sentence_says_why(
    desk: Newsdesk, issues: dict[str, str], sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    for key, text in issues.items():
        desk.write_issue(key, text)

    with caplog.at_level(logging.WARNING):
        desk.go(IN_VIEW)
        desk.go("2026-11-17 09:31")

    assert desk.mailings() == []
    assert desk.notes()[0].startswith(sentence)
    assert caplog.text.count("nothing is planned") == 1


def test_what_a_person_planned_for_the_issue_is_taken_over(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    number = plan_by_hand(desk, "2026-12", "2026-12-03 08:00")

    desk.go(IN_VIEW)
    desk.go("2026-12-01 09:30")

    assert desk.occurrences() == [("2026-12", number, True)]
    assert desk.mailings() == [("2026-12", "2026-12-03 08:00", "draft")]


def test_of_two_issues_the_one_that_a_person_planned_for_the_date_is_taken_over(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.write_issue("2026-12-extra")
    number = plan_by_hand(desk, "2026-12", "2026-12-01 09:30")

    desk.go(IN_VIEW)

    assert desk.occurrences() == [("2026-12", number, False)]


def test_what_a_person_cancelled_is_not_planned_again(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go(IN_VIEW)
    with desk.engine.begin() as connection:
        mailing.cancel(connection, mailing.find(connection, "1"), "doch nicht")

    desk.go("2026-11-18 12:00")
    desk.go("2026-12-01 09:30")

    assert desk.mailings() == [("2026-12", "2026-12-01 09:30", "cancelled")]


def test_a_double_issue_serves_both_months(desk: Newsdesk) -> None:
    desk.write_issue("2026-12-01", with_months("2026-12", "2027-01"))

    desk.go(IN_VIEW)
    desk.approve(1)
    desk.go("2026-12-01 09:30")
    desk.go("2026-12-28 12:00")
    desk.go("2027-01-05 09:30")

    assert desk.mailings() == [("2026-12-01", "2026-12-01 09:30", "due")]
    assert desk.occurrences() == [("2026-12", 1, True), ("2027-01", 1, True)]


def test_months_put_together_in_config_toml_have_one_date(desk: Newsdesk) -> None:
    desk.configure(lambda text: text + "[newsletters.rundbrief.calendar]\ndouble = [[12, 1]]\n")
    desk.write_issue("2026-12-01", with_months("2026-12", "2027-01"))

    desk.go(IN_VIEW)
    desk.go("2026-12-01 09:30")

    assert desk.occurrences() == [("2026-12+2027-01", 1, True)]
    assert desk.next_due() == ("2027-02-02 09:30", "2027-02")


def test_what_nobody_approves_is_missed_with_the_reason(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go(IN_VIEW)

    desk.go("2026-12-01 15:30")
    within = desk.mailing(1).state
    desk.go("2026-12-01 15:31")

    assert within == "checked"
    assert (desk.mailing(1).state, desk.mailing(1).reason) == ("missed", "nobody approved it in time")


def test_a_changed_file_takes_the_approval_back_long_before_the_date(desk: Newsdesk) -> None:
    file = desk.write_issue("2026-12")
    desk.go(IN_VIEW)
    desk.approve(1)
    desk.go(timedelta(minutes=1))
    kept = desk.mailing(1).state

    file.write_text(EDITORIAL + "\nNoch ein Satz.\n", "utf-8")
    desk.go(timedelta(minutes=1))

    assert kept == "approved"
    assert (desk.mailing(1).state, desk.mailing(1).reason) == (
        "draft",
        "changed since it was approved (text)",
    )


def test_an_approval_renewed_while_its_files_were_read_holds(desk: Newsdesk) -> None:
    from mailer.schedule.approvals import recall, tell_nobody

    file = desk.write_issue("2026-12")
    desk.go(IN_VIEW)
    desk.approve(1)
    file.write_text(EDITORIAL + "\nNoch ein Satz.\n", "utf-8")

    def renewed_meanwhile(planned: mailing.Mailing) -> str:
        found = desk.office.fingerprint(planned)
        desk.approve(1)
        return found

    recall(desk.engine, desk.now, renewed_meanwhile, tell_nobody)

    assert desk.mailing(1).state == "approved"
