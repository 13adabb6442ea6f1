"""Faults 5 to 15: what a server says, or does not, and what each of that may cost. The number in the name of
a test is that of the fault; one verb of the server is replaced.
"""

import logging
import os
import shutil
import subprocess
import time
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from mailer.delivery.schema import attempt
from mailer.delivery.transport import RelayDown
from subscribers.database import reading
from tests.delivery.desk import (
    NOBODY,
    Desk,
    connects,
    wait,
)
from tests.delivery.scripted import EXTENSIONS, Act, Drop, Hang, Last, Scripted
from tests.ports import held_port

# --- 5 to 15: what the server says, or does not


@pytest.mark.parametrize("script", [{"DATA": [Drop()]}, {"BODY": [Drop()]}, {"RCPT": [Drop()]}])
def test_05_a_drop_before_the_dot_is_tried_again_and_leaves_no_doubt(
    desk: Desk, script: dict[str, Act]
) -> None:
    desk.approve("ada", "bo")

    with Scripted(script) as server:
        desk.work(server)
        desk.now += timedelta(minutes=10)
        desk.work(server)

    assert desk.states() == {"ada": "sent", "bo": "sent"}
    assert sorted(server.recipients) == ["ada@example.org", "bo@example.org"]


def test_06_a_drop_after_the_dot_is_a_doubt_and_the_others_go_on(desk: Desk) -> None:
    desk.approve("ada", "bo", "cy")

    with Scripted({"DOT": [Drop()]}) as server:
        sender = desk.work(server)

    assert sorted(desk.states().values()) == ["in_doubt", "sent", "sent"]
    assert len(server.accepted) == len(set(server.recipients)) == 3
    assert sender.partly


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
def test_07_a_421_backs_off_the_host_and_marks_nobody_failed(desk: Desk, verb: str) -> None:
    desk.approve("ada", "bo")

    with Scripted({verb: Last("421 4.3.2 Closing down")}) as server:
        if verb == "DOT":
            desk.work(server)  # two letters, two tries
        else:
            with pytest.raises(RelayDown):
                desk.work(server)

    assert set(desk.states().values()) <= {"queued", "deferred"}
    assert server.connections <= 4
    with Scripted() as well:
        desk.now += timedelta(minutes=10)
        desk.work(well)
    assert set(desk.states().values()) == {"sent"}
    assert len(well.accepted) == 2


def test_07_a_relay_that_ends_a_connection_after_some_letters_is_not_down(desk: Desk) -> None:
    desk.approve("ada", "bo", "cy", "di")
    good = "250 2.1.0 Ok"

    with Scripted({"MAIL": [good, good, Last("421 4.7.0 Enough on this connection")]}) as server:
        desk.work(server)

    assert set(desk.states().values()) == {"sent"}
    assert server.connections == 2


@pytest.mark.parametrize("reply", ["450 4.2.0 Greylisted", "451 4.7.1 Try again later"])
def test_08_greylisting_waits_five_minutes_and_counts_as_deferred(desk: Desk, reply: str) -> None:
    desk.approve("ada")

    with Scripted({"RCPT": [reply]}) as server:
        desk.work(server)
        assert desk.states() == {"ada": "deferred"}
        desk.now += timedelta(minutes=4, seconds=59)
        desk.work(server)
        assert server.recipients == NOBODY
        desk.now += timedelta(minutes=2)
        desk.work(server)

    assert desk.states() == {"ada": "sent"}


def test_09_a_452_goes_on_over_the_next_connection(desk: Desk) -> None:
    desk.approve("ada", "bo")

    with Scripted({"RCPT": ["452 4.5.3 Too many recipients"]}) as server:
        desk.work(server)

    assert server.connections == 2
    assert desk.states() == {"ada": "sent", "bo": "sent"}


