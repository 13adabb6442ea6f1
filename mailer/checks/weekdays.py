"""Whether a weekday and the date beside it are the same day."""

from collections.abc import Iterable, Iterator, Sequence

from mailer.checks.dates import dates_in, weekdays_in
from mailer.checks.finding import Finding
from mailer.checks.texts import Text
from mailer.content.months import Month

CASES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def check_weekdays(texts: Iterable[Text], language: str, months: Sequence[Month]) -> Iterator[Finding]:
    """A finding for each weekday that contradicts its date, and for each date that no calendar has.

    A date without its year is read as the one closest to the issue; it is right if it is right in any year
    close by.
    """
    for text in texts:
        words = text.prose
        if not any(map(str.isdigit, words)):
            continue
        for said in weekdays_in(words, language):
            days = said.possible(months)
            if days and said.weekday not in [day.weekday() for day in days]:
                case = CASES[days[0].weekday()] + ("" if said.year else ".guessed")
                yield Finding.of(
                    "language.weekday", text.at(said.start), case, words=_line(said.words), day=days[0]
                )
        for said in dates_in(words, language):
            in_letters = any(map(str.isalpha, said.words))
            if (said.year or in_letters) and not said.exists():  # „Ziffer 31.2.“ is none
                yield Finding.of("language.weekday", text.at(said.start), "nowhere", words=_line(said.words))


def _line(words: str) -> str:
    words = " ".join(words.split())
    return f"{words})" if "(" in words and ")" not in words else words
