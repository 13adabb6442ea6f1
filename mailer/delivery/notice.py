"""A notice: a plain mail to one of the team, about the newsletter and outside its books."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from mailer.delivery import dkim
from mailer.delivery.enclosure import Enclosure, enclosed
from mailer.delivery.headers import date_field, mailbox_field, plain_field, text_field
from mailer.delivery.message import Envelope
from mailer.delivery.mime import quoted_printable
from mailer.delivery.transport import Letter
from subscribers.address import envelope_address

if TYPE_CHECKING:
    from mailer.delivery.dkim import Signer

FIELD = "X-Rundbrief-Notice"


def write_notice(
    envelope: Envelope,
    to: str,
    subject: str,
    text: str,
    now: datetime,
    *,
    identity: str,
    signer: "Signer | None" = None,
    enclosure: Enclosure | None = None,
) -> Letter:
    """The letter to one of the team; it has no link to leave, and nobody's absence note answers it.

    Args:
        identity: the left part of its Message-ID; the same for the same notice.
        enclosure: what goes with the text, if anything.

    Raises:
        HeaderProblem: the subject or the address do not fit into a header.
    """
    sender, recipient = envelope_address(envelope.from_address), envelope_address(to)
    fields = [
        date_field(now),
        plain_field("Message-ID", f"<{identity}@{sender.rpartition('@')[2]}>"),
        mailbox_field("To", "", recipient),
        mailbox_field("From", envelope.from_name, envelope.from_address),
        text_field("Subject", subject),
        plain_field("Auto-Submitted", "auto-generated"),  # RFC 3834 section 5
        plain_field(FIELD, envelope.newsletter or "rundbrief"),
        plain_field("Content-Language", envelope.language),
        plain_field("MIME-Version", "1.0"),
    ]
    kind, body = enclosed(text, enclosure) if enclosure else _plain(text)
    fields += kind
    signature = [_sign(signer, fields, body)] if signer else []
    wire = [*signature, *fields, b"\r\n", body]
    return Letter(1, sender, recipient, wire, sum(map(len, wire)))


def _plain(text: str) -> tuple[list[bytes], bytes]:
    """The fields that say what the body is, and the body."""
    kind = plain_field("Content-Type", 'text/plain; charset="utf-8"')
    return [kind, plain_field("Content-Transfer-Encoding", "quoted-printable")], quoted_printable(
        text.encode()
    )


def _sign(signer: "Signer", fields: list[bytes], body: bytes) -> bytes:
    """The DKIM signature over the fields that it covers and the whole body (RFC 6376)."""
    names = [each.partition(b":")[0].decode() for each in fields]
    covered = dkim.signed(names)
    head = b"".join(
        dkim.relaxed_field(each) for name, each in zip(names, fields, strict=True) if name in covered
    )
    return signer.seal(covered).sign(head, hashlib.sha256(dkim.relaxed_lines(body)).digest())
