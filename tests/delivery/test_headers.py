import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.delivery.headers import (
    HeaderProblem,
    _read_back,
    date_field,
    list_id_field,
    mailbox_field,
    plain_field,
    text_field,
    url_field,
)

CONTROLS = ["\r", "\n", "\0", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ud800"]
clean = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf", "Zs"]) | st.just(" "), max_size=500
)
one_line = clean.map(lambda text: " ".join(text.split()))


def read(field: bytes) -> Any:
    message = message_from_bytes(field + b"\r\n", policy=policy.default)
    assert len(message.keys()) == 1
    assert message.defects == []
    return message[message.keys()[0]]


def display_name(field: bytes) -> str:
    """The decoded name; the newer parser puts a blank between two encoded words of a long one."""
    written, _ = parseaddr(
        str(message_from_bytes(field, policy=policy.compat32).values()[0]).replace("\r\n", "")
    )
    return str(make_header(decode_header(written)))


def assert_folded(field: bytes, longest: int = 76) -> None:
    assert field.endswith(b"\r\n")
    lines = field[:-2].split(b"\r\n")
    assert all(line[:1] in b" \t" for line in lines[1:])
    assert all(line.strip() for line in lines)
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= longest


@given(one_line)
@example("Grüße aus der Werkstatt " * 12)
@example("=?utf-8?q?=0D=0ABcc:x?=")
@example("ein=?gleich mit ?= darin")
@example("ü" * 500)
@example("👩‍👩‍👧" * 40)
def test_any_subject_is_read_back_as_written(subject: str) -> None:
    field = text_field("Subject", subject)

    assert field.isascii()
    assert_folded(field)
    assert str(read(field)) == subject


def test_words_are_folded_below_77_characters_and_encoded_words_below_76() -> None:
    for subject in ("wort " * 60 + "ende", "Grüße " * 60 + "ende"):
        field = text_field("Subject", subject)

        assert_folded(field)
        assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", field))
        assert str(read(field)) == subject


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_character_never_enters_a_header(control: str) -> None:
    for write in (
        lambda: text_field("Subject", f"a{control}Bcc: x@example.org"),
        lambda: mailbox_field("To", f"a{control}b", "kim@example.org"),
        lambda: mailbox_field("To", "Kim", f"kim{control}@example.org"),
        lambda: plain_field("Message-ID", f"<a{control}>"),
        lambda: url_field("List-Unsubscribe", f"https://example.org/{control}"),
    ):
        with pytest.raises(HeaderProblem):
            write()


