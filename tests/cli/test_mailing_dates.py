"""A date has one issue: the next one is not given away twice, nor to an issue of another month."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.cli import planning
from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press
from tests.small_workspace import EDITORIAL

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
DATE = "Tuesday, 2026-12-01 09:30"


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    monkeypatch.setattr(planning, "clock", lambda: NOW)
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, "sqlite:///var/rundbrief.db")
        made.people(["ada", "bo"])
        for key in ("2026-12", "2026-12-extra"):
            folder = made.folder / "issues" / key
            folder.mkdir()
            text = EDITORIAL.replace("+++\n", '+++\nmonths = ["2026-12"]\n', 1)
            (folder / "editorial.md").write_text(text, "utf-8")
        yield made
        made.office.engine.dispose()


def due(press: Press) -> list[tuple[str, str]]:
    return [(each["issue"], each["due_at"][:16]) for each in press.read("mailing", "list")]


def test_the_next_date_is_given_to_one_issue(press: Press) -> None:
    first = press.read("mailing", "plan", "2026-12")

    extra = press.refuse("mailing", "plan", "2026-12-extra")
    to_others = press.refuse("mailing", "plan", "2026-12-extra", "--segment", "maler")

    said = f"The next date, {DATE}, has mailing 1 (issue 2026-12) already. Name a time with --at."
    assert (extra, to_others) == (said, said)
    assert first["mailing"] == 1
    assert due(press) == [("2026-12", "2026-12-01T09:30")]


def test_the_date_counts_as_taken_where_its_mailing_goes_out_at_another_time(press: Press) -> None:
    from mailer.delivery.schema import occurrence

    press.call("mailing", "plan", "2026-12", "--at", "2026-12-03 08:00")
    row = {"newsletter": "rundbrief", "months": "2026-12", "due_at": NOW, "note": "", "mailing_id": 1}
    with press.office.engine.begin() as connection:
        connection.execute(occurrence.insert().values(row))

    refused = press.refuse("mailing", "plan", "2026-12-extra")

    assert "has mailing 1 (issue 2026-12) already." in refused


def test_an_issue_of_another_month_does_not_get_the_date(press: Press) -> None:
    refused = press.refuse("mailing", "plan", "2025-10")

    assert refused == (
        f"The next date, {DATE}, is for 2026-12, and issue 2025-10 is not. Name a time with --at."
    )
    assert due(press) == []


def test_the_same_issue_goes_to_several_segments_at_once_without_a_word(press: Press) -> None:
    press.call("mailing", "plan", "2026-12")

    second = press.call("mailing", "plan", "2026-12", "--segment", "maler")

    assert "both letters at once" not in second.stderr
    assert due(press) == [("2026-12", "2026-12-01T09:30")] * 2


@pytest.mark.parametrize(("time", "warned"), [("2026-12-01 09:30", True), ("2026-12-01 09:31", False)])
def test_a_chosen_minute_that_is_taken_is_said(press: Press, time: str, warned: bool) -> None:
    press.call("mailing", "plan", "2026-12")

    done = press.call("mailing", "plan", "2026-12-extra", "--at", time)

    sentence = f"warning: mailing 1 (issue 2026-12, segment all) goes out on {DATE}, too; "
    assert (sentence in done.stderr) is warned
    assert len(due(press)) == 2


def test_after_a_cancellation_the_date_is_free(press: Press) -> None:
    press.call("mailing", "plan", "2026-12")
    press.call("mailing", "cancel", 1)

    press.call("mailing", "plan", "2026-12-extra")

    assert due(press)[-1] == ("2026-12-extra", "2026-12-01T09:30")
