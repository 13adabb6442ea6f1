"""Debian's SpamAssassin, without the network, has nothing against the structure of our messages."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.delivery.test_dkim import signed
from tests.delivery.test_message import FULL

NEEDS_SPAMASSASSIN = pytest.mark.skipif(
    shutil.which("spamassassin") is None, reason="spamassassin (Debian) is missing"
)
pytestmark = [pytest.mark.slow, NEEDS_SPAMASSASSIN]


def judged(raw: bytes, home: Path) -> tuple[float, set[str]]:
    """The score and the names of all rules that fired, without a look at the network."""
    environment = {**os.environ, "HOME": str(home)}  # it keeps preferences and a database there
    command = ["spamassassin", "-L", "-x"]
    done = subprocess.run(command, input=raw, capture_output=True, env=environment, check=True)
    status = re.sub(rb"\r?\n[ \t]+", b" ", done.stdout).decode("latin-1")
    found = re.search(r"^X-Spam-Status: .*?score=(-?[\d.]+) .*?tests=([A-Z0-9_, ]*)", status, re.MULTILINE)
    assert found, status[:500]
    return float(found[1]), set(re.split(r",\s*", found[2].strip()))


def structural(rules: set[str]) -> set[str]:
    """What speaks of the message itself; HTML_MESSAGE only says that there is HTML."""
    found = {rule for rule in rules if re.match("MISSING_|MIME_|HTML_|INVALID_|SUBJ", rule)}
    return found - {"HTML_MESSAGE"}


@pytest.mark.parametrize("pictures", [None, ()])
def test_no_rule_about_the_structure_of_a_message_fires(tmp_path: Path, pictures: tuple[()] | None) -> None:
    raw = signed(replace(FULL, auto_submitted=""), pictures=pictures)

    score, rules = judged(raw, tmp_path)

    assert score <= 0.1
    assert structural(rules) == set()


def test_a_broken_message_would_be_noticed(tmp_path: Path) -> None:
    raw = signed(FULL).replace(b"\r\nMessage-ID: ", b"\r\nX-No: ").replace(b"\r\nDate: ", b"\r\nX-No: ")

    _, rules = judged(raw, tmp_path)

    assert {"MISSING_MID", "MISSING_DATE"} <= rules
