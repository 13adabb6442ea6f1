"""Every command of the README, run in the order in which a newcomer types them."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.frontdoor import rundbrief
from tests.ports import held_port

LASTING = ("preview", "run", "sandbox")
LIST = """Anrede;Vorname;Nachname;Ort;E-Mail;Quelle;Einwilligung am
Herr;Bülent;Özdemir;Hamm;buelent@example.org;Messe 2025;01.03.2025
Frau;Ada;Ohne;Hamm;ada@example.org;Messe 2025;01.03.2025
"""
LETTER = """Kammer - Ausgabe Januar 2027 - Editorial
Ein Titel
Liebe Mitglieder,
dies ist ein Satz, der im Januar steht und der lang genug ist, um ein Absatz zu sein.
Dies ist der zweite Satz, und er steht in einem eigenen Absatz.
"""


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


def start(arguments: list[str], folder: Path, said: Path) -> "subprocess.Popen[bytes]":
    """A command that goes on until it is told to end; what it says is in a file."""
    command = [sys.executable, "-m", "mailer", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with said.open("wb") as file:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=file)


def wait_for_words(said: Path, command: str) -> None:
    limit = time.monotonic() + 60
    while not said.stat().st_size:
        assert time.monotonic() < limit, f"{command} says nothing"
        time.sleep(0.02)


def test_the_first_screen_has_the_two_commands() -> None:
    top = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for target in re.findall(r"^make (\w+)", top, re.MULTILINE):
        assert f"\n{target}:" in makefile
    assert "make demo" in top
    assert "make test" in top


@pytest.fixture
def port() -> Iterator[int]:
    with held_port() as port:
        yield port


@pytest.mark.slow
def test_every_command_works_in_order(tmp_path: Path, port: int) -> None:
    folder, lasting = tmp_path, []
    (tmp_path / "kammer").mkdir()
    (tmp_path / "kammer" / "liste.csv").write_text(LIST, encoding="cp1252", newline="\r\n")
    (tmp_path / "kammer" / "vorlage.txt").write_text(LETTER, encoding="utf-8")
    try:
        for command in commands():
            words = shlex.split(command)
            if words[0] == "cd":
                folder /= words[1]
                continue
            assert words[0] == "rundbrief", command
            if words[1] in LASTING:
                more = ["--port", str(port) if words[1] == "sandbox" else "0"]
                more += ["--no-browser"] if words[1] == "preview" else []
                said = tmp_path / f"{len(lasting)}.txt"
                lasting.append((command, start([*words[1:], *more], folder, said)))
                wait_for_words(said, command)
                continue
            done = rundbrief(*words[1:], cwd=folder)
            if "report" in words:  # `run` is at work meanwhile
                limit = time.monotonic() + 60
                while "\tsent\t" not in done.stdout and time.monotonic() < limit:
                    time.sleep(0.1)
                    done = rundbrief(*words[1:], cwd=folder)
                assert "\tsent\t" in done.stdout
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
            if words[1] == "init":
                # The documented port may be taken on this machine; everything else is as documented.
                config = folder / words[2] / "config.toml"
                config.write_text(config.read_text("utf-8").replace("port = 1025", f"port = {port}"), "utf-8")
        assert [command for command, process in lasting if process.poll() is not None] == []
    finally:
        for _, process in lasting:
            process.send_signal(signal.SIGTERM)
        codes = [(command, process.wait(timeout=60)) for command, process in lasting]
    # The sandbox has nothing to finish: a SIGTERM may simply end it.
    assert [each for each in codes if each[1] not in (0, -signal.SIGTERM, 130)] == []
