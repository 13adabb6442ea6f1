"""A notice to the team: readable by every mail program, signed like the letters, answered by no robot."""

import email
import email.policy
from email.message import EmailMessage

import pytest

from mailer.delivery.headers import HeaderProblem
from mailer.delivery.notice import write_notice
from mailer.delivery.proof import as_file
from mailer.delivery.transport import Letter
from tests.delivery import verifiers
from tests.delivery.test_message import ENVELOPE, WHEN

TEXT = "Guten Tag,\n\nder Brief für März fehlt.\n.\nFrom hier an steht nichts mehr.\n\n-- \nRundbrief\n"


def notice(to: str = "petra@example.org", subject: str = "Rundbrief, März: Ausgabe fehlt") -> Letter:
    return write_notice(ENVELOPE, to, subject, TEXT, WHEN, identity="notice.7.abc", signer=verifiers.signer())


def parsed(letter: Letter) -> EmailMessage:
    return email.message_from_bytes(as_file(letter), policy=email.policy.default)


def test_it_says_what_it_should_and_carries_no_link_to_leave() -> None:
    read = parsed(notice())

    assert read["Subject"] == "Rundbrief, März: Ausgabe fehlt"
    assert (read["To"], read["Message-ID"]) == ("petra@example.org", "<notice.7.abc@example.org>")
    assert (read["Auto-Submitted"], read["List-Unsubscribe"], read["Precedence"]) == (
        "auto-generated",
        None,
        None,
    )
    assert read.get_content().replace("\r\n", "\n") == TEXT
    assert not read.defects


def test_no_line_needs_stuffing_or_is_too_long() -> None:
    lines = as_file(notice(subject="Ein sehr langer Betreff " * 12)).split(b"\r\n")

    assert max(map(len, lines)) <= 78
    assert not [line for line in lines if line.startswith((b".", b"From "))]


def test_independent_verifiers_accept_its_signatures() -> None:
    assert verifiers.by_dkimpy(as_file(notice())) == [True, True]


def test_an_address_with_an_umlaut_in_its_domain_travels_as_a_label() -> None:
    letter = notice(to="petra@müller.example")

    assert letter.recipient == "petra@xn--mller-kva.example"
    assert not letter.smtputf8


def test_a_subject_that_would_be_two_headers_is_refused() -> None:
    with pytest.raises(HeaderProblem):
        notice(subject="Rundbrief\r\nBcc: alle@example.org")
