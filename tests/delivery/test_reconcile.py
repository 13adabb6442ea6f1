"""What can be concluded from the relay's log, and what can not."""

import gzip
import os
from pathlib import Path

import pytest

from mailer.delivery.reconcile import Finding, read_maillog
from subscribers.errors import Problem

ID = "<m1.2.0123456789abcdef@example.org>"
ADA = "ada@example.org"


def line(words: str, queue_id: str = "4F1C2D3E4F", part: str = "smtp") -> str:
    return f"Nov 24 09:30:02 relay postfix/{part}[4711]: {queue_id}: {words}\n"


BEGIN = line(f"message-id={ID}", part="cleanup")
ACTIVE = line("from=<rundbrief@example.org>, size=34891, nrcpt=1 (queue active)", part="qmgr")
SENT = line(
    f"to=<{ADA}>, relay=mx.example.org[192.0.2.1]:25, delay=0.4, dsn=2.0.0, status=sent (250 2.0.0 Ok)"
)
BOUNCED = line(
    f"to=<{ADA}>, relay=mx.example.org[192.0.2.1]:25, dsn=5.1.1, status=bounced (host said: 550 5.1.1 gone)"
)
DEFERRED = line(f"to=<{ADA}>, relay=none, dsn=4.4.1, status=deferred (connect: timed out)")
REMOVED = line("removed", part="qmgr")
FILTERED = line(
    f"to=<{ADA}>, relay=127.0.0.1[127.0.0.1]:10024, dsn=2.0.0, "
    "status=sent (250 2.0.0 from MTA: 250 Ok: queued as 5A5B5C5D5E)"
)
SECOND = "5A5B5C5D5E"
CASES = {
    "sent": ([BEGIN, ACTIVE, SENT, REMOVED], "sent", "relay log, 4F1C2D3E4F: 250 2.0.0 Ok"),
    "bounced": ([BEGIN, ACTIVE, BOUNCED, REMOVED], "failed", "550 5.1.1 gone"),
    "first deferred, then sent": ([BEGIN, ACTIVE, DEFERRED, SENT], "sent", "Ok"),
    "expired": ([BEGIN, ACTIVE, BOUNCED.replace("status=bounced", "status=expired")], "failed", "gone"),
    "case of the address": ([BEGIN, ACTIVE, SENT.replace("ada@", "Ada@")], "sent", "Ok"),
    "an alias": (
        [BEGIN, ACTIVE, SENT.replace(f"to=<{ADA}>,", f"to=<x@example.net>, orig_to=<{ADA}>,")],
        "sent",
        "Ok",
    ),
    "through a filter": (
        [
            BEGIN,
            ACTIVE,
            line(f"message-id={ID}", SECOND, "cleanup"),
            FILTERED,
            REMOVED,
            BOUNCED.replace("4F1C2D3E4F", SECOND),
        ],
        "failed",
        "gone",
    ),
    "still in the filter": (
        [BEGIN, ACTIVE, line(f"message-id={ID}", SECOND, "cleanup"), FILTERED],
        "",
        "not delivered it yet",
    ),
    "still tried": ([BEGIN, ACTIVE, DEFERRED], "", "connect: timed out"),
    "only queued": ([BEGIN, ACTIVE], "", "not delivered it yet"),
    "hung up before the dot": ([BEGIN], "", "no word that the relay accepted it"),
    "not known": ([BEGIN.replace("m1.2.", "m1.3."), ACTIVE, SENT], "", "does not know this letter"),
    "only the archive got it": (
        [BEGIN, ACTIVE, SENT.replace(ADA, "archiv@example.org")],
        "",
        "other recipients only",
    ),
    "both": (
        [
            BEGIN,
            ACTIVE,
            SENT,
            line(f"message-id={ID}", SECOND, "cleanup"),
            BOUNCED.replace("4F1C2D3E4F", SECOND),
        ],
        "",
        "both",
    ),
    "the queue id of another letter later": (
        [BEGIN, ACTIVE, DEFERRED, line("message-id=<other@example.org>", part="cleanup"), SENT],
        "",
        "timed out",
    ),
    "after it was removed": ([BEGIN, ACTIVE, DEFERRED, REMOVED, SENT], "", "timed out"),
}


