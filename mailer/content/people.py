"""The people of an editorial as texts name them: in a byline, under „Ihr“, with an office before or after."""

import re
from dataclasses import dataclass

_OFFICE = (
    r"[Pp]räsident|[Pp]räses|[Gg]eschäftsführ|[Mm]eister(?:in)?\b|[Mm]inister(?:in)?\b|[Ss]ekretär|[Vv]orsitz"
    r"|[Dd]irektor|[Ll]eiter|[Ll]eitung\b|[Ss]precher|[Rr]edakteur|[Rr]edaktionsleit|[Vv]orstand(?!es\b)"
    r"|[Oo]bmann|[Oo]bfrau|[Rr]eferent|[Dd]ezernent|[Ll]andr[aä]t|[Bb]eauftragt|[Mm]itglied\b|[Ii]nhaber"
    r"|[Kk]anzler|[Bb]otschafter|[Ss]enator|[Ss]tellvertret|[Bb]erater(?:in)?\b|[Aa]bgeordnet"
    r"|\bMd[BL]\b|\bMdEP\b"
    r"|[Ww]art(?:in)?\b|[Dd]ekan|[Rr]ektor|[Ii]ntendant|[Pp]farrer|[Bb]ischof|[Ss]yndikus|[Jj]ustiziar"
    r"|[Kk]oordinator|[Mm]anager(?:in)?\b|[Gg]ründer|[Ee]xpert(?:e|in)\b|[Cc]hef(?:in)?\b|[Rr]at\b|[Rr]ätin\b"
    r"|[Pp]rofessor(?:in)?\b(?! Dr)|[Kk]urator|[Aa]nwalt\b|[Aa]nwältin\b|[Hh]auptamtlich|[Ss]chatzm"
)
_HAS_OFFICE = re.compile(_OFFICE)
_OFFICE_FIRST = re.compile(
    rf"^(?P<role>(?:[\w.-]+ )?[\w-]*(?:{_OFFICE})[\w-]*(?: a\. ?D\.)?),? (?P<name>[A-ZÄÖÜÇŞİ].*)$"
)
_IN_BRACKETS = re.compile(r"^(?P<name>[^()]+?)\s*\((?P<role>[^()]+)\)$")
_TITLE = r"(?:Dr\.|Prof\.|Dipl\.-\w+\.?|Ing\.|[a-z]+\.|h\. ?c\.|Freiherr|Graf|Gräfin|Frau|Herr)"
_WORD = r"(?:[A-ZÄÖÜÇŞİÉ][\w’'-]+|[A-ZÄÖÜ]\.|von|van|der|de|den|zu|vom|di|da|la|le|el|al|ten|ter)"
_PERSON = re.compile(
    rf"^(?:{_TITLE}\s?)*[A-ZÄÖÜÇŞİÉ](?:[\w’'-]+|\.)(?:\s{_WORD}){{1,4}}(?:, (?:M\.A\.|MBA|LL\.M\.))?$"
)
_NOT_NAMES = re.compile(
    r"""(?<!\w)(?:der|die|das|ein|eine|alle|alles|mehr|viele|weitere|neue|neues|neuer|gute|guter|gutes|klare|klarer
    |starke|junge|große|kleine|schöne|frohe|unser|unsere|ihr|ihre|liebe|lieber|werte|zurück|übersicht|inhalt|themen
    |archiv|news|impressum|kontakt|seite|ausgabe|uhr|aktuelles|aktuell|termine|teilen|drucken|facebook|twitter
    |instagram|newsletter|datenschutz|startseite|anzeige|service|presse|pressekontakt|weiterlesen|anmelden|abmelden
    |editorial|vorwort|leitartikel|kommentar|grußwort|zukunft|handwerk|wirtschaft|ausbildung|betriebe|betrieb
    |kammer|handwerkskammer|industrie|innung|verband|ministerium|redaktion|team|vorstand|jahr|woche|tag
    |grüße|gruß|freundliche|herzliche|beste|mitglieder|damen|herren|lesen|hier|wir|es|zur|zum|person|messe
    |mut|zeit|wege|kante|chance|chancen|energie|klima|zahlen|fakten|weihnachten
    |foto|bild|text|mit|für|auf|im|in|am|und|oder|nicht|kein|keine|was|wer|wie|warum|wenn|jetzt|heute)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_COLLECTIVE = re.compile(
    r"^(?:(?:[Dd]as|[Dd]ie|[Dd]er|Ihre?) )?[\w-]*?"
    r"(?:[Rr]edaktion|[Tt]eam|[Vv]orstand|[Pp]räsidium|[Gg]eschäftsführung|[Gg]eschäftsstelle"
    r"|[Kk]ammer|[Ii]nnung"
    r"|[Vv]erband|[Kk]ollegium)(?: (?:der|des|von|im|in|aus|für|Ihrer|Ihres|und|[A-ZÄÖÜ][\w-]+)){0,6}$"
)
_PARTICLES = re.compile(r" (?:von|vom|van|zu)(?: (?:der|den|dem|und zu))? ")
PREFIX = re.compile(r"^(?:unser(?:em|er|en|e)?|gez\.|i\. ?[AV]\.) ")
_ENDS_ALIKE = re.compile(r"[.!?:;,…]$")


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an office; either may be empty."""

    name: str
    role: str


def is_person(text: str) -> bool:
    """Whether a line is a name and nothing else: two to five words that are written like names."""
    return (
        bool(_PERSON.match(text))
        and not _NOT_NAMES.search(_PARTICLES.sub(" ", text))
        and not _HAS_OFFICE.search(text)
        and not re.search(r"\b[A-ZÄÖÜ]{2,}\b(?!\.)", text)  # IHK, NRW: a body, not a name
    )


def is_office(text: str) -> bool:
    """Whether a short line names an office: it contains a word such as Präsidentin and ends no sentence."""
    return (
        len(text) <= 140
        and bool(_HAS_OFFICE.search(text))
        and not _ENDS_ALIKE.search(text)
        and not re.search(r"[@:>]|https?://", text)
        and all(_HAS_OFFICE.search(part) for part in text.split("|"))
    )


def is_collective(text: str) -> bool:
    """Whether words name a group that signs: „Redaktion“, „Team der Kammer Ulmenau“."""
    return len(text) <= 80 and bool(_COLLECTIVE.match(text))


def bare_office(text: str) -> str:
    """An office without the dashes or brackets that only decorate its line."""
    return text.strip(" –—-()\u00a0")


def read_person(text: str) -> Person | None:
    """„Name, Office“, „Name (Office)“, „Office Name“ or „Name“; None where it is not clear who is who."""
    text = PREFIX.sub("", text.strip().rstrip(","))
    if is_person(text):
        return Person(text, "")
    name, comma, role = text.partition(",")
    if comma and is_person(name.strip()) and is_office(role.strip()):
        return Person(name.strip(), role.strip())
    if (found := _IN_BRACKETS.match(text)) and is_person(found["name"]) and is_office(found["role"]):
        return Person(found["name"], found["role"])
    found = _OFFICE_FIRST.match(text)
    if found and is_person(found["name"]):
        return Person(found["name"], found["role"])
    return None


def read_people(text: str) -> tuple[Person, ...]:
    """Everybody on one line, divided by |, /, „und“ or &; empty unless every part names somebody."""
    for pattern in (r"\s*[|/]\s*", r",?\s+(?:und|&|sowie)\s+(?:Ihre? )?", r"\s*[;·•]\s*"):
        parts = [part for part in re.split(pattern, text) if part]
        people = [person for part in parts if (person := read_person(part) or _group(part))]
        if len(people) == len(parts) > 1 and any(read_person(part) for part in parts):
            return tuple(people)
    person = read_person(text)
    return (person,) if person else ()


def _group(text: str) -> Person | None:
    return Person(re.sub(r"^(?:das|die|der) ", "", text), "") if is_collective(text) else None
