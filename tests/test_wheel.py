"""The wheel works away from the checkout: templates and the sample workspace travel inside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
def test_the_wheel_carries_everything_a_workspace_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    folder = tmp_path / "work"
    folder.mkdir()

    def rundbrief(*arguments: str) -> str:
        # -P and the inserted path: the unpacked wheel is found first, the checkout never.
        code = (
            f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import mailer\n"
            f"assert mailer.__file__.startswith({str(tmp_path)!r}), mailer.__file__\n"
            "from mailer.__main__ import main; main()"
        )
        command = [sys.executable, "-P", "-c", code, *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "mailer/templates/letter.mjml" in names
    assert not [name for name in names if name.startswith(("tests", "bench", "docs"))]
    rundbrief("--help")
    rundbrief("init", ".")
    assert "2025-10" in rundbrief("issue", "list")
    rundbrief("issue", "build", "2025-10")
    assert "Nobody twice, nobody missed." in rundbrief("demo", "--folder", "demo")
