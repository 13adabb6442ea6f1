"""Bytes that arrive become clean lines, or one sentence that says why not."""

import contextlib
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.content.decoding import decode
from subscribers.errors import Problem

TEXT = "Grüße „an alle“ – 6 % für Straßen"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_seen(encoding: str) -> None:
    data = f"{TEXT}\r\nzweite Zeile\r".encode(encoding)

    source = decode(data, "x.txt")

    assert source.lines == (TEXT, "zweite Zeile", "")
    assert (source.encoding, source.remarks) == (encoding, ())
    assert (source.data, source.sha256) == (data, hashlib.sha256(data).hexdigest())


def test_utf16_without_a_mark_is_seen() -> None:
    assert decode(TEXT.encode("utf-16-le"), "x").lines == (TEXT,)
    assert decode(TEXT.encode("utf-16-be"), "x").lines == (TEXT,)


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "mac_roman"])
def test_mojibake_is_undone(codec: str) -> None:
    damaged = "".join(bytes([each]).decode(codec, "ignore") or chr(each) for each in TEXT.encode())

    source = decode(f"{damaged}\nsonst heil".encode(), "x.txt")

    assert source.lines[0] == TEXT
    assert "repaired in line 1" in source.remarks[0]


@settings(deadline=None)  # a busy machine is no failure
@given(st.text("abcäöüÄÖÜß éè–„“…«»§€ ", min_size=1).filter(lambda text: text.strip() != ""))
def test_healthy_text_is_never_repaired(text: str) -> None:
    source = decode(text.encode(), "x")

    assert source.lines == (" ".join(text.split()),)
    assert source.remarks == ()


def test_soft_hyphens_go_and_are_reported_no_break_blanks_stay() -> None:
    source = decode("Hand\u00adwerk\u200b 6\u00a0%\u00a0\nu\u0308ber\x1f all".encode(), "x")

    assert source.lines == ("Handwerk 6\u00a0%", "über all")
    assert len(source.remarks) == 4


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n\t\n", "The file contains no text."),
        (b"%PDF-1.7\n", "This is a PDF file"),
        (b"\xd0\xcf\x11\xe0rest", "This is an old Word or Office file"),
        (b"{\\rtf1 x}", "This is a rich text file"),
        (b"\x89PNG\r\n", "This is a picture"),
        (b"<!DOCTYPE html><p>x", "This is a web page"),
        (b"\x00\x01\x02\x03text", "This is no text in any known encoding."),
        (b"abc\x07d\x07e\x07f\x01", "This is no text in any known encoding."),
        (b"x" * 2_000_001, "no editorial is that long"),
        (b"Wort " * 200, "The whole text stands in one line"),
        ("Stra\u00c3\u0178e und \u00c3\u203a".encode(), "damaged beyond repair"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Problem) as caught:
        decode(data, "x.txt")

    assert sentence in caught.value.message
    assert str(caught.value).startswith("x.txt")


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=200))
def test_no_bytes_give_a_traceback(data: bytes) -> None:
    with contextlib.suppress(Problem):
        assert decode(data, "x").lines


GREAT = "Die Prüfung der Größe wählt den Schlüssel"


@pytest.mark.parametrize(
    ("data", "line", "remark"),
    [
        (b"Gr&uuml;&szlig;e &amp; mehr", "Grüße & mehr", "HTML tags or entities"),
        (b"Die <mark>Aus</mark>bildung", "Die Ausbildung", "<mark> </mark>"),
        (
            "Größe und Mühe".encode().decode("cp1252").encode().decode("cp1252").encode(),
            "Größe und Mühe",
            "repaired",
        ),
        (
            "Die Prüfung der Größe wählt den Schlüssel".encode("mac_roman"),
            "Die Prüfung der Größe",
            "mac_roman",
        ),
        ("Die Prüfung der Größe wählt den Schlüssel".encode("cp850"), "Die Prüfung der Größe", "cp850"),
    ],
)
def test_what_can_be_undone_is_undone_and_said(data: bytes, line: str, remark: str) -> None:
    source = decode(data, "x.txt")

    assert source.lines[0].startswith(line)
    assert any(remark in each for each in source.remarks)


def test_what_html_does_not_know_stays_as_typed() -> None:
    source = decode("Müller & Söhne, 5 < 6, &xyz; und &#1; hier".encode(), "x.txt")

    assert source.lines == ("Müller & Söhne, 5 < 6, &xyz; und &#1; hier",)
