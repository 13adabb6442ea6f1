"""Filling a compiled letter against building an EmailMessage per recipient, in the same run.

Prints one JSON line: microseconds of CPU per message for both, their ratio (higher is better for us), and
what the pieces for the wire cost without and with a signature (RSA of 2048 bits).
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from statistics import median

from mailer.cli.muster import sample_recipient
from mailer.cli.office import Office
from mailer.delivery import dkim
from mailer.delivery.message import Message, message_id

COUNT, ROUNDS = 2_000, 3
WHEN = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


def main() -> None:
    office = Office(str(Path(__file__).parent.parent / "config.toml"))
    issue = office.read_issue("2025-10")
    edition, envelope = office.compile(issue), office.envelope(None)
    variant, recipient = edition.variants[0], sample_recipient(office.envelope(None), edition.variants[0])
    key = dkim.read_key("rb2027", dkim.new_key(dkim.RSA), "bench")
    compiled = Message(variant, edition.pictures, envelope)
    signing = Message(variant, edition.pictures, envelope, dkim.Signer("example.org", [key], lambda: WHEN))
    identity = message_id(b"k" * 32, 1, 1, "example.org")

    def wire() -> list[bytes]:
        return compiled.wire(recipient, message_id=identity, date=WHEN)

    def signed() -> list[bytes]:
        return signing.wire(recipient, message_id=identity, date=WHEN)

    def ours() -> bytes:
        return compiled.fill(recipient, message_id=message_id(b"k" * 32, 1, 1, "example.org"), date=WHEN)

    def yardstick() -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = envelope.from_address, recipient.address, variant.subject
        mail.set_content(variant.fill_text(recipient.values), cte="quoted-printable")
        mail.add_alternative(variant.fill_html(recipient.values), subtype="html", cte="quoted-printable")
        for picture in edition.pictures:
            kind, _, detail = picture.media_type.partition("/")
            mail.get_payload()[1].add_related(picture.data, kind, detail, cid=f"<{picture.name}>")
        return mail.as_bytes()

    works = ((ours, COUNT), (yardstick, COUNT // 20), (wire, COUNT), (signed, COUNT))
    rounds = [[_microseconds(work, count) for work, count in works] for _ in range(ROUNDS)]
    mine, theirs, pieces, with_signature = (median(values) for values in zip(*rounds, strict=True))
    figure = {
        "figure": "fill",
        "bytes": len(ours()),
        "us": round(mine, 1),
        "email_message_us": round(theirs, 1),
        "wire_us": round(pieces, 1),
        "wire_signed_us": round(with_signature, 1),
    }
    print(json.dumps(figure | {"ratio": round(theirs / mine, 1)}))


def _microseconds(work: Callable[[], object], count: int) -> float:
    began = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - began) / count * 1e6


if __name__ == "__main__":
    main()
