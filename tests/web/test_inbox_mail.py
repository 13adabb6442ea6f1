"""A caught mail taken apart: decoded as mail programs do it, and never a failure, whatever was caught."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.web.inbox_headers import fields, subject
from mailer.web.inbox_leave import press, read_leave
from mailer.web.inbox_mail import read_mail

PIXEL = b"\x89PNG\r\n\x1a\n"
ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


def a_letter() -> bytes:
    message = EmailMessage()
    message["Subject"] = (
        "Grüße aus der Werkstatt, mit einem langen Betreff, der umbrochen werden muss – ganz sicher"
    )
    message["From"] = "Müller <brief@example.org>"
    message.set_content("Guten Tag\n")
    message.add_alternative('<html><head></head><body><img src="cid:bild"></body></html>', subtype="html")
    message.get_payload()[1].add_related(
        PIXEL, "image", "png", cid="<bild>", filename="bild.png", disposition="inline"
    )
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="Übersicht.pdf")
    return message.as_bytes().replace(b"\n", b"\r\n")


def test_a_letter_is_taken_apart():
    mail = read_mail(a_letter())

    assert subject(a_letter()).endswith("der umbrochen werden muss – ganz sicher")
    assert next(each.value for each in mail.headers if each.name == "From") == "Müller <brief@example.org>"
    assert mail.text == "Guten Tag\n"
    assert [(each.type, each.name, each.is_attached) for each in mail.parts] == [
        ("text/plain", "", False),
        ("text/html", "", False),
        ("image/png", "bild.png", False),
        ("application/pdf", "Übersicht.pdf", True),
    ]
    assert 'src="data:image/png;base64,' in mail.framed()
    assert '<base target="_blank">' in mail.framed()


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?iso-8859-1?q?Gr=FC=DFe?= und mehr", "Grüße und mehr"),
        (b"=?utf-8?b?R3LD?=\r\n =?utf-8?b?vMOfZQ==?=", "Grüße"),  # a letter cut between two words
        (b"=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        (b"=?klingon?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?punycode?q?abc-?=", "abc-"),
        ("Rohes Grüße".encode(), "Rohes Grüße"),
        ("Rohes Grüße".encode("cp1252"), "Rohes Grüße"),
        ("Rechnung\u202efdp.exe".encode(), "Rechnung fdp.exe"),
        (b"\x1b[2Jweg\x00", "[2Jweg"),
        (b"a\r\n\tb", "a b"),
    ],
)
def test_a_subject_is_read_on_one_line(raw, read):
    assert subject(b"X: 1\r\nSUBJECT: " + raw + b"\r\n\r\nSubject: nein\r\n") == read


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=600)
    | st.text(alphabet='Content-Type: mulipart/xd;boy="b\r\n=?-<>@', max_size=600).map(str.encode)
)
def test_any_bytes_are_a_mail(message):
    mail = read_mail(message)
    leave = read_leave(mail.headers)

    assert isinstance(subject(message), str)
    assert mail.framed() is not None
    assert not (mail.text or "").encode().count(b"\x00")
    assert len(leave.checks) == 5


def test_hostile_mails_are_read_in_bounded_time():
    began = time.thread_time()
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(20_000)
    )
    deep = read_mail(b"Subject: tief\r\n" + nested)
    long = read_mail(b"".join(b"X-%d: %s\r\n" % (n, b"a" * 900) for n in range(50_000)) + b"\r\nHallo\r\n")
    quoted = read_mail(b"Content-Type: text/html\r\n\r\n" + b'<img src="' * 100_000)
    many = read_mail(
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 5000 + b"--b--\r\n"
    )

    assert (deep.is_whole, deep.parts) == (False, ())
    assert deep.text.startswith("Subject: tief")
    assert len(long.headers) == 300
    assert quoted.html.startswith("<img")
    assert len(many.parts) == 200
    assert time.thread_time() - began < 15


def test_a_mail_within_the_mail_is_one_part_and_not_the_letter():
    inner = b"Content-Type: text/plain\r\n\r\nfremd\r\n"
    message = (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
        + inner
        + b"--b--\r\n"
    )

    mail = read_mail(message)

    assert mail.text is None
    assert [each.type for each in mail.parts] == ["message/rfc822"]
    assert b"fremd" in mail.parts[0].content


def test_pictures_of_other_servers_are_counted():
    html = (
        b"<img alt='' src=https://example.org/a><img src='cid:b'><td style='background:url(//example.net/c)'>"
    )

    assert read_mail(b"Content-Type: text/html\r\n\r\n" + html).remote_pictures == 2


def leave_of(*lines: bytes):
    return read_leave(fields(b"".join(lines) + b"\r\n"))


def test_a_header_by_the_book_is_good_in_every_point():
    signed = b"DKIM-Signature: v=1; h=From:Subject:\r\n List-Unsubscribe:List-Unsubscribe-Post; b=x\r\n"
    found = leave_of(
        b"List-Unsubscribe: <mailto:weg@example.org>,\r\n <https://example.org/u/1>\r\n", ONE_CLICK, signed
    )

    assert (found.link, found.mailto) == ("https://example.org/u/1", "mailto:weg@example.org")
    assert {tone for _, tone in found.checks} == {"good"}
    assert not found.is_here


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ([], "header_missing"),
        ([b"List-Unsubscribe: <https://a.example/>\r\n"] * 2, "header_twice"),
        ([b"List-Unsubscribe: <mailto:a@example.org>\r\n"], "link_missing"),
        ([b"List-Unsubscribe: <http://example.org/u>\r\n"], "link_plain"),
        ([b"List-Unsubscribe: <http://127.0.0.1:8/u>\r\n"], "link_here"),
        ([b"List-Unsubscribe: <https://example.org/u>\r\n"], "post_missing"),
        ([b"List-Unsubscribe-Post: one-click\r\n"], "post_wrong"),
        ([ONE_CLICK, b"DKIM-Signature: v=1; h=From:Subject; b=x\r\n"], "signature_without"),
    ],
)
def test_what_is_wrong_with_a_header_is_named(lines, name):
    assert name in dict(leave_of(*lines).checks)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/u",
        "http://127.0.0.1@example.org/u",
        "http://127.0.0.1.example.org/",
        "http://10.0.0.1/",
        "http://[::2]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/",
        "http://localhost.example.org/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "ftp://127.0.0.1/",
        "http://\u0661\u0662\u0667.0.0.1/",
        "",
    ],
)
def test_a_link_that_leads_elsewhere_is_never_pressed(link):
    assert not leave_of(f"List-Unsubscribe: <{link}>\r\n".encode()).is_here
    with pytest.raises(ValueError, match="another machine"):
        press(link)
