"""The body of a notice that is more than plain text: the same as HTML beside it, and a page as a file."""

import base64
import hashlib
from dataclasses import dataclass

from mailer.delivery.headers import plain_field
from mailer.delivery.mime import quoted_printable


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What goes with a notice.

    Args:
        html: says the same as its text.
        file, page: the name and the HTML of the attached page.
    """

    html: str
    file: str
    page: str


def enclosed(text: str, enclosure: Enclosure) -> tuple[list[bytes], bytes]:
    """The fields that say what the body is, and the body (RFC 2046 section 5.1).

    Raises:
        HeaderProblem: the file's name does not fit into a header.
    """
    digest = hashlib.sha256((text + enclosure.html + enclosure.page).encode()).hexdigest()[:20]
    outer, inner = f"=_{digest}", f"=_{digest}-both"  # as in mime.py: no encoding writes "=_"
    alternatives = b"".join(
        [
            *(_open(inner) + _text(kind, said) for kind, said in (("plain", text), ("html", enclosure.html))),
            _close(inner),
        ]
    )
    both = f'Content-Type: multipart/alternative; boundary="{inner}"\r\n'.encode()
    body = b"".join([_open(outer), both, alternatives, _open(outer), _page(enclosure), _close(outer)])
    return [plain_field("Content-Type", f'multipart/mixed; boundary="{outer}"')], body


def _text(kind: str, said: str) -> bytes:
    head = plain_field("Content-Type", f'text/{kind}; charset="utf-8"')
    coding = plain_field("Content-Transfer-Encoding", "quoted-printable")
    return b"".join([head, coding, b"\r\n", quoted_printable(said.encode())])


def _page(enclosure: Enclosure) -> bytes:
    fields = (
        plain_field("Content-Type", 'text/html; charset="utf-8"'),
        plain_field("Content-Transfer-Encoding", "base64"),
        plain_field("Content-Disposition", f'attachment; filename="{enclosure.file}"'),
    )
    coded = base64.encodebytes(enclosure.page.encode()).replace(b"\n", b"\r\n")
    return b"".join([*fields, b"\r\n", coded])


def _open(boundary: str) -> bytes:
    return f"\r\n--{boundary}\r\n".encode()


def _close(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode()
