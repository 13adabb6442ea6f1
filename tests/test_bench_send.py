"""The bench of the sender, with few letters: each figure has its values, and a kill does no harm."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.conftest import ROOT

PACKAGE = os.environ.get("RUNDBRIEF_TEST_POSTFIX", "")
TOOLS = all(
    shutil.which(name, path=f"{PACKAGE}/usr/sbin{os.pathsep}{os.environ.get('PATH', '')}")
    for name in ("smtp-source", "smtp-sink")
)
LETTERS = 200
COMPARED = {
    "rate": "smtp_source_per_s",
    "rate_plain_asyncio": "smtp_source_per_s",
    "cpu": "smtp_source_us",
    "cpu_plain_asyncio": "smtp_source_us",
    "distance_20_ms": "theory_per_s",
    "first_letter": "goal_s",
    "resume": "goal_s",
}


@pytest.mark.slow
@pytest.mark.skipif(
    not TOOLS,
    reason="smtp-source and smtp-sink (Debian's postfix) are not here; RUNDBRIEF_TEST_POSTFIX may name "
    "the folder of the unpacked package",
)
def test_the_bench_prints_each_figure_with_what_it_is_compared_to() -> None:
    figures = _bench("--rounds", "1")

    assert set(figures) == {*COMPARED, "memory", "own_sink", "kill"}
    for name, other in COMPARED.items():
        assert figures[name][other] > 0
        assert figures[name]["ratio"] > 0
    assert 30_000 < figures["rate"]["octets"] < 40_000
    _assert_nobody_was_hurt(figures["kill"])


@pytest.mark.slow
def test_a_kill_in_the_bench_loses_nobody_and_doubles_nobody() -> None:
    figures = _bench("--only", "kill")

    assert set(figures) == {"first_letter", "resume", "kill"}
    _assert_nobody_was_hurt(figures["kill"])


def _assert_nobody_was_hurt(figure: Mapping[str, Any]) -> None:
    assert (figure["letters"], figure["kills"], figure["state"]) == (LETTERS, 3, "done")
    assert (figure["twice"], figure["lost"]) == (0, 0)
    assert figure["in_doubt"] <= figure["bound"]


def _bench(*options: str) -> dict[str, dict[str, Any]]:
    tools = {"RUNDBRIEF_TEST_POSTFIX": PACKAGE} if PACKAGE else {}
    done = _run([sys.executable, "bench/send.py", str(LETTERS), *options], tools)
    assert done.returncode == 0, done.stderr
    return {figure["figure"]: figure for figure in map(json.loads, done.stdout.splitlines())}


def _run(command: Sequence[str], more: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **more}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=240
    )
