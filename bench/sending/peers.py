"""Other senders with the same letter to the same sink: nodemailer, aiosmtplib, django-newsletter.

They are downloaded into the temporary folder of the run: from PyPI into an environment of their own, from npm
where node and npm are on PATH.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from sending.processes import Postfix, run
from sending.workspace import Workspace

SCRIPTS = Path(__file__).with_name("peer")
LETTERS, ROUNDS = 2_000, 3
PACKAGES = ("aiosmtplib==5.1.3", "django-newsletter==1.2.1", "sorl-thumbnail>=12,<14")
NODEMAILER = "nodemailer@10"


def compare(
    postfix: Postfix, folder: Path, workspace: Workspace, ours: tuple[float, float]
) -> Iterator[dict[str, Any]]:
    """A figure for each peer: CPU and letters per second, each with ours and the ratio."""
    letter = folder / "letter.json"
    letter.write_text(json.dumps(workspace.letter()), "utf-8")
    os.environ["NODE_PATH"] = str(folder / "node" / "node_modules")
    for name, command in _install(folder):
        costs, speeds = [], []
        for _ in range(ROUNDS):
            with postfix.running_sink() as port:
                done = json.loads(run([*command, str(port), str(LETTERS), str(letter)], LETTERS).printed)
            costs.append(done["cpu"] / LETTERS * 1e6)
            speeds.append(LETTERS / done["s"])
        figure = {"figure": "peer", "name": name, "letters": LETTERS, "rounds": ROUNDS}
        us, per_s = median(costs), median(speeds)
        figure |= {"us": us, "ours_us": ours[0], "ratio": us / ours[0]}
        yield figure | {"per_s": per_s, "ours_per_s": ours[1], "ratio_per_s": ours[1] / per_s}


def _install(folder: Path) -> Iterator[tuple[str, list[str]]]:
    python = folder / "peers" / "bin" / "python"
    venv.create(folder / "peers", with_pip=True)
    _quietly([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES])
    yield "aiosmtplib", [str(python), str(SCRIPTS / "aiosmtplib_pool.py")]
    yield "django-newsletter", [str(python), str(SCRIPTS / "django_newsletter.py")]
    if not (shutil.which("npm") and shutil.which("node")):
        print("npm and node are not here: no figure for nodemailer", file=sys.stderr)
        return
    target = ["--prefix", str(folder / "node")]
    _quietly(["npm", "install", "--silent", "--no-audit", "--no-fund", *target, NODEMAILER])
    yield "nodemailer", ["node", str(SCRIPTS / "nodemailer_pool.cjs")]


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=180)