@pytest.mark.parametrize(("lines", "outcome", "text"), CASES.values(), ids=CASES)
def test_what_the_log_says(tmp_path: Path, lines: list[str], outcome: str, text: str) -> None:
    log = tmp_path / "mail.log"
    log.write_text("noise\n" + "".join(lines) + "noise", "utf-8")

    finding = read_maillog([log], {ID: ADA}).findings[ID]

    assert finding.outcome == outcome
    assert text in finding.text


def test_rotated_parts_are_read_from_the_oldest_however_they_are_named(tmp_path: Path) -> None:
    new, old = tmp_path / "mail.log", tmp_path / "mail.log.1.gz"
    old.write_bytes(gzip.compress((BEGIN + ACTIVE).encode()))
    new.write_text(SENT, "utf-8")
    os.utime(old, (1_000_000, 1_000_000))

    assert read_maillog([new, old], {ID: ADA}).findings[ID].outcome == "sent"
    assert read_maillog([new], {ID: ADA}).findings[ID].outcome == ""


def test_times_in_other_forms_and_odd_bytes_are_read(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    modern = "".join((BEGIN, ACTIVE, SENT)).replace("Nov 24 09:30:02", "2026-11-24T09:30:02.123456+01:00")
    log.write_bytes(b"\xff\xfe\x00 M\xfcll\n" + modern.replace("postfix/", "postfix-out/").encode())

    assert read_maillog([log], {ID: ADA}).findings[ID].outcome == "sent"


@pytest.mark.parametrize("queue_id", ["9C3F7", "0A1B2C", "4F1C2D3E4F", "4ZHqVz0Kc1z9rTb"])
def test_queue_ids_are_short_or_long(tmp_path: Path, queue_id: str) -> None:
    log = tmp_path / "mail.log"
    begun = "".join((BEGIN, ACTIVE, FILTERED, REMOVED)).replace("4F1C2D3E4F", queue_id[::-1])
    ended = "".join((BEGIN, ACTIVE, SENT, REMOVED)).replace("4F1C2D3E4F", queue_id)
    log.write_text(begun.replace(SECOND, queue_id) + ended, "utf-8")

    finding = read_maillog([log], {ID: ADA}).findings[ID]

    assert finding == Finding("sent", f"relay log, {queue_id}: 250 2.0.0 Ok")


def test_how_much_of_the_log_was_understood_is_counted(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    others = (
        "Nov 24 09:30:02 relay sshd[1]: Accepted publickey\n",
        "Nov 24 09:30:02 relay postfix/smtpd[1]: connect from mx.example.org[192.0.2.1]\n",
        line("hostname does not resolve", "warning"),
        line("max connection rate 1/60s", "statistics"),
        "\n",
    )
    stranger = line("message-id=<other@example.org>", "9C3F7", "cleanup")
    log.write_text("".join((*others, BEGIN, ACTIVE, DEFERRED, SENT, REMOVED, stranger)), "utf-8")

    read = read_maillog([log], {ID: ADA})

    assert (read.lines, read.understood) == (11, 6)


def test_who_was_erased_stays_in_doubt(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(BEGIN + ACTIVE + SENT, "utf-8")

    finding = read_maillog([log], {ID: ""}).findings[ID]

    assert (finding.outcome, "erased" in finding.text) == ("", True)


@pytest.mark.parametrize("how", ["missing", "folder", "damaged", "cut"])
def test_a_log_that_cannot_be_read_is_named(tmp_path: Path, how: str) -> None:
    log = tmp_path / "mail.log.gz"
    if how == "folder":
        log.mkdir()
    elif how != "missing":
        whole = gzip.compress(b"text " * 1000)
        log.write_bytes(whole[:20] if how == "cut" else whole[:12] + b"\xff" * 40)

    with pytest.raises(Problem) as caught:
        read_maillog([log], {ID: ADA})

    assert caught.value.place == str(log)
