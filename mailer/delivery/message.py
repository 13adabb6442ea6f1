"""A variant as a message: encoded once, cut at its slots, filled with bytes for each person.

No `email` object is built per person (2,258 microseconds each, measured); filling joins ready pieces. A slot
begins and ends with a soft line break, so that its encoding never depends on its neighbours.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailer.compose.edition import Embedded, Variant
from mailer.compose.slots import Cut, slot_value
from mailer.delivery.headers import date_field, mailbox_field, plain_field, text_field, url_field

LONGEST = 76  # octets of an encoded line, RFC 2045 section 6.7 (5)
_SOFT_BREAK = b"=\r\n"
_CONTENT_ID = re.compile(r"\bcid:([A-Za-z0-9._-]+)")  # as compose/pictures.py names them


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the mails of one mailing share beside their content; frozen with the approval."""

    from_name: str
    from_address: str
    reply_to: str
    list_id: str
    list_name: str
    language: str
    public_url: str

    def as_json(self) -> dict[str, str]:
        """For storage; `Envelope(**value)` reads it again."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person as a mail needs them."""

    address: str  # in its form for headers and SMTP: the domain as A-label
    name: str
    values: Mapping[str, str]  # of the slots
    unsubscribe_url: str


class Message:
    """A compiled variant with the pictures it shows; `fill` makes the bytes for one person."""

    def __init__(self, variant: Variant, pictures: Sequence[Embedded], envelope: Envelope) -> None:
        shown = set(_CONTENT_ID.findall(variant.html))
        pictures = [each for each in pictures if each.name in shown]  # another variant may show the others
        boundary = _boundary(variant, pictures)
        self.variant = variant
        self._envelope = envelope
        self._fixed_headers = b"".join(
            (
                mailbox_field("From", envelope.from_name, envelope.from_address),
                mailbox_field("Reply-To", "", envelope.reply_to) if envelope.reply_to else b"",
                text_field("Subject", variant.subject),
                mailbox_field("List-Id", envelope.list_name, envelope.list_id),
                plain_field("Precedence", "bulk"),
                plain_field("Content-Language", variant.language or envelope.language),
                plain_field("MIME-Version", "1.0"),
                plain_field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
            )
        )
        html = _Part(variant.html_cut, html=True)
        related = boundary + "-related"
        self._parts: list[bytes | _Part] = [
            _open(boundary),
            _Part(variant.text_cut, html=False),
            _open(boundary),
        ]
        if pictures:
            self._parts += [_related_head(related), _open(related), html]
            self._parts += [_open(related) + _picture(each) for each in pictures]
            self._parts += [_close(related)]
        else:
            self._parts += [html]
        self._parts += [_close(boundary)]

    def fill(self, recipient: Recipient, *, message_id: str, date: datetime) -> bytes:
        """The whole message, CRLF line ends, not dot-stuffed.

        Raises:
            SlotProblem, HeaderProblem: this person's data do not fit; the others go on.
        """
        pieces = [
            date_field(date),
            plain_field("Message-ID", message_id),
            mailbox_field("To", recipient.name, recipient.address),
            url_field("List-Unsubscribe", recipient.unsubscribe_url),
            plain_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),  # RFC 8058 section 3.1
            self._fixed_headers,
            b"\r\n",
        ]
        for part in self._parts:
            if isinstance(part, bytes):
                pieces.append(part)
            else:
                part.fill(recipient.values, pieces)
        return b"".join(pieces)


def message_id(secret: bytes, mailing: int, delivery: int, domain: str) -> str:
    """The same for each try of a delivery, so that a second copy is recognised (RFC 5322 section 3.6.4)."""
    proof = hmac.new(secret, f"message-id:{mailing}.{delivery}".encode(), "sha256").hexdigest()[:16]
    return f"<m{mailing}.{delivery}.{proof}@{domain}>"


def frame(envelope: Envelope, rule: Mapping[str, Any], segment: str) -> dict[str, Any]:
    """What an approval binds beside the edition: the sender, and who gets it."""
    return {"envelope": envelope.as_json(), "rule": dict(rule), "segment": segment}


class _Part:
    """A text part, quoted-printable, cut at its slots."""

    def __init__(self, cut: Cut, *, html: bool) -> None:
        kind = "html" if html else "plain"
        head = (
            f'Content-Type: text/{kind}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ).encode()
        self._html = html
        self._names = cut.names
        self._pieces = [quoted_printable(piece.encode()) for piece in cut.pieces]
        self._pieces[0] = head + self._pieces[0]

    def fill(self, values: Mapping[str, str], into: list[bytes]) -> None:
        into.append(self._pieces[0])
        for name, piece in zip(self._names, self._pieces[1:], strict=True):
            value = quoted_printable(slot_value(name, values, html=self._html).encode())
            into += (_SOFT_BREAK, value, _SOFT_BREAK, piece)


def quoted_printable(data: bytes) -> bytes:
    """RFC 2045 section 6.7, CRLF line ends; a soft line break still fits behind the last line."""
    plain = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    *lines, last = binascii.b2a_qp(plain, istext=True).split(b"\n")
    return b"\r\n".join([*(_within(line, LONGEST) for line in lines), _within(last, LONGEST - 1)])


def _within(line: bytes, longest: int) -> bytes:
    """b2a_qp makes lines of up to 78 octets where a blank ends them, and fills the last one to the brim."""
    if len(line) <= longest:
        return line
    end = -3 if line[-3:-2] == b"=" else -1
    return line[:end] + _SOFT_BREAK + line[end:]


def _boundary(variant: Variant, pictures: Sequence[Embedded]) -> str:
    """Fixed by the content; "=_" cannot occur in quoted-printable or base64 (RFC 2045 section 6.7)."""
    digest = hashlib.sha256((variant.html + variant.text).encode())
    for each in pictures:
        digest.update(each.data)
    return f"=_{digest.hexdigest()[:24]}"


def _open(boundary: str) -> bytes:
    return f"\r\n--{boundary}\r\n".encode()


def _close(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode()


def _related_head(boundary: str) -> bytes:
    return f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"\r\n\r\n'.encode()


def _picture(picture: Embedded) -> bytes:
    """An embedded picture: seen without remote loading, and nobody learns of it (RFC 2392)."""
    head = (
        f"Content-Type: {picture.media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.name}>\r\n"
        f'Content-Disposition: inline; filename="{picture.name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(picture.data).replace(b"\n", b"\r\n")
