"""`rundbrief schedule list` and `rundbrief run` from the front door, by the clock of today."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mailer.cli import rundbrief
from mailer.cli.office import clock
from mailer.web.sandbox import Sandbox
from tests.schedule.newsdesk import TEAM, ZONE, Newsdesk
from tests.small_workspace import EDITORIAL, add_people

SOON = 6  # days


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsdesk]:
    """Its next date is some days from now, whenever the test runs, at an hour at which nobody works."""
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", "sqlite:///var/rundbrief.db", box, clock())
        day = made.now.astimezone(ZONE).date() + timedelta(days=SOON)
        ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
        rule = f'send = "{day.day}{ending} 23:30"\n'
        made.configure(lambda text: text.replace('send = "first tuesday 09:30"\n', rule))
        made.configure(lambda text: text + '[newsletters.rundbrief.calendar]\non_free_day = "none"\n')
        yield made
        made.engine.dispose()


def run(desk: Newsdesk, *arguments: str, code: int = 0) -> Result:
    arguments = ("--config", str(desk.folder / "config.toml"), *arguments)
    done = CliRunner().invoke(rundbrief, list(arguments), standalone_mode=False)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert (done.return_value or 0) == code, done.output
    return done


def listed(desk: Newsdesk) -> dict[str, Any]:
    (row,) = json.loads(run(desk, "schedule", "list", "--json").stdout)
    return dict(row)


def month_of(desk: Newsdesk) -> str:
    return str(listed(desk)["months"][0])


def work(desk: Newsdesk) -> None:
    run(desk, "run", "--only", "scheduler,sender", "--until-done")


def test_the_list_follows_the_issue_from_missing_to_approved(desk: Newsdesk) -> None:
    month, states = month_of(desk), list[tuple[Any, ...]]()

    def note() -> None:
        row = listed(desk)
        states.append((row["state"], row["issue"], row["mailing"], row["days_left"]))

    note()
    file = desk.write_issue(month, "ohne Kopf")
    note()
    file.write_text(EDITORIAL.replace("erste Absatz", "erste [Absatz](http://)"), "utf-8")
    note()
    file.write_text(EDITORIAL, "utf-8")
    note()
    work(desk)
    note()
    desk.approve(1)
    note()
    file.write_text(f"{EDITORIAL}\nMehr.\n", "utf-8")
    work(desk)
    note()

    assert states == [
        ("missing", None, None, SOON),
        ("red", None, None, SOON),
        ("red", month, None, SOON),
        ("draft", month, None, SOON),
        ("checked", month, 1, SOON),
        ("approved", month, 1, SOON),
        ("draft", month, 1, SOON),
    ]
    assert listed(desk)["note"] == "changed since it was approved (text)"


def test_for_people_it_is_a_table_and_a_newsletter_without_a_rule_rests(desk: Newsdesk) -> None:
    whole = run(desk, "schedule", "list").stdout
    file = desk.folder / "config.toml"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("send =")]
    file.write_text("\n".join(lines), "utf-8")

    rests = run(desk, "schedule", "list").stdout

    head, row = whole.splitlines()
    assert head.split("\t")[0] == "newsletter"
    assert f"there is no issue for {row.split(chr(9))[3]}" in row
    assert rests.splitlines()[1] == "rundbrief\t\t\t\t\trests\t\t\tconfig.toml gives it no rule"


def test_run_plans_reminds_and_leaves_the_readers_alone(desk: Newsdesk) -> None:
    add_people(desk.office, ["ada@example.org"], desk.now)
    desk.with_team(days="10")
    month = month_of(desk)

    work(desk)
    told_at_night = desk.now.astimezone(ZONE).hour < 7
    desk.write_issue(month)
    work(desk)

    assert [each[0] for each in desk.mailings()] == [month]
    assert desk.mailing(1).planned_by == "series"
    assert sorted(str(each["To"]) for each in desk.told()) == ([] if told_at_night else sorted(TEAM))
    assert all("ada@example.org" not in each.recipients for each in desk.box.received())


def test_a_workspace_that_never_sent_is_listed_without_making_a_database(tmp_path: Path) -> None:
    assert CliRunner().invoke(rundbrief, ["init", str(tmp_path / "w")]).exit_code == 0
    arguments = ["--config", str(tmp_path / "w" / "config.toml"), "schedule", "list", "--json"]

    done = CliRunner().invoke(rundbrief, arguments)

    assert json.loads(done.stdout)[0]["state"] in {"missing", "draft", "red"}
    assert not list((tmp_path / "w").glob("var/*.db"))


def test_a_team_with_no_address_or_a_day_that_cannot_be_is_one_sentence(desk: Newsdesk) -> None:
    before = (desk.folder / "config.toml").read_text("utf-8")
    for table, word in (
        ("addresses = []", "addresses"),
        ('addresses = ["petra"]', "addresses"),
        ('addresses = ["petra@example.org"]\nremind_days = [40]', "remind_days"),
    ):
        text = f"{before}[newsletters.rundbrief.team]\n{table}\n"
        (desk.folder / "config.toml").write_text(text, "utf-8")

        arguments = ["--config", str(desk.folder / "config.toml"), "schedule", "list"]
        done = CliRunner().invoke(rundbrief, arguments)

        assert f"newsletters.rundbrief.team.{word}" in str(done.exception)
