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
_COUNTED_THINGS = (
    r"(?i:\w*(?:betrieb|unternehm|mensch|mitglied|beschäftigt|auszubildend|lehrling|lehrstell|meister|gesell"
    r"|person|stelle|vertr[aä]g|ausbild|frau|männer|jugendlich|schüler|teilnehm|besucher|euro|tonne|stunde|kilo)"
    r"|\w{3,}innen\b)"
)
_WEAK = re.compile(
    r"\b(?!(?:Förder|Gesamt|Jahres|Arbeits|Regierungs|Wahl|Investitions|Maßnahmen|Winter"
    r"|Sommer)programm)[A-ZÄÖÜ][\w-]{3,}"
    r"(?:handwerksjahr|messe|programm|kampagne|wettbewerb|fonds|zuschuss|stipendium|gutschein|bündnis"
    r"|pakt|akademie)e?s?\b"
    r"|„[A-ZÄÖÜ][\w-]+(?: (?:[a-zäöü]{2,5} ){0,2}[A-ZÄÖÜ][\w-]*)+“"
)
_NO_FIGURE = re.compile(
    rf"\b\d{{1,2}}\.(?:\s?(?:{_MONTH}|\d{{1,2}}\.)(?:\s?(?:19|20)\d\d)?)?(?=\W|$)|\b(?:19|20)\d\d\b"
    r"|\b\d{1,2}(?:[.:]\d\d)? Uhr\b|§+\s?\d+\w?|\[\d+\]"
)
# Numbers that count nothing: dates, numbers of telephones, houses and laws; a place behind five digits.
_NAMES_SOMETHING = re.compile(
    rf"\b\d{{1,2}}\.(?:\s?(?:/|–|-|bis|und)\s?\d{{1,2}}\.)?\s?(?:{_MONTH}|\d{{1,2}}\.)(?:\s?\d{{4}})?"
    r"|\b\d{4}-\d\d-\d\d\b"
    r"|\b(?i:tel(?:efon|efax)?|(?:tele)?fax|mobil|handy|hotline|durchwahl|rufnummer)(?:nummer)?\b[.:]*\s*"
    r"(?:unter\s+)?(?:der\s+)?(?:[+(]{0,2}\d[\d \u00a0()/–-]*\d(?![\w,.]*\d))"
    r"|\+\d[\d \u00a0()/–-]*\d"
    r"|(?<![\w.,])(?<!\d[ \u00a0\u202f])\(?0\d+\)?(?:[ \u00a0]?[/–-]?[ \u00a0]?\d+)*\b(?![.,]\d)"
    r"|\b\d{1,4}[a-z]?,?\s+(?:D-)?\d{5}\b(?=\s[A-ZÄÖÜ])"
    r"|\b(?:PLZ|D-|Postleitzahl|Postfach)\s?\d[\d ]*\d"
    rf"|(?<![\w.,/-])\d{{3}}(?!00)\d\d (?!{_COUNTED_THINGS})(?=[A-ZÄÖÜ][a-zäöüß]+)"
    r"|(?:§+|\bArt(?:\.|ikels?)|\bAbs(?:\.|atz)|\bParagra(?:f|ph)(?:en)?|\bNr\.|\bZiffer)\s?\d+[a-z]?\b"
    r"(?:\s?(?:,|und|bis|–|-)\s?\d+[a-z]?\b(?!\s(?:%|Prozent|Euro)|[.,]\d))*"
)
_LOOSE = re.compile(
    r"(?<![\w/])\d[\d.,]*\d(?![\w/])|(?<![\w/])\d(?![\w/])|\b[Jj]ede[rs]? (?:zweite|dritte|vierte"
    r"|fünfte|zehnte)\b"
    r"|\b(?:hundert|tausend|dutzend|million|milliard|verdoppel|verdreifach|zwanzig|dreißig|fünfzig)\w*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SUFFIX = r"(?:prämie|offensive|agentur|scheck|bonus)"
_CANDIDATES = (
    re.compile(
        r"\b(?:Woche|Tag|Tage|Nacht|Jahr|Aktion|Initiative|Projekt|Programm|Kampagne|Wettbewerb)(?:"
        r" (?:der|des))(?: [A-ZÄÖÜ][a-zäöüß][\w-]+){1,2}"
    ),
    re.compile(
        r"\b[A-ZÄÖÜ][\w-]+(?:er|en|es|e|em) [A-ZÄÖÜ][\w-]{3,}"
        r"(?:messe|programm|initiative|kampagne|wettbewerb|preis|fonds|stipendium|pakt|bündnis)\b"
    ),
    re.compile(
        r"\b(?:Projekt|Programm|Initiative|Kampagne|Förderprogramm|Wettbewerb) (?P<name>„[^“]{3,60}“"
        r"|[A-ZÄÖÜ][\w:-]+(?: [A-ZÄÖÜ][\w-]+)?)"
    ),
    re.compile(rf"\b[A-ZÄÖÜ][\w-]*{_SUFFIX}(?:n|s)?(?: „[^“]{{3,60}}“| NRW\b| International\b)*"),
    re.compile(
        rf"„(?=[^“]*(?:{_SUFFIX}|\([A-ZÄÖÜ]|[A-ZÄÖÜ]\w+ [A-ZÄÖÜ]))(?P<name>[^“]{{6,80}})“(?=[ ,.;:)])"
    ),
    re.compile(r"\((?P<name>(?=[^)]*[A-ZÄÖÜ][^)]*[A-ZÄÖÜ])[A-ZÄÖÜ][A-Za-zÄÖÜäöü]{2,11}(?: NRW)?)\)"),
    re.compile(r"\b[A-ZÄÖÜ]{3,}:[A-ZÄÖÜ][a-zäöüß]+"),
)


def weak_candidates(text: str, named: Sequence[str]) -> tuple[str, ...]:
    """Words that may be names of programmes; too many are not for a list, but a person should look."""
    known = " ".join(named)
    return tuple(
        dict.fromkeys(found[0] for found in _WEAK.finditer(text) if found[0].strip("„“") not in known)
    )


def find_figures(text: str) -> tuple[str, ...]:
    """The figures of a text as written there (with a plain blank), once each, in order.

    Shares, sums, counts of three digits or more, and years after „im Jahr“ or „seit“; not dates, not
    telephone numbers, not figures inside addresses of pages.
    """
    text = _without_names(text)
    found = []
    for match in _FIGURE.finditer(text):
        value = next(part for part in match.groups() if part is not None)
        if match["number"] and (_YEAR.fullmatch(value) or sum(map(str.isdigit, value)) < 3):
            continue
        found.append(re.sub(r"[\u00a0\u202f]", " ", value))
    return tuple(dict.fromkeys(found))


def doubtful_figures(text: str) -> tuple[str, ...]:
    """Numbers that may or may not be figures worth showing: neither found above nor a date or year."""
    text = _without_names(text)
    bare = _NO_FIGURE.sub(" ", _FIGURE.sub(_unless_doubtful, text))
    return tuple(dict.fromkeys(match[0] for match in _LOOSE.finditer(bare)))


def is_year(figure: str) -> bool:
    """Whether a figure is a year and nothing else; it is no figure to show large."""
    return bool(_YEAR.fullmatch(figure))


def _without_names(text: str) -> str:
    """The text without addresses of pages and without numbers that only name something."""
    return _NAMES_SOMETHING.sub(" ", re.sub(r"\S+(?:://|@|www\.)\S+|www\.\S+", " ", text))


def _unless_doubtful(found: re.Match[str]) -> str:
    """What was found for certain goes; ranks („jeder zweite“) and short numbers stay to be seen."""
    loose = found["number"] and (
        _YEAR.fullmatch(found["number"]) or sum(map(str.isdigit, found["number"])) < 4
    )
    ranked = found["share"] and found["share"][:4].casefold() == "jede"
    return found[0] if loose or ranked else " "


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
