"""`rundbrief run --dry-run`: the whole way into a folder, and books that know nothing of it."""

import email
import email.policy
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from mailer.cli.office import clock
from mailer.cli.progress import Rate, describe
from mailer.cli.run import run
from mailer.delivery import mailing
from mailer.delivery.schema import attempt, delivery
from mailer.delivery.sender import Tally
from subscribers.database import reading
from tests.frontdoor import rundbrief
from tests.small_workspace import add_people, make_office, plan_and_approve


def test_a_dry_run_writes_every_letter_and_changes_nothing(tmp_path: Path, database_url: str) -> None:
    office = make_office(tmp_path / "workspace", database=database_url)
    add_people(office, ["ada@example.org", "Bo@example.org"], clock())
    number = plan_and_approve(office, clock(), clock())
    folder = tmp_path / "letters"

    ended = CliRunner().invoke(run, ["--dry-run", str(folder)], obj=office, catch_exceptions=False)

    assert ended.exit_code == 0
    assert "2 letters" in ended.stderr
    mails = [
        email.message_from_bytes(each.read_bytes(), policy=email.policy.default)
        for each in sorted(folder.glob("*.eml"))
    ]
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == ["ada@example.org", "Bo@example.org"]
    assert all(mail["Message-ID"].startswith("<m1.") for mail in mails)
    with reading(office.engine) as connection:
        assert mailing.find(connection, str(number)).state == "approved"
        assert connection.scalar(select(func.count()).select_from(delivery)) == 0
        assert connection.scalar(select(func.count()).select_from(attempt)) == 0
    office.engine.dispose()


def test_a_folder_that_cannot_be_made_is_one_sentence_about_the_folder(tmp_path: Path) -> None:
    office = make_office(tmp_path / "workspace")
    add_people(office, ["ada@example.org"], clock())
    plan_and_approve(office, clock(), clock())
    office.engine.dispose()

    done = rundbrief("run", "--dry-run", "/proc/x", cwd=tmp_path / "workspace")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "Error: The letters cannot be written into /proc/x: No such file or directory. Name another folder.\n"
    )


def test_the_lines_of_a_rehearsal_say_so_and_which_clock_is_meant(tmp_path: Path) -> None:
    office = make_office(tmp_path / "workspace")
    add_people(office, ["ada@example.org"], clock())
    plan_and_approve(office, clock(), clock())
    office.engine.dispose()
    environment = {"TZ": "Asia/Tokyo"}

    done = rundbrief("run", "--dry-run", "letters", cwd=tmp_path / "workspace", env=environment)

    (line,) = re.findall(r"(?m)^(\S+) INFO rehearsal: mailing 1 done$", done.stderr)
    written = datetime.fromisoformat(line)
    assert written.utcoffset() == clock().astimezone(office.settings.zone).utcoffset()
    assert abs(clock() - written) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("tally", "rate", "line"),
    [
        (Tally({"sent": 3}, 0), 0.0, "3 sent, 0 left"),
        (Tally({"sent": 3, "failed": 1}, 800), 10.0, "3 sent, 1 failed, 800 left, 10/s, about 80 s to go"),
        (
            Tally({"sent": 1, "in_doubt": 2}, 36_000),
            10.0,
            "1 sent, 2 in doubt, 36000 left, 10/s, about 60 min to go",
        ),
    ],
)
def test_progress_says_what_left_how_fast_and_when_the_rest_will_have(
    tally: Tally, rate: float, line: str
) -> None:
    assert describe(tally, rate) == line


def test_the_rate_is_that_of_the_last_moments() -> None:
    rate = Rate()

    seen = [rate.add(float(at), count) for at, count in ((0, 0), (10, 1000), (20, 2000), (40, 2100))]

    assert seen[0] == 0.0
    assert seen[2] == 100.0
    assert seen[3] == 5.0
