"""The word diff: both texts can be read back from it, and it shows no more than asked for."""

from hypothesis import given
from hypothesis import strategies as st

from mailer.content.difference import compare_words, hunks

TEXTS = st.lists(st.sampled_from(["und", "die", "Kammer", "6", "%", "\n"]), max_size=40).map(" ".join)


def test_a_changed_word_is_one_run_at_its_line() -> None:
    runs = compare_words("eins zwei\ndrei vier", "eins zwei drei\nfünf vier")

    assert [(run.op, run.old, run.new, run.line) for run in runs] == [
        ("equal", "eins zwei drei", "eins zwei drei", 1),
        ("insert", "", "fünf", 2),
        ("equal", "vier", "vier", 2),
    ]


def test_line_breaks_and_strokes_under_headings_are_no_difference() -> None:
    (run,) = compare_words("Titel\n=====\nein Satz", "Titel ein\n\nSatz")

    assert run.op == "equal"


@given(old=TEXTS, new=TEXTS)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    runs = compare_words(old, new)

    assert " ".join(run.old for run in runs if run.old).split() == old.split()
    assert " ".join(run.new for run in runs if run.new).split() == new.split()


@given(old=TEXTS, new=TEXTS, around=st.integers(1, 3))
def test_the_hunks_hold_every_difference_once_with_few_words_around(old: str, new: str, around: int) -> None:
    runs = compare_words(old, new)

    found = hunks(runs, around)

    assert [run for hunk in found for run in hunk if run.op != "equal"] == [
        run for run in runs if run.op != "equal"
    ]
    for hunk in found:
        assert any(run.op != "equal" for run in hunk)
        assert all(len(run.new.split()) <= 2 * around for run in hunk if run.op == "equal")


def test_two_empty_texts_are_the_same() -> None:
    assert compare_words("", "") == ()
