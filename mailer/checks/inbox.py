"""The two lines by which a letter shows itself in an inbox: how they are written, and cut off."""

import re
from collections.abc import Iterator

from mailer.checks.finding import Finding
from mailer.content.issue import Issue
from mailer.content.words import words_of

SHORTEST, LONGEST = 40, 110  # characters of a preheader that inbox lists fill and show
_SHOUTED = re.compile(r"(?<![\w-])[A-ZÄÖÜẞ]{4,}(?![\w-])")
_SHARE = 0.6  # of the letters of a line in capitals
_FEW = 3  # words that a preheader may well share with the subject


def check_inbox(issue: Issue) -> Iterator[Finding]:
    """Warnings for subject and preheader; that they are there, and no subject too long, is `content.…`."""
    editorial = issue.editorial
    if _shouts(editorial.subject):
        yield Finding.of("language.subject", issue.file, "capitals", words=editorial.subject)
    if found := re.search(r"[!?]{2,}", editorial.subject):
        yield Finding.of("language.subject", issue.file, "marks", words=found[0])
    length = len(editorial.preheader)
    if 0 < length < SHORTEST:
        yield Finding.of("language.preheader", issue.file, "short", length=length)
    if length > LONGEST:
        yield Finding.of("language.preheader", issue.file, "long", length=length)
    if _repeats(editorial.preheader or editorial.lead, editorial.subject):
        yield Finding.of("language.preheader", issue.file, "repeats", words=editorial.subject)


def _shouts(line: str) -> bool:
    """Whether a line stands in capitals; one abbreviation does not make it so."""
    letters = [letter for letter in line if letter.isalpha()]
    capitals = sum(map(str.isupper, letters))
    return len(_SHOUTED.findall(line)) > 1 and capitals > _SHARE * len(letters)


def _repeats(preheader: str, subject: str) -> bool:
    """Whether the whole subject stands in the preheader once more, word after word."""
    said, again = (
        f" {' '.join(word.key.casefold() for word in words_of(line))} " for line in (subject, preheader)
    )
    return len(said.split()) > 1 and said in again and (len(said.split()) >= _FEW or said == again)
