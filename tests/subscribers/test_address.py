"""Two spellings of one mailbox are one person; anything that is not one address is refused with a reason."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers import address as module
from subscribers.address import Address, envelope_address, fold, key_of, parse_address
from subscribers.errors import Problem


@pytest.mark.parametrize(
    "spelling",
    [
        "info@müller-handwerk.example",
        "  INFO@Müller-Handwerk.example ",
        "info@xn--mller-handwerk-gsb.example",
        "info@MU\u0308LLER-handwerk.example",
        "info@müller-handwerk.example.",
    ],
)
def test_all_spellings_of_one_mailbox_have_one_key(spelling: str) -> None:
    address = parse_address(spelling)

    assert address.key == "info@xn--mller-handwerk-gsb.example"
    assert envelope_address(address.email).endswith("@xn--mller-handwerk-gsb.example")


def test_the_local_part_is_sent_as_it_was_typed() -> None:
    address = parse_address("Buelent.Oezdemir@Example.org ")

    assert address.email == "Buelent.Oezdemir@example.org"
    assert address.key == "buelent.oezdemir@example.org"
    assert not address.smtputf8


def test_sharp_s_and_double_s_are_two_domains() -> None:
    sharp, double = parse_address("info@faß.example"), parse_address("info@fass.example")

    assert sharp.key == "info@xn--fa-hia.example"
    assert double.key == "info@fass.example"
    assert envelope_address("info@straße.example") == "info@xn--strae-oqa.example"


def test_a_local_part_outside_ascii_needs_smtputf8_and_one_key_for_both_normal_forms() -> None:
    composed = parse_address("Jörg@example.org")
    decomposed = parse_address(unicodedata.normalize("NFD", "jörg@example.org"))

    assert composed.smtputf8
    assert composed.key == decomposed.key == "jörg@example.org"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("sabine.kroeger(at)example.org", "(at)"),
        ("sabine.kroeger [at] example.org", "(at)"),
        ("a@example.org; b@example.org", "more than one"),
        ("a@example.org b@example.org", "more than one"),
        ("/o=Firma/ou=Exchange/cn=Recipients/cn=redaktion", "Exchange"),
        ("Kim Yilmaz <kim@example.org>", "display name"),
        ("kim\u200b@example.org", "U+200B"),
        ("kim\x00@example.org", "U+0000"),
        ("kim@example.org\r\nBcc: b", "U+000D"),
        ("kim\u202e@example.org", "U+202E"),
        ("k im@example.org", "not a valid"),
        ("kim@example", "not a valid"),
        ("kim@example..org", "not a valid"),
        ("kim@[192.0.2.1]", "not a valid"),
        ('"kim y"@example.org', "not a valid"),
        (f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example", "longer"),
        (f"{'a' * 65}@example.org", "not a valid"),
    ],
)
def test_what_is_not_one_address_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_address(text)

    assert reason in str(caught.value)
    assert caught.value.hint


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_a_problem(text: str) -> None:
    try:
        address = parse_address(text)
    except Problem:
        return

    assert parse_address(address.email).key == address.key == key_of(address.email)
    assert envelope_address(address.email).rpartition("@")[2].isascii()


@given(st.emails())
def test_reading_an_address_twice_changes_nothing(email: str) -> None:
    try:
        address = parse_address(email)
    except Problem:
        return

    assert parse_address(address.email) == address
    assert parse_address(f" {address.email.upper()} ").key == parse_address(address.email.upper()).key


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_makes_german_spellings_equal() -> None:
    assert fold("  KREIS  GÜTERSLOH ") == fold("Kreis Gu\u0308tersloh") == "kreis gütersloh"
    assert fold("Straße") == fold("STRASSE")


@given(
    st.from_regex(r"[A-Za-z0-9_.+-]{1,12}@([A-Za-z0-9-]{1,8}\.){1,3}[A-Za-z]{1,9}", fullmatch=True)
    | st.sampled_from(["a@b.test", "a@b.local", "a@b.LOCALHOST", "a@xn--fa-hia.example", "a@b.c-d.org"])
)
def test_the_short_way_for_plain_addresses_reads_as_the_long_one(text: str) -> None:
    def read() -> Address | str:
        try:
            return parse_address(text)
        except Problem as problem:
            return problem.message

    short = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PLAIN_LENGTH", 0)
        long = read()

    assert short == long
