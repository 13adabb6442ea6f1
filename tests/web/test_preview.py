"""The preview over a real connection: letters, complaints, guards, and the stream that says `saved`."""

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

import folderdesk
import pytest

from mailer.web.preview import inline_pictures, make_app
from mailer.web.server import LOOPBACK, listen

TOKEN = "geheim"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2025-10.txt").write_text("Oktober\nGuten Tag\n")
    (tmp_path / "2025-11.txt").write_text("November\nHallo\n")
    return tmp_path


@pytest.fixture
def site(serve: Callable, folder: Path):
    return serve(make_app(folderdesk.FolderDesk(folder), token=TOKEN))


def ask_json(site, path: str):
    answer = site.ask("GET", f"/{TOKEN}/{path}")
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


def test_the_list_speaks_the_teams_words(site):
    rows = ask_json(site, "issues")

    first = {"key": "2025-10", "label": "Ausgabe 2025-10", "title": "Oktober"}
    assert rows[0] == {**first, "state": "Entwurf", "tone": "rest"}
    assert [row["key"] for row in rows] == ["2025-10", "2025-11"]


def test_an_issue_is_drawn_anew_each_time(site, folder):
    before = ask_json(site, "issues/2025-10")
    (folder / "2025-10.txt").write_text("Oktober, neu\nGuten Abend\n")

    after = ask_json(site, "issues/2025-10")

    assert before["problems"] == after["problems"] == []
    assert before["letter"]["sender"] == "Kammer Musterland"
    assert before["letter"]["address"] == "brief@example.org"
    assert after["letter"]["subject"] == "Oktober, neu"
    assert after["letter"]["text"] == "Oktober, neu\nGuten Abend\n"
    assert after["letter"]["source"].startswith("From: brief@example.org\n")
    assert after["letter"]["revision"] > before["letter"]["revision"]


def test_a_sender_may_be_a_name_alone(site, folder):
    (folder / "2025-10.txt").write_text("Oktober\nnamenlos\n")

    letter = ask_json(site, "issues/2025-10")["letter"]

    assert (letter["sender"], letter["address"]) == ("Kammer Musterland", "")


def test_a_broken_issue_names_every_place_and_keeps_the_last_good_letter(site, folder):
    ask_json(site, "issues/2025-10")
    (folder / "2025-10.txt").write_text("Oktober\nfalsch!\ngut\nauch falsch!\n")

    answer = ask_json(site, "issues/2025-10")

    assert [each["place"] for each in answer["problems"]] == ["2025-10.txt:2", "2025-10.txt:4"]
    assert answer["problems"][0]["message"] == "Die Zeile 'falsch!' ist falsch."
    assert answer["problems"][0]["hint"] == "Bitte ändern."
    assert answer["letter"]["text"] == "Oktober\nGuten Tag\n"
    assert "Guten Tag" in site.ask("GET", f"/{TOKEN}/issues/2025-10/letter").text


def test_an_issue_that_never_was_good_has_no_letter(site, folder):
    (folder / "2025-12.txt").write_text("Dezember!")

    assert ask_json(site, "issues/2025-12")["letter"] is None
    assert site.ask("GET", f"/{TOKEN}/issues/2025-12/letter").status == 404


def test_a_bug_of_the_program_is_no_complaint_about_the_text(site, folder):
    (folder / "2025-10.txt").write_text("Fehler im Programm")

    assert site.ask("GET", f"/{TOKEN}/issues/2025-10").status == 500


def test_the_letter_is_shut_in_and_brings_its_pictures(site):
    ask_json(site, "issues/2025-10")

    answer = site.ask("GET", f"/{TOKEN}/issues/2025-10/letter?1")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-same-origin allow-popups")
    assert "allow-scripts" not in policy
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in policy
    assert '<img src="data:image/gif;base64,R0lGODlh' in answer.text


def test_only_known_pictures_are_put_in():
    html = '<img src="cid:a"><td background="cid:a"><img src="cid:b"> cid:a <p style="background:url(cid:a)">'

    filled = inline_pictures(html, {"a": ("image/png", b"\0")})

    assert filled.split("data:image/png;base64,AA==") == [
        '<img src="',
        '"><td background="',
        '"><img src="cid:b"> cid:a <p style="background:url(',
        ')">',
    ]


