"""What sends letters holds nothing in memory that only looks at files, at config.toml and at calendars."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from mailer.web.sandbox import Sandbox
from tests.conftest import ROOT
from tests.small_workspace import add_people, make_office, plan_and_approve

HEAVY = ("pydantic", "jinja2", "mjml", "css_inline", "markdown_it", "holidays", "alembic", "openpyxl", "rich")
CODE = f"""
import atexit, sys
sys.argv[0] = "rundbrief"
from mailer.__main__ import main
atexit.register(lambda: print([name for name in {HEAVY} if name in sys.modules]))
main()
"""


def test_a_run_sends_without_what_compiles_checks_and_plans(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Sandbox(tmp_path / "mails") as box:
        office = make_office(tmp_path / "w", port=box.port)
        add_people(office, ["ada@example.org", "bo@example.org"], now)
        plan_and_approve(office, now, now)
        office.engine.dispose()
        (office.settings.var / "fingerprints").unlink(missing_ok=True)
        office.settings.file.write_text(office.settings.file.read_text("utf-8") + "\n", "utf-8")
        command = [sys.executable, "-c", CODE, "--config", str(office.settings.file), "run"]
        command += ["--only", "scheduler,sender", "--until-done"]

        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

        assert done.stdout == "[]\n"
        assert "Traceback" not in done.stderr
        people = sorted(name for each in box.received() for name in each.recipients)
        assert people == ["ada@example.org", "bo@example.org"]
