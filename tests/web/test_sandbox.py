"""The mail catcher, talked to by smtplib and by bare sockets."""

import json
import signal
import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from smtpclient import MESSAGE, SENDER, client

from mailer.web.sandbox import Sandbox
from mailer.web.server import LOOPBACK, listen
from subscribers.errors import Problem, TryLater
from tests.web.serving import Site


def index(box: Sandbox) -> list[dict]:
    return [json.loads(line) for line in (box.folder / "index.jsonl").read_text("utf-8").splitlines()]


def test_a_message_is_on_disk_as_received_before_anybody_is_told(box):
    with client(box) as smtp:
        refused = smtp.sendmail(SENDER, ["Ada.L@example.org", "bob@example.net"], MESSAGE)
        rows = index(box)

    file = box.folder / "000001-ada.l@example.org.eml"
    assert refused == {}
    assert file.read_bytes() == MESSAGE
    assert rows == [
        {
            "n": 1,
            "file": file.name,
            "from": SENDER,
            "to": ["Ada.L@example.org", "bob@example.net"],
            "at": "2026-11-24T08:30:00+00:00",
            "bytes": len(MESSAGE),
            "subject": "Gruß",
        }
    ]
    assert [(c.file, c.sender, c.recipients) for c in box.received()] == [
        (file, SENDER, ("Ada.L@example.org", "bob@example.net"))
    ]


def test_several_messages_over_one_connection_are_numbered_in_order(box):
    with client(box) as smtp:
        for name in ("eins", "zwei", "drei"):
            smtp.sendmail(SENDER, f"{name}@example.org", MESSAGE)

    names = [caught.file.name for caught in box.wait_for(3, timeout=60)]
    assert names == [
        "000001-eins@example.org.eml",
        "000002-zwei@example.org.eml",
        "000003-drei@example.org.eml",
    ]


def test_many_connections_at_once_lose_nothing(box):
    with client(box) as one, client(box) as two:
        for number in range(20):
            one.sendmail(SENDER, f"a{number}@example.org", MESSAGE)
            two.sendmail(SENDER, f"b{number}@example.org", MESSAGE)

    assert len({caught.file for caught in box.wait_for(40, timeout=60)}) == 40
    assert [row["n"] for row in index(box)] == list(range(1, 41))


def test_a_delay_holds_every_answer_to_a_dot(tmp_path):
    with Sandbox(tmp_path, delay_seconds=0.3) as box, client(box) as smtp:
        begun = time.monotonic()
        smtp.sendmail(SENDER, "ada@example.org", MESSAGE)

        assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize(
    "recipient",
    ['"../../../tmp/x"@example.org', ".hidden@example.org", "a/b@example.org", f"{'x' * 300}@example.org"],
)
def test_no_recipient_names_a_file_elsewhere(box, recipient):
    with client(box) as smtp:
        smtp.sendmail(SENDER, recipient, MESSAGE)

    file = box.received()[0].file
    assert file.resolve().parent == box.folder.resolve()
    assert sorted(each.name for each in box.folder.iterdir()) == [file.name, "index.jsonl"]
    assert set(file.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.@_-")


def test_numbers_go_on_after_a_restart(tmp_path):
    for _ in range(2):
        with Sandbox(tmp_path) as box, client(box) as smtp:
            smtp.sendmail(SENDER, "ada@example.org", MESSAGE)

    assert sorted(file.name[:6] for file in tmp_path.glob("*.eml")) == ["000001", "000002"]
    assert [row["n"] for row in index(box)] == [1, 2]


def test_two_sandboxes_never_share_a_folder_or_a_port(box, tmp_path):
    with pytest.raises(TryLater, match="Another sandbox writes to this folder"), Sandbox(box.folder):
        pass
    with pytest.raises(Problem, match=f"Port {box.port} on 127.0.0.1 is in use"), Sandbox(tmp_path, box.port):
        pass
    with Sandbox(tmp_path):  # the refused one has let go of its folder
        pass


def test_a_message_that_cannot_be_stored_is_deferred_not_lost(box):
    with client(box) as smtp:
        (box.folder / "index.jsonl").unlink()
        box.folder.rmdir()
        smtp.mail(SENDER)
        smtp.rcpt("ada@example.org")
        code, text = smtp.data(MESSAGE)

    assert (code, text[:5]) == (451, b"4.3.0")
    assert box.received() == []


def test_waiting_says_how_many_came(box):
    with pytest.raises(TimeoutError, match="0 of 1 messages"):
        box.wait_for(1, timeout=0.05)


def test_it_ends_at_once_with_clients_still_connected(tmp_path):
    with Sandbox(tmp_path) as box:
        idle = smtplib.SMTP(LOOPBACK, box.port)
        waiting = socket.create_connection((LOOPBACK, box.port))
        waiting.sendall(b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<slow@example.org>\r\nDATA\r\nx\r\n.\r\n")
        box.wait_for(1, timeout=60)
        begun = time.monotonic()

    assert time.monotonic() - begun < 1.5  # `slow` would answer after two
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, box.port))
    idle.close()
    waiting.close()


def test_the_command_prints_each_message_and_shows_it_on_a_page(tmp_path):
    message = EmailMessage()
    message["Subject"] = "Grüße aus der Werkstatt"
    script = "from mailer.cli.sandbox import sandbox; sandbox()"
    call = [sys.executable, "-c", script, "--port", "0", "--folder", str(tmp_path / "caught")]
    call += ["--page-port", "0"]
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        port = int(process.stderr.readline().split("127.0.0.1:")[1].split(",")[0])
        page = urlsplit(process.stderr.readline().split()[-1])
        with smtplib.SMTP(LOOPBACK, port) as smtp:
            smtp.send_message(message, SENDER, ["ada@example.org", "bob@example.net"])
            smtp.sendmail(SENDER, "carla@example.org", b"Subject: =?x?q?\x1b[2J?=\r\n\r\n")
        lines = [process.stdout.readline(), process.stdout.readline()]
        answer = Site(page.port).ask("GET", f"{page.path}/mails")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    assert lines[0] == "ada@example.org, bob@example.net\tGrüße aus der Werkstatt\n"
    assert lines[1].startswith("carla@example.org\t")
    assert "\x1b" not in lines[1]
    assert [row["subject"] for row in json.loads(answer.text)["mails"]][1:] == ["Grüße aus der Werkstatt"]
    assert "Traceback" not in said


def test_the_second_part_of_an_answer_does_not_wait_for_the_first_to_be_acknowledged():
    with listen(0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
