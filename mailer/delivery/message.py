"""A variant as a message: encoded once, cut at its slots, filled with bytes for each person.

No `email` object is built per person (2,258 microseconds each, measured); filling joins ready pieces, and the
signature hashes only what comes after the first slot.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from mailer.compose.rendering import Embedded, Variant
from mailer.delivery import dkim
from mailer.delivery.dkim import Signer
from mailer.delivery.headers import list_id_field, mailbox_field, plain_field, text_field, url_field
from mailer.delivery.mime import Body, Values
from mailer.delivery.personal import Personal, Recipient

_FIELD = re.compile(rb"[^\r\n]+\r\n(?: [^\r\n]*\r\n)*")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the mails of one mailing share beside their content; frozen with the approval.

    Args:
        public_url: where people leave the list; web_base: below it stand the web versions, if there are any.
        newsletter, issue: their keys.
        sender_id: the sender's name in Feedback-ID (Gmail); without it there is no such field.
        unsubscribe_mailto: an address that takes the wish to leave, beside the link (RFC 2369).
        cfbl_address: an address that takes complaints (RFC 9477).
        csa_complaints: the address that the Certified Senders Alliance asks for.
        auto_submitted: what RFC 3834 calls mail that no person sent to this reader, such as a proof:
            "auto-generated"; an issue has none.
    """

    from_name: str
    from_address: str
    reply_to: str
    list_id: str
    list_name: str
    language: str
    public_url: str
    newsletter: str = ""
    issue: str = ""
    web_base: str = ""
    sender_id: str = ""
    unsubscribe_mailto: str = ""
    cfbl_address: str = ""
    csa_complaints: str = ""
    auto_submitted: str = ""

    def as_json(self) -> dict[str, str]:
        """For storage; `Envelope(**value)` reads it again."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Message:
    """A compiled variant with the pictures it shows; `fill` and `wire` make the bytes for one person.

    Args:
        signer: signs what goes to the wire; None where the relay signs.
    """

    def __init__(
        self,
        variant: Variant,
        pictures: Sequence[Embedded],
        envelope: Envelope,
        signer: Signer | None = None,
    ) -> None:
        self.variant = variant
        self._envelope, self._body = envelope, Body(variant, pictures)
        fixed = _fixed_fields(variant, envelope, self._body.boundary)
        self._pieces = [b"".join([*fixed, b"\r\n", self._body.pieces[0]]), *self._body.pieces[1:]]
        mailto, complaints = envelope.unsubscribe_mailto, bool(envelope.cfbl_address)
        self._personal = Personal(self._body, mailto, complaints=complaints)
        self._signature = _Signature(signer, fixed, self._body, self._personal) if signer else None

    def fill(self, recipient: Recipient, *, message_id: str, date: datetime) -> bytes:
        """The whole message, CRLF line ends, not signed.

        Raises:
            SlotProblem, HeaderProblem: this person's data do not fit; the others go on.
        """
        personal, values = self._personal.write(recipient, message_id, date)
        return b"".join([personal, *self._body.filled(values, self._pieces)])

    def wire(self, recipient: Recipient, *, message_id: str, date: datetime) -> list[bytes]:
        """The same message in pieces for the wire, signed; it ends in CRLF, and the final dot is not in it.

        No line begins with a dot, so that nothing has to be stuffed (RFC 5321 section 4.5.2).

        Raises:
            SlotProblem, HeaderProblem: this person's data do not fit; the others go on.
        """
        personal, values = self._personal.write(recipient, message_id, date)
        pieces = self._body.filled(values, self._pieces)
        if self._signature:
            personal = self._signature.sign(personal, values) + personal
        pieces[0] = personal + pieces[0]
        return pieces


def message_id(secret: bytes, mailing: int, delivery: int, domain: str) -> str:
    """The same for each try of a delivery, so that a second copy is recognised (RFC 5322 section 3.6.4)."""
    proof = _prover(secret).copy()
    proof.update(f"{mailing}.{delivery}".encode())
    return f"<m{mailing}.{delivery}.{proof.hexdigest()}@{domain}>"


@lru_cache(maxsize=4)
def _prover(secret: bytes) -> "hashlib.blake2s":
    """A keyed hash for the secret, of whatever length that is (RFC 7693): a third of the time of an HMAC."""
    return hashlib.blake2s(key=hashlib.sha256(secret).digest(), person=b"message", digest_size=8)


def sender_id(domain: str) -> str:
    """A sender's name for Feedback-ID where none is configured: 5 to 15 characters that never change."""
    letters = "".join(filter(str.isalnum, domain.lower()))[:15]
    return letters if len(letters) >= 5 else hashlib.sha256(domain.lower().encode()).hexdigest()[:10]


