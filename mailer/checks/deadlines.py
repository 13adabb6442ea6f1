"""Deadlines in running text that have passed when the letter goes out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from mailer.checks.dates import dates_in
from mailer.checks.finding import Finding
from mailer.checks.texts import Text
from mailer.content.months import Month

# „15. September“ does not end a sentence.
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\b\d\.)(?<!\b\d\d\.)[\s\u00a0]+(?=[A-ZÄÖÜ„»])|\n\n")
_UNTIL = {
    "de": re.compile(
        r"(?:\bbis(?:\s+(?:zum|spätestens|einschließlich|spätestens\s+zum))?|\bspätestens(?:\s+(?:am|bis|bis\s+zum))?"
        r"|(?:frist|schluss)(?:\s+(?:ist|endet|läuft)(?:\s+(?:am|bis|bis\s+zum))?|:)?)(?:\s+\w*tag,?(?:\s+d[ez][nm])?)?\s*$",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:by|until|before|no later than|deadline(?: is)?:?)(?:\s+\w+day,?)?\s*$", re.IGNORECASE
    ),
}
# A span that is told needs neither of them; a deadline is about something that readers can do …
_TO_DO = {
    "de": re.compile(
        r"anmeld|melden Sie|meldet euch|bewerb|beantrag|antr[aä]g|einreich|einsend|\w*frist\b|schluss\b"
        r"|sichern Sie|spätestens|teilnehm|bestell|buch(?:en|bar)|abstimm|vorschl[aä]g",
        re.IGNORECASE,
    ),
    "en": re.compile(r"register|apply|appli|submit|sign up|book|deadline|nominat|enrol|order", re.IGNORECASE),
}
# … and not about what was.
_PAST = {
    "de": re.compile(
        r"\b(?:wurden?|waren?|hatten?|konnten?|mussten?|durften?|sollten?|liefe?n?|endeten?|gab|gingen?|kamen?|stiegen?"
        r"|stieg|bekam(?:en)?|haben|hat|verlängert|abgelaufen|eingegangen|bewilligt|seit|vom)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:was|were|had|could|ended|closed|received|have been|has been|since|from)\b", re.IGNORECASE
    ),
}


def check_deadlines(
    texts: Iterable[Text], language: str, months: Sequence[Month], sends_on: date
) -> Iterator[Finding]:
    """A warning for each deadline before the day on which the letter goes out.

    A date is a deadline where its sentence speaks of something to do, and not of the past.
    """
    if language not in _UNTIL:
        return
    for text in texts:
        words = text.prose
        if not any(map(str.isdigit, words)):
            continue
        for said in dates_in(words, language):
            days = said.possible(months)
            if not days or max(days) >= sends_on or not _UNTIL[language].search(words[: said.start]):
                continue  # without its year „bis 15. Mai“ may be the next one
            sentence = _sentence_around(words, said.start)
            if _TO_DO[language].search(sentence) and not _PAST[language].search(sentence):
                shown = " ".join(said.words.split())
                yield Finding.of(
                    "language.past_date", text.at(said.start), words=shown, day=days[0], sent=sends_on
                )


def _sentence_around(words: str, at: int) -> str:
    ends = [found.start() for found in _SENTENCE.finditer(words)]
    begins = max((end for end in ends if end <= at), default=0)
    return words[begins : min((end for end in ends if end > at), default=len(words))]
