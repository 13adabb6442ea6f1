"""Deliberate changes: what changes.toml records, held against the original and the letter, and applied."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from mailer.checks.finding import Finding
from mailer.checks.losses import Passage, find_run
from mailer.checks.rule import Value
from mailer.compose.rendering import Edition
from mailer.content.issue import Change
from mailer.content.original import Line
from mailer.content.words import link_key, words_of


def check_changes(
    changes: Sequence[Change],
    passages: Sequence[Passage],
    unasked: Sequence[tuple[Line, Passage]],
    behind: AbstractSet[str],
    letter: Sequence[Passage],
    edition: Edition,
) -> Iterator[Finding]:
    """An error for each change that is none, or that original or letter contradict.

    `unasked`: the lines that the letter need not have; `behind`: the links that the original keeps behind
    its words.
    """
    original = [word.key for each in passages for word in each.words]
    ours = [word.key for each in letter for word in each.words]
    for index, change in enumerate(changes):
        old, new = _keys(change.old), _keys(change.new)
        there = len(find_run(original, old)) + (link_key(change.old) in behind)
        same = [each for each in changes[:index] if (_keys(each.old), _keys(each.new)) == (old, new)]
        if not there:
            yield _nowhere(change, unasked)
        elif old == new:
            yield _unfit(change, "same")
        elif same and (len(same) >= there or any(each.everywhere for each in (*same, change))):
            yield _unfit(change, "twice", other=same[0].place)
        elif not only_adds(change) and _still(change, changes, ours) >= _folded(original, old, behind):
            yield _unfit(change, "still")
        texts = [[word.key for word in words_of(each.text)] for each in edition.variants] if new else []
        if new and not find_run(ours, new) and not all(find_run(text, new) for text in texts):
            yield _unfit(change, "unsaid")


def only_adds(change: Change) -> bool:
    """Whether the new text is the old one with something beside it."""
    return bool(find_run(_keys(change.new), _keys(change.old)))


def apply_changes(
    passages: Sequence[Passage], changes: Sequence[Change], letter: Sequence[Passage]
) -> list[Passage]:
    """The original as it reads after the deliberate changes; a passage that was kept stays as it is.

    A change that only adds takes nothing from the original and is not applied.
    """
    kept = {each.keys for each in letter}
    open_keys = [
        word.key for each in letter if each.keys not in {p.keys for p in passages} for word in each.words
    ]
    words = [list(each.words) for each in passages]
    for change in changes:
        if only_adds(change):
            continue
        owners = [
            (index, at)
            for index, each in enumerate(passages)
            if each.keys not in kept
            for at in range(len(words[index]))
        ]
        flat = [words[index][at].key for index, at in owners]
        old, new = _keys(change.old), words_of(change.new)
        starts = find_run(flat, old)
        if not change.everywhere:
            starts = _likeliest(starts, flat, len(old), [word.key for word in new], open_keys)
        for start in reversed(starts):
            for index, at in reversed(owners[start + 1 : start + len(old)]):
                del words[index][at]
            index, at = owners[start]
            words[index][at : at + 1] = new
    return [replace(each, words=tuple(words[index])) for index, each in enumerate(passages)]


def _likeliest(
    starts: Sequence[int], flat: Sequence[str], length: int, new: Sequence[str], letter: Sequence[str]
) -> list[int]:
    """The one place of the old words around which the letter has the new ones; else the first."""

    def told(start: int) -> bool:
        before, after = flat[max(start - 2, 0) : start], flat[start + length : start + length + 2]
        return bool(find_run(letter, [*before, *new, *after]))

    return sorted(starts, key=lambda start: not told(start))[:1]


def _nowhere(change: Change, unasked: Sequence[tuple[Line, Passage]]) -> Finding:
    old = _keys(change.old)
    for line, passage in unasked:
        if find_run([word.key for word in passage.words], old):
            case = "greeting" if line.field == "salutation" else "left_out"
            return _unfit(change, case, line=line.number)
    return _unfit(change, "nowhere")


def _still(change: Change, changes: Sequence[Change], letter: Sequence[str]) -> int:
    """How often the letter says the old text, where no other change put it there."""
    old = [key.casefold() for key in _keys(change.old)]
    given = [[key.casefold() for key in _keys(each.new)] for each in changes if each is not change]
    added = sum(len(find_run(new, old)) for new in given)
    return len(find_run([key.casefold() for key in letter], old)) - added


def _folded(original: Sequence[str], old: Sequence[str], behind: AbstractSet[str]) -> int:
    folded = find_run([key.casefold() for key in original], [key.casefold() for key in old])
    return len(folded) + (len(old) == 1 and old[0] in behind)


def _unfit(change: Change, case: str, **values: Value) -> Finding:
    return Finding.of("fidelity.change", change.place, case, old=change.old, new=change.new, **values)


def _keys(text: str) -> list[str]:
    return [word.key for word in words_of(text)]
