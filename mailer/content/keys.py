"""The key of an issue, which is its folder's name: which one is right, and which one was meant."""

import re

from mailer.content.months import NAMES, Month, following, key_of, months_of
from subscribers.errors import BadUsage

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# No folder on Windows may be called so.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_PART = re.compile(r"\d+|[^\W\d_]+")
_YEAR = re.compile(r"[12]\d{3}")
_OTHER_NAMES = {
    "maerz": 3,
    "january": 1,
    "february": 2,
    "march": 3,
    "may": 5,
    "june": 6,
    "july": 7,
    "october": 10,
    "december": 12,
}
_NUMBERS = {name.casefold(): number for number, name in enumerate(NAMES, 1)} | _OTHER_NAMES


def check_key(key: str) -> None:
    """Raise BadUsage, with the key that was probably meant, unless `is_key`."""
    if not is_key(key):
        meant = meant_key(key)
        if _DEVICES.fullmatch(key):
            message = f"`{key}` is the name of a device on Windows, where no folder can be called so."
            raise BadUsage(message, hint=f"Choose another word, for example {key}-extra.")
        raise BadUsage(
            f"`{key}` is no usable key for an issue.",
            hint=f"Did you mean {meant}?"
            if meant
            else "Write year and month, for example 2025-10; 2025-07-08 is a double issue, "
            "2025-10-extra or a word without blanks and umlauts a special one.",
        )


def is_key(key: str) -> bool:
    """Whether an issue may be called so: letters, digits, - and _, and nothing that is half a date.

    `2025-10` is a month, `2025-07-08` two in a row, `2025-10-extra` or `jubilee` a special issue.
    """
    if not _SAFE.fullmatch(key) or _DEVICES.fullmatch(key):
        return False
    parts = _PART.findall(key)
    dated = next((index for index, part in enumerate(parts) if not _is_dated(part)), len(parts))
    return bool(months_of(key)) or (dated < 2 and dated < len(parts))


def meant_key(text: str) -> str:
    """The key of the month or the two months that a text names with their year; empty if it names none."""
    parts = [part for word in _PART.findall(text) for part in _year_apart(word)]
    year = next((int(part) for part in parts if _YEAR.fullmatch(part)), None)
    numbers = [_number(part) for part in parts]
    if year is None or not (found := [number for number in numbers if number]):
        return ""
    first: Month = (year, found[0])
    after = following(first)
    return key_of((first, after) if len(found) > 1 and found[1] == after[1] else (first,))


def _is_dated(part: str) -> bool:
    return part.isdecimal() or part.casefold() in _NUMBERS


def _year_apart(word: str) -> tuple[str, ...]:
    """`202707` as `2027` and `07`."""
    return (word[:4], word[4:]) if len(word) == 6 and _YEAR.fullmatch(word[:4]) else (word,)


def _number(part: str) -> int | None:
    """The number of the month; None for anything else."""
    if not part.isdecimal():
        return _NUMBERS.get(part.casefold())
    return int(part) if len(part) <= 2 and 1 <= int(part) <= 12 else None
