"""The link in a letter, from the mailbox to the books: looking changes nothing, one click ends it at once."""

import email
import email.policy
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest

from mailer.cli.office import Office, clock
from mailer.cli.run import make_sender
from mailer.schedule.ticker import tick
from mailer.web.sandbox import Sandbox
from subscribers.address import parse_address
from subscribers.database import reading
from subscribers.roster import show
from tests.conftest import ROOT
from tests.small_workspace import add_people, make_office, plan_and_approve


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[tuple[Office, Sandbox]]:
    with Sandbox(tmp_path / "mails") as box:
        office = make_office(tmp_path / "w", port=box.port)
        add_people(office, ["ada@example.org", "bo@example.org"], clock())
        send(office, clock())
        yield office, box
        office.engine.dispose()


def send(office: Office, now: datetime, issue: str = "2025-10") -> None:
    plan_and_approve(office, now, now, issue=issue)
    tick(office.engine, now, grace=office.grace, fingerprint=office.fingerprint)
    make_sender(office, Event()).run(until_done=True)


@pytest.fixture
def web(letters: tuple[Office, Sandbox]) -> Iterator[str]:
    """The public pages in a process of their own; their address."""
    command = [sys.executable, "-m", "mailer", "--config", str(letters[0].settings.file), "run"]
    with subprocess.Popen(
        [*command, "--only", "web", "--port", "0"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        found = next(
            match for line in process.stderr if (match := re.search(r"http://127\.0\.0\.1:\d+", line))
        )
        yield found[0]
        process.terminate()


def ask(method: str, url: str, body: bytes | None = None) -> tuple[int, str]:
    request = urllib.request.Request(url, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def state(office: Office, address: str) -> tuple[str, list[str]]:
    with reading(office.engine) as connection:
        card = show(connection, parse_address(address))
    assert card is not None
    return card.subscriptions[0].state, [event["kind"] for event in card.consents]


def test_the_link_in_a_letter(letters: tuple[Office, Sandbox], web: str) -> None:
    office, box = letters
    (file,) = [each.file for each in box.received() if each.recipients == ("ada@example.org",)]
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    path = mail["List-Unsubscribe"].strip("<>").removeprefix("https://rundbrief.example.org")

    for method in ("HEAD", "GET", "OPTIONS", "PUT"):
        ask(method, web + path)
    assert state(office, "ada@example.org") == ("active", ["confirmed"])
    assert ask("GET", web + path)[1].count("<button") == 1

    assert ask("POST", web + path, b"List-Unsubscribe=One-Click")[0] == 200
    assert ask("POST", web + path, b"List-Unsubscribe=One-Click")[0] == 200
    assert state(office, "ada@example.org") == ("unsubscribed", ["confirmed", "withdrawn"])
    assert state(office, "bo@example.org")[0] == "active"
    assert ask("GET", f"{web}/u/{'0' * 32}")[0] == 404


def test_who_left_is_not_in_the_next_issue(letters: tuple[Office, Sandbox], web: str) -> None:
    office, box = letters
    first = {each.recipients[0]: each.file.read_bytes() for each in box.received()}
    token = re.search(rb"/u/([0-9a-f]{32})", first["ada@example.org"])
    assert token is not None
    shutil.copytree(office.settings.issues / "2025-10", office.settings.issues / "2025-11")

    ask("POST", f"{web}/u/{token[1].decode()}", b"List-Unsubscribe=One-Click")
    send(office, clock(), "2025-11")

    assert [each.recipients for each in box.received()[2:]] == [("bo@example.org",)]