def frame(envelope: Envelope, rule: Mapping[str, Any], segment: str) -> dict[str, Any]:
    """What an approval binds beside the edition: the sender, and who gets it."""
    return {"envelope": envelope.as_json(), "rule": dict(rule), "segment": segment}


def _fixed_fields(variant: Variant, envelope: Envelope, boundary: str) -> list[bytes]:
    """The fields that are the same for everybody."""
    fields = [
        plain_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),  # RFC 8058 section 3.1
        mailbox_field("From", envelope.from_name, envelope.from_address),
        text_field("Subject", variant.subject),
        list_id_field(envelope.list_name, envelope.list_id),
        plain_field("Precedence", "bulk"),
        plain_field("Content-Language", variant.language or envelope.language),
        plain_field("MIME-Version", "1.0"),
        plain_field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    if envelope.reply_to:
        fields.insert(2, mailbox_field("Reply-To", "", envelope.reply_to))
    if envelope.web_base and envelope.issue:
        fields.append(url_field("List-Archive", _web_version(envelope, variant)))
    if envelope.sender_id:  # a:b:c:SenderId, nothing personal: Gmail counts complaints by each of them
        names = f"{envelope.issue}:{variant.key}:{envelope.newsletter}:{envelope.sender_id}"
        fields.append(plain_field("Feedback-ID", names))
    if envelope.cfbl_address:
        fields.append(plain_field("CFBL-Address", f"{envelope.cfbl_address}; report=arf"))
    if envelope.csa_complaints:
        fields.append(plain_field("X-CSA-Complaints", envelope.csa_complaints))
    if envelope.auto_submitted:
        fields.append(plain_field("Auto-Submitted", envelope.auto_submitted))
    return fields


def _web_version(envelope: Envelope, variant: Variant) -> str:
    """Where this variant is read on the web, as the letter links to it (compose/edition.py)."""
    return f"{envelope.web_base}/{quote(envelope.issue)}/{quote(variant.key)}"


class _Signature:
    """What a signature needs of a message that is the same for everybody, hashed and canonicalised once."""

    def __init__(self, signer: Signer, fixed: Sequence[bytes], body: Body, personal: Personal) -> None:
        names = [each.partition(b":")[0].decode() for each in fixed]
        covered = dkim.signed(names)
        self._seal = signer.seal([*personal.names, *covered])
        self._fixed = b"".join(
            dkim.relaxed_field(each) for name, each in zip(names, fixed, strict=True) if name in covered
        )
        self._body = body
        first, *self._rest = map(dkim.relaxed_lines, body.pieces)
        self._started = hashlib.sha256(first)

    def sign(self, personal: bytes, values: Values) -> bytes:
        """The signature of a letter with these fields and values of its own."""
        # The values stand on lines of their own without a second blank or a tab: they are canonical already.
        digest = self._started.copy()
        digest.update(b"".join(self._body.filled(values, [b"", *self._rest])[1:]))
        head = b"".join(map(dkim.relaxed_field, _FIELD.findall(personal))) + self._fixed
        return self._seal.sign(head, digest.digest())
