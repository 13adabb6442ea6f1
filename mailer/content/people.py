"""The people of an editorial as texts name them: in a byline, under „Ihr“, with an office before or after."""

import re
from dataclasses import dataclass

_OFFICE = (
    r"[Pp]räsident|[Gg]eschäftsführ|[Mm]eister(?:in)?\b|[Mm]inister|[Ss]ekretär|[Vv]orsitzend|[Dd]irektor"
    r"|[Ll]eiter|[Ss]precher|[Rr]edakt|[Vv]orstand|[Oo]bmann|[Oo]bfrau|[Rr]eferent|[Dd]ezernent|[Ll]andr[aä]t"
    r"|[Bb]eauftragt|[Mm]itglied|[Ii]nhaber|[Kk]anzler|[Bb]otschafter|[Ss]enator|[Ss]tellvertret"
    r"|[Pp]rofessor(?:in)?\b(?! Dr)"
)
_HAS_OFFICE = re.compile(_OFFICE)
_OFFICE_FIRST = re.compile(rf"^(?P<role>[\w-]*(?:{_OFFICE})[\w-]*),? (?P<name>[A-ZÄÖÜÇŞİ].*)$")
_TITLE = r"(?:Dr\.|Prof\.|Dipl\.-\w+\.?|Ing\.|[a-z]+\.|h\. ?c\.)"
_WORD = r"(?:[A-ZÄÖÜÇŞİ][\w’'-]+|[A-ZÄÖÜ]\.|von|van|der|de|den|zu|zur|vom|di|la|el|al)"
_PERSON = re.compile(rf"^(?:{_TITLE}\s)*[A-ZÄÖÜÇŞİ][\w’'.-]+(?:\s{_WORD}){{1,4}}$")
_NOT_NAMES = re.compile(
    r"\b(?:Der|Die|Das|Ein|Eine|Alle|Mehr|Archiv|News|Impressum|Kontakt|Seite|Ausgabe|Uhr)\b"
)
_ENDS_ALIKE = re.compile(r"[.!?:;,…]$")


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an office; either may be empty."""

    name: str
    role: str


def is_person(text: str) -> bool:
    """Whether a line is a name and nothing else: two to five words that are written like names."""
    return bool(_PERSON.match(text)) and not _NOT_NAMES.search(text) and not _HAS_OFFICE.search(text)


def is_office(text: str) -> bool:
    """Whether a short line names an office: it contains a word such as Präsidentin and ends no sentence."""
    return (
        len(text) <= 140
        and bool(_HAS_OFFICE.search(text))
        and not _ENDS_ALIKE.search(text)
        and "|" not in text
    )


def read_person(text: str) -> Person | None:
    """„Name, Office“, „Office Name“ or „Name“; None where the words do not say who is who."""
    if is_person(text):
        return Person(text, "")
    name, comma, role = text.partition(",")
    if comma and is_person(name.strip()) and is_office(role.strip()):
        return Person(name.strip(), role.strip())
    found = _OFFICE_FIRST.match(text)
    if found and is_person(found["name"]):
        return Person(found["name"], found["role"])
    return None


def read_people(text: str) -> tuple[Person, ...]:
    """Everybody on one line, divided by |, / or „und“; empty unless every part names somebody."""
    for pattern in (r"\s*[|/]\s*", r"\s+(?:und|&)\s+"):
        parts = re.split(pattern, text)
        people = [person for part in parts if (person := read_person(part))]
        if len(people) == len(parts):
            return tuple(people)
    return ()
