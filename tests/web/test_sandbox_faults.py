"""What an address asks the sandbox to do wrong, seen from the client's side."""

import re
import smtplib
import time

import pytest
from click.testing import CliRunner
from smtpclient import MESSAGE, SENDER, client, replies, wire

from mailer.cli.sandbox import sandbox
from mailer.web.faults import FAULTS, Moment, fault_of
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("550", (550, b"5.1.1")),
        ("550-Nobody", (550, b"5.1.1")),
        ("451", (451, b"4.7.1")),
        ("451-later", (451, b"4.7.1")),
        ("5500", (250, b"2.1.5")),
        ("dropper", (250, b"2.1.5")),
    ],
)
def test_a_recipient_asks_for_its_own_refusal(box, local, expected):
    with client(box) as smtp:
        smtp.mail(SENDER)
        code, text = smtp.rcpt(f"{local}@example.org")

    assert (code, text[:5]) == expected


@pytest.mark.parametrize(
    ("local", "code"), [("552-dot", 552), ("554-dot", 554), ("554-dot-x", 554), ("451-dot", 451)]
)
def test_a_refusal_after_the_dot_keeps_nothing(box, local, code):
    with client(box) as smtp:
        smtp.mail(SENDER)
        smtp.rcpt("ada@example.org")
        smtp.rcpt(f"{local}@example.org")
        answer = smtp.data(MESSAGE)
        smtp.sendmail(SENDER, "bob@example.org", MESSAGE)

    assert answer[0] == code
    assert [caught.recipients for caught in box.received()] == [("bob@example.org",)]


@pytest.mark.parametrize(
    ("local", "kept"), [("drop", 0), ("drop-data", 0), ("drop-dot", 1), ("drop-dot-7", 1)]
)
def test_a_dropped_connection_keeps_what_was_accepted(box, local, kept):
    with wire(box) as connection:
        connection.sendall(
            f"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<{local}@example.org>\r\n".encode()
        )
        replies(connection, 3)
        connection.sendall(b"DATA\r\n")
        if local != "drop":
            assert replies(connection, 1)[0].startswith("354 ")
        if kept:
            connection.sendall(b"x\r\n.\r\n")
        assert connection.recv(100) == b""

    assert len(box.received()) == kept


def test_slow_answers_late_and_keeps_first(box):
    with client(box) as smtp:
        begun = time.monotonic()
        smtp.sendmail(SENDER, "slow@example.org", MESSAGE)

    assert 2 <= time.monotonic() - begun < 10
    assert len(box.received()) == 1


def test_every_fault_has_a_name_of_small_letters():
    assert all(name == name.casefold() and "@" not in name for name in FAULTS)


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.reply[:3].isdecimal()])
def test_each_reply_of_the_table_is_what_the_client_gets(box, name):
    fault = FAULTS[name]
    with wire(box) as connection:
        connection.sendall(f"EHLO x\r\nMAIL FROM:<{SENDER}>\r\n".encode())
        replies(connection, 2)
        connection.sendall(f"RCPT TO:<{name}@example.org>\r\n".encode())
        if fault.moment is not Moment.RECIPIENT:
            assert replies(connection, 1)[0].startswith("250 ")
            connection.sendall(b"DATA\r\n")
            assert replies(connection, 1)[0].startswith("354 ")
            connection.sendall(b"x\r\n.\r\n")
        answer = connection.recv(len(fault.reply) + 2)

    assert answer == f"{fault.reply}\r\n".encode()
    assert len(box.received()) == (fault.moment is Moment.KEPT)


@pytest.mark.parametrize("local", ["421", "421-dot", "endless"])
def test_some_replies_end_the_connection(box, local):
    with wire(box) as connection:
        connection.sendall(b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<%s@example.org>\r\n" % local.encode())
        if local == "421-dot":
            connection.sendall(b"DATA\r\nx\r\n.\r\n")
        received = 0
        while chunk := connection.recv(1 << 20):
            received += len(chunk)

    assert received > 10_000_000 if local == "endless" else received < 1000


@pytest.mark.parametrize(("local", "kept"), [("hang", 0), ("hang-dot", 1)])
def test_silence_lasts_until_the_client_loses_patience(box, local, kept):
    with wire(box) as connection:
        connection.sendall(b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<%s@example.org>\r\n" % local.encode())
        replies(connection, 2 + kept)
        if kept:
            connection.sendall(b"DATA\r\nx\r\n.\r\n")
            replies(connection, 1)
        connection.settimeout(0.3)

        with pytest.raises(TimeoutError):
            connection.recv(1)

    assert len(box.received()) == kept


def test_a_fault_of_one_recipient_leaves_the_next_letter_alone(box):
    with client(box) as smtp:
        for local in ("450", "452", "552", "554"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                smtp.sendmail(SENDER, f"{local}@example.org", MESSAGE)
        smtp.sendmail(SENDER, "ada@example.org", MESSAGE)

    assert [caught.recipients for caught in box.received()] == [("ada@example.org",)]


def test_the_longest_name_wins_and_a_longer_word_is_no_fault():
    assert fault_of("421-dot-x@example.org") is FAULTS["421-dot"]
    assert fault_of("421-dotted@example.org") is FAULTS["421"]
    assert fault_of("oddly@example.org") is None


def test_the_help_and_the_page_in_docs_list_every_address():
    shown = CliRunner().invoke(sandbox, ["--help"]).output
    page = (ROOT / "docs" / "sandbox.md").read_text("utf-8")

    told = dict(re.findall(r"^\| `([^`]+)@` \| ([^|]+) \|", page, re.MULTILINE))
    assert told == {name: fault.says[1] for name, fault in FAULTS.items()}
    for name, fault in FAULTS.items():
        assert re.search(rf"^  {name}@ +{re.escape(fault.says[1])}$", shown, re.MULTILINE)
