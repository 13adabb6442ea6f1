"""The command line as a script meets it: quick help, exit codes, data on stdout and talk on stderr."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mailer.cli import COMMANDS
from tests.conftest import ROOT
from tests.frontdoor import rundbrief
from tests.small_workspace import make_office

HEAVY = ("sqlalchemy", "pydantic", "jinja2", "alembic", "rich", "starlette", "mjml", "apscheduler")


def add_ada(folder: Path) -> None:
    consent = ("--source", "Messe", "--consented-on", "2025-01-02")
    assert rundbrief("subscribers", "add", "ada@example.org", *consent, cwd=folder).returncode == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_office(tmp_path / "w")
    return tmp_path / "w"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["mailing", "--help"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys; from mailer.__main__ import main; sys.argv = ['rundbrief', *sys.argv[1:]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]; print('HEAVY', heavy)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_every_command_has_help_and_a_line_in_the_list(folder: Path) -> None:
    listing = rundbrief("--help", cwd=folder).stdout

    for name in COMMANDS:
        assert f"\n  {name} " in listing
        done = rundbrief(name, "--help", cwd=folder)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nonsense"], 2, "No such command"),
        (["issue", "show", "2099-01"], 2, "2099-01"),
        (["mailing", "plan", "2025-10", "--at", "2027-02-30 09:30"], 2, "does not exist"),
        (["mailing", "plan", "2025-10", "--at", "2020-01-07 09:30"], 5, "in the past"),
        (["mailing", "plan", "2025-10", "--now", "--segment", "nobody-knows"], 1, "no segment"),
        (["mailing", "plan", "2025-10", "--now"], 5, "has no active subscriber"),
        (["mailing", "report", "7"], 1, "no mailing"),
        (["segments", "count", 'kries = "Köln"'], 2, "kreis"),
        (["run", "--only", "kitchen"], 2, "no part"),
        (["run", "--only", ""], 2, "no part"),
        (["run", "--port", "70000"], 2, "70000"),
        (["mailing", "plan", "2025-10", "--now", "--segment", ""], 1, "no segment"),
        (["--config", "gone.toml", "mailing", "list"], 3, "There is no gone.toml"),
    ],
)
def test_each_kind_of_failure_has_its_exit_code_and_one_sentence(
    folder: Path, arguments: list[str], code: int, sentence: str
) -> None:
    done = rundbrief(*arguments, cwd=folder)

    assert done.returncode == code, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_broken_config_names_each_line(folder: Path) -> None:
    config = folder / "config.toml"
    text = config.read_text("utf-8").replace("port = 1\n", "port = 0\n").replace("list_id", "listid")
    config.write_text(text, "utf-8")

    done = rundbrief("mailing", "list", cwd=folder)

    assert done.returncode == 3
    assert "config.toml:8: smtp.port" in done.stderr
    assert "did you mean list_id?" in done.stderr


def test_a_rule_that_is_none_is_found_when_the_config_is_read(folder: Path) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("first tuesday", "every full moon"), "utf-8")

    done = rundbrief("mailing", "list", cwd=folder)

    assert done.returncode == 3
    line = config.read_text("utf-8").split("\n").index('send = "every full moon 09:30"') + 1
    assert f"config.toml:{line}: newsletters.rundbrief.send: 'every full moon 09:30' is no" in done.stderr


def test_a_theme_that_is_none_is_found_when_the_config_is_read(folder: Path) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("list_id", 'theme = "kamer"\nlist_id'), "utf-8")

    done = rundbrief("issue", "list", cwd=folder)

    assert done.returncode == 3
    assert "config.toml:16: newsletters.rundbrief.theme: There is no theme 'kamer'" in done.stderr


def test_a_broken_issue_names_every_complaint_with_its_line(folder: Path) -> None:
    file = folder / "issues" / "2025-10" / "editorial.md"
    file.write_text(file.read_text("utf-8").replace("author = ", 'portrait = "gone.png"\nautor = '), "utf-8")

    done = rundbrief("issue", "check", "2025-10", cwd=folder)

    assert done.returncode == 1
    assert "issues/2025-10/editorial.md:4" in done.stderr
    assert "gone.png" in done.stderr
    assert "issues/2025-10/editorial.md:5" in done.stderr
    assert "author" in done.stderr


def test_a_template_error_names_file_and_line(folder: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "letter.txt").write_text("eins\nzwei {{ nichts }}\n", "utf-8")

    done = rundbrief("issue", "build", "2025-10", cwd=folder)

    assert done.returncode == 1
    assert "templates/letter.txt:2" in done.stderr


def test_commands_that_only_read_files_make_no_database(folder: Path) -> None:
    shutil.rmtree(folder / "var")
    for arguments in (["issue", "list"], ["issue", "show", "2025-10"], ["issue", "check", "2025-10"]):
        assert rundbrief(*arguments, cwd=folder).returncode == 0
    built = rundbrief("issue", "build", "2025-10", "--json", cwd=folder)

    assert json.loads(built.stdout)["variants"][0]["recipients"] is None
    assert not (folder / "var" / "rundbrief.db").exists()


def test_build_json_has_the_promised_keys_and_files(folder: Path) -> None:
    (variant,) = json.loads(rundbrief("issue", "build", "2025-10", "--json", cwd=folder).stdout)["variants"]

    assert set(variant) >= {"key", "html", "text", "bytes", "recipients"}
    assert "der erste Absatz" in Path(variant["html"]).read_text("utf-8")
    assert "der erste Absatz" in Path(variant["text"]).read_text("utf-8")
    assert Path(variant["html"]).stat().st_size == variant["bytes"]


def test_approval_needs_a_person_or_the_number(folder: Path) -> None:
    add_ada(folder)
    assert rundbrief("mailing", "plan", "2025-10", "--now", cwd=folder).stdout == "1\n"

    nobody_there = rundbrief("mailing", "approve", "1", cwd=folder)
    wrong_number = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "2", cwd=folder)
    right_number = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "1", cwd=folder)
    again = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "1", cwd=folder)

    assert [each.returncode for each in (nobody_there, wrong_number, right_number, again)] == [5, 5, 0, 5]
    assert "It would go to 1 person, and not to 2" in wrong_number.stderr
    listed = json.loads(rundbrief("mailing", "list", "--json", cwd=folder).stdout)
    assert listed[0]["state"] == "approved"


def test_an_unsure_field_blocks_the_approval(folder: Path) -> None:
    file = folder / "issues" / "2025-10" / "editorial.md"
    text = file.read_text("utf-8").replace('Bergmann"\n', 'Bergmann"  # bitte prüfen: aus Großbuchstaben\n')
    file.write_text(text, "utf-8")
    add_ada(folder)

    planned = rundbrief("mailing", "plan", "2025-10", "--now", cwd=folder)
    approved = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "1", cwd=folder)

    assert "(draft)" in planned.stderr
    assert approved.returncode == 5
    assert "bitte prüfen" in approved.stderr


def test_no_address_and_no_secret_in_the_senders_log(folder: Path) -> None:
    add_ada(folder)
    rundbrief("mailing", "plan", "2025-10", "--now", cwd=folder)
    rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "1", cwd=folder)
    from mailer.web.sandbox import Sandbox

    with Sandbox(folder / "mails") as box:
        config = folder / "config.toml"
        config.write_text(config.read_text("utf-8").replace("port = 1\n", f"port = {box.port}\n"), "utf-8")
        done = rundbrief("run", "--only", "scheduler,sender", "--until-done", cwd=folder)

    secret = (folder / "var" / "secret.key").read_text().strip()
    assert done.returncode == 0
    assert len(box.received()) == 1
    assert "ada@" not in done.stderr
    assert secret not in done.stderr


def approved(folder: Path, port: int) -> None:
    """One person, one approved mailing, and a relay at this port."""
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("port = 1\n", f"port = {port}\n"), "utf-8")
    add_ada(folder)
    rundbrief("mailing", "plan", "2025-10", "--now", cwd=folder)
    done = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "1", cwd=folder)
    assert done.returncode == 0, done.stderr


def test_a_relay_that_is_not_there_ends_a_cron_job_with_75(folder: Path) -> None:
    approved(folder, 9)

    done = rundbrief("run", "--only", "scheduler,sender", "--until-done", cwd=folder)

    assert done.returncode == 75
    assert "127.0.0.1:9" in done.stderr
    assert "rundbrief sandbox" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stale_approval_is_told_at_once_and_can_be_renewed(folder: Path) -> None:
    approved(folder, 9)
    file = folder / "issues" / "2025-10" / "editorial.md"
    file.write_text(file.read_text("utf-8").replace("erste", "zweite"), "utf-8")

    listed = json.loads(rundbrief("mailing", "list", "--json", cwd=folder).stdout)
    run = rundbrief("run", "--only", "scheduler,sender", "--until-done", cwd=folder)
    again = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "1", cwd=folder)

    assert listed[0]["reason"] == "changed since it was approved (text); approve it again"
    assert run.returncode == 5
    assert "Mailing 1 was not sent" in run.stderr
    assert again.returncode == 0


def test_who_has_the_issue_is_not_counted_as_a_recipient(folder: Path) -> None:
    from mailer.web.sandbox import Sandbox

    with Sandbox(folder / "mails") as box:
        approved(folder, box.port)
        assert rundbrief("run", "--only", "scheduler,sender", "--until-done", cwd=folder).returncode == 0

        again = rundbrief("mailing", "plan", "2025-10", "--late-joiners", cwd=folder)
        add = ("subscribers", "add", "bo@example.org", "--source", "Messe", "--consented-on", "2025-01-02")
        rundbrief(*add, cwd=folder)
        late = rundbrief("mailing", "plan", "2025-10", "--late-joiners", cwd=folder)

    assert again.returncode == 5
    assert "have issue 2025-10 or will get it" in again.stderr
    assert "1 person, 1 more have this edition already" in late.stderr


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_the_children_of_run_end_with_their_parent(folder: Path) -> None:
    command = [sys.executable, "-m", "mailer", "run", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert parent.stderr is not None
        while "Public pages" not in parent.stderr.readline():
            pass
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        assert len(children) == 2
    finally:
        parent.kill()
        parent.wait()
        parent.stderr.close()

    limit = time.monotonic() + 30
    while any(_runs(child) for child in children) and time.monotonic() < limit:
        time.sleep(0.05)
    assert [child for child in children if _runs(child)] == []


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_an_interrupted_cron_job_says_so(folder: Path) -> None:
    from mailer.web.sandbox import Sandbox

    with Sandbox(folder / "mails", delay_seconds=2) as box:
        approved(folder, box.port)
        command = [sys.executable, "-m", "mailer", "run", "--only", "scheduler,sender", "--until-done"]
        process = subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)})
        box.wait_for(1, timeout=60)
        process.terminate()
        code = process.wait(timeout=60)

    assert code == 130
    report = json.loads(rundbrief("mailing", "report", "1", "--json", cwd=folder).stdout)
    assert (report["sent"], report["in_doubt"]) == (1, 0)


def test_a_key_that_does_not_fit_plans_and_approves_nothing(folder: Path) -> None:
    add_ada(folder)
    assert rundbrief("mailing", "plan", "2025-10", "--now", cwd=folder).returncode == 0
    (folder / "var" / "secret.key").write_text("0" * 64 + "\n")

    plan = rundbrief("mailing", "plan", "2025-10", "--now", cwd=folder)
    approve = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "1", cwd=folder)

    assert (plan.returncode, approve.returncode) == (5, 5)
    assert "does not fit" in plan.stderr
