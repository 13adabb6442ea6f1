"""`rundbrief demo`: exit code 0 means that each expected letter arrived, counted at the catcher."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def demo(folder: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mailer", "demo", "--folder", str(folder), *more],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo_sends_each_person_one_letter_and_says_so(tmp_path: Path) -> None:
    done = demo(tmp_path / "demo")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Nobody twice, nobody missed."
    caught = tmp_path / "demo" / "var" / "sandbox"
    index = (caught / "index.jsonl").read_text("utf-8").splitlines()
    recipients = [address for line in index for address in json.loads(line)["to"]]
    assert len(recipients) == len(set(recipients)) > 50
    assert f"The catcher has {len(recipients)} letters for {len(recipients)} people" in done.stdout
    assert len(list(caught.glob("*.eml"))) == len(recipients)
    assert f"--config {tmp_path}/demo/config.toml sandbox" in done.stdout
    assert "http://127.0.0.1:8026/…/inbox" in done.stdout


def test_the_demo_fails_when_a_letter_goes_astray(tmp_path: Path) -> None:
    """A sabotaged send must not end with 0: the catcher's count decides, not the books."""
    code = (
        "from mailer.delivery import carrier\n"
        "real = carrier.write_letter\n"
        "def lie(*given):\n"
        "    letter = real(*given)\n"
        "    astray = letter.recipient.startswith('person.3@')\n"
        "    return letter._replace(recipient='nobody@example.org') if astray else letter\n"
        "carrier.write_letter = lie\n"
        "from mailer.__main__ import main\n"
        "main()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "demo", "--folder", str(tmp_path / "demo")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "1 missing" in done.stderr
