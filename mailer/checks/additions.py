"""Checks what the editor wrote into an editorial that its original does not say."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate, groupby

from mailer.checks.finding import Finding
from mailer.checks.losses import AROUND, MOVED_RUN, Passage, find_run
from mailer.checks.turns import is_count, turns_meaning
from mailer.content.words import Word, blocks_of, words_of

_END = re.compile(r"[.!?…][.!?…\"“”«»'’)\]*_]*\s+(?=[>„»“\"'(\[*_\s]*[^\Wa-zäöüß_])")
_NO_END = re.compile(r"(?:\b(?:[A-Za-zÄÖÜäöü]|Dr|Prof|Nr|Abs|Art|St|bzw|ca|Mio|Mrd|Tsd|vgl|gez|Ing)|\d)\.$")
_FIRST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Said:
    """All that the original says, also in the lines that the import left out: words and figures, folded."""

    keys: tuple[str, ...]
    lines: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, lines: Sequence[Sequence[Word]]) -> "Said":
        folded = [tuple(word.key.casefold() for word in line) for line in lines]
        return cls(tuple(key for line in folded for key in line), frozenset(folded))

    def repeats(self, words: Sequence[Word]) -> bool:
        """Whether the words stand in the original in this order, so that nothing new is said."""
        keys = tuple(word.key.casefold() for word in words)
        return keys in self.lines or (len(keys) >= MOVED_RUN and bool(find_run(self.keys, keys)))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """The words `start` to `end` of a passage, and the lines that precede them in it."""

    start: int
    end: int
    below: int


def check_additions(letter: Sequence[Passage], added: AbstractSet[int], said: Said) -> Iterator[Finding]:
    """A finding for each sentence with words at the places `added`, counted over all words of `letter`.

    Words that turn the meaning, and new figures, are errors; the rest are warnings.
    """
    starts = accumulate((len(each.words) for each in letter), initial=0)
    for passage, start in zip(letter, starts, strict=False):
        ours = {index for index in range(len(passage.words)) if start + index in added}
        ours -= {index for index in ours if passage.words[index].kind == "link"}
        if passage.kind == "item":
            ours.discard(0)  # the number of a list item
        if ours:
            yield from _passage_findings(passage, ours, said)


def _passage_findings(passage: Passage, ours: set[int], said: Said) -> Iterator[Finding]:
    words = [index for index, word in enumerate(passage.words) if word.kind != "link"]
    if passage.kind == "title":
        yield _inserted(passage, _Sentence(0, len(passage.words), 0), ours, severe=True)
        return
    if ours >= set(words[passage.kind == "item" :]) and len(words) >= MOVED_RUN:
        if not said.repeats(passage.words):
            yield _new("paragraph", passage, _Sentence(0, len(passage.words), 0), said)
        return
    sentences = _sentences(passage)
    ours = _at_sentences(passage, ours, {each.start for each in sentences})
    for sentence in sentences:
        inside = range(sentence.start, sentence.end)
        here = ours & set(inside)
        if not here:
            continue
        plain = {index for index in inside if passage.words[index].kind != "link"}
        if plain <= ours and said.repeats([passage.words[index] for index in sorted(plain)]):
            continue
        if plain <= ours and len(plain) >= MOVED_RUN:
            yield _new("sentence", passage, sentence, said)
        else:
            yield _inserted(passage, sentence, here, severe=turns_meaning(passage.words, here))


def _sentences(passage: Passage) -> list[_Sentence]:
    """The sentences by the Markdown of the passage; one for all where its words cannot be told apart."""
    parts, at = [], 0
    for found in _END.finditer(passage.source):
        if not _NO_END.search(passage.source[at : found.start() + 1]):
            parts.append((at, passage.source[at : found.end()]))
            at = found.end()
    parts.append((at, passage.source[at:]))
    sentences, start = [], 0
    for offset, text in parts:
        end = start + len(_words(text, passage.kind))
        below = passage.source.count("\n", 0, offset)
        if end > start:
            sentences.append(_Sentence(start, end, below))
        start = end
    whole = len(passage.words)
    return sentences if start == whole else [_Sentence(0, whole, 0)]


def _words(text: str, kind: str) -> Sequence[Word]:
    if kind == "lead":
        return words_of(text)
    return [word for block in blocks_of(text) for word in block.words]


def _at_sentences(passage: Passage, ours: set[int], starts: set[int]) -> set[int]:
    """The same additions, each run moved to the start of a sentence where that reads the same.

    In “a b. x b. c” after “a b. c” the run is “x b”, although “b x” fits as well.
    """
    keys, whole = passage.keys, len(passage.words)
    moved: set[int] = set()
    for first, last in _runs(ours):
        start, end = first, last
        while (
            start not in starts and start > 0 and start - 1 not in ours and keys[start - 1] == keys[end - 1]
        ):
            start, end = start - 1, end - 1
        if start not in starts:
            start, end = first, last
            while start not in starts and end < whole and end not in ours and keys[start] == keys[end]:
                start, end = start + 1, end + 1
        if start not in starts:
            start, end = first, last
        moved |= set(range(start, end))
    return moved


def _runs(places: AbstractSet[int]) -> list[tuple[int, int]]:
    """Neighbours as (first, behind the last)."""
    found = []
    for _, group in groupby(enumerate(sorted(places)), lambda pair: pair[1] - pair[0]):
        run = [place for _, place in group]
        found.append((run[0], run[-1] + 1))
    return found


def _new(what: str, passage: Passage, sentence: _Sentence, said: Said) -> Finding:
    words = passage.words[sentence.start : sentence.end]
    begin = " ".join(word.text for word in words[:_FIRST_WORDS]) + " …" * (len(words) > _FIRST_WORDS)
    counts = [word for word in words[passage.kind == "item" :] if is_count(word)]
    news = [word.text for word in counts if word.key.casefold() not in said.keys]
    case = f"{what}.figure" if news else what
    return Finding.of("fidelity.added", _place(passage, sentence), case, words=begin, figures=tuple(news))


def _inserted(passage: Passage, sentence: _Sentence, ours: AbstractSet[int], *, severe: bool) -> Finding:
    runs = _runs(ours)
    listed = tuple(_text(passage, *run) for run in runs)
    shown = [
        " ".join(
            filter(
                None,
                (
                    _text(passage, max(first - AROUND, sentence.start), first),
                    f"[{_text(passage, first, last)}]",
                    _text(passage, last, min(last + AROUND, sentence.end)),
                ),
            )
        )
        for first, last in runs
    ]
    case = "one" if len(runs) == 1 else "several"
    if passage.kind == "title":
        case = f"title.{case}"
    elif not severe:
        case = f"{case}.mild"
    around = " … ".join(shown)
    return Finding.of("fidelity.added", _place(passage, sentence), case, words=listed, around=around)


def _text(passage: Passage, start: int, end: int) -> str:
    return " ".join(word.text for word in passage.words[start:end])


def _place(passage: Passage, sentence: _Sentence) -> str:
    name, colon, line = passage.place.rpartition(":")
    return f"{name}:{int(line) + sentence.below}" if colon and line.isdigit() else passage.place
