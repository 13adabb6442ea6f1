"""A document is looked over without its words; no mistake may hide behind that."""

import contextlib
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compose import edition as room
from mailer.compose.edition import compile_edition
from mailer.compose.mistakes import find_mistakes, require_valid
from subscribers.errors import Problems
from tests.letters import HEAD, full_issue, make_issue

SMALL = """<mjml lang="de"><mj-head><mj-title>Brief</mj-title></mj-head><mj-body>
<mj-section><mj-column><mj-text css-class="a">Ein <b title="x > y">Satz</b> &lt; zwei</mj-text>
<!-- ein > Hinweis --><mj-raw><!--[if mso]><p>nur dort</p><![endif]--></mj-raw>
<mj-image alt="" src="cid:a" width="20px" /></mj-column></mj-section></mj-body></mjml>
"""
PIECES = st.sampled_from(
    ["<", ">", '"', "'", "=", "/", "x", " ", "\n", "<b>", "</b>", "<!--", "-->", "<mj-text>"]
)
EDITS = st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 3), PIECES | st.just("")), max_size=3)


def is_refused(source: str) -> bool:
    with contextlib.suppress(Problems):
        require_valid(source, lambda: source)
        return False
    return True


@given(EDITS)
def test_what_is_refused_is_what_has_mistakes(edits: list[tuple[int, int, str]]) -> None:
    source = SMALL
    for at, left_out, put_in in edits:
        source = source[:at] + put_in + source[at + left_out :]

    assert is_refused(source) == bool(find_mistakes(source))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<mj-section>", "<mj-section>verirrt"),
        ("zwei", "5 < 6"),
        ("Satz</b>", "Satz"),
        ("zwei", "<mj-text>zwei</mj-text>"),
        ("Brief", "<i>Brief</i>"),
        (' alt=""', ""),
    ],
)
def test_a_mistake_is_found(old: str, new: str) -> None:
    assert not is_refused(SMALL)

    assert is_refused(SMALL.replace(old, new, 1))


def test_other_words_are_not_looked_at_again() -> None:
    with patch.object(room, "require_valid", wraps=room.require_valid) as seen:
        compile_edition(full_issue(), HEAD)
        compile_edition(make_issue(title="Ganz andere Worte"), HEAD)
        before = find_mistakes.cache_info().misses
        compile_edition(make_issue(title="Noch einmal andere, und längere Worte"), HEAD)

    assert seen.call_count == 3
    assert find_mistakes.cache_info().misses == before
