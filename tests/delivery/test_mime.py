import binascii

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.delivery.mime import quoted_printable

# Everything a letter may hold: no carriage return, and no character that is none.
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=120)
awkward = st.text(alphabet=".=\n \t\u00e4\u20ac\U0001f469\u00a0~-xFrom", max_size=200)


@given(st.one_of(anything, awkward))
@example("a" * 76)
@example("a" * 73 + "=")
@example("a" * 74 + " \n" + "ä" * 12 + "ab\t\n")
@example("a" * 70 + "ä")
@example("." * 80)
@example("\n." + "a" * 75)
@example("." + "ä" * 12 + "aaa")
@example("From " + "a" * 71 + "\nFrom here")
@example("a" * 75 + "." * 75 + "From a")
def test_quoted_printable_is_read_back_by_the_standard_library(text: str) -> None:
    encoded = quoted_printable(text.encode())

    assert encoded.isascii()
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))
    assert len(encoded.rpartition(b"\r\n")[2]) <= 75  # so that a soft break still fits
    assert not any(line.startswith((b".", b"From ")) for line in encoded.split(b"\r\n"))
    assert binascii.a2b_qp(encoded).decode().replace("\r\n", "\n") == text


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        (".", b"=2E"),
        ("..", b"=2E."),
        ("a\n.\n", b"a\r\n=2E\r\n"),
        ("From a", b"=46rom a"),
        ("Fromm", b"Fromm"),
        ("a.", b"a."),
    ],
)
def test_no_line_begins_with_a_dot_or_looks_like_a_mailbox(text: str, encoded: bytes) -> None:
    assert quoted_printable(text.encode()) == encoded
