"""What differs between two wordings of a variant: how much, and where, word by word."""

import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.release import Words
from mailer.web.compare import GONE, NEW, SAME, blocks, difference

TEXT = """Guten Tag,

dies ist der erste Absatz mit einem Satz,
der in zwei Zeilen steht.

Was nun zu tun ist
------------------

Erstens anrufen.

Zweitens hingehen.
"""
OLD = Words("a", "Betreff", "Vorschau", TEXT, ("x",), {"p": "1"}, "h1", "l1", "w1")
WORDS = st.lists(st.sampled_from(["Haus", "Hof", "und", "Tor.", "\n\n", "\n"]), max_size=25).map(" ".join)


def changed(**fields: object) -> Words:
    return replace(OLD, **fields)


def test_the_same_differs_in_nothing() -> None:
    found = difference(OLD, changed(web="w2"))

    assert (found.words, found.looks) == (0, False)
    assert blocks(OLD, OLD) == []


def test_a_paragraph_is_shown_whole_with_its_heading() -> None:
    new = changed(text=TEXT.replace("Zweitens hingehen.", "Zweitens sofort hingehen."), html="h2")

    (block,) = blocks(OLD, new)

    assert (block.what, block.heading) == ("text", "Was nun zu tun ist")
    assert block.words == (("Zweitens", SAME), ("sofort", NEW), ("hingehen.", SAME))
    assert (difference(OLD, new).words, difference(OLD, new).looks) == (1, False)


def test_a_paragraph_in_two_lines_is_one() -> None:
    new = changed(text=TEXT.replace("erste", "zweite").replace("zwei Zeilen", "drei Zeilen"))

    (block,) = blocks(OLD, new)

    assert block.words == (
        ("dies ist der", SAME),
        ("erste", GONE),
        ("zweite", NEW),
        ("Absatz mit einem Satz,", SAME),
        ("der in", SAME),
        ("zwei", GONE),
        ("drei", NEW),
        ("Zeilen steht.", SAME),
    )
    assert difference(OLD, new).words == 2


def test_a_paragraph_left_out_is_shown_as_gone() -> None:
    new = changed(text=TEXT.replace("Erstens anrufen.\n\n", ""))

    gone = [words for block in blocks(OLD, new) for words, kind in block.words if kind == GONE]

    assert gone == ["Erstens anrufen."]


def test_subject_and_preview_line_have_places_of_their_own() -> None:
    new = changed(subject="Neuer Betreff", preheader="")

    assert [(each.what, each.words[0]) for each in blocks(OLD, new)] == [
        ("subject", ("Neuer", NEW)),
        ("preheader", ("Vorschau", GONE)),
    ]


def test_another_look_is_told_only_where_no_word_differs() -> None:
    assert difference(OLD, changed(look="l2", html="h2")).looks is True
    assert difference(OLD, changed(pictures={"p": "2"})).looks is True
    assert difference(OLD, changed(look="l2", subject="Neu")).looks is False


@given(WORDS, WORDS)
def test_old_and_new_words_all_stand_in_the_blocks_that_differ(old: str, new: str) -> None:
    before, after = changed(text=old), changed(text=new)

    told = [(words, kind) for block in blocks(before, after) for words, kind in block.words]

    assert bool(told) == (old.split() != new.split())
    assert bool(difference(before, after).words) == (old.split() != new.split())
    for kind, text in ((GONE, old), (NEW, new)):
        said = [word for words, each in told if each == kind for word in words.split()]
        assert set(said) <= set(text.split())
    if old.split() != new.split():
        counted = sum(len(words.split()) * (1 if kind == NEW else -1) for words, kind in told if kind != SAME)
        assert counted == len(new.split()) - len(old.split())


def test_one_word_in_a_long_letter_is_found_at_once() -> None:
    long = " ".join(f"Wort{number % 97}" for number in range(20_000))

    begun = time.process_time()
    found = difference(changed(text=f"{long} alt {long}"), changed(text=f"{long} neu {long}"))

    assert found.words == 1
    assert time.process_time() - begun < 0.5
