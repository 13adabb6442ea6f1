"""The body of a letter as pieces of bytes: encoded once, cut at the slots, filled for each person.

A slot has lines of its own, between soft line breaks, so that its encoding never depends on its neighbours.
No line begins with a dot or with "From ": there is nothing to stuff for SMTP (RFC 5321 section 4.5.2), and no
mailbox on the way has a reason to change what was signed.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from mailer.compose.rendering import Embedded, Variant
from mailer.compose.slots import Cut, slot_value

LONGEST = 76  # octets of an encoded line, RFC 2045 section 6.7 (5)
_SOFT_BREAK = b"=\r\n"
_CONTENT_ID = re.compile(r"\bcid:([A-Za-z0-9._-]+)")  # as compose/pictures.py names them
_PART_HEAD = (
    'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
)

Slot = tuple[str, bool]  # its name, and whether it stands in HTML
Values = tuple[Mapping[str, bytes], Mapping[str, bytes]]  # of the slots in text and of those in HTML


class Body:
    """The parts of one variant with the pictures it shows.

    Args:
        pictures: those of the edition; another variant may show some that this one does not.
    """

    def __init__(self, variant: Variant, pictures: Sequence[Embedded]) -> None:
        shown = set(_CONTENT_ID.findall(variant.html))
        pictures = [each for each in pictures if each.name in shown]
        self.boundary = _boundary(variant, pictures)
        self.pieces: list[bytes] = [b""]
        self._slots: list[tuple[int, str, bool]] = []
        for each in _parts(variant, pictures, self.boundary):
            if isinstance(each, bytes):
                self.pieces[-1] += each
            else:
                self._slots.append((len(self.pieces), *each))
                self.pieces += (b"", b"")
        self.names = {name for _, name, _ in self._slots}

    def values(self, given: Mapping[str, str]) -> Values:
        """A person's values as they stand in the parts, each encoded once.

        Raises:
            SlotProblem: one is missing or unfit for its slot.
        """
        text, html = dict[str, bytes](), dict[str, bytes]()
        for name in sorted(self.names):
            text[name] = quoted_printable(slot_value(name, given, html=False).encode())
            html[name] = quoted_printable(slot_value(name, given, html=True).encode())
        return text, html

    def filled(self, values: Values, pieces: Sequence[bytes]) -> list[bytes]:
        """`pieces` (of this body, or their canonical form) with the values in their places."""
        whole = list(pieces)
        for place, name, html in self._slots:
            whole[place] = values[html][name]
        return whole


def quoted_printable(data: bytes) -> bytes:
    """RFC 2045 section 6.7, CRLF line ends; a soft line break still fits behind the last line."""
    plain = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
    encoded = binascii.b2a_qp(plain, istext=True)
    if len(encoded) < LONGEST and b"\n" not in encoded and not encoded.startswith((b".", b"From ")):
        return encoded
    *lines, last = encoded.split(b"\n")
    return b"\r\n".join([*(_within(line, LONGEST) for line in lines), _within(last, LONGEST - 1)])


def _within(line: bytes, longest: int) -> bytes:
    """A line within the limit: b2a_qp makes some of up to 78 octets and fills the last one to the brim."""
    if line.startswith((b".", b"From ")):
        line = b"=%02X" % line[0] + line[1:]
    if len(line) <= longest:
        return line
    end = longest - 1
    if b"=" in line[end - 2 : end]:  # not inside an escaped octet
        end = line.rindex(b"=", end - 2, end)
    return line[:end] + _SOFT_BREAK + _within(line[end:], longest)


def _parts(variant: Variant, pictures: Sequence[Embedded], boundary: str) -> Iterator[bytes | Slot]:
    """The body in its order: bytes that are the same for everybody, and slots."""
    yield _open(boundary)
    yield from _text_part(variant.text_cut, html=False)
    yield _open(boundary)
    if not pictures:
        yield from _text_part(variant.html_cut, html=True)
    else:
        related = f"{boundary}-related"
        yield _related_head(related) + _open(related)
        yield from _text_part(variant.html_cut, html=True)
        for each in pictures:
            yield _open(related) + _picture(each)
        yield _close(related)
    yield _close(boundary)


def _text_part(cut: Cut, *, html: bool) -> Iterator[bytes | Slot]:
    yield _PART_HEAD.format(kind="html" if html else "plain").encode()
    encoded = [quoted_printable(piece.encode()) for piece in cut.pieces]
    yield encoded[0]
    for name, before, after in zip(cut.names, encoded, encoded[1:], strict=False):
        if before and not before.endswith(b"\r\n"):
            yield _SOFT_BREAK
        yield (name, html)
        yield after if after.startswith(b"\r\n") else _SOFT_BREAK + after


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
    return f'Content-Type: multipart/related; type="text/html";\r\n boundary="{boundary}"\r\n\r\n'.encode()


def _picture(picture: Embedded) -> bytes:
    """An embedded picture: seen without remote loading, and nobody learns of it (RFC 2392)."""
    head = (
        f"Content-Type: {picture.media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.name}>\r\n"
        f'Content-Disposition: inline; filename="{picture.name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(picture.data).replace(b"\n", b"\r\n")
