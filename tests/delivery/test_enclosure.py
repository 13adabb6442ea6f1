"""A notice with HTML and a file: every part arrives as it was, signed, and no line needs stuffing."""

import email
import email.policy
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.delivery.enclosure import Enclosure
from mailer.delivery.notice import write_notice
from mailer.delivery.proof import as_file
from mailer.delivery.transport import Letter
from tests.delivery import verifiers
from tests.delivery.test_message import ENVELOPE, WHEN

TEXT = "Guten Tag,\n\n7.012 Briefe.\n.\nFrom hier an nichts mehr.\n"
PAGE = "<!doctype html>\n<p>Grün, und so weiter</p>\n" * 400
LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")))


def letter(html: str = "<p>7.012</p>", page: str = PAGE, text: str = TEXT) -> Letter:
    enclosure = Enclosure(html, "bericht-2026-12-1.html", page)
    signer = verifiers.signer()
    return write_notice(
        ENVELOPE, "petra@example.org", "Bericht", text, WHEN, identity="x", signer=signer, enclosure=enclosure
    )


def parsed(one: Letter) -> EmailMessage:
    return email.message_from_bytes(as_file(one), policy=email.policy.default)


def test_a_mail_program_finds_text_html_and_the_file() -> None:
    read = parsed(letter())

    kinds = [part.get_content_type() for part in read.walk()]
    (page,) = read.iter_attachments()
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/html"]
    assert (page.get_content_disposition(), page.get_filename()) == ("attachment", "bericht-2026-12-1.html")
    assert page.get_content() == PAGE
    assert not [part.defects for part in read.walk() if part.defects]
    assert read["Auto-Submitted"] == "auto-generated"


def test_no_line_needs_stuffing_or_is_too_long_and_the_signatures_hold() -> None:
    lines = as_file(letter()).split(b"\r\n")

    assert max(map(len, lines)) <= 78
    assert not [line for line in lines if line.startswith((b".", b"From "))]
    assert verifiers.by_dkimpy(as_file(letter())) == [True, True]


@settings(max_examples=60)
@given(text=LINES, html=LINES, page=LINES)
def test_whatever_the_parts_say_they_arrive(text: str, html: str, page: str) -> None:
    read = parsed(letter(html, page, text))

    bodies = [part.get_payload(decode=True) for part in read.walk() if not part.is_multipart()]
    assert [body.decode().removesuffix("\r\n") for body in bodies if isinstance(body, bytes)] == [
        text,
        html,
        page,
    ]
