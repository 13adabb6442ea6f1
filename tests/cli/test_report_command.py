"""`mailing report` as a person and a script meet it: table, JSON, page, months, and who may read the page."""

import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mailer.cli.mailing import mailing as command
from mailer.cli.office import Office
from subscribers.errors import Problem
from tests.conftest import ROOT
from tests.months_past import Past, write_past
from tests.small_workspace import add_people, make_office

DEAD = "550 5.1.1 User unknown"
OCTOBER, NOVEMBER = datetime(2026, 10, 6, 7, 30, tzinfo=UTC), datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = make_office(tmp_path)
    add_people(made, [f"kim{number}@example.org" for number in range(12)], OCTOBER - timedelta(days=9))
    write_past(made, Past("2026-10", OCTOBER, 10, {DEAD: 2}, left=1))
    write_past(made, Past("2026-11", NOVEMBER, 11, spread=timedelta(seconds=10)))
    write_past(made, Past("2026-10", NOVEMBER - timedelta(days=9), 3, kind="correction"))
    yield made
    made.engine.dispose()


def run(office: Office, *arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(command, ["report", *arguments], obj=office, standalone_mode=False)
    if isinstance(done.exception, Problem):
        assert done.exception.exit_code == code
        return done
    assert done.exception is None, done.exception
    assert (done.return_value or 0) == code
    return done


def test_the_keys_that_scripts_rely_on_stay(office: Office) -> None:
    counted = json.loads(run(office, "2026-10", "--json", code=4).stdout)
    named = json.loads(run(office, "2026-10", "--json", "--full", code=4).stdout)

    states = ("queued", "sent", "deferred", "failed", "skipped", "in_doubt")
    assert (counted["issue"], counted["segment"], counted["state"]) == ("2026-10", "all", "done")
    assert counted["planned"] == sum(counted[name] for name in states) == 12
    assert named["counts"] == {name: counted[name] for name in states}
    assert {name: len(named[name]) for name in states} == named["counts"]
    assert [row["address"] for row in named["failed"]] == ["kim10@example.org", "kim11@example.org"]
    assert "@" not in json.dumps(counted)


def test_json_says_null_for_what_was_not_read(office: Office) -> None:
    found = json.loads(run(office, "2026-11", "--json").stdout)

    assert [found[name] for name in ("bounced", "complaints", "replies")] == [None] * 3
    assert found["timing"]["first_at"] == "2026-11-03T09:30:00+01:00"
    assert found["timing"]["per_second"] == 1.1
    assert found["growth"] == {"subscribers": 11, "joined": 0, "gone": 1, "change": -1}
    assert found["providers"] == [{"name": "example.org", "letters": 11, "accepted": 11, "failed": 0}]


def test_an_issue_is_reported_with_its_correction(office: Office) -> None:
    found = json.loads(run(office, "2026-10", "--json", code=4).stdout)

    assert [(each["mailing"], each["kind"], each["accepted"]) for each in found["family"]] == [
        (1, "issue", 10),
        (3, "correction", 3),
    ]
    assert found["history"] == json.loads(run(office, "1", "--month-over-month", "--json").stdout)


def test_the_months_stand_side_by_side(office: Office) -> None:
    rows = json.loads(run(office, "--month-over-month", "--json").stdout)
    lines = run(office, "--month-over-month").stdout.splitlines()

    names = ("issue", "accepted", "failed", "left", "corrections", "subscribers", "change")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("2026-10", 10, 2, 1, 3, 12, None),
        ("2026-11", 11, 0, 0, 0, 11, -1),
    ]
    assert lines[0].split("\t")[:4] == ["issue", "due_at", "accepted", "failed"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["2026-10", "2026-11"]


def test_in_a_pipe_each_number_has_a_line(office: Office) -> None:
    done = run(office)

    rows = dict(line.split("\t") for line in done.stdout.splitlines()[1:])
    assert "Mailing 2, issue 2026-11, is the last one that was sent." in done.stderr
    assert (rows["sent"], rows["planned"], rows["provider: example.org"]) == ("11", "11", "11")
    assert (rows["left"], rows["complaints"], rows["subscribers: change"]) == ("0", "not read", "-1")


def test_the_page_is_written_and_with_names_only_for_its_owner(office: Office, tmp_path: Path) -> None:
    open_page, closed_page = tmp_path / "offen.html", tmp_path / "namen.html"
    closed_page.write_text("alt")
    closed_page.chmod(0o644)

    said = run(office, "2026-10", "--html", str(open_page), code=4).stderr
    run(office, "2026-10", "--full", "--html", str(closed_page), code=4)

    assert said == f"Written to {open_page}.\n"
    assert "@" not in open_page.read_text("utf-8").replace("@media", "").replace("@page", "").replace(
        "@bottom", ""
    )
    assert "kim10@example.org" in closed_page.read_text("utf-8")
    assert "kim0@example.org" not in closed_page.read_text("utf-8")
    assert stat.S_IMODE(closed_page.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--html", "/dev/null/seite.html"], 1, "The page cannot be written: Not a directory."),
        (["--full", "--month-over-month"], 2, "leave out --full"),
        (["2099-01"], 1, "There is no mailing '2099-01'"),
        (["99"], 1, "There is no mailing '99'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    office: Office, arguments: list[str], code: int, sentence: str
) -> None:
    done = run(office, *arguments, code=code)

    assert sentence in str(done.exception)
    assert done.stdout == ""


def test_a_newsletter_that_is_gone_from_the_settings_still_has_its_page(
    office: Office, tmp_path: Path
) -> None:
    config = office.settings.file
    config.write_text(config.read_text("utf-8").replace("newsletters.rundbrief", "newsletters.neu"), "utf-8")
    again = Office(str(config))

    run(again, "2026-11", "--html", str(tmp_path / "seite.html"))

    assert "<h1>rundbrief · November 2026</h1>" in (tmp_path / "seite.html").read_text("utf-8")
    again.engine.dispose()


def test_a_terminal_gets_a_text_to_read(office: Office) -> None:
    leader, follower = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "dumb", "COLUMNS": "80"}
    line = [sys.executable, "-m", "mailer", "--config", str(office.settings.file), "mailing", "report", "1"]
    process = subprocess.Popen(line, stdout=follower, stderr=subprocess.DEVNULL, env=environment)
    os.close(follower)

    text = "".join(_read(leader)).replace("\r\n", "\n")

    assert process.wait(timeout=60) == 4
    assert text.startswith(
        "Mailing 1, issue 2026-10, segment all: done\n12 in question = 0 left out + 12 planned\n"
    )
    assert "sent      10  83.3%  #########################\n" in text
    assert "Failed because\n      2  the address does not exist\n" in text
    assert "Unsubscribed since: 1, 1 of them by the link\n" in text
    assert "From the mailbox: bounced not read, complaints not read, replies not read\n" in text
    assert "See also mailing 3 (correction, done): 3 of 3 sent\n" in text


def _read(leader: int) -> Iterator[str]:
    """All that a terminal is told, until the program closes it."""
    with os.fdopen(leader, "rb", buffering=0) as source:
        while True:
            try:
                found = source.read(4096)
            except OSError:  # Linux says so at the end
                return
            if not found:
                return
            yield found.decode()
