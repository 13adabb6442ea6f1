import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailer.compose.edition import Variant
from mailer.compose.pictures import Embedded
from mailer.delivery import dkim
from mailer.delivery.dkim import ED25519, RSA, Signer, new_key, read_key
from mailer.delivery.message import Envelope, Message
from mailer.delivery.personal import Recipient
from subscribers.errors import BadConfig
from tests.delivery import verifiers
from tests.delivery.test_message import ENVELOPE, FULL, IDENTITY, KIM, WHEN, awkward, letter, names, pieces
from tests.letters import edition_of, full_issue

NO_PERL = verifiers.lacks_perl()
BOTH = [True, True]
CONTROLS = r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"  # what a header refuses


# Typed out, so that a name that gets lost in the code is missed here.
NAMES = [
    "from",
    "to",
    "cc",
    "sender",
    "subject",
    "date",
    "reply-to",
    "message-id",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-help",
    "list-archive",
    "list-owner",
    "cfbl-address",
    "cfbl-feedback-id",
    "feedback-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "x-csa-complaints",
]


def signed(
    envelope: Envelope = ENVELOPE,
    recipient: Recipient = KIM,
    *,
    both: bool = True,
    variant: Variant | None = None,
    pictures: Sequence[Embedded] | None = None,
) -> bytes:
    edition = edition_of(full_issue())
    variant, pictures = variant or edition.variants[0], edition.pictures if pictures is None else pictures
    message = Message(variant, pictures, envelope, verifiers.signer(both=both))
    return b"".join(message.wire(recipient, message_id=IDENTITY, date=WHEN))


def letters() -> list[bytes]:
    """One of each kind of message that is made."""
    umlauts = KIM._replace(name="Jörg „Jo“ Größe, Dr.", address="joerg@xn--mller-kva.example")
    long_link = "https://brief.example.org/u/" + "7" * 372
    return [
        signed(),
        signed(FULL),
        signed(FULL, pictures=()),
        signed(recipient=umlauts),
        signed(recipient=KIM._replace(address="jörg@example.org")),
        signed(recipient=KIM._replace(name="", unsubscribe_url=long_link)),
        signed(replace(FULL, from_name="Kammer für alle " * 12, reply_to="")),
    ]


def test_every_kind_of_message_passes_with_both_signatures() -> None:
    for raw in letters():
        assert verifiers.by_dkimpy(raw) == BOTH


def test_a_receiver_sees_dkim_and_dmarc_pass() -> None:
    for raw in letters():
        verdict = verifiers.by_authheaders(raw)

        assert "dkim=pass header.d=example.org" in verdict
        assert "dmarc=pass" in verdict


@pytest.mark.skipif(bool(NO_PERL), reason=NO_PERL)
def test_the_verifier_of_spamassassin_agrees_though_it_knows_no_ed25519(tmp_path: Path) -> None:
    made = letters()

    verdicts = verifiers.by_perl(tmp_path, *made)

    assert len(verdicts) == len(made)
    assert {each.split()[0] for each in verdicts} == {"rsa-sha256=pass"}


@pytest.mark.parametrize("name", NAMES)
def test_a_field_added_on_the_way_breaks_both_signatures(name: str) -> None:
    raw = signed(FULL)

    for attacked in verifiers.attacks(raw, name):
        assert verifiers.by_dkimpy(attacked) == [False, False]
        assert "dkim=fail" in verifiers.by_authheaders(attacked)


@pytest.mark.skipif(bool(NO_PERL), reason=NO_PERL)
def test_the_verifier_of_spamassassin_sees_each_attack(tmp_path: Path) -> None:
    raw = signed(FULL, both=False)
    attacked = [one for name in NAMES for one in verifiers.attacks(raw, name)]

    verdicts = verifiers.by_perl(tmp_path, raw, *attacked)

    assert verdicts[0] == "rsa-sha256=pass"
    assert len(verdicts) == 1 + 2 * len(NAMES)
    assert set(verdicts[1:]) == {"rsa-sha256=fail"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Guten Tag", b"Guten Abend"),
        (b"R0lGODlh", b"R0lGODlg"),
        (b"Ein Satz, der stehen bleibt", b"Ein Satz, der stehen blieb"),
        (b"https://brief.example.org/u/abc", b"https://attacker.example.net/"),
        (b"kim@example.org", b"kai@example.org"),
        (b"Betreff dieser", b"Betreff jener"),
        (b"One-Click", b"Two-Click"),
        (b"2026 08:30", b"2026 08:31"),
        (b"boundary=", b"Boundary="),
        (b" t=1736242200", b" t=1736242201"),
    ],
)
def test_what_is_changed_on_the_way_breaks_both_signatures(old: bytes, new: bytes) -> None:
    raw = signed()
    assert old in raw

    assert verifiers.by_dkimpy(raw.replace(old, new, 1 if old != b" t=1736242200" else 2)) == [False, False]


