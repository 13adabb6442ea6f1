"""Figures and possible programme names in a text: proposals, which a person takes up or not."""

import re
from collections.abc import Sequence

from mailer.content.programmes import Mention

_NUMBER = r"(?<![\w.,/-])\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?![\d.]\d)|(?<![\w.,/-])\d+(?:,\d+)?"
_COUNT = r"(?:ein|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|hundert)"
_QUALIFIER = r"(?:(?:fast|knapp|nahezu|beinahe)[ \u00a0])?"
_UNIT = (
    r"[ \u00a0\u202f]?(?:%|‰|€)"
    r"|[ \u00a0\u202f](?:Prozent|Euro|Mio\.|Mrd\.|Millionen|Milliarden)\b(?: [A-ZÄÖÜ]\w+)?"
)
_MONTH = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_SHARE = r"(?:die Hälfte|(?:ein|zwei|drei) (?:Drittel|Viertel|Fünftel))"
_FIGURE = re.compile(
    rf"(?:im Jahre? |seit )(?P<year>(?:19|20)\d\d)\b(?!-)"
    rf"|(?P<unit>{_QUALIFIER}(?:{_NUMBER})(?:{_UNIT}))"
    rf"|(?P<words>\b{_COUNT} (?:Millionen|Milliarden|Tausend)(?: [A-ZÄÖÜ]\w+)?)"
    rf"|(?P<share>\b(?:(?:rund|fast|knapp|etwa|über|mehr als|gut) )?{_SHARE}\b"
    r"|\b[Jj]ede[rs]? (?:zweite|dritte|vierte|fünfte|zehnte)\b)"
    rf"|(?P<number>{_QUALIFIER}(?:{_NUMBER}))(?![\w%]|[.,/-]\d)(?!\.\s?(?:{_MONTH}|Jahrhundert))"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SUFFIX = r"(?:prämie|offensive|agentur|scheck|bonus)"
_CANDIDATES = (
    re.compile(rf"\b[A-ZÄÖÜ][\w-]*{_SUFFIX}(?:n|s)?(?: „[^“]{{3,60}}“| NRW\b| International\b)*"),
    re.compile(
        rf"„(?=[^“]*(?:{_SUFFIX}|\([A-ZÄÖÜ]|[A-ZÄÖÜ]\w+ [A-ZÄÖÜ]))(?P<name>[^“]{{6,80}})“(?=[ ,.;:)])"
    ),
    re.compile(r"\((?P<name>(?=[^)]*[A-ZÄÖÜ][^)]*[A-ZÄÖÜ])[A-ZÄÖÜ][A-Za-zÄÖÜäöü]{2,11}(?: NRW)?)\)"),
    re.compile(r"\b[A-ZÄÖÜ]{3,}:[A-ZÄÖÜ][a-zäöüß]+"),
)


def find_figures(text: str) -> tuple[str, ...]:
    """The figures of a text as written there (with a plain blank), once each, in order.

    Shares, sums, counts of three digits or more, and years after „im Jahr“ or „seit“; not dates, not
    telephone numbers, not figures inside addresses of pages.
    """
    text = re.sub(r"\S+(?:://|@|www\.)\S+|www\.\S+", " ", text)
    found = []
    for match in _FIGURE.finditer(text):
        value = next(part for part in match.groups() if part is not None)
        if match["number"] and (_YEAR.fullmatch(value) or sum(map(str.isdigit, value)) < 3):
            continue
        found.append(re.sub(r"[\u00a0\u202f]", " ", value))
    return tuple(dict.fromkeys(found))


def find_candidates(text: str, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Names that look like programmes and are not in the register: by suffix, quotes, abbreviation."""
    taken = [(mention.start, mention.end) for mention in mentions]
    found: list[tuple[int, str]] = []
    for pattern in _CANDIDATES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= first or start >= last for first, last in taken):
                taken.append((start, end))
                name = match["name"] if "name" in pattern.groupindex else match[0]
                found.append((start, name))
    return tuple(dict.fromkeys(name for _, name in sorted(found)))
