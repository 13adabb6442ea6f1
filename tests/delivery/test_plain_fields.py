"""The quick way to what a letter has of its own writes what the careful way writes, or leaves it to that."""

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from mailer.compose.edition import Variant
from mailer.compose.slots import SlotProblem, mark_for, placeholder
from mailer.delivery.headers import HeaderProblem
from mailer.delivery.mime import Body
from mailer.delivery.personal import Personal, Recipient

MARK = mark_for("rundbrief/2025-10")
PART = f"{placeholder(MARK, 'greeting')}\n\nText\n\n{placeholder(MARK, 'unsubscribe')}\n"
BODY = Body(Variant("standard", "Betreff", "", MARK, PART, PART), ())
LETTERS = "abzAZäöüßéÇłŐ -.,'\"\\@<>&=?\r\n\t\u2028\u00a0\u0301"
LINK, IDENTITY = "https://brief.example.org/u/abc-_1", "<m1.2.0123456789abcdef@example.org>"
FIT = Recipient("kim@example.org", "Kim", {"greeting": "Guten Tag,", "unsubscribe": LINK}, LINK)
names = st.one_of(st.text("abcÄöüß -", max_size=60), st.text(LETTERS, max_size=60), st.text(max_size=90))
addresses = st.one_of(
    st.from_regex(r"[a-zA-Z0-9._+-]{1,40}@[a-z0-9.-]{1,40}", fullmatch=True),
    st.text("a.b@-+ü>\n", max_size=40),
    st.just("kim@example.org"),
)
urls = st.one_of(
    st.from_regex(r"https?://[a-z.:-]{1,30}/u/[\w-]{1,400}", fullmatch=True),
    st.text(LETTERS).map("https://".__add__),
    st.just(LINK),
)
identities = st.one_of(
    st.from_regex(r"<m\d+\.\d+\.[0-9a-f]{16}@[a-z.-]{1,60}>", fullmatch=True),
    st.text(LETTERS),
    st.just(IDENTITY),
)


def personal() -> Personal:
    """Of a variant in which both slots stand in text and in HTML."""
    made = Personal(BODY, "", complaints=False)
    made.write(FIT, IDENTITY, datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    return made


def carefully(recipient: Recipient, identity: str) -> object:
    """What the careful way makes of it, or that it refuses."""
    try:
        return personal().carefully(recipient, identity)
    except (HeaderProblem, SlotProblem):
        return "refused"


@given(names | st.just("Guten Tag,"), names | st.just("Kim"), addresses, urls, identities)
@example("Sehr geehrte Frau Dr. Hövelmann,", "Jördis Hövelmann", "kim@example.org", LINK, IDENTITY)
@example("From here on,", "Kim", "kim@example.org", LINK, IDENTITY)
@example("Guten  Tag,", "Kim", "kim@example.org", LINK, IDENTITY)
@example("Guten Tag, ", "Kim", "kim@example.org", LINK, IDENTITY)
@example("ä" * 60, "Kim", "kim@example.org", LINK, IDENTITY)
@example("Guten Tag,", "A" * 39, "kim@example.org", LINK, IDENTITY)
@example("Guten Tag,", "ä" * 23, "kim@example.org", LINK, IDENTITY)
@example("Guten Tag,", "Kim", "kim@example.org", LINK + "x" * 40, IDENTITY)
def test_the_quick_way_writes_the_same_or_nothing(
    greeting: str, name: str, address: str, url: str, identity: str
) -> None:
    recipient = Recipient(address, name, {"greeting": greeting, "unsubscribe": url}, url)

    quick = personal().plainly(recipient, identity)

    assert quick in (None, carefully(recipient, identity))


@given(
    st.sampled_from(["Sehr geehrte Frau Müller,", "Guten Tag,", "Hallo Kim,"]),
    st.sampled_from(["Kim", "Ö-Ä von B"]),
)
def test_the_usual_reader_goes_the_quick_way(greeting: str, name: str) -> None:
    recipient = FIT._replace(name=name, values={**FIT.values, "greeting": greeting})

    assert personal().plainly(recipient, IDENTITY) is not None


def test_two_links_that_differ_are_not_taken_for_one() -> None:
    recipient = FIT._replace(unsubscribe_url=LINK + "x")

    fields, (text, _) = personal().write(recipient, IDENTITY, datetime(2026, 11, 24, 8, 30, tzinfo=UTC))

    assert f"<{LINK}x>".encode() in fields
    assert text["unsubscribe"] == LINK.encode()
