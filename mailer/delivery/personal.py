"""What differs from letter to letter of one variant: a few header fields, and the values for its slots."""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from mailer.delivery.headers import LINE, date_field, mailbox_field, plain_field, url_field
from mailer.delivery.mime import LONGEST, Body, Values, quoted_printable

# What nearly every letter has of its own, each on a line: nothing of it has to be escaped, folded or refused.
# One look at all of it takes half the time of a look at each.
_LETTER = "A-Za-zÀ-ſ"
_PLAIN = re.compile(
    rf"(?!From )[{_LETTER}][{_LETTER} ,.-]{{0,70}}(?<! )\n"  # the greeting
    rf"https?://[A-Za-z0-9./:_~-]{{1,{LONGEST - 10}}}\n"
    rf"(?=.{{1,{LINE // 2}}}\n)[{_LETTER}]+(?:[ -][{_LETTER}]+)*\n"  # the name
    r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\n"
    r"<[A-Za-z0-9.@-]{1,200}>"  # the Message-ID
)
_PLAIN_SLOTS = {"greeting", "unsubscribe"}
_MAILBOX_ROOM = LINE - len("To:  <>")


class Recipient(NamedTuple):
    """One person as a mail needs them."""

    address: str  # in its form for headers and SMTP: the domain as A-label
    name: str
    values: Mapping[str, str]  # of the slots
    unsubscribe_url: str


class Personal:
    """Writes the own part of each letter of a variant.

    Args:
        body: says which slots there are.
        mailto: an address that takes the wish to leave, beside the link; or nothing.
        complaints: whether complaints of this letter can be told apart (RFC 9477).
    """

    def __init__(self, body: Body, mailto: str, *, complaints: bool) -> None:
        self._body, self._mailto, self._complaints = body, mailto, complaints
        self._usual = not (mailto or complaints) and body.names <= _PLAIN_SLOTS
        self._date: tuple[datetime | None, str] = (None, "")  # a mailing has one; all its letters carry it

    @property
    def names(self) -> list[str]:
        """The header fields, in their order."""
        complaints = ["CFBL-Feedback-ID"] if self._complaints else []
        return ["Date", "Message-ID", "To", "List-Unsubscribe", *complaints]

    def write(self, recipient: Recipient, identity: str, date: datetime) -> tuple[bytes, Values]:
        """Header fields, and values as they stand in the parts.

        Raises:
            SlotProblem, HeaderProblem: this person's data do not fit.
        """
        if self._date[0] != date:
            self._date = (date, date_field(date).decode())
        return (self._usual and self.plainly(recipient, identity)) or self.carefully(recipient, identity)

    def plainly(self, recipient: Recipient, identity: str) -> tuple[bytes, Values] | None:
        """The same bytes as `carefully`, in a third of the time; None where that takes more than a look."""
        address, name, values, url = recipient
        greeting = values.get("greeting", "")
        if not _PLAIN.fullmatch(f"{greeting}\n{url}\n{name}\n{address}\n{identity}"):
            return None
        phrase = name if name.isascii() else f"=?utf-8?b?{_base64(name.encode())}?="
        encoded = quoted_printable(greeting.encode())
        if len(phrase) + len(address) > _MAILBOX_ROOM or "  " in greeting or values.get("unsubscribe") != url:
            return None
        fields = (
            f"{self._date[1]}Message-ID: {identity}\r\nTo: {phrase} <{address}>\r\n"
            f"List-Unsubscribe: <{url}>\r\n"
        )
        same = {"greeting": encoded, "unsubscribe": url.encode()}
        return fields.encode(), (same, same)

    def carefully(self, recipient: Recipient, identity: str) -> tuple[bytes, Values]:
        """Whatever there is to escape, to fold or to refuse."""
        url = recipient.unsubscribe_url
        urls = [url, _mailto(self._mailto, url)] if self._mailto else [url]
        fields = [
            self._date[1].encode(),
            plain_field("Message-ID", identity),
            mailbox_field("To", recipient.name, recipient.address),
            url_field("List-Unsubscribe", *urls),
        ]
        if self._complaints:
            fields.append(plain_field("CFBL-Feedback-ID", identity.strip("<>").partition("@")[0]))
        return b"".join(fields), self._body.values(recipient.values)


def _mailto(address: str, unsubscribe_url: str) -> str:
    """The mail that takes somebody off the list: the token of their link is its subject (RFC 6068)."""
    token = unsubscribe_url.rstrip("/").rpartition("/")[2]
    return f"mailto:{quote(address, safe='@+')}?subject={quote(token, safe='')}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
