"""The months of an issue: read from its key, and said as a label."""

import re
from typing import TypeAlias

Month: TypeAlias = tuple[int, int]

NAMES = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_DATED = re.compile(r"([12]\d{3})-(\d\d)(?:-(\d\d))?(?:[-_][A-Za-z][A-Za-z0-9_-]*)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)")


def months_of(key: str) -> tuple[Month, ...]:
    """The months a key names: `2025-10` and `2025-10-extra` one, `2025-07-08` two in a row, others none."""
    found = _DATED.fullmatch(key)
    if not found or not 1 <= int(found[2]) <= 12:
        return ()
    first = (int(found[1]), int(found[2]))
    if not found[3]:
        return (first,)
    after = following(first)
    return (first, after) if int(found[3]) == after[1] else ()


def parse_month(text: str) -> Month | None:
    """`2025-10` as a value, None for anything else."""
    found = _MONTH.fullmatch(text)
    return (int(found[1]), int(found[2])) if found and 1 <= int(found[2]) <= 12 else None


def following(month: Month) -> Month:
    """The month after."""
    return (month[0] + month[1] // 12, month[1] % 12 + 1)


def key_of(months: tuple[Month, ...]) -> str:
    """The key that names these months: `2025-10`, `2025-07-08` for a double issue; empty without months."""
    if not months:
        return ""
    return f"{months[0][0]}-{months[0][1]:02}" + "".join(f"-{month:02}" for _, month in months[1:])


def label_of(months: tuple[Month, ...]) -> str:
    """„Oktober 2025“, „Juli/August 2025“, „Dezember 2025/Januar 2026“; empty without months."""
    years = {year for year, _ in months}
    if len(years) == 1:
        return "/".join(NAMES[month - 1] for _, month in months) + f" {months[0][0]}"
    return "/".join(f"{NAMES[month - 1]} {year}" for year, month in months)
