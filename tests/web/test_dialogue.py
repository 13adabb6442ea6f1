"""The sandbox's SMTP: what it offers, in which order it answers, and what it refuses as real servers do."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from smtpclient import SENDER, client, replies, wire


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.text(alphabet=".a\u00e4 \t-", max_size=8), min_size=1, max_size=6))
def test_any_text_comes_back_byte_for_byte(box, lines):
    message = b"".join(line.encode() + b"\r\n" for line in lines)

    with client(box) as smtp:
        smtp.sendmail(SENDER, "ada@example.org", message)

    assert box.received()[-1].file.read_bytes() == message


def test_it_offers_what_the_sender_asks_for(box):
    with client(box) as smtp:
        offered = smtp.esmtp_features

    assert set(offered) == {"pipelining", "8bitmime", "size", "smtputf8", "enhancedstatuscodes"}
    assert offered["size"] == str(50 * 1024 * 1024)


def test_pipelined_commands_are_answered_in_order(box):
    with wire(box) as connection:
        connection.sendall(
            b"EHLO test\r\nMAIL FROM:<a@example.org> SIZE=10 BODY=8BITMIME\r\nRCPT TO:<550@example.org>\r\n"
            b"RCPT TO:<b@example.org>\r\nDATA\r\n"
        )
        first = replies(connection, 5)
        connection.sendall(
            b"x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<c@example.org>\r\nRSET\r\nDATA\r\n"
            b"NOOP\r\nVRFY c\r\nHELP\r\nQUIT\r\n"
        )
        second = replies(connection, 9)
        assert connection.recv(10) == b""

    assert [reply[:9] for reply in first] == [
        "250 ENHAN",
        "250 2.1.0",
        "550 5.1.1",
        "250 2.1.5",
        "354 End w",
    ]
    assert [reply[:9] for reply in second] == [
        "250 2.0.0",
        "250 2.1.0",
        "250 2.1.5",
        "250 2.0.0",
        "503 5.5.1",
        "250 2.0.0",
        "252 2.1.5",
        "502 5.5.1",
        "221 2.0.0",
    ]
    assert [caught.recipients for caught in box.received()] == [("b@example.org",)]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (b"MAIL FROM:<a@example.org>\r\n", "503 5.5.1"),
        (b"EHLO\r\n", "501 5.5.4"),
        (b"EHLO x\n", "500 5.5.2"),
        (b"EHLO x\rNOOP\r\n", "500 5.5.2"),
        (b"EHLO \xff\r\n", "500 5.5.2"),
        (b"NOOP " + b"x" * 3000 + b"\r\n", "500 5.5.2"),
        (b"NOOP " + b"x" * 300_000 + b"\r\n", "500 5.5.2"),
        (b"HELO x\r\n", "250 rundb"),
        (b"\r\n", "502 5.5.1"),
    ],
)
def test_a_strange_command_is_answered_and_the_dialogue_goes_on(box, command, reply):
    with wire(box) as connection:
        connection.sendall(command + b"NOOP\r\n")
        answers = replies(connection, 2)

    assert answers[0][:9] == reply
    assert answers[1] == "250 2.0.0 Nothing done"


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (b"MAIL FROM:a@example.org", "501 5.5.4"),
        (b"MAIL FROM:<a@example.org> SIZE=99999999", "552 5.3.4"),
        (b"MAIL FROM:<a@example.org> RET=HDRS", "555 5.5.4"),
        ("MAIL FROM:<ä@example.org>".encode(), "553 5.6.7"),
        (b"MAIL FROM:<a@example.org>\r\nMAIL FROM:<a@example.org>", "503 5.5.1"),
        (b"RCPT TO:<a@example.org>", "503 5.5.1"),
        (b"MAIL FROM:<a@example.org>\r\nRCPT TO:<>", "501 5.1.3"),
        (b"MAIL FROM:<a@example.org>\r\nRCPT TO:<ada>", "501 5.1.3"),
        (b"MAIL FROM:<a@example.org>\r\nRCPT TO:<a@example.org> NOTIFY=NEVER", "501 5.5.4"),
        ("MAIL FROM:<a@example.org>\r\nRCPT TO:<ä@example.org>".encode(), "553 5.6.7"),
        ("MAIL FROM:<a@example.org> SMTPUTF8\r\nRCPT TO:<ä@example.org>".encode(), "250 2.1.5"),
        (b"MAIL FROM:<a@example.org>\r\nDATA", "554 5.5.1"),
    ],
)
def test_a_wrong_envelope_is_refused(box, command, reply):
    with wire(box) as connection:
        connection.sendall(b"EHLO x\r\n" + command + b"\r\n")
        answers = replies(connection, 2 + command.count(b"\r\n"))

    assert answers[-1][:9] == reply


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        (b"a\nb\r\n.\r\n", "554 5.6.0"),
        (b"a\rb\r\n.\r\n", "554 5.6.0"),
        (b"x" * 999 + b"\r\n.\r\n", "554 5.6.0"),
        (b"x" * 300_000 + b".\r\n.\r\n", "554 5.6.0"),
        # Smuggling: no half of it may end the message.
        (b"a\n.\nMAIL FROM:<x@example.org>\r\n.\r\n", "554 5.6.0"),
        (b"a\r\n.\nMAIL FROM:<x@example.org>\r\n.\r\n", "554 5.6.0"),
        (b"a\n.\r\nMAIL FROM:<x@example.org>\r\n.\r\n", "554 5.6.0"),
        (b"x" * 998 + b"\r\n.\r\n", "250 2.0.0"),
        (b"." + b"x" * 998 + b"\r\n.\r\n", "250 2.0.0"),
        (b".\r\n", "250 2.0.0"),
    ],
)
def test_a_message_no_real_server_takes_is_refused(box, message, reply):
    with wire(box) as connection:
        connection.sendall(b"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n")
        replies(connection, 4)
        connection.sendall(message + b"NOOP\r\n")
        answers = replies(connection, 2)

    assert answers[0][:9] == reply
    assert answers[1] == "250 2.0.0 Nothing done"
    assert len(box.received()) == (1 if reply.startswith("250") else 0)


def test_a_message_over_the_limit_is_refused_after_the_dot(box):
    with client(box) as smtp:
        smtp.mail(SENDER)
        smtp.rcpt("ada@example.org")
        code, text = smtp.data((b"x" * 990 + b"\r\n") * 53_000)

    assert (code, text[:5]) == (552, b"5.3.4")
    assert list(box.folder.glob("*.eml")) == []