def test_10_a_5xx_at_connect_lets_all_wait_and_tells_the_operator(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.approve("ada", "bo")

    with Scripted({"CONNECT": "554 No service"}) as server, pytest.raises(RelayDown, match="554 No service"):
        desk.work(server)
    assert desk.states() == {"ada": "queued", "bo": "queued"}

    with Scripted({"CONNECT": ["554 No service"]}) as server, caplog.at_level(logging.WARNING):
        sender = desk.sender(server)
        Thread(target=lambda: (wait(lambda: len(server.accepted) == 2), desk.stop.set())).start()
        sender.run()
    assert "takes no mail now (554 No service)" in caplog.text
    assert desk.states() == {"ada": "sent", "bo": "sent"}


def test_11_a_5xx_at_mail_holds_the_mailing_after_three_in_a_row(desk: Desk) -> None:
    number = desk.approve(*(f"person{count}" for count in range(12)))

    with Scripted({"MAIL": "550 5.7.1 Sender refused"}) as server:
        desk.work(server)

    assert desk.state(number) == "held"
    assert "Sender refused" in desk.reason(number)
    assert "resume" in desk.reason(number)
    states = list(desk.states().values())
    assert "failed" not in states
    assert states.count("deferred") < 8
    assert desk.suppressed() == 0


@pytest.mark.parametrize("pipelining", [True, False])
def test_12_a_5xx_at_rcpt_fails_that_recipient_only(desk: Desk, pipelining: bool) -> None:
    desk.approve("ada", "bo", "cy")
    extensions = EXTENSIONS if pipelining else EXTENSIONS[1:]

    with Scripted({"RCPT": ["550 5.1.1 No such person"]}, extensions) as server:
        desk.work(server)

    assert sorted(desk.states().values()) == ["failed", "sent", "sent"]
    assert server.connections == 1
    assert desk.phases()[0] == "rcpt"


@pytest.mark.parametrize("refusal", ["554 5.5.1 No valid recipients", "354 Go on"])
def test_12_what_follows_a_refused_rcpt_in_a_pipeline_costs_no_other_letter(desk: Desk, refusal: str) -> None:
    desk.approve("ada", "bo", "cy")

    with Scripted({"RCPT": ["550 5.1.1 No such person"], "DATA": [refusal]}) as server:
        desk.work(server)

    assert sorted(desk.states().values()) == ["failed", "sent", "sent"]
    assert len(server.accepted) == 2
    assert all(message for _, message in server.accepted)


def test_13_policy_refusals_at_the_dot_hold_the_mailing_and_suppress_nobody(desk: Desk) -> None:
    number = desk.approve(*(f"person{count}" for count in range(30)))

    with Scripted({"DOT": "554 5.7.1 Blocked for policy reasons"}) as server:
        desk.work(server)

    assert desk.state(number) == "held"
    assert desk.suppressed() == 0
    states = list(desk.states().values())
    assert states.count("queued") >= 20
    assert set(states) <= {"queued", "failed", "deferred"}


@pytest.mark.parametrize(
    ("verb", "state"), [("MAIL", "queued"), ("RCPT", "deferred"), ("DATA", "deferred"), ("DOT", "in_doubt")]
)
def test_14_silence_ends_at_the_limit_of_its_phase_and_the_others_go_on(
    desk: Desk, verb: str, state: str
) -> None:
    desk.approve("ada", "bo", "cy")

    with Scripted({verb: [Hang()]}) as server:
        sender = desk.sender(server, 2, timeout_seconds=1.5, dot_seconds=2.0)
        sender.run(until_done=True)

    expected = {"queued": ["sent"] * 3}.get(state, [state, "sent", "sent"])
    assert sorted(desk.states().values()) == expected


def test_14_the_reply_to_the_dot_may_take_longer_than_the_others(desk: Desk) -> None:
    desk.approve("ada")

    with Scripted({"DOT": [lambda: time.sleep(1.5)]}) as server:
        desk.work(server, timeout_seconds=1.0, dot_seconds=20.0)

    assert desk.states() == {"ada": "sent"}


@pytest.mark.parametrize(
    "garbage",
    [
        b"2200 hello\r\n",
        b"250-one\r\n550 two\r\n",
        b"250-" + b"x" * 10_000_000,
        b"250-more\r\n" * 5_000,
        b"\x00\xff\xfe\r\n",
        b"hello\r\n",
    ],
    ids=["four digits", "two codes", "10 MB", "endless", "no text", "no code"],
)
@pytest.mark.parametrize("verb", ["RCPT", "DOT"])
def test_15_what_is_no_reply_closes_the_connection(desk: Desk, verb: str, garbage: bytes) -> None:
    desk.approve("ada", "bo")

    with Scripted({verb: [garbage]}) as server:
        desk.work(server)
        desk.now += timedelta(minutes=10)
        desk.work(server)

    states = sorted(desk.states().values())
    assert states == (["in_doubt", "sent"] if verb == "DOT" else ["sent", "sent"])
    assert len(server.recipients) == len(set(server.recipients)) == 2
    with reading(desk.engine) as connection:
        replies = connection.scalars(select(attempt.c.reply)).all()
    assert max(map(len, replies)) <= 600


# --- the independent server: Postfix's smtp-sink, where it is installed

SINK = shutil.which("smtp-sink") or os.environ.get("RUNDBRIEF_SMTP_SINK", "")


@pytest.mark.skipif(
    not SINK, reason="smtp-sink (Debian's postfix) is not installed; name it in RUNDBRIEF_SMTP_SINK"
)
@pytest.mark.parametrize(
    ("flags", "states"),
    [
        ([], {"sent"}),
        (["-p"], {"sent"}),  # no PIPELINING
        (["-q", "DATA"], {"deferred", "queued"}),
        (["-q", "."], {"in_doubt", "queued"}),
        (["-Q", "RCPT"], {"deferred", "queued"}),
        (["-Q", "."], {"deferred", "queued"}),
        (["-r", "RCPT"], {"deferred"}),
        (["-f", "RCPT"], {"failed", "deferred", "queued"}),
        (["-f", "connect"], {"queued"}),
        (["-f", "MAIL"], {"deferred", "queued"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_05_to_13_against_smtp_sink(desk: Desk, flags: list[str], states: set[str]) -> None:
    desk.approve(*(f"person{count}" for count in range(8)))
    with held_port() as port:
        command = [SINK, "-u", "nobody", *flags, f"127.0.0.1:{port}", "50"]
        sink = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            wait(lambda: connects(port))
            try:
                desk.work(port, 2)
            except RelayDown:
                assert flags[:1] != []
        finally:
            sink.kill()
            sink.wait()

    assert set(desk.states().values()) <= states
    assert flags not in ([], ["-p"]) or set(desk.states().values()) == {"sent"}
