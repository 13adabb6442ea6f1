"""One caught mail taken apart: text, HTML, pictures and attachments; a hostile one does no harm."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32

from mailer.web.framing import links_outside
from mailer.web.inbox_headers import Field, decode, fields, in_charset, visible
from mailer.web.pictures import inline_pictures

TEXT_CHARACTERS = 400_000
HTML_CHARACTERS = 3_000_000
PARTS = 200
_CONTAINERS = 300  # the library needs far too long for mails nested deeper than any program nests them
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
_REMOTE = re.compile(
    r"<img\b[^<>]{0,2000}?\bsrc\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:https?:)?//|url\(\s{0,9}[\"']?(?:https?:)?//",
    re.IGNORECASE,
)


class _Unread(Compat32):
    """Gives header fields as they came; the library would replace what is not ASCII."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the mail that is no container; `content_id` without its brackets."""

    id: int
    type: str
    name: str
    content_id: str
    is_attached: bool
    content: bytes
    charset: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, ready to be shown.

    Args:
        text, html: what a mail program shows; None where there is no such part.
        parts: every part in its order, these two as well.
        is_whole: whether its structure could be read.
    """

    headers: tuple[Field, ...]
    text: str | None
    html: str | None
    parts: tuple[Part, ...]
    is_whole: bool

    @property
    def remote_pictures(self) -> int:
        """How many pictures lie on other servers; the page loads none of them."""
        return len(_REMOTE.findall(self.html or ""))

    def framed(self) -> str:
        """The HTML for a frame: its embedded pictures in it, its links in windows of their own."""
        pictures = {
            f"cid:{part.content_id}": (part.type, part.content)
            for part in self.parts
            if part.content_id and part.type in _PICTURES
        }
        return links_outside(inline_pictures(self.html or "", pictures))


def read_mail(message: bytes) -> Mail:
    """Take a message apart. Never fails: what cannot be read is shown as one text."""
    headers = tuple(fields(message))
    try:
        if message.lower().count(b"boundary") > _CONTAINERS:
            raise RecursionError
        parts = tuple(_parts(message_from_bytes(message, policy=_Unread())))
        is_whole = True
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, KeyError, AssertionError):
        # The standard library gives up on some mails that only an attacker writes.
        parts, is_whole = (), False
    text = _first(parts, "text/plain", TEXT_CHARACTERS)
    html = _first(parts, "text/html", HTML_CHARACTERS)
    if not is_whole:
        text = visible(in_charset(message[:TEXT_CHARACTERS], ""))
    return Mail(headers, text if text is None else visible(text), html, parts, is_whole)


def _parts(message: Message) -> Iterator[Part]:
    """The leaves in their order; a mail within the mail is one of them."""
    waiting, number = [message], 0
    while waiting and number < PARTS:
        part = waiting.pop()
        inside = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() != "message" and isinstance(inside, list):
            waiting += [each for each in reversed(inside) if isinstance(each, Message)]
            continue
        yield _part(part, number)
        number += 1


def _part(part: Message, number: int) -> Part:
    name = str(part.get_filename("") or "").encode("utf-8", "surrogateescape")
    return Part(
        id=number,
        type=visible(part.get_content_type())[:100],
        name=decode(in_charset(name, ""))[:200],
        content_id=str(part.get("Content-ID", "")).strip().strip("<>")[:200],
        is_attached=part.get_content_disposition() == "attachment",
        content=_content(part),
        charset=str(part.get_content_charset("") or ""),
    )


def _content(part: Message) -> bytes:
    if part.is_multipart():  # message/rfc822
        inside = part.get_payload()
        return b"".join(each.as_bytes() for each in inside if isinstance(each, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _first(parts: tuple[Part, ...], kind: str, characters: int) -> str | None:
    """The first part of this type that is not attached, at most so many characters of it."""
    for part in parts:
        if part.type == kind and not part.is_attached:
            text = in_charset(part.content[: 4 * characters], part.charset)
            return text[:characters].encode("utf-8", "replace").decode()
    return None
