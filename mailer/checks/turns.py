"""Words that turn the meaning of a sentence: negations, numbers, units and approximations beside them."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from mailer.content.words import Word

_NEGATION = re.compile(
    r"nicht(?:s|-?\w{4,}|-[\w-]+)?|nie(?:mals|mand(?:e[nmrs]?|s)?)?|nirgend(?:s|s?wo(?:hin)?)?|mitnichten"
    r"|kein(?:e[nmrs]?)?|keinerlei|keines(?:wegs|falls)|kaum|weder|ohne"
    # un- before an adjective or noun, not in „unter“, „unser“, „Union“ and the like
    r"|un(?!d$|ser|ter|i$|is$|ion|ivers|iform|ikat|gar[ni]|gefähr|längst|bedingt)\w{3,}"
    r"|never|no|none|nobody|nothing|neither|hardly|barely|cannot|without"
)
_DIGITS = "zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun"
_NUMBER = re.compile(
    rf"(?:\w+und)?(?:(?:zwan|vier|fünf|sech|sieb|acht|neun)zig|dreißig|dreissig)|{_DIGITS}|elf|zwölf"
    r"|(?:drei|vier|fünf|sech|sieb|acht|neun)?zehn|\w*(?:hundert|tausend)(?:e[nr]?)?|\w*dutzend(?:e[nr]?)?"
    r"|\w*(?:million|milliarde|billion)(?:en)?|\w*(?:million|billion)s|mio|mrd|tsd"
    r"|hälfte|halb(?:e[nmrs]?)?|(?:drit|vier|fünf|zehn|hunderts)tel"
    rf"|(?:doppel|verdoppel)\w*|(?:{_DIGITS}|zehn|hundert|tausend)(?:fach|mal)\w*"
    r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:hundred|thousand)s?|half|twice"
)
_UNIT = re.compile(
    r"prozent\w*|promille|euro|cent|dollar|franken|pfund|mal|fach|percent|per|pounds?|dollars|euros|times"
)
_ABOUT = re.compile(
    r"fast|über|rund|knapp|etwa|circa|ca|zirka|ungefähr|nahezu|beinahe|annähernd|schätzungsweise|gut|bis|ab"
    r"|unter|mindestens|wenigstens|höchstens|maximal|minimal|zirka|bald|gegen"
    r"|almost|nearly|about|around|over|under|roughly|approximately|least|most"
)
_ABOUT_TWO = {("mehr", "als"), ("weniger", "als"), ("bis", "zu"), ("more", "than"), ("less", "than")}
_NEAR = 2  # words between an approximation and its figure: „fast die Hälfte“


def turns_meaning(words: Sequence[Word], added: AbstractSet[int]) -> bool:
    """Whether one of the words at the places `added` denies, counts, measures or blurs a figure."""
    return any(_turns(words, at) for at in added)


def is_count(word: Word) -> bool:
    """Whether a word says a figure that a reader may quote: digits, or „Millionen“ and „Tausend“."""
    magnitude = re.fullmatch(
        r"\w*(?:hundert|tausend)(?:e[nr]?)?|(?:million|milliarde|billion)(?:en|s)?|mio|mrd|tsd|hundred|thousand",
        word.key.casefold(),
    )
    return word.kind == "figure" or bool(magnitude)


def _turns(words: Sequence[Word], at: int) -> bool:
    word, key = words[at], words[at].key.casefold()
    if word.kind == "figure" or _is_number(word):
        return True
    if _NEGATION.fullmatch(key) or word.text == "not":  # „Not“ is another word
        return True
    if _UNIT.fullmatch(key) and at > 0 and _is_number(words[at - 1]):
        return True
    behind = at + 1
    if behind < len(words) and (key, words[behind].key.casefold()) in _ABOUT_TWO:
        behind += 1
    elif not _ABOUT.fullmatch(key):
        return False
    return any(_is_number(each) for each in words[behind : behind + _NEAR])


def _is_number(word: Word) -> bool:
    return word.kind == "figure" or bool(_NUMBER.fullmatch(word.key.casefold()))
