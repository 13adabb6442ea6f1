"""A rule for sending, read from words in English or German; it knows neither months nor holidays.

The words become a few marks (`1.`, `last`, `workday`, `tuesday`), whatever language they came in, and one
pattern over the marks is the whole grammar.
"""

import re
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from typing import Literal

from subscribers.errors import Problem

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FORMS = (
    'Write it like "first tuesday 09:30", "2nd working day 08:00", "15th or next working day 08:00", '
    '"3 working days before the 1st 09:00" or "last friday 10:00"; docs/calendar.md has them all.'
)
# So many working days every month has, and so many of one weekday.
MOST_WORKING_DAYS, MOST_WEEKDAYS, FARTHEST = 15, 4, 10

_ENGLISH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_GERMAN = ("erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt", "zehnt")
_TAGE = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")


def _vocabulary() -> dict[str, str]:
    """Each word with the mark that it stands for; words that only make a sentence have none."""
    words = {name: name for name in WEEKDAYS} | dict(zip(_TAGE, WEEKDAYS, strict=True))
    words |= {"sonnabend": "saturday", "day": "day", "tag": "day", "or": "or", "oder": "or"}
    words |= dict.fromkeys(("workday", "workdays", "arbeitstag", "arbeitstage", "arbeitstagen"), "workday")
    words |= {"before": "before", "vor": "before", "after": "after", "nach": "after"}
    words |= dict.fromkeys(("the", "at", "on", "dem", "am", "um", "uhr"), "")
    words |= {"last": "last", "next": "next", "previous": "previous"}
    stems = {stem: f"{number}." for number, stem in enumerate(_GERMAN, start=1)}
    stems |= {
        "letzt": "last",
        "nächst": "next",
        "folgend": "next",
        "vorherig": "previous",
        "vorig": "previous",
    }
    stems |= {f"{stem}letzt": f"{n}. last" for n, stem in ((2, "vor"), (3, "dritt"), (4, "viert"))}
    words |= {stem + end: mark for stem, mark in stems.items() for end in ("er", "en")}
    return words | {name: f"{number}." for number, name in enumerate(_ENGLISH, start=1)}


WORDS = _vocabulary()
_ORDINAL = re.compile(r"(\d\d?)(?:st|nd|rd|th|\.)")
_TIME = re.compile(r"(\d\d?):(\d\d)")
_OTHER_TIME = re.compile(r"(\d\d?)(?:[.,h](\d\d)|h|uhr)")
_GRAMMAR = re.compile(
    r"(?:(?P<away>\d\d?) workday (?P<side>before|after) )?"
    rf"(?:(?P<nth>\d\d?)\.)?(?P<last> ?last)?(?: ?(?P<what>day|workday|{'|'.join(WEEKDAYS)}))?"
    r"(?: or (?P<turn>next|previous) workday)?"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Once a month: a day, and the wall time.

    Attributes:
        kind: what is counted in the month: its days, its working days, or those of one weekday.
        nth: which of them, from 1; negative counts from the end. Where the month has fewer it is the last.
        weekday: 0 is Monday; only for the kind `weekday`.
        away: so many working days from that day; negative is before it, 0 the day itself.
        turn: where to turn when the day is free, if the rule says so itself.
    """

    kind: Literal["day", "working", "weekday"]
    nth: int
    at: time
    weekday: int = 0
    away: int = 0
    turn: Literal["", "after", "before"] = ""


def parse_rule(text: str) -> Rule:
    """The rule in words.

    Raises:
        Problem: it is none, or there are months in which it names no day; the hint says what to write.
    """
    wanted = re.sub(r"\bworking[ -]days?\b", "workday", " ".join(text.lower().split()))
    words = wanted.removesuffix(" uhr").split()
    if words and (found := _TIME.fullmatch(words[-1])):
        hour, minute = int(found[1]), int(found[2])
        if hour > 23 or minute > 59:
            raise Problem(f"{text!r} is no rule for sending: there is no time {found[0]}.", hint=FORMS)
        return _rule(text, _marks(text, words[:-1]), time(hour, minute))
    _rule(text, _marks(text, words), time())  # what else is wrong comes first
    raise Problem(
        f"{text!r} is no rule for sending: it names no time.", hint=f'Write "{text.strip()} 09:30".'
    )


def _marks(text: str, words: list[str]) -> str:
    marks = []
    for word in words:
        if ordinal := _ORDINAL.fullmatch(word):
            marks.append(f"{int(ordinal[1])}.")
        elif word in WORDS:
            marks.append(WORDS[word])
        elif word.isdecimal() and word.isascii():
            marks.append(str(int(word)))
        else:
            raise Problem(
                f"{text!r} is no rule for sending: {word!r} is no word of a rule.", hint=_hint(word)
            )
    return " ".join(mark for mark in marks if mark)


def _hint(word: str) -> str:
    if word.startswith("werktag"):
        return 'A Werktag may be a Saturday; Monday to Friday without holidays is an "arbeitstag".'
    if word in ("days", "tage", "tagen"):
        return 'Only working days are counted: "3 working days before the 1st 09:00".'
    if _TIME.fullmatch(word):
        return "The time stands at the end."
    if (found := _OTHER_TIME.fullmatch(word)) and int(found[1]) < 24:
        return f'Write the time as "{int(found[1]):02}:{found[2] or "00"}".'
    if word.startswith("monats"):
        day = "last day" if word.startswith(("monatsletzt", "monatsend")) else "1st"
        return f'A day of the month is written like "{day} 09:30".'
    close = get_close_matches(word, [known for known in WORDS if known != "workday"], 1)
    return f'Did you mean "{close[0]}"?' if close else FORMS


def _rule(text: str, marks: str, at: time) -> Rule:
    found = _GRAMMAR.fullmatch(marks)
    if not found or not (found["nth"] or found["last"]):
        raise Problem(f"{text!r} is no rule for sending.", hint=FORMS)
    nth, what = int(found["nth"] or 1), found["what"] or "day"
    kind: Literal["day", "working", "weekday"] = (
        "weekday" if what in WEEKDAYS else "working" if what == "workday" else "day"
    )
    turn: Literal["", "after", "before"] = (
        "" if not found["turn"] else "after" if found["turn"] == "next" else "before"
    )
    if turn and (found["away"] or kind == "working"):
        raise Problem(f"{text!r} is no rule for sending: that day is a working day anyway.", hint=FORMS)
    _require_in_every_month(text, kind, nth, found["away"])
    away = int(found["away"] or 0) * (-1 if found["side"] == "before" else 1)
    weekday = WEEKDAYS.index(what) if kind == "weekday" else 0
    return Rule(kind, -nth if found["last"] else nth, at, weekday, away, turn)


def _require_in_every_month(text: str, kind: str, nth: int, away: str | None) -> None:
    """Refuse what would leave months without a letter; of days of the month the last one stands in."""
    most = {"weekday": MOST_WEEKDAYS, "working": MOST_WORKING_DAYS, "day": 31}[kind]
    if nth > most:
        what = {"weekday": "of that weekday", "working": "working days", "day": "days"}[kind]
        raise Problem(
            f"{text!r} is no rule for sending: only {most} {what} are in every month.",
            hint='Count from the end of the month, such as "last friday" or "3rd last working day".',
        )
    if nth == 0 or (away is not None and not 1 <= int(away) <= FARTHEST):
        reach = f"It is 1 to {FARTHEST} working days before or after a day; the first day is the 1st."
        raise Problem(f"{text!r} is no rule for sending.", hint=reach)
