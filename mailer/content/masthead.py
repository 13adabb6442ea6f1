"""The line above the headline: publication, issue and kicker, also where they are glued together."""

import re
from dataclasses import dataclass

from mailer.content.months import NAMES, Month, following

KICKERS = (
    "Auf ein Wort",
    "Editorial",
    "Gastbeitrag",
    "Gastkommentar",
    "Grußwort",
    "Kolumne",
    "Kommentar",
    "Leitartikel",
    "Meinung",
    "Standpunkt",
    "Statement",
    "Vorwort",
    "Zur Sache",
)
_NAMED = "|".join(NAMES)
_MONTHS = (
    rf"(?P<month>{_NAMED})(?:\s20\d\d)?(?:\s?[/–-]\s?(?P<second>{_NAMED}))?\s(?P<year>20\d\d)"
    r"|(?P<digits>\d{1,2})(?:/(?P<more>\d{1,2}))?/(?P<digits_year>20\d\d)"
    r"|(?P<number>\d{1,2})-(?P<number_year>20\d\d)"
)
_WORD = r"(?P<word>Ausgabe|Nr\.|Nummer|Heft)"
_MASTHEAD = re.compile(
    rf"^(?P<publication>.{{0,60}}?)[\s–—|:,·-]*(?:\b{_WORD}\s*)?(?<!\w)(?:{_MONTHS})(?P<rest>.*)$",
    re.IGNORECASE,
)
_KICKER = re.compile(
    rf"^[\s–—|:,·-]*(?P<kicker>(?i:{'|'.join(KICKERS)}))(?P<rest>(?:$|[\s:–—|-]|(?=[A-ZÄÖÜ„»]))\s*.*)$"
)
_SEPARATORS = " \t\u00a0\u202f–—|:,·-"


@dataclass(frozen=True, slots=True)
class Masthead:
    """The parts of such a line; `certain` is False where digits may mean a month or a running number."""

    publication: str
    issue: str
    months: tuple[Month, ...]
    number: str
    kicker: str
    title: str
    certain: bool


def read_masthead(line: str) -> Masthead | None:
    """Take apart a line such as „DHB - Ausgabe Oktober 2025 - EditorialMehr Integration wagen“.

    None for a line that is none: a headline may well name a month.
    """
    found = _MASTHEAD.match(line) if len(line) <= 160 else None
    if found is None:
        return _kicker_only(line)
    before = found["publication"].strip(_SEPARATORS)
    rest = found["rest"]
    kicker = _KICKER.match(rest)
    if not found["word"] and not kicker and (before or rest.strip(_SEPARATORS)):
        return None
    title = (kicker["rest"] if kicker else rest).strip(_SEPARATORS)
    months = _months(found)
    return Masthead(
        publication=before,
        issue=line[found.end("publication") : found.start("rest")].strip(_SEPARATORS),
        months=months,
        number="" if found["month"] else (found["digits"] or found["number"] or ""),
        kicker=kicker["kicker"] if kicker else "",
        title=title,
        certain=bool(found["month"]),
    )


def _kicker_only(line: str) -> Masthead | None:
    """A kicker alone, or „Kommentar: …“, or glued to the headline; „Kommentare zur Lage“ is none of these."""
    kicker = _KICKER.match(line)
    if kicker is None:
        return None
    rest = kicker["rest"]
    if rest.startswith(" ") and rest.strip()[:1] not in (":", "–", "—", "|", "-"):
        return None  # a headline that begins with the word
    return Masthead("", "", (), "", kicker["kicker"], rest.strip(_SEPARATORS), certain=True)


def _months(found: re.Match[str]) -> tuple[Month, ...]:
    if found["month"]:
        year, names = int(found["year"]), [name.casefold() for name in NAMES]
        first = (year, names.index(found["month"].casefold()) + 1)
        if not found["second"]:
            return (first,)
        second = names.index(found["second"].casefold()) + 1
        if second < first[1]:  # Dezember/Januar 2026
            first = (year - 1, first[1])
        return (first, (year, second))
    if found["digits"] and 1 <= int(found["digits"]) <= 12:
        month = (int(found["digits_year"]), int(found["digits"]))
        return (
            (month, following(month))
            if found["more"] and int(found["more"]) == following(month)[1]
            else (month,)
        )
    return ()