def test_a_body_that_was_cut_or_lengthened_breaks_the_signature() -> None:
    raw = signed()

    assert verifiers.by_dkimpy(raw[:-40] + b"\r\n") == [False, False]
    assert verifiers.by_dkimpy(raw + b"P.S.\r\n") == [False, False]
    assert verifiers.by_dkimpy(raw + b"\r\n\r\n") == BOTH  # empty lines at the end do not count


def test_what_relays_do_to_blanks_does_not_break_it() -> None:
    raw = signed()

    folded = raw.replace(b"Subject: Betreff dieser", b"Subject:  Betreff\r\n dieser")
    assert folded != raw
    assert verifiers.by_dkimpy(folded) == BOTH


@settings(max_examples=40)
@given(pieces, names, names)
@example(["a  b\t\t c \n\t\n", "0", "  x \n", "1", "\t"], "K  K", "")
@example(["0", "0", "\n.\nFrom a\n", "0"], ".", "From b")
@example(["x" * 76, "0", " " * 80, "0", "\n\n\n"], "ü" * 80, "=")
@example(["0"], "K" * 65_536, "k")
def test_whatever_a_person_is_called_the_signature_holds(parts: list[str], greeting: str, name: str) -> None:
    recipient = KIM._replace(values={**KIM.values, "greeting": greeting})

    raw = signed(recipient=recipient, variant=letter(*parts), pictures=())

    assert verifiers.by_dkimpy(raw) == BOTH


@settings(max_examples=40)
@given(st.one_of(awkward, names).map(lambda text: re.sub(CONTROLS, "", text)))
@example("wort " * 60 + "ende")
@example("a  b   c" * 10)
def test_whatever_the_headers_say_the_signature_holds(text: str) -> None:
    variant = replace(letter("Text"), subject=text)

    raw = signed(recipient=KIM._replace(name=text), variant=variant, pictures=())

    assert verifiers.by_dkimpy(raw) == BOTH


def test_the_signed_message_is_the_shown_one_with_signatures_above_it() -> None:
    edition = edition_of(full_issue())
    message = Message(edition.variants[0], edition.pictures, FULL, verifiers.signer())
    shown = message.fill(KIM, message_id=IDENTITY, date=WHEN)

    raw = b"".join(message.wire(KIM, message_id=IDENTITY, date=WHEN))

    assert raw.endswith(shown)
    above = re.sub(rb"\r\n[ \t]", b" ", raw.removesuffix(shown)).removesuffix(b"\r\n").split(b"\r\n")
    assert [each.partition(b":")[0] for each in above] == [b"DKIM-Signature"] * 2
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_the_tags_are_those_of_the_facts() -> None:
    raw = signed(FULL)
    unfolded = re.sub(rb"\r\n[ \t]", b"", raw).partition(b"DKIM-Signature:")[2].split(b"\r\n")[0]

    tags = dict(tag.split("=", 1) for tag in unfolded.decode().replace(" ", "").split(";"))

    assert [tags[name] for name in "vacdst"] == [
        "1", "rsa-sha256", "relaxed/relaxed", "example.org", "rb2027", "1736242200",
    ]  # fmt: skip
    assert set(tags) == {*"vacdsthb", "bh"}  # no l=: what follows would be unsigned
    head = raw.partition(b"\r\n\r\n")[0].decode().lower()
    for name in NAMES:
        there = len(re.findall(rf"^{name}:", head, re.MULTILINE))
        assert there <= 1
        assert tags["h"].lower().split(":").count(name) == there + 1


def test_a_second_try_within_the_second_carries_the_same_bytes() -> None:
    assert signed() == signed()


def pem(private: Any, password: bytes | None = None) -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is not a private key in PEM without a password"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is not a private key"),
        (pem(ed25519.Ed25519PrivateKey.generate(), b"geheim"), "without a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "must be RSA of 2048 to 4096 bits, or Ed25519"),
        (pem(rsa.generate_private_key(public_exponent=65_537, key_size=1024)), "must be RSA of 2048"),
    ],
)
def test_what_verifiers_would_not_take_is_refused(text: bytes, sentence: str) -> None:
    with pytest.raises(BadConfig, match=sentence) as caught:
        read_key("s1", text, "config.toml: newsletters.rundbrief.dkim")

    assert caught.value.place == "config.toml: newsletters.rundbrief.dkim"
    assert "--new-key" in str(caught.value)


def test_ed25519_never_stands_alone() -> None:
    with pytest.raises(BadConfig, match="needs an RSA key"):
        Signer("example.org", verifiers.keys()[1:], lambda: verifiers.SIGNED_AT)


@pytest.mark.parametrize("algorithm", [RSA, ED25519])
def test_a_record_fits_into_the_strings_of_the_dns(algorithm: str) -> None:
    key = read_key("s1", new_key(algorithm), "test")

    strings = dkim.record_strings(key.record)

    assert "".join(strings) == key.record
    assert all(0 < len(each) <= 255 for each in strings)
    assert len(strings) == (2 if algorithm == RSA else 1)


def test_no_key_is_shown() -> None:
    shown = repr(verifiers.keys())

    assert shown == (
        "(Key(selector='rb2027', algorithm='rsa-sha256'), "
        "Key(selector='rb2027-ed25519', algorithm='ed25519-sha256'))"
    )
