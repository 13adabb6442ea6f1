"""A strict reader of RFC 8058, written from the text of the RFC and of RFC 2369 and 3986 alone."""

import re
from dataclasses import replace

import pytest

from mailer.delivery.message import Message
from tests.delivery import verifiers
from tests.delivery.test_message import ENVELOPE, IDENTITY, KIM, WHEN
from tests.letters import edition_of, full_issue

PCT = r"%[0-9A-Fa-f]{2}"
PCHAR = rf"(?:[A-Za-z0-9._~!$&'()*+;=:@-]|{PCT})"  # without the comma, which parts two URIs (RFC 2369)
HTTPS = rf"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/{PCHAR}*)*(?:\?(?:{PCHAR}|[/?])*)?"
MAILTO = rf"mailto:{PCHAR}+(?:\?(?:{PCHAR}|[/?])*)?"


class NotOneClick(Exception):
    pass


def unsubscribe_url(raw: bytes) -> str:
    """The URI to which a mailbox provider would send its POST."""
    head = raw.partition(b"\r\n\r\n")[0]
    if max(map(len, head.split(b"\r\n"))) > 998:
        raise NotOneClick("a line is too long")
    fields = [
        field.decode("ascii").partition(":")
        for field in re.sub(rb"\r\n(?=[ \t])", b"", head).split(b"\r\n")
        if field.isascii()
    ]
    values = {"list-unsubscribe": list[str](), "list-unsubscribe-post": list[str]()}
    for name, _, value in fields:
        if name.lower() in values:
            values[name.lower()].append(value.strip())
    if any(len(each) != 1 for each in values.values()):
        raise NotOneClick("one field is missing or doubled")
    if values["list-unsubscribe-post"] != ["List-Unsubscribe=One-Click"]:
        raise NotOneClick("the POST field says something else")
    found = re.fullmatch(
        rf"<({HTTPS}|{MAILTO})>(?:,[ \t]*<({HTTPS}|{MAILTO})>)*", values["list-unsubscribe"][0]
    )
    urls = [
        each for each in re.findall(r"<([^>]*)>", values["list-unsubscribe"][0]) if each.startswith("https:")
    ]
    if not found or len(urls) != 1:
        raise NotOneClick("not exactly one HTTPS URI")
    covered = {name for each in re.findall(r"[; ]h=([^;]*)", head.decode("latin-1").replace("\r\n", ""))
               for name in each.lower().replace(" ", "").split(":")}  # fmt: skip
    if not values.keys() <= covered:
        raise NotOneClick("the signature does not cover both fields")
    return urls[0]


@pytest.mark.parametrize("mailto", ["", "abmelden+rundbrief@example.org"])
def test_a_strict_reader_finds_the_link_whatever_its_length(mailto: str) -> None:
    edition = edition_of(full_issue())
    envelope = replace(ENVELOPE, unsubscribe_mailto=mailto)
    message = Message(edition.variants[0], (), envelope, verifiers.signer())

    for length in range(30, 401):
        url = ("https://brief.example.org/u/" + "aZ0_-~.9" * 50)[:length]
        recipient = KIM._replace(unsubscribe_url=url, values={**KIM.values, "unsubscribe": url})
        raw = b"".join(message.wire(recipient, message_id=IDENTITY, date=WHEN))

        assert unsubscribe_url(raw) == url


def test_the_reader_itself_is_strict() -> None:
    edition = edition_of(full_issue())
    message = Message(edition.variants[0], (), ENVELOPE, verifiers.signer())
    raw = b"".join(message.wire(KIM, message_id=IDENTITY, date=WHEN))
    link = b"<https://brief.example.org/u/abc>"
    wrong = [
        raw.replace(link, b"<http://brief.example.org/u/abc>"),
        raw.replace(link, b"=?utf-8?q?=3Chttps=3A//brief=2Eexample=2Eorg/u/abc=3E?="),
        raw.replace(link, link + b", " + link),
        raw.replace(link, b"https://brief.example.org/u/abc"),
        raw.replace(link, b"<mailto:a@example.org>"),
        raw.replace(b"=One-Click", b"=one-click"),
        raw.replace(b"List-Unsubscribe-Post: ", b"X-Post: "),
        raw.replace(
            b"List-Unsubscribe: ", b"List-Unsubscribe: <https://x.example.net/>\r\nList-Unsubscribe: "
        ),
        re.sub(rb"List-Unsubscribe(-Post)?:(?! )", b"", raw),
    ]

    for each in wrong:
        assert each != raw
        with pytest.raises(NotOneClick):
            unsubscribe_url(each)
