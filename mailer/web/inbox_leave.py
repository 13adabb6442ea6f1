"""The unsubscribe link of a mail's header (RFC 2369, 8058): looked over, pressed if it leads here."""

import http.client
import ipaddress
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import SplitResult, quote, urlsplit

from mailer.web.inbox_headers import Field, decode

PATIENCE_SECONDS = 5.0
BODY = b"List-Unsubscribe=One-Click"
_ADDRESS = re.compile(r"<\s*([^<>]{1,2000}?)\s*>")
_SIGNED = re.compile(r"(?:^|;)\s*h\s*=\s*([^;]*)", re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^>]{0,500}>(.{0,500}?)</h1\s*>", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title\b[^>]{0,500}>(.{0,500}?)</title\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,500}>")
_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Leave:
    """What the header offers.

    Args:
        link: the one for the button, by RFC 8058; empty without one.
        mailto: the address for programs without a button.
        checks: (name in inbox_wording, "good", "bad" or "note").
        is_here: whether the link leads to this machine, so that it may be tried.
    """

    link: str
    mailto: str
    checks: tuple[tuple[str, str], ...]
    is_here: bool


@dataclass(frozen=True, slots=True)
class Pressed:
    """What the server answered: status 0 and the reason where there was no answer."""

    status: int
    said: str
    milliseconds: int

    @property
    def is_good(self) -> bool:
        """A plain yes; RFC 8058 section 3.1 wants no redirect."""
        return 200 <= self.status < 300


def read_leave(headers: Sequence[Field]) -> Leave:
    """What the unsubscribe headers of a mail offer, and whether mail programs will show a button for it."""
    lists = _values(headers, "list-unsubscribe")
    addresses = [address for value in lists for address in _ADDRESS.findall(value)]
    # RFC 2369 lets blanks stand within a folded address and has them ignored.
    addresses = ["".join(address.split()) for address in addresses]
    links = [each for each in addresses if each.lower().startswith(("https:", "http:"))]
    link = next((each for each in links if each.lower().startswith("https:")), next(iter(links), ""))
    mailto = next((each for each in addresses if each.lower().startswith("mailto:")), "")
    checks = [_said_once(lists), _link(link), _post(_values(headers, "list-unsubscribe-post"))]
    checks += [("mailto_there", "good") if mailto else ("mailto_missing", "note"), _signed(headers)]
    return Leave(link, mailto, tuple(checks), _here(link) is not None)


def press(link: str, *, patience: float = PATIENCE_SECONDS) -> Pressed:
    """Send the one POST that a mail program sends at a press of its button; follow nothing, keep no cookie.

    Raises:
        ValueError: the link leads to another machine.
    """
    split = _here(link)
    if split is None:
        raise ValueError("the link leads to another machine")
    begun = time.monotonic()
    try:
        status, body = _post_to(split, begun + patience, patience)
    except (OSError, http.client.HTTPException) as error:
        return Pressed(0, _reason(error), _since(begun))
    return Pressed(status, _headline(body), _since(begun))


def _values(headers: Sequence[Field], name: str) -> list[str]:
    return [each.raw for each in headers if each.name.lower() == name]


def _said_once(lists: Sequence[str]) -> tuple[str, str]:
    if len(lists) > 1:
        return "header_twice", "bad"
    return ("header_there", "good") if lists else ("header_missing", "bad")


def _link(link: str) -> tuple[str, str]:
    if link.lower().startswith("https:"):
        return "link_secure", "good"
    if link:
        return ("link_here", "note") if _here(link) else ("link_plain", "bad")
    return "link_missing", "bad"


def _post(values: Sequence[str]) -> tuple[str, str]:
    if not values:
        return "post_missing", "bad"
    exact = [value.strip() for value in values] == ["List-Unsubscribe=One-Click"]
    return ("post_there", "good") if exact else ("post_wrong", "bad")


def _signed(headers: Sequence[Field]) -> tuple[str, str]:
    """RFC 8058 section 4: a valid signature covers both fields. Here only what it names is looked at."""
    signatures = _values(headers, "dkim-signature")
    if not signatures:
        return "unsigned", "note"
    for value in signatures:
        found = _SIGNED.search(decode(value))
        named = {name.strip().lower() for name in found[1].split(":")} if found else set()
        if {"list-unsubscribe", "list-unsubscribe-post"} <= named:
            return "signed", "good"
    return "signature_without", "bad"


def _here(link: str) -> SplitResult | None:
    """The link taken apart if it leads to a loopback address of this machine (RFC 1122, 4291), else None."""
    try:
        split = urlsplit(link)
        host, _port = split.hostname or "", split.port
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None
    plain = split.scheme in {"http", "https"} and "@" not in split.netloc
    return split if here and plain and link.isascii() and link.isprintable() else None


def _post_to(split: SplitResult, deadline: float, patience: float) -> tuple[int, bytes]:
    secure = split.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    host = "127.0.0.1" if split.hostname == "localhost" else str(split.hostname)
    connection = kind(host, split.port or (443 if secure else 80), timeout=patience)
    target = quote(split.path or "/", safe="%/:=&~+!$,;'()*@") + (f"?{_query(split)}" if split.query else "")
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": split.netloc}
        connection.request("POST", target, BODY, headers)
        response, body = connection.getresponse(), bytearray()
        while len(body) < _ANSWER_BYTES and time.monotonic() < deadline and (more := response.read1(4096)):
            body += more
        return response.status, bytes(body)
    finally:
        connection.close()


def _query(split: SplitResult) -> str:
    return quote(split.query, safe="%/:=&~+!$,;'()*@?")


def _headline(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    found = _HEADING.search(text) or _TITLE.search(text)
    words = _TAG.sub("", found[1]) if found else text if "<" not in text else ""
    return " ".join(decode(unescape(words)).split())[:200]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
