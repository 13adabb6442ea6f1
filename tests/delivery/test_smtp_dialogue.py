"""Replies of a server: the same however they are cut, bounded, and nothing that is no reply passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.dialogue import Garbled, Replies, envelope
from mailer.delivery.smtp import is_safe, offered
from mailer.delivery.transport import Letter

CODES = st.integers(200, 599)
TEXTS = st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r\n")), min_size=1, max_size=4)


@given(st.lists(st.tuples(CODES, TEXTS), max_size=5), st.lists(st.integers(1, 9)))
def test_replies_are_the_same_however_they_are_cut(
    said: list[tuple[int, list[str]]], cuts: list[int]
) -> None:
    stream = b"".join(
        f"{code}{'-' if line is not lines[-1] else ' '}{line}\r\n".encode()
        for code, texts in said
        for lines in [[str(text) + "." * number for number, text in enumerate(texts)]]
        for line in lines
    )
    reader, read, at = Replies(), [], 0

    for cut in [*cuts, len(stream)]:
        read += reader.feed(stream[at : at + cut])
        at += cut

    assert [(reply.code, len(reply.lines)) for reply in read] == [(code, len(texts)) for code, texts in said]
    assert reader.idle


@pytest.mark.parametrize(
    "garbage",
    [b"2200 x\r\n", b"25\r\n", b"hello\r\n", b"\r\n", b"199 x\r\n", b"250-a\r\n251 b\r\n", b"250_x\r\n"],
)
def test_what_is_no_reply_is_refused(garbage: bytes) -> None:
    with pytest.raises(Garbled):
        Replies().feed(garbage)


def test_lines_and_their_number_are_bounded() -> None:
    with pytest.raises(Garbled):
        Replies().feed(b"250 " + b"x" * 100_000)
    with pytest.raises(Garbled):
        Replies().feed(b"250-x\r\n" * 1_000)


def test_a_code_alone_is_a_reply() -> None:
    (reply,) = Replies().feed(b"250\r\n")

    assert (reply.code, reply.text) == (250, "")


def test_what_ehlo_offers_is_read_in_every_spelling() -> None:
    (reply,) = Replies().feed(
        b"250-mx.example\r\n250-size 35882577\r\n250-AUTH=PLAIN LOGIN\r\n250 Pipelining\r\n"
    )

    assert offered(reply) == {"SIZE": "35882577", "AUTH": "PLAIN LOGIN", "PIPELINING": ""}


def test_the_envelope_uses_what_is_offered_and_nothing_else() -> None:
    letter = Letter(7, "brief@example.org", "jörg@example.org", [b"x"], 1)

    bare = [*envelope(letter, {}, sized=False)]
    full = [*envelope(letter, {"8BITMIME": "", "DSN": ""}, sized=True)]

    assert bare[0] == b"MAIL FROM:<brief@example.org> SMTPUTF8\r\n"
    assert full[0] == b"MAIL FROM:<brief@example.org> SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=7\r\n"
    assert full[1] == "RCPT TO:<jörg@example.org> NOTIFY=FAILURE,DELAY\r\n".encode()


@pytest.mark.parametrize(
    "address", ["", "a b@example.org", "a@example.org\r\nRSET", "a>@example.org", "a\0@b.c"]
)
def test_an_address_that_would_end_its_command_is_not_safe(address: str) -> None:
    assert not is_safe(address)
    assert is_safe("ada+brief@example.org")
