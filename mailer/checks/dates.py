"""Dates in running text, German and English: the day that is named, and the weekday beside it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from mailer.content.months import NAMES, Month

_NEAR = timedelta(days=240)  # a date without its year is meant to be so close to its issue
_WEEK, _MONTH = 7, 31
_B = r"[\s\u00a0\u202f]"
# Long and short names of the days from Monday on; the short ones only as they are printed.
_DAYS = {
    "de": (
        ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend", "sonntag"),
        ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    ),
    "en": (
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("Mon", "Tues?", "Wed", "Thu(?:rs?)?", "Fri", "Sat", "Sun"),
    ),
}
_PART_OF_DAY = {"de": "(?:abend|mittag|morgen|nachmittag|vormittag|nacht|früh)?", "en": ""}
_NAMES = {
    "de": (
        *NAMES,
        "Jänner",
        "Jan",
        "Feb",
        "Mrz",
        "Apr",
        "Jun",
        "Jul",
        "Aug",
        "Sept",
        "Sep",
        "Okt",
        "Nov",
        "Dez",
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
        *("November", "December", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep"),
        *("Oct", "Nov", "Dec"),
    ),
}
_MONTH_OF = {name[:3]: at for names in _NAMES.values() for at, name in enumerate(names[:12], 1)}
_MONTH_OF |= {"Mrz": 3, "Jän": 1}
# What stands between two days, and between a weekday and its day.
_AND = {
    "de": rf"(?:{_B}*,)?{_B}*(?:bis(?:{_B}+(?:zum|einschließlich))?|und|oder|sowie|/|–|-){_B}*",
    "en": rf"(?:{_B}*,)?{_B}*(?:to|until|through|and|or|/|–|-){_B}*",
}
_ORDERS = {"de": ("de",), "en": ("en", "us")}  # us: the month stands before the day
_JOIN = rf"(?:{_B}*,{_B}*|{_B}*\({_B}*|{_B}+)(?:(?:den|dem|der|am|the){_B}+)?"


@dataclass(frozen=True, slots=True)
class Said:
    """A date as it is written: `words` stand at `start`; year and weekday (Monday is 0) may be left out."""

    words: str
    start: int
    day: int
    month: int
    year: int | None = None
    weekday: int | None = None

    def possible(self, months: Sequence[Month]) -> list[date]:
        """The days that may be meant in an issue of these months, the closest to it first.

        With a year that is one day at most: none where the calendar does not have it.
        """
        if self.year is not None:
            return _existing(self.year, self.month, self.day)
        if not months:
            return []
        middle = date(*months[0], 15)
        years = range(middle.year - 1, middle.year + 2)
        days = [day for year in years for day in _existing(year, self.month, self.day)]
        return sorted((day for day in days if abs(day - middle) <= _NEAR), key=lambda day: abs(day - middle))

    def exists(self) -> bool:
        """Whether the calendar has this day, in any year if none is named."""
        return bool(_existing(2024 if self.year is None else self.year, self.month, self.day))


def dates_in(text: str, language: str) -> Iterator[Said]:
    """Every date with day and month, whether or not a weekday stands beside it."""
    for order in _ORDERS.get(language, ()):
        for found in _any_date(order).finditer(text):
            yield _said(found, "1")


def weekdays_in(text: str, language: str) -> Iterator[Said]:
    """Every date beside which a weekday stands: „Dienstag, 7. Oktober“, „Mo–Mi, 6.–8. 10.“, „7. 10. (Di)“."""
    for order in _ORDERS.get(language, ()):
        for found in _weekday_first(order).finditer(text):
            yield from _both_ends(found, language)
        for found in _weekday_last(order).finditer(text):
            yield _said(found, "1", _weekday(found["a"], language))


def _both_ends(found: re.Match[str], language: str) -> Iterator[Said]:
    """One date, or the first and the last day of a span; the first may leave month and year to the last."""
    begins, ends, beside = (_weekday(found[name], language) for name in "abc")
    if not found["day2"]:
        if not found["only"] and ends is None:  # „Montag und Dienstag, 6. Oktober“ says too little
            yield _said(found, "1", begins)
        return
    last = _said(found, "2", ends if beside is None else beside)
    if found["only"]:
        first = Said(found[0], found.start(), int(found["only"]), last.month, last.year, begins)
    else:
        first = _said(found, "1", begins)
        if first.year is None and last.year is not None:
            first = replace(first, year=last.year - (first.month > last.month))
    length = (last.month - first.month) % 12 * _MONTH + last.day - first.day
    if ends is not None and length > _WEEK:
        return  # „Montag bis Freitag, 1. bis 31. Oktober“: on working days
    yield first
    if last.weekday is not None:
        yield last


def _said(found: re.Match[str], which: str, weekday: int | None = None) -> Said:
    name, number, day, year, short = (
        found.groupdict().get(f"{part}{which}") for part in ("name", "number", "day", "year", "short")
    )
    known = int(year) if year else 2000 + int(short) if short else None
    month = int(number) if number else _MONTH_OF[str(name)[:3]]
    return Said(found[0], found.start(), int(str(day)), month, known, weekday)


def _weekday(words: str | None, language: str) -> int | None:
    """The day that a name means, Monday is 0."""
    if not words:
        return None
    long, short = _DAYS[language]
    for at in range(_WEEK):
        if re.search(rf"(?:{long[at]})", words, re.IGNORECASE) or re.fullmatch(rf"(?:{short[at]})\.?", words):
            return at
    return None


@cache
def _any_date(order: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\d.,/–-]){_date('1', order)}")


@cache
def _weekday_first(order: str) -> re.Pattern[str]:
    begins, ends, beside = (_named(name, order) for name in "abc")
    sign = _AND.get(order, _AND["en"])
    only = rf"(?P<only>[0-3]?\d)\.?(?={sign})"
    return re.compile(
        rf"{begins}(?:{sign}{ends})?{_JOIN}(?:{_date('1', order)}|{only})"
        rf"(?:{sign}(?:{beside}{_JOIN})?{_date('2', order)})?"
    )


@cache
def _weekday_last(order: str) -> re.Pattern[str]:
    """„7. Oktober (Dienstag)“, „7. Oktober, einem Dienstag“."""
    return re.compile(rf"{_date('1', order)}(?:{_B}*\(|,{_B}(?:einem|a){_B}){_named('a', order)}")


def _named(group: str, order: str) -> str:
    """A weekday; „Rosenmontag“ and „Dienstagabend“ are some as well, „dienstags“ is none."""
    language = "de" if order == "de" else "en"
    long, short = (("|".join(names)) for names in _DAYS[language])
    before = r"\w*" if language == "de" else ""
    return rf"(?P<{group}>\b(?i:{before}(?:{long}){_PART_OF_DAY[language]})\b|\b(?:{short})\b\.?)"


def _date(which: str, order: str) -> str:
    """The pattern of a date; the names of its groups end with `which`."""
    name = rf"(?P<name{which}>{'|'.join(_NAMES['de' if order == 'de' else 'en'])})\b\.?"
    year = rf"(?P<year{which}>(?:19|20)\d\d)(?!\d)"
    if order == "de":
        number = rf"(?P<number{which}>1[0-2]|0?[1-9])\.(?P<short{which}>\d\d(?![\d:.]|,\d|{_B}?Uhr))?"
        return rf"(?P<day{which}>[0-3]?\d)\.{_B}*(?:{name}|{number})(?:{_B}?{year})?"
    day = rf"(?P<day{which}>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)"
    words = rf"{day}{_B}(?:of{_B})?{name}" if order == "en" else rf"{name}{_B}{day}"
    return rf"{words}(?:,?{_B}*{year})?"


def _existing(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []
