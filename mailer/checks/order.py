"""Checks that a byline, a kicker, a lead and a quote say their words in the original's order."""

from collections import Counter
from collections.abc import Iterator, Sequence

from mailer.checks.finding import Finding
from mailer.checks.losses import Passage, find_run
from mailer.content.issue import Change
from mailer.content.words import words_of

_FIELDS = ("kicker", "author", "role", "closing", "salutation")


def check_order(
    original: Sequence[Passage], letter: Sequence[Passage], changes: Sequence[Change]
) -> Iterator[Finding]:
    """An error for each field or quote that has all words of the original, and not in its order."""
    allowed = [[word.key for word in words_of(each.new)] for each in changes]
    for passage in original:
        wanted = [key.casefold() for key in passage.keys]
        fields = [each for each in letter if wanted and _same_field(passage, each)]
        ours = [(each, [key.casefold() for key in each.keys]) for each in fields]
        full = [(each, keys) for each, keys in ours if not Counter(wanted) - Counter(keys)]
        if not full or any(_in_order(wanted, keys) for _, keys in full):
            continue
        ours_now = full[0][0]
        if not any(find_run(new, list(ours_now.keys)) for new in allowed):
            said, was = (" ".join(word.text for word in each.words) for each in (ours_now, passage))
            values = {"words": said, "was": was, "origin": passage.place}
            yield Finding.of("fidelity.word", ours_now.place, "order", **values)


def _same_field(passage: Passage, ours: Passage) -> bool:
    if passage.kind == "pullquotes":
        return ours.source.startswith(">")
    return passage.kind == ours.kind and passage.kind in (*_FIELDS, "lead")


def _in_order(wanted: Sequence[str], keys: Sequence[str]) -> bool:
    rest = iter(keys)
    return all(key in rest for key in wanted)
