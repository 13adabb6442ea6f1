import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.compose.edition import Variant
from mailer.compose.pictures import Embedded
from mailer.compose.slots import SlotProblem, mark_for, placeholder
from mailer.delivery.headers import HeaderProblem
from mailer.delivery.message import Envelope, Message, message_id, sender_id
from mailer.delivery.personal import Recipient
from tests.letters import DOT, HEAD, edition_of, full_issue

ENVELOPE = Envelope(
    from_name="Kammer Müsterland",
    from_address="brief@example.org",
    reply_to="redaktion@example.org",
    list_id="rundbrief.example.org",
    list_name="Rundbrief für alle",
    language="de",
    public_url="https://brief.example.org",
)
KIM = Recipient(
    address="kim@example.org",
    name="Kim Müster",
    values={"greeting": "Guten Tag, Kim Müster,", "unsubscribe": "https://brief.example.org/u/abc"},
    unsubscribe_url="https://brief.example.org/u/abc",
)
WHEN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
IDENTITY = "<m1.2.0123456789abcdef@example.org>"
HEADERS = [
    "Date", "Message-ID", "To", "List-Unsubscribe", "List-Unsubscribe-Post", "From", "Reply-To", "Subject",
    "List-Id", "Precedence", "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip
MARK = mark_for("rundbrief/2025-10")
# Everything a letter may hold: no carriage return, and no character that is none.
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=120)
awkward = st.text(alphabet=".=\n \täß€👩\u00a0~-x", max_size=200)
# What a slot makes of a value: one line, without blanks at its ends.
names = st.one_of(anything, awkward).map(lambda text: " ".join(text.split()))


def edition_variant() -> Variant:
    return edition_of(full_issue()).variants[0]


def fill(
    variant: Variant,
    recipient: Recipient = KIM,
    *,
    pictures: tuple[Embedded, ...] = (),
    envelope: Envelope = ENVELOPE,
) -> bytes:
    return Message(variant, pictures, envelope).fill(recipient, message_id=IDENTITY, date=WHEN)


def parsed(raw: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(raw, policy=policy.default))


def assert_fit_for_smtp(raw: bytes) -> None:
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    body = raw.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(len(line) for line in body if not line.startswith((b"Content-", b"--"))) <= 76
    assert all(not line.endswith((b" ", b"\t")) for line in body)
    assert all(not line.startswith((b".", b"From ")) for line in lines[1:])


