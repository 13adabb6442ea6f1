"""How issues are labelled: months, double months, numbers, weeks, dates, contradictions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.content.months import NAMES, Month, following

_NAMED = "|".join((*NAMES, "Jänner"))
_COUNTED = r"(?:Nr\.?|Nummer|Heft|Folge|No\.?)"
_LABEL = re.compile(
    rf"""(?<![\w/.])(?:
      (?P<date>\d{{1,2}}\.\s?(?P<date_month>\d{{1,2}}|{_NAMED})\.?\s?(?P<date_year>20\d\d))
    | (?:(?P<word>Ausgabe)\s+)?(?P<month>{_NAMED})(?:\s(?P<first_year>20\d\d))?
        (?:\s?(?:[/–&+-]|und)\s?(?P<second>{_NAMED}))?[\s,]{{1,2}}(?P<year>20\d\d)
    | (?:(?P<week_word>Ausgabe)\s+)?(?:KW|Kalenderwoche)\s?(?P<week>\d{{1,2}})
        (?:\s?[/\s-]\s?(?P<week_year>20\d\d))?
    | (?P<week_first>\d{{1,2}})\.\s(?:KW|Kalenderwoche)(?:\s(?P<week_first_year>20\d\d))?
    | (?P<counted>{_COUNTED})\s?(?P<number>\d{{1,3}}(?:\s?[/+-]\s?\d{{1,2}}(?!\d))?)
        (?:\s?(?:[/|–-]|\s)\s?(?P<number_year>20\d\d))?
    | (?:(?P<digit_word>Ausgabe)\s+)?(?P<digits>\d{{1,2}})(?:\s?[/+–-]\s?(?P<more>\d{{1,2}}))?
        (?P<stroke>\s?[/|.]\s?|\s|\s?-\s?)(?P<digits_year>20\d\d)
    | (?P<only_word>Ausgabe)\s(?P<only>\d{{1,3}})
    | (?:(?P<season_word>Ausgabe)\s+)?(?P<season>Frühjahr|Frühling|Sommer|Herbst|Winter)\s20\d\d(?:/\d\d)?
    | (?P<bare>{_NAMED})(?=$|\s?[|·–)])
    | \d{{1,3}}\.\s?Jahrgang | Jahrgang\s\d{{1,4}} | Jg\.\s?\d{{1,3}}
    )(?!\d|/\d)(?:\s?\((?P<issued>(?:erschienen|Erscheinung|Stand|veröffentlicht)[^()]*)\))?""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN = re.compile(r"[\s–—|:,·()/-]{1,5}")


@dataclass(frozen=True, slots=True)
class Label:
    """What a line says about its issue; `worded` with a word such as „Ausgabe“, `dated` if it is a day."""

    start: int
    end: int
    text: str
    months: tuple[Month, ...]
    number: str
    worded: bool
    dated: bool
    reason: str


def find_label(line: str) -> Label | None:
    """The first label of a line, with all that follows it directly („Ausgabe 02 | Februar 2024“)."""
    found: list[re.Match[str]] = []
    for match in _LABEL.finditer(line):
        if found and not _BETWEEN.fullmatch(line[found[-1].end() : match.start()]):
            break
        found.append(match)
    if not found or all(match["bare"] for match in found):
        return None
    start, end = found[0].start(), found[-1].end()
    months, number, reason = _meaning(found)
    worded = any(
        match[name]
        for match in found
        for name in ("word", "week", "week_first", "counted", "digit_word", "only_word", "season_word")
    )
    return Label(
        start,
        end,
        line[start:end].strip(" –—|:,·-"),
        months,
        number,
        worded,
        all(match["date"] for match in found),
        reason,
    )


def _meaning(found: Sequence[re.Match[str]]) -> tuple[tuple[Month, ...], str, str]:
    """Months, number, and why a person should look; a name of a month weighs more than digits."""
    named = next((_named(match) for match in found if match["month"]), ())
    digits = next((match for match in found if match["digits"]), None)
    number = next((_number(match) for match in found if _number(match)), "")
    issued = any(match["issued"] for match in found)
    if named:
        said = {digits["digits"].lstrip("0")} if digits else {number.lstrip("0")} if number else set()
        differs = bool(said) and said != {str(named[0][1])} and "/" not in number
        if issued or differs:
            return named, number, "Nummer, Monat oder Erscheinungstag widersprechen sich"
        return named, number, ""
    if digits and digits["stroke"].strip() != "-":
        months = _digits(digits)
        bare = next((match["bare"] for match in found if match["bare"]), None)
        if bare:
            return (
                ((int(digits["digits_year"]), _month_number(bare)),),
                digits["digits"],
                "Monat ohne Jahr, Nummer mit Jahr",
            )
        return months, "" if months else digits["digits"], "Ziffern können Monat oder laufende Nummer sein"
    if number or digits:
        return (), number or (digits["digits"] if digits else ""), "eine Nummer oder Woche, kein Monat"
    dated = next((match for match in found if match["date"]), None)
    if dated:
        return _dated(dated), "", "ein Tag; der Monat der Ausgabe kann ein anderer sein"
    return (), "", "kein Monat, nur eine Jahreszeit oder ein Jahrgang"


def _named(match: re.Match[str]) -> tuple[Month, ...]:
    first, year = _month_number(match["month"]), int(match["year"])
    if not match["second"]:
        return ((year, first),)
    second = _month_number(match["second"])
    return ((year - 1 if second < first else year, first), (year, second))  # Dezember/Januar 2026


def _number(match: re.Match[str]) -> str:
    return str(match["number"] or match["week"] or match["week_first"] or match["only"] or "").replace(
        " ", ""
    )


def _digits(match: re.Match[str]) -> tuple[Month, ...]:
    month = (int(match["digits_year"]), int(match["digits"]))
    if not 1 <= month[1] <= 12:
        return ()
    more = int(match["more"] or 0)
    return (month, following(month)) if more == following(month)[1] else (month,)


def _dated(match: re.Match[str]) -> tuple[Month, ...]:
    word = match["date_month"]
    month = int(word) if word.isdigit() else _month_number(word)
    return ((int(match["date_year"]), month),) if 1 <= month <= 12 else ()


def _month_number(name: str) -> int:
    names = [each.casefold() for each in NAMES]
    return 1 if name.casefold() == "jänner" else names.index(name.casefold()) + 1
