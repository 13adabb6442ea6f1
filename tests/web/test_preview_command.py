"""`rundbrief preview` in a process of its own: its address, its end, what it refuses and leaves alone."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from studiosite import KEY, open_events

from mailer.web.server import LOOPBACK, listen
from tests.frontdoor import rundbrief
from tests.small_workspace import make_office, remove_database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    office = make_office(tmp_path / "w")
    remove_database(office)
    return tmp_path / "w"


@pytest.fixture
def command(folder: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    started: list[subprocess.Popen] = []

    def start(*options: str) -> subprocess.Popen:
        config = str(folder / "config.toml")
        call = [sys.executable, "-m", "mailer", "--config", config, "preview", "--no-browser", *options]
        process = subprocess.Popen(
            call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_although_a_browser_listens(command: Callable, stop: signal.Signals) -> None:
    process = command("--port", "0")
    address = urlsplit(process.stdout.readline().strip())
    connection, response = open_events(address.port, f"{address.path}events")

    begun = time.monotonic()
    process.send_signal(stop)
    _, said = process.communicate(timeout=60)
    took = time.monotonic() - begun

    assert address.hostname == LOOPBACK
    assert len(address.path) > 20
    assert took < 10
    assert "Traceback" not in said
    response.close()
    connection.close()


def test_content_needs_no_database_and_makes_none(command: Callable, folder: Path) -> None:
    process = command(KEY, "--port", "0")
    address = urlsplit(process.stdout.readline().strip())
    answers = {}
    for path in (
        "issues",
        f"issues/{KEY}",
        "people?q=",
        "people?hard=1",
        "people?random=1",
        f"issues/{KEY}/compare",
    ):
        connection = http.client.HTTPConnection(LOOPBACK, address.port, timeout=60)
        connection.request("GET", f"{address.path}{path}")
        answers[path] = json.loads(connection.getresponse().read())
        connection.close()

    assert address.fragment == KEY
    assert answers[f"issues/{KEY}"]["letter"]["subject"] == "Ein kurzer Brief"
    assert "keine Datenbank" in answers[f"issues/{KEY}"]["approval"]["why"]
    assert {each["id"] for each in answers["people?hard=1"]} >= {"muster-du", "muster-ohne"}
    assert sorted(path.name for path in folder.iterdir()) == ["config.toml", "issues"]


def test_an_unknown_issue_is_refused_by_name(folder: Path) -> None:
    done = rundbrief("preview", "2031-01", "--no-browser", "--port", "0", cwd=folder)

    assert done.returncode == 2
    assert f"There is no issue '2031-01'. There are: {KEY}." in done.stderr


def test_a_taken_port_is_said_and_never_shared(folder: Path) -> None:
    with listen(0) as taken:
        port = str(taken.getsockname()[1])
        done = rundbrief("preview", "--no-browser", "--port", port, cwd=folder)

    assert done.returncode == 1
    assert "is in use. Choose another one with --port, or 0 for any." in done.stderr


def test_without_a_port_the_next_free_one_is_taken() -> None:
    with listen(0) as first, listen(first.getsockname()[1], seek=True) as second:
        assert second.getsockname()[1] not in {0, first.getsockname()[1]}
        assert second.getsockname()[0] == LOOPBACK
        assert second.family == socket.AF_INET


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "alle", "224.0.0.1", ""])
def test_it_is_never_open_to_everybody(folder: Path, address: str) -> None:
    done = rundbrief("preview", "--no-browser", "--expose", address, "--port", "0", cwd=folder)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "such as 192.168.1.20" in done.stderr


def test_an_exposed_studio_warns_and_approves_nothing(command: Callable) -> None:
    process = command("--expose", "127.0.0.2", "--port", "0")
    address = urlsplit(process.stdout.readline().strip())
    warned = process.stderr.readline()

    connection = http.client.HTTPConnection("127.0.0.2", address.port, timeout=60)
    body = json.dumps({"mailing": 1, "expect_recipients": 1, "hash": "x"})
    connection.request("POST", f"{address.path}issues/{KEY}/approve", body, {"X-Rundbrief": "1"})
    answer = connection.getresponse()
    problem = json.loads(answer.read())["problem"]
    connection.request("GET", f"{address.path}inbox")
    inbox = connection.getresponse().status
    connection.close()

    assert address.hostname == "127.0.0.2"
    assert warned.startswith("Warning: whoever has this address")
    assert "Subscribers and caught mails are not shown there." in warned
    assert inbox == 404
    assert answer.status == 409
    assert "Freigeben geht nur auf diesem Rechner selbst." in problem


def test_an_address_of_another_machine_is_named_as_such(folder: Path) -> None:
    done = rundbrief("preview", "--no-browser", "--expose", "192.0.2.77", cwd=folder)

    assert (done.returncode, done.stdout) == (1, "")
    assert "This machine has no address 192.0.2.77." in done.stderr
    assert "--port" not in done.stderr


def test_the_commands_load_nothing_heavy() -> None:
    script = (
        "import sys, mailer.cli.preview, mailer.cli.sandbox;"
        "heavy = {'starlette', 'uvicorn', 'jinja2', 'watchfiles', 'asyncio', 'sqlalchemy', 'rich'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.stderr == ""