NAMES = [
    "Kim Muster",
    "Muster, Kim",
    'Kim "die Kurze" Muster',
    "<boss@x.de>",
    "Kim \\ Muster",
    "boss@x.de",
    "=?utf-8?q?=0D=0ABcc:x?=",
    "=?utf-8?b?Ym9zc0B4LmRl?= <boss@x.de>",
    "Jörg Größe",
    "Дом (Берлин)",
    "Kim 👩‍👩‍👧",
    "x" * 500,
    "ü" * 500,
    "wort " * 99 + "ende",
    "Kim; Muster: (Chefin)",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("address", ["kim@example.org", "o'neill+brief@xn--mller-kva.example"])
def test_a_name_is_one_name_of_one_mailbox(name: str, address: str) -> None:
    field = mailbox_field("To", name, address)

    assert_folded(field)
    assert re.findall(rb"<([^<>]*)>\r\n\Z", field) == [address.encode()]
    assert [each.addr_spec for each in read(field).addresses] == [address]
    assert display_name(field) == name


@given(one_line)
def test_any_name_is_one_name_of_one_mailbox(name: str) -> None:
    field = mailbox_field("To", name, "kim@example.org")

    assert field.isascii()
    assert [each.addr_spec for each in read(field).addresses] == ["kim@example.org"]


def test_a_field_without_a_name_is_the_address_alone() -> None:
    assert mailbox_field("Reply-To", "", "kim@example.org") == b"Reply-To: kim@example.org\r\n"


def test_a_local_part_with_umlauts_stays_as_it_is() -> None:
    field = mailbox_field("To", "Jörg", "jörg@example.org")

    assert field.endswith(" <jörg@example.org>\r\n".encode())


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org, b@example.org",
        "a b@example.org",
        "<a@example.org>",
        '"a"@example.org',
        "a@m\u00fcller.example",
        "",
        "a(b)@example.org",
        "=?utf-8?q?a?=@example.org",
        "a;b@example.org",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(HeaderProblem, match="is not one address"):
        mailbox_field("To", "Kim", address)


@pytest.mark.parametrize("length", [30, 75, 76, 77, 100, 200, 400])
def test_an_unsubscribe_url_is_never_encoded_and_never_folded(length: int) -> None:
    url = "https://example.org/u/".ljust(length, "a")

    field = url_field("List-Unsubscribe", url)

    assert field == f"List-Unsubscribe: <{url}>\r\n".encode()
    assert read(field) == f"<{url}>"


def test_several_urls_are_folded_between_them() -> None:
    urls = ("https://example.org/" + "a" * 60, "mailto:weg@example.org?subject=x")

    assert (
        url_field("List-Unsubscribe", *urls) == f"List-Unsubscribe: <{urls[0]}>,\r\n <{urls[1]}>\r\n".encode()
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.org/ä",
        "https://example.org/a b",
        "https://example.org/>",
        'https://example.org/"',
        "https://example.org/" + "a" * 980,
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(HeaderProblem):
        url_field("List-Unsubscribe", url)


@pytest.mark.parametrize("value", ["<ä@example.org>", "x" * 990])
def test_a_structured_field_is_short_ascii(value: str) -> None:
    with pytest.raises(HeaderProblem):
        plain_field("Message-ID", value)


@pytest.mark.parametrize("subject", ["x" * 1200, "wort " * 300 + "y" * 400, "a  b" + "  c" * 40, "ü" * 2000])
def test_a_word_that_no_line_can_hold_is_encoded(subject: str) -> None:
    field = text_field("Subject", subject)

    assert_folded(field)
    assert str(read(field)) == subject


def test_a_text_that_would_swell_the_header_is_refused_without_being_repeated() -> None:
    for write in (
        lambda: text_field("Subject", "x" * 5000),
        lambda: mailbox_field("To", "ü" * 65_536, "kim@example.org"),
        lambda: mailbox_field("To", "", "k" * 65_536 + "@example.org"),
    ):
        with pytest.raises(
            HeaderProblem, match=r"^(Subject|To): [0-9,]+ characters are too long for a header"
        ):
            write()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Rundbrief", b"List-Id: Rundbrief <brief.example.org>\r\n"),
        ("Brief, kurz", b'List-Id: "Brief, kurz" <brief.example.org>\r\n'),
        ("Rundbrief f\u00fcr alle", b"List-Id: <brief.example.org>\r\n"),
        ("", b"List-Id: <brief.example.org>\r\n"),
    ],
)
def test_a_list_id_never_holds_an_encoded_word(name: str, field: bytes) -> None:
    assert list_id_field(name, "brief.example.org") == field


@pytest.mark.parametrize(
    "bytes_",
    [
        b"To: a\r\nBcc: x@example.org\r\n",
        b"To: a\nBcc: x@example.org\r\n",
        b"To: a\r\n \r\n",
        b"To: a\0\r\n",
        b"To: a",
        b"Bcc: a\r\n",
        b"To: b\r\n",
        b"To: =?utf-8?b?Yg==?=\r\n",
        b"To: " + b"a" * 1000 + b"\r\n",
    ],
)
def test_the_guard_refuses_what_reads_as_something_else(bytes_: bytes) -> None:
    with pytest.raises(HeaderProblem):
        _read_back("To", "a", bytes_)


def test_the_date_has_a_numeric_zone() -> None:
    at = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)

    assert date_field(at) == b"Date: Tue, 24 Nov 2026 08:30:00 +0000\r\n"
    assert date_field(at.astimezone(timezone(timedelta(hours=1)))).endswith(b"09:30:00 +0100\r\n")


def test_the_address_of_the_standard_library_agrees() -> None:
    for name in NAMES[:5]:
        field = mailbox_field("To", name, "kim@example.org")

        assert read(field).addresses[0] == Address(name, "kim", "example.org")
