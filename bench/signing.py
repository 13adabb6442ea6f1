"""Signing the sample letter against `openssl speed rsa2048` and against dkimpy, alternating on one core.

Prints one JSON line: signatures per second of CPU (what a signed letter costs more than an unsigned one), the
same for a bare RSA signature of OpenSSL and for dkimpy, which is handed the filled letter; both ratios; and
whole letters per second, filled and signed. Medians of three rounds.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import dkim as dkimpy

from mailer.cli.muster import sample_recipient
from mailer.cli.office import Office
from mailer.delivery import dkim
from mailer.delivery.message import Message, message_id

ROUNDS, SECONDS = 3, 2
WHEN = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
IDENTITY = message_id(b"k" * 32, 1, 1, "example.org")


def main() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the child that measures OpenSSL inherits it
    office = Office(str(Path(__file__).parent.parent / "config.toml"))
    edition, envelope = office.compile(office.read_issue("2025-10")), office.envelope(None, "2025-10")
    variant = edition.variants[0]
    recipient = sample_recipient(envelope, variant)
    pem = dkim.new_key(dkim.RSA)
    signer = dkim.Signer("example.org", [dkim.read_key("rb2027", pem, "bench")], lambda: WHEN)
    signed, plain = (Message(variant, edition.pictures, envelope, who) for who in (signer, None))
    raw = plain.fill(recipient, message_id=IDENTITY, date=WHEN)
    names = [name.encode() for name in dkim.OVERSIGNED]

    def whole() -> None:
        signed.wire(recipient, message_id=IDENTITY, date=WHEN)

    def filled() -> None:
        plain.wire(recipient, message_id=IDENTITY, date=WHEN)

    def theirs() -> None:
        dkimpy.sign(
            raw, b"rb2027", b"example.org", pem, canonicalize=(b"relaxed", b"relaxed"), include_headers=names
        )

    rounds = [(_rate(whole), _rate(filled), _openssl(), _rate(theirs)) for _ in range(ROUNDS)]
    mine = median(1 / (1 / one[0] - 1 / one[1]) for one in rounds)
    letters, _, bare, other = (median(values) for values in zip(*rounds, strict=True))
    figure = {"figure": "dkim", "bytes": len(raw), "per_second": round(mine), "letters": round(letters)}
    figure |= {"dkimpy": round(other, 1)}
    ratios = {"ratio_dkimpy": round(mine / other, 1)}
    if bare:
        figure |= {"openssl_rsa2048": round(bare)}
        ratios |= {"ratio_openssl": round(mine / bare, 2)}
    print(json.dumps(figure | ratios))


def _rate(work: Callable[[], None]) -> float:
    began, count = time.process_time(), 0
    while time.process_time() - began < SECONDS:
        work()
        count += 1
    return count / (time.process_time() - began)


def _openssl() -> float:
    """RSA-2048 signatures per second of CPU by the system's OpenSSL; 0 without one."""
    if shutil.which("openssl") is None:
        return 0.0
    command = ["openssl", "speed", "-seconds", str(SECONDS), "rsa2048"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"^rsa\s+2048 bits\s+[\d.]+s\s+[\d.]+s\s+([\d.]+)", done.stdout, re.MULTILINE)
    return float(found[1]) if found else 0.0


if __name__ == "__main__":
    main()
