"""The quick way to a letter's own fields writes what the careful way writes, or leaves it to that."""

from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.headers import HeaderProblem, mailbox_field, plain_field, url_field
from mailer.delivery.message import _identity_field, _to_field, _unsubscribe_field

LETTERS = "abzAZäöüßéÇłŐ -.,'\"\\@<>=?\r\n\t\u2028\u00a0\u0301"
PLAIN = st.text("abcÄöüß -", max_size=60)


def careful(*arguments: object) -> bytes | str:
    """What headers.py makes of it, or that it refuses."""
    field, *values = arguments
    try:
        return field(*values)  # type: ignore[operator, no-any-return]
    except HeaderProblem:
        return "refused"


@given(
    st.one_of(PLAIN, st.text(LETTERS, max_size=60), st.text(max_size=30)), st.text("a.b@-+ü>\n", max_size=40)
)
def test_to(name: str, domain: str) -> None:
    for address in ("kim@example.org", f"kim@{domain}", domain):
        assert careful(_to_field, name, address) == careful(mailbox_field, "To", name, address)


@given(st.one_of(st.from_regex(r"<m\d+\.\d+\.[0-9a-f]{16}@[a-z.-]{1,60}>", fullmatch=True), st.text(LETTERS)))
def test_message_id(identity: str) -> None:
    assert careful(_identity_field, identity) == careful(plain_field, "Message-ID", identity)


@given(st.one_of(st.from_regex(r"https?://[a-z.:-]{1,90}/u/[\w-]{1,400}", fullmatch=True), st.text(LETTERS)))
def test_list_unsubscribe(url: str) -> None:
    assert careful(_unsubscribe_field, url) == careful(url_field, "List-Unsubscribe", url)