def assert_says(raw: bytes, plain: str, html: str) -> None:
    """Two readers, the strict one of today and the lenient one of old, see the same."""
    message = parsed(raw)
    assert message.defects == []
    for kind, expected in (("plain", plain), ("html", html)):
        part = message.get_body((kind,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == expected
    old = message_from_bytes(raw)
    for part in old.walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            expected = plain if part.get_content_subtype() == "plain" else html
            assert payload.decode().replace("\r\n", "\n") == expected


def test_the_letter_reads_back_exactly() -> None:
    edition = edition_of(full_issue())
    variant = edition.variants[0]

    raw = fill(variant, pictures=edition.pictures)

    assert_fit_for_smtp(raw)
    assert_says(raw, variant.fill_text(KIM.values), variant.fill_html(KIM.values))
    pictures = [part for part in parsed(raw).walk() if part.get_content_maintype() == "image"]
    assert [part.get_content() for part in pictures] == [DOT]
    assert pictures[0]["Content-ID"] == "<portrait.gif>"
    assert pictures[0].get_filename() == "portrait.gif"
    assert [part.get_content_type() for part in parsed(raw).walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/gif",
    ]  # fmt: skip


def test_without_pictures_there_is_no_related_part() -> None:
    raw = fill(edition_variant())

    assert [part.get_content_type() for part in parsed(raw).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_every_header_stands_there_once() -> None:
    message = parsed(fill(edition_variant()))

    assert message.keys() == HEADERS
    assert message["From"].addresses[0].display_name == "Kammer Müsterland"
    assert message["To"].addresses[0].addr_spec == "kim@example.org"
    assert message["Subject"] == "Betreff dieser Ausgabe"
    assert message["Message-ID"] == IDENTITY
    assert message["Date"].datetime == WHEN
    assert message["List-Id"] == "<rundbrief.example.org>"
    assert message["List-Unsubscribe"] == "<https://brief.example.org/u/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_a_reply_to_there_is_none() -> None:
    message = parsed(fill(edition_variant(), envelope=replace(ENVELOPE, reply_to="")))

    assert message.keys() == [name for name in HEADERS if name != "Reply-To"]


FULL = replace(
    ENVELOPE,
    newsletter="rundbrief",
    issue="2025-10",
    web_base="https://brief.example.org/w/rundbrief",
    sender_id="exampleorg",
    unsubscribe_mailto="abmelden+x@example.org",
    cfbl_address="fbl@example.org",
    csa_complaints="csa@example.org",
    auto_submitted="auto-generated",
)


def test_what_is_configured_stands_there_once_and_plain() -> None:
    message = parsed(fill(edition_variant(), envelope=FULL))

    assert len(message.keys()) == len(set(message.keys()))
    assert sorted(set(message.keys()) - set(HEADERS)) == [
        "Auto-Submitted", "CFBL-Address", "CFBL-Feedback-ID", "Feedback-ID", "List-Archive",
        "X-CSA-Complaints",
    ]  # fmt: skip
    assert message["List-Unsubscribe"] == (
        "<https://brief.example.org/u/abc>, <mailto:abmelden+x@example.org?subject=abc>"
    )
    assert message["List-Archive"] == "<https://brief.example.org/w/rundbrief/2025-10/standard>"
    assert message["Feedback-ID"] == "2025-10:standard:rundbrief:exampleorg"
    assert message["CFBL-Address"] == "fbl@example.org; report=arf"
    assert message["CFBL-Feedback-ID"] == "m1.2.0123456789abcdef"
    assert message["X-CSA-Complaints"] == "csa@example.org"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_archive_is_the_page_that_the_letter_links_to() -> None:
    edition = edition_of(full_issue(), replace(HEAD, web_base=FULL.web_base))
    variant = edition.variants[0]

    message = parsed(fill(variant, envelope=FULL))

    assert message["List-Archive"].strip("<>") in variant.text


@pytest.mark.parametrize("domain", ["example.org", "a.de", "xn--mller-kva.example", "x" * 60 + ".example"])
def test_a_sender_id_has_five_to_fifteen_characters_and_stays(domain: str) -> None:
    assert re.fullmatch(r"[a-z0-9]{5,15}", sender_id(domain))
    assert sender_id(domain.upper()) == sender_id(domain)


@pytest.mark.parametrize("envelope", [ENVELOPE, FULL])
def test_on_the_wire_the_same_bytes_travel_as_the_preview_shows(envelope: Envelope) -> None:
    edition = edition_of(full_issue())
    message = Message(edition.variants[0], edition.pictures, envelope)

    pieces = message.wire(KIM, message_id=IDENTITY, date=WHEN)

    assert b"".join(pieces) == message.fill(KIM, message_id=IDENTITY, date=WHEN)
    assert pieces[-1].endswith(b"\r\n")
    assert b"\r\n." not in b"".join(pieces)


def test_one_message_serves_several_dates() -> None:
    message = Message(edition_variant(), (), ENVELOPE)
    later = WHEN.replace(day=25)

    read = [parsed(message.fill(KIM, message_id=IDENTITY, date=date)) for date in (WHEN, later, WHEN)]

    assert [each["Date"].datetime for each in read] == [WHEN, later, WHEN]


def test_the_same_person_gets_the_same_bytes_each_time() -> None:
    assert fill(edition_variant()) == fill(edition_variant())


def letter(*parts: str) -> Variant:
    """A variant whose parts have slots wherever a `0` (greeting) or `1` (link) stands in the list."""
    slots = {"0": placeholder(MARK, "greeting"), "1": placeholder(MARK, "unsubscribe")}
    body = "".join(slots.get(part, part) for part in parts)
    return Variant("standard", "Betreff", "", MARK, body, body)


pieces = st.lists(st.one_of(anything, awkward, st.sampled_from(["0", "1"])), min_size=1, max_size=6)


@given(pieces, names)
@example(["0"], ".")
@example(["a" * 76, "0", "b" * 76], "c" * 76)
@example(["a" * 73 + "ä", "0", "ä" * 12 + "abcd"], "c" * 73 + "=")
@example(["x" * 75, "0", "y" * 75], "z" * 75)
@example(["x" * 74 + "ä", "0", ".", "0", " "], "=")
@example(["zeile \n", "0", "\n.\n..\n", "0"], "👩 👩")
@example([" ", "0", "0", "\t\n"], "")
@example(["0", "\n", "0", "From a\n", "0"], "From b")
@example(["\n", "0", "\n"], "")
def test_whatever_stands_around_and_in_a_slot_reads_back_exactly(parts: list[str], name: str) -> None:
    variant = letter(*parts)
    recipient = KIM._replace(values={**KIM.values, "greeting": name})

    raw = fill(variant, recipient)

    assert_fit_for_smtp(raw)
    assert_says(raw, variant.fill_text(recipient.values), variant.fill_html(recipient.values))


def test_a_carriage_return_in_a_text_is_a_line_end() -> None:
    raw = fill(replace(letter("a\rb\r\nc\n", "0"), text="a\rb\r\nc\n"))

    assert_fit_for_smtp(raw)
    body = parsed(raw).get_body(("plain",))
    assert body is not None
    assert body.get_content() == "a\r\nb\r\nc\r\n"


@pytest.mark.parametrize(
    "name", ["Kim\r\nBcc: x@example.org", "Kim\u2028Muster", "Kim\x85", "Kim\0", "Kim\u202emiK", "K" * 65_536]
)
def test_an_injection_in_a_name_is_refused(name: str) -> None:
    with pytest.raises(HeaderProblem):
        fill(edition_variant(), KIM._replace(name=name))


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?=0D=0ABcc:x@example.org?=", 'Kim" <x@example.org>, "', "a, b <c@example.org>"]
)
def test_a_name_never_makes_a_second_recipient_or_header(name: str) -> None:
    message = parsed(fill(edition_variant(), KIM._replace(name=name)))

    assert message.keys() == HEADERS
    assert [each.addr_spec for each in message["To"].addresses] == ["kim@example.org"]


def test_an_injection_in_the_subject_is_refused_before_anybody_is_sent_to() -> None:
    with pytest.raises(HeaderProblem):
        Message(replace(edition_variant(), subject="a\r\nBcc: x@example.org"), (), ENVELOPE)


@pytest.mark.parametrize("length", [30, 76, 77, 120, 400])
def test_the_unsubscribe_header_is_one_plain_line_whatever_its_length(length: int) -> None:
    url = "https://brief.example.org/u/".ljust(length, "7")
    recipient = KIM._replace(unsubscribe_url=url, values={**KIM.values, "unsubscribe": url})

    raw = fill(edition_variant(), recipient)

    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw
    assert raw.lower().count(b"list-unsubscribe:") == 1


def test_an_address_with_umlauts_before_the_at_is_written_as_it_is() -> None:
    raw = fill(edition_variant(), KIM._replace(address="jörg@xn--mller-kva.example"))

    assert " <jörg@xn--mller-kva.example>\r\n".encode() in raw
    assert re.sub(rb"To: [^\r]*\r\n( [^\r]*\r\n)*", b"", raw, count=1).isascii()


def test_a_person_without_a_value_is_refused() -> None:
    with pytest.raises(SlotProblem):
        fill(edition_variant(), KIM._replace(values={"greeting": "Hallo,"}))


def test_the_message_id_is_the_same_for_each_try_and_another_for_everybody() -> None:
    found = {
        message_id(secret, mailing, delivery, "example.org")
        for secret in (b"a", b"b")
        for mailing in (1, 11)
        for delivery in (1, 11, 111)
    }

    assert len(found) == 12
    assert (
        len({each.partition("@")[0].rpartition(".")[2] for each in found}) == 12
    )  # nobody's proof fits another
    assert message_id(b"a", 1, 1, "example.org") in found
    assert all(re.fullmatch(r"<m\d+\.\d+\.[0-9a-f]{16}@example\.org>", each) for each in found)


def test_an_envelope_survives_being_stored() -> None:
    assert Envelope(**FULL.as_json()) == FULL


def test_an_envelope_that_was_frozen_by_an_older_version_is_read() -> None:
    names = ("from_name", "from_address", "reply_to", "list_id", "list_name", "language", "public_url")

    assert Envelope(**{name: getattr(ENVELOPE, name) for name in names}) == ENVELOPE