@pytest.mark.parametrize("path", ["", "issues", "issues/2025-10", "events", "preview.js"])
@pytest.mark.parametrize("token", ["", "falsch/", "geheim2/", "gehei/"])
def test_nothing_is_there_without_the_token(site, token, path):
    assert site.ask("GET", f"/{token}{path}").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "issues/..%2f..%2fetc%2fpasswd",
        "issues/../../../../etc/passwd",
        "issues/2025-10.txt",
        "issues/%2e%2e/letter",
        "..%2fpyproject.toml",
        "preview.html",
        "tokens.css",
    ],
)
def test_no_path_leads_out(site, path):
    assert site.ask("GET", f"/{TOKEN}/{path}").status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8025", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_is_refused(site, host):
    assert site.ask("GET", f"/{TOKEN}/issues", Host=host).status == 400


@pytest.mark.parametrize("host", ["localhost:8025", "127.0.0.1"])
def test_this_machine_may_ask_by_both_names(site, host):
    assert site.ask("GET", f"/{TOKEN}/issues", Host=host).status == 200


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("", "text/html"), ("preview.css", "text/css"), ("preview.js", "text/javascript")],
)
def test_the_page_is_three_files_and_loads_nothing_else(site, path, media_type):
    answer = site.ask("GET", f"/{TOKEN}/{path}")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def open_events(port: int, path: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    read_until(response, b"event: ready")
    read_until(response, b"\n")
    return connection, response


def read_until(response: http.client.HTTPResponse, wanted: bytes) -> None:
    for line in response:
        if line.startswith(wanted):
            return
    raise AssertionError(f"the stream ended before {wanted!r}")


def test_a_saved_file_is_told_and_a_quiet_stream_beats(site, folder):
    connection, response = open_events(site.port, f"/{TOKEN}/events")
    time.sleep(0.3)  # the watcher starts after the first line is out

    begun = time.monotonic()
    (folder / "2025-10.txt").write_text("Oktober\nGespeichert\n")
    read_until(response, b"event: saved")
    told = time.monotonic() - begun
    read_until(response, b": ping")
    beat = time.monotonic() - begun

    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert told < 2
    assert beat < 6
    response.close()
    connection.close()


def test_an_atomic_rename_is_told_too(site, folder):
    connection, response = open_events(site.port, f"/{TOKEN}/events")
    time.sleep(0.3)

    (folder / "neu").write_text("Oktober\nUmbenannt\n")
    (folder / "neu").rename(folder / "2025-10.txt")
    read_until(response, b"event: saved")

    assert ask_json(site, "issues/2025-10")["letter"]["text"].endswith("Umbenannt\n")
    response.close()
    connection.close()


# The command, in a process of its own.


@pytest.fixture
def command(folder: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    started: list[subprocess.Popen] = []

    def start(*options: str) -> subprocess.Popen:
        call = [sys.executable, folderdesk.__file__, str(folder), "--no-browser", *options]
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
def test_it_ends_at_once_although_a_browser_listens(command, stop):
    process = command("--port", "0")
    address = urlsplit(process.stdout.readline().strip())
    connection, response = open_events(address.port, f"{address.path}events")

    begun = time.monotonic()
    process.send_signal(stop)
    _, said = process.communicate(timeout=5)
    took = time.monotonic() - begun

    assert address.hostname == LOOPBACK
    assert len(address.path) > 20
    assert took < 2
    assert "Traceback" not in said
    response.close()
    connection.close()


def test_it_opens_at_the_issue_that_was_asked_for(command):
    process = command("2025-11", "--port", "0")

    assert process.stdout.readline().strip().endswith("/#2025-11")


def test_an_unknown_issue_is_refused_by_name(command):
    process = command("2031-01", "--port", "0")
    _, said = process.communicate(timeout=10)

    assert process.returncode != 0
    assert "There is no issue '2031-01'. There are: 2025-10, 2025-11." in said


def test_a_taken_port_is_said_and_never_shared(command):
    with listen(0) as taken:
        process = command("--port", str(taken.getsockname()[1]))
        _, said = process.communicate(timeout=10)

    assert process.returncode != 0
    assert "is in use. Choose another one with --port, or 0 for any." in said


def test_without_a_port_the_next_free_one_is_taken():
    with listen(0) as first, listen(first.getsockname()[1], seek=True) as second:
        assert second.getsockname()[1] not in {0, first.getsockname()[1]}
        assert second.getsockname()[0] == LOOPBACK
        assert second.family == socket.AF_INET


def test_the_commands_load_nothing_heavy():
    script = (
        "import sys, mailer.cli.preview, mailer.cli.sandbox;"
        "heavy = {'starlette', 'uvicorn', 'jinja2', 'watchfiles', 'asyncio', 'sqlalchemy', 'rich'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
