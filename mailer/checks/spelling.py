"""Words that no dictionary has: asked of hunspell, without names, abbreviations and what the house knows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailer.checks.finding import Finding
from mailer.checks.hunspell import unknown_words
from mailer.checks.texts import Text
from mailer.checks.vocabulary import ALONE, CRAFTS, belongs, folded, parts_of, reaches, splits
from mailer.content.issue import Issue

_FIELDS = {
    *(
        "subject",
        "preheader",
        "kicker",
        "title",
        "lead",
        "body",
        "heading",
        "salutation",
        "closing",
        "figures",
    ),
    *("figure", "teaser", "audience", "label"),
}
_WORD = re.compile(r"[^\W\d_]+(?:['’\u00ad][^\W\d_]+)*")
_FIELD = re.compile(r"\{\{[^{}\n]*\}\}|%%\w+%%|\*\|[^|\n]*\|\*")  # told as placeholders, if they are some
_QUOTED = re.compile(r"[„“»](?:[^\s„“”»«]+[\s\u00a0]?){1,3}[“”«]")  # a term, or the name of something
_CAPITAL = r"[A-ZÄÖÜ][\w-]*"
# „Frau Tannert“, „in Ravenstein“; a noun behind a noun („Kammer Ravenstein“) is a name as well
_BEFORE_NAME = re.compile(
    r"(?:\b(?:Frau|Herrn?|Familie|Firma|Dr\.|Prof\.|Professor(?:in)?|Meister(?:in)?|Ms|Mr|Mrs"
    rf"|in|aus|nach|bei|von|zu|bis|from|at|of|to)|[^.!?:„»“(\s][ \u00a0]+{_CAPITAL})[ \u00a0]+$"
)
_HALVES = re.compile(r"(?<=[ \u00a0])(?:\w+-)+$")
_NEXT = re.compile(r"[ \u00a0]+([^\W\d_]+)")
_LAST = re.compile(r"([^\W\d_]+)[ \u00a0]+$")
_BEFORE = 60  # characters in front of a word that say whether it is a name
_KEPT = 1_000  # texts: most of an issue is as it was at the last save
_SHORTEST, _ABBREVIATED = 3, 4


@dataclass(frozen=True, slots=True)
class _Met:
    """A word where it was met."""

    word: str
    text: Text
    start: int
    end: int

    def may_be_name(self, unknown: frozenset[str]) -> bool:
        """By what stands before it; or another unknown word with a capital is right beside it."""
        if not self.word[0].isupper():
            return False
        before = self.text.prose[max(self.start - _BEFORE, 0) : self.start]
        before = _HALVES.sub("", before)  # „Jens Plöger-Ketteler“
        if _BEFORE_NAME.search(before):
            return True
        beside = (_LAST.search(before), _NEXT.match(self.text.prose, self.end))
        return any(found and found[1][0].isupper() and found[1] in unknown for found in beside)


def check_spelling(
    issue: Issue, texts: Iterable[Text], language: str, own: Iterable[str] = ()
) -> Iterator[Finding]:
    """A warning for each piece of text with words that are unknown, each word once in the issue.

    Args:
        own: the words of the house, such as the names of its programmes.
    """
    met = [each for text in texts if text.field in _FIELDS for each in _met_in(text)]
    unknown = unknown_words({each.word for each in met}, language)
    if not unknown:
        return
    house = folded((*own, *CRAFTS, *_names(issue)))
    unknown = frozenset(word for word in unknown if not (belongs(word, house) or word.casefold() in ALONE))
    unknown -= _compounds(unknown, house, language)
    told: dict[Text, list[_Met]] = {}
    said = set[str]()
    for each in met:
        if each.word in unknown and each.word not in said and not each.may_be_name(unknown):
            said.add(each.word)
            told.setdefault(each.text, []).append(each)
    for text, found in told.items():
        words = tuple(each.word for each in found)
        case = "" if len(words) == 1 else "several"
        yield Finding.of("language.spelling", text.at(found[0].start), case, words=words)


def _names(issue: Issue) -> Iterator[str]:
    """The people and firms of an issue."""
    editorial = issue.editorial
    yield from (editorial.author, editorial.role, *editorial.signature)
    yield from (each.name for each in issue.contacts)
    yield from (each.advertiser for each in issue.advertisements)


@lru_cache(maxsize=_KEPT)
def _met_in(text: Text) -> tuple[_Met, ...]:
    """The words of a text to ask for."""
    return tuple(_find(text))


def _find(text: Text) -> Iterator[_Met]:
    words = text.prose
    quoted = [found.span() for each in (_QUOTED, _FIELD) for found in each.finditer(words)]
    for found in _WORD.finditer(words):
        start, end = found.span()
        before, after = words[max(start - 2, 0) : start], words[end : end + 2]
        if _is_no_word(found[0], before, after) or any(one <= start < other for one, other in quoted):
            continue
        word = found[0].replace("\u00ad", "").replace("’", "'")
        yield _Met(word.removesuffix("'s"), text, start, end)


def _is_no_word(word: str, before: str, after: str) -> bool:
    """Abbreviations, words with figures, both genders in one word, the halves of „Ein- und Ausbau“."""
    touching = before[-1:] + after[:1]
    return (
        len(word) < _SHORTEST
        or not (word.islower() or word[1:].islower())
        or (len(word) <= _ABBREVIATED and after.startswith("."))
        or any(sign.isdigit() or sign in "_@*·" for sign in touching)
        or before.endswith(".")
        or (after[:1] in (":", "/") and after[1:].isalpha())
        or (before[-1:] in (":", "/") and before[:1].isalpha())
        or (after[:1] in ("-", "–") and not after[1:].isalpha())
        or (before[-1:] in ("-", "–") and not before[:1].isalpha())
    )


def _compounds(words: frozenset[str], house: frozenset[str], language: str) -> frozenset[str]:
    """Those that are put together of words that are right: of two, long ones of more."""
    if language != "de":
        return frozenset()
    ways = {word: splits(word) for word in words}
    long = {word: parts_of(word) for word in words}
    parts = {part for pairs in ways.values() for pair in pairs for part in pair}
    parts |= {part for places in long.values() for _, _, part in places}
    wrong = unknown_words(parts | {part.capitalize() for part in parts}, language)
    if wrong is None:
        return frozenset()

    def right(part: str) -> bool:
        return belongs(part, house) or not {part, part.capitalize()} <= wrong

    return frozenset(
        word
        for word, pairs in ways.items()
        if any(right(one) and right(two) for one, two in pairs)
        or reaches(word, [(begin, end) for begin, end, part in long[word] if right(part)])
    )
