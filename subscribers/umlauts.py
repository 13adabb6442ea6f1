"""Which single-byte encoding a list has, told by how its umlauts look when they are read as Windows-1252."""

import re
from collections import Counter
from collections.abc import Iterable

GUESSED = ("mac_roman", "cp850")
_LOOKED_AT = 20_000  # lines with other letters than ASCII
_LETTER, _CONSONANT = "[A-Za-z]", "[B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]"
_LOWER_CONSONANT = "[b-df-hj-np-tv-z]"
_START = r"(?<![^\W_])"  # the beginning of a word
# A byte that Windows-1252 does not have is a lone surrogate here. An š beside a vowel is a name: Dušan.
_SIGNS = {
    "cp1252": re.compile(rf"{_LETTER}[äöüÄÖÜß]|[äöüÄÖÜ][a-zß]"),
    "mac_roman": re.compile(
        rf"{_LETTER}[ŠŸ](?=[a-z]|\b)|{_CONSONANT}š{_LOWER_CONSONANT}|{_LETTER}[†€]{_LETTER}"
        rf"|[a-z]§(?![ \d])|{_START}[†€][a-z]|[A-Z]…[A-Z]|[a-z]Ž"
    ),
    "cp850": re.compile(
        rf"{_LETTER}[„”](?=[a-z])|{_LETTER}\udc81|\udc81[a-z]|\udc90[a-z]|[A-Z][š™][A-Z]"
        rf"|[B-DF-HJ-NP-TV-Z]Ž[B-DF-HJ-NP-TV-Z]|{_START}™[a-z]|{_START}Ž{_LOWER_CONSONANT}{{2}}"
        rf"|{_START}š[bh]|[aeiou]á(?=e|\b)"
    ),
}


def encoding_of(lines: Iterable[str]) -> str:
    """cp1252, mac_roman or cp850, for lines that were decoded as cp1252 with `surrogateescape`.

    Windows-1252 is the rule: another make needs more umlauts that fit it.
    """
    found, seen = Counter[str](), 0
    for line in lines:
        if line.isascii():
            continue
        for make, signs in _SIGNS.items():
            found[make] += len(signs.findall(line))
        seen += 1
        if seen == _LOOKED_AT:
            break
    return max(_SIGNS, key=lambda make: found[make])
