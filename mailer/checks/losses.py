"""What one text lost on its way into another, and gained: compared word by word, moved words found again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate

from mailer.content.words import Word

AROUND = 3  # words shown before and after a loss
MOVED_RUN = 4  # so many words in a row are the same passage elsewhere, not chance
REWRITTEN_RUN, REWRITTEN_SHARE = 8, 0.7  # a moved passage with changes inside


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of the original or a block of the letter, with where it stands; `source` is its Markdown."""

    words: tuple[Word, ...]
    place: str
    kind: str
    source: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What is compared."""
        return tuple(word.key for word in self.words)


@dataclass(frozen=True, slots=True)
class Loss:
    """Words of the original that are not where they should be; `new` is what stands there instead.

    `at` are the places of `new` among all words of the letter.
    """

    old: tuple[Word, ...]
    new: tuple[Word, ...]
    before: tuple[Word, ...]
    after: tuple[Word, ...]
    origin: str
    place: str
    at: tuple[int, ...] = ()


@dataclass(slots=True)
class _Side:
    """Passages laid end to end; `owner` names the passage of each word, `at` its place among all words."""

    words: tuple[Word, ...]
    owner: tuple[Passage, ...]
    at: tuple[int, ...]

    @classmethod
    def of(cls, passages: Sequence[Passage], starts: Sequence[int]) -> "_Side":
        return cls(
            tuple(word for passage in passages for word in passage.words),
            tuple(passage for passage in passages for _ in passage.words),
            tuple(
                start + index
                for passage, start in zip(passages, starts, strict=True)
                for index in range(len(passage.words))
            ),
        )

    def part(self, start: int, end: int | None) -> "_Side":
        return _Side(self.words[start:end], self.owner[start:end], self.at[start:end])

    @property
    def keys(self) -> list[str]:
        return [word.key for word in self.words]


def compare_passages(
    original: Sequence[Passage], letter: Sequence[Passage]
) -> tuple[list[Loss], frozenset[int]]:
    """The words of `original` that `letter` lacks; and the places, among all its words, of those it added.

    Whole passages are paired first, also moved ones; between two that are the same only what stands between
    them is compared, so that a word from elsewhere never stands in for a lost one. What a loss names as
    standing there instead is not counted as added.
    """
    starts = [0, *accumulate(len(each.words) for each in letter)]
    gaps = _gaps(original, letter)
    _pair_moved(gaps, letter)
    losses: list[Loss] = []
    added: list[_Side] = []
    for olds, news, near in gaps:
        side = _Side.of([letter[index] for index in news], [starts[index] for index in news])
        found, more = _compare(_Side.of(olds, [0] * len(olds)), side, near)
        losses += found
        added += more
    losses = [rest for loss in losses for rest in _found_again(loss, added)]
    told = {place for loss in losses for place in loss.at}
    return losses, frozenset(place for side in added for place in side.at if place not in told)


def find_run(keys: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Where `wanted` stands in `keys`, word for word; places do not overlap."""
    found, at = [], 0
    while wanted and at <= len(keys) - len(wanted):
        if list(keys[at : at + len(wanted)]) == list(wanted):
            found.append(at)
            at += len(wanted)
        else:
            at += 1
    return found


_Gap = tuple[list[Passage], list[int], str]  # passages of the original, indexes of the letter's, near where


def _gaps(original: Sequence[Passage], letter: Sequence[Passage]) -> list[_Gap]:
    olds, news = [each.keys for each in original], [each.keys for each in letter]
    gaps = []
    for kind, first, last, start, end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if kind != "equal":
            near = letter[start - 1].place if start else (letter[0].place if letter else "")
            gaps.append((list(original[first:last]), list(range(start, end)), near))
    return gaps


def _pair_moved(gaps: Sequence[_Gap], letter: Sequence[Passage]) -> None:
    for olds, _, _ in gaps:
        for old in list(olds):
            for _, news, _ in gaps:
                same = next((index for index in news if letter[index].keys == old.keys), None)
                if same is not None:
                    olds.remove(old)
                    news.remove(same)
                    break


def _compare(old: _Side, new: _Side, near: str) -> tuple[list[Loss], list[_Side]]:
    losses, added = [], []
    for kind, first, last, start, end in SequenceMatcher(
        None, old.keys, new.keys, autojunk=False
    ).get_opcodes():
        if kind != "equal" and end > start:
            added.append(new.part(start, end))
        if kind in ("replace", "delete"):
            owner = new.owner[min(start, len(new.owner) - 1)] if new.owner else None
            loss = Loss(
                old=old.words[first:last],
                new=new.words[start:end],
                before=old.words[max(first - AROUND, 0) : first],
                after=old.words[last : last + AROUND],
                origin=old.owner[first].place,
                place=owner.place if owner else near,
                at=new.at[start:end],
            )
            losses += _by_passage(loss, old.owner[first:last])
    return losses, added


def _by_passage(loss: Loss, owners: Sequence[Passage]) -> list[Loss]:
    """One loss for each passage of the original that it touches; what stands instead is told once."""
    parts: list[Loss] = []
    start = 0
    for at in range(1, len(owners) + 1):
        if at == len(owners) or owners[at] is not owners[start]:
            part = replace(loss, old=loss.old[start:at], origin=owners[start].place)
            parts.append(part if start == 0 else replace(part, new=(), before=(), at=()))
            start = at
    return parts


def _found_again(loss: Loss, added: list[_Side]) -> list[Loss]:
    """Nothing if the words stand elsewhere in a row; only the changed ones if they moved with changes."""
    wanted = [word.key for word in loss.old]
    for index, side in enumerate(added):
        if len(wanted) >= MOVED_RUN and (places := find_run(side.keys, wanted)):
            at, end = places[0], places[0] + len(wanted)
            added[index : index + 1] = [side.part(0, at), side.part(end, None)]
            return []
    if len(wanted) >= REWRITTEN_RUN:
        counted = Counter(wanted)
        shares = [(counted & Counter(side.keys)).total() / len(wanted) for side in added]
        if shares and max(shares) >= REWRITTEN_SHARE:
            side = added.pop(shares.index(max(shares)))
            here = Passage(loss.old, loss.origin, "")
            changed, rest = _compare(_Side.of([here], [0]), side, loss.place)
            added += rest
            return changed
    return [loss]
