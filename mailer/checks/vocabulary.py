"""Words of chambers and crafts that a general dictionary lacks, with the endings of German."""

import re
from collections.abc import Iterable

# Each stands for all its forms, and for the compounds that begin or end with it.
_WORDS = """
    Innung Innungen Innungs Obermeister Kreishandwerkerschaft Meisterbrief Meisterschüler Jungmeister Gewerk
    Handwerk Handwerks Hauptgeschäftsführer Vizepräsident Vize Vollversammlung Ehrenamt Betriebsinhaber
    Sachverständige Validierung Validierungs Teilqualifizierung Bildungsscheck BAföG Jobcenter Fachkräfte
    Zuwanderung Azubi Ausbilder Photovoltaik Wärmepumpe Digitalisierung barrierefrei Impressum Editorial
    Newsletter Webinar Podcast Livestream Homepage Website Social Media Influencer Startup Workshop Onboarding
    Recruiting Coaching Business Meeting Event Speed Dating Welcome Center
"""
ALONE = frozenset({"saale", "sic", "click", "here"})  # right as they are, and part of no compound
CRAFTS = tuple(_WORDS.split())
_ENDINGS = ("", "s", "es", "e", "en", "er", "em", "n", "ns", "ern", "innen", "in")
_LEAST = 4  # letters of a part of a compound
_LEAST_OF_MANY, _LONG = 5, 24  # the same where it may have more than two parts, which only long words have


def belongs(word: str, house: frozenset[str]) -> bool:
    """Whether a word is one of these (from `folded`), in any case and with any ending."""
    known = word.casefold()
    return any(known.endswith(ending) and known[: len(known) - len(ending)] in house for ending in _ENDINGS)


def folded(words: Iterable[str]) -> frozenset[str]:
    """The single words of names and word lists, as `belongs` wants them."""
    return frozenset(part.casefold() for each in words for part in re.findall(r"[^\W\d_]+", each))


def splits(word: str) -> list[tuple[str, str]]:
    """The ways in which a word may be put together of two, without the s between them."""
    parts = []
    for at in range(_LEAST, len(word) - _LEAST + 1):
        left, right = word[:at].capitalize(), word[at:]
        parts.append((left, right))
        if left.endswith("s") and len(left) > _LEAST:
            parts.append((left[:-1], right))
    return parts


def parts_of(word: str) -> list[tuple[int, int, str]]:
    """All that may be a part of a long compound: where it begins and ends, and the part without its s."""
    if len(word) < _LONG:
        return []
    found = []
    for begin in range(len(word) - _LEAST_OF_MANY + 1):
        for end in range(begin + _LEAST_OF_MANY, len(word) + 1):
            part = word[begin:end]
            found.append((begin, end, part))
            if part.endswith("s") and end < len(word) and len(part) > _LEAST_OF_MANY:
                found.append((begin, end, part[:-1]))
    return found


def reaches(word: str, steps: Iterable[tuple[int, int]]) -> bool:
    """Whether steps from one place to another lead through the whole word."""
    reached = {0}
    for begin, end in sorted(steps):
        if begin in reached:
            reached.add(end)
    return len(word) in reached
