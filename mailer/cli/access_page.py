"""What is kept about a person as a page to print, in formal German (DSGVO Art. 15)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from subscribers.keeping import Keeping
from subscribers.words import CONSENTED, PROOF_ERASED, UNCLEAR, UNCONFIRMED

if TYPE_CHECKING:
    from mailer.compose.letterhead import Imprint

_FIELDS = {
    "email": "E-Mail-Adresse",
    "anrede": "Anrede",
    "titel": "Titel",
    "vorname": "Vorname",
    "nachname": "Nachname",
    "firma": "Firma",
    "gewerk": "Gewerk",
    "kreis": "Kreis",
    "plz": "Postleitzahl",
    "ort": "Ort",
    "funktion": "Funktion",
    "language": "Sprache",
    "tone": "Anredeform",
}
_WORDS = {
    "language": {"de": "Deutsch", "en": "Englisch"},
    "tone": {"formal": "Sie", "du": "du"},
    "state": {
        "pending": "nicht bestätigt, wird nicht angeschrieben",
        "active": "aktiv",
        "paused": "ausgesetzt",
        "unsubscribed": "abgemeldet",
        "suppressed": "gesperrt",
    },
    "basis": {
        CONSENTED: "Ihre Einwilligung (Artikel 6 Absatz 1 Buchstabe a DSGVO)",
        UNCLEAR: "ungeklärt, deshalb keine Zusendungen",
        UNCONFIRMED: "Anmeldung ohne Bestätigung, deshalb keine Zusendungen",
        PROOF_ERASED: "abgemeldet, Nachweis nach Fristablauf gelöscht",
    },
    "kind": {
        "asked": "Anmeldung angefragt",
        "confirmed": "Anmeldung bestätigt",
        "imported": "Einwilligung übernommen",
        "changed": "Angaben geändert",
        "withdrawn": "Einwilligung widerrufen",
    },
    "letter": {
        "queued": "vorgesehen, noch nicht versandt",
        "claimed": "wird versandt",
        "sending": "wird versandt",
        "sent": "versandt und vom Mailserver angenommen",
        "deferred": "verschoben, wird erneut versucht",
        "failed": "nicht zustellbar",
        "in_doubt": "Versand ungewiss",
        "skipped": "nicht versandt",
    },
    "reason": {
        "objected": "Sie haben der Zusendung widersprochen",
        "complaint": "Sie haben sich über eine Zusendung beschwert",
        "bounced": "Zusendungen kamen als unzustellbar zurück",
        "deactivated": "in einer übernommenen Liste als abgemeldet geführt",
        "replaced": "durch eine andere Adresse ersetzt",
        "left": "abgemeldet, Nachweis nach Fristablauf gelöscht",
        "forgotten": "Ihre Daten wurden auf Wunsch gelöscht",
    },
}

_SOURCES = {
    "office": "Geschäftsstelle",
    "link in the letter": "Link im Brief",
    "retention": "Ablauf der Aufbewahrungsfrist",
}


def access_page(
    found: dict[str, Any],
    *,
    names: Mapping[str, str],
    imprint_of: "Callable[[str], Imprint]",
    keeping: Keeping,
    zone: ZoneInfo,
    relay: str,
) -> str:
    """The page of what `subscribers.access.everything` found.

    Args:
        names: the newsletters, key to name; the first one answers for whoever is on none.
        imprint_of: who answers for a newsletter.
        relay: the mail server, which receives the data as well.

    Raises:
        TemplateProblem: templates/web/access.html cannot be filled.
    """
    from mailer.compose.environment import page

    mine = next((each["newsletter"] for each in found["subscriptions"] if each["newsletter"] in names), None)
    return page(
        "access.html",
        found=found,
        imprint=imprint_of(mine or next(iter(names))),
        details=_details(found),
        words=_words,
        source=_source,
        moment=lambda at: _moment(at, zone),
        called=lambda key: names.get(key, key),
        relay=relay,
        unconfirmed=_number(keeping.unconfirmed_days, "Tag", "Tagen"),
        proof=_number(keeping.proof_years, "Jahr", "Jahre"),
        imports=_number(keeping.import_days, "Tag", "Tage"),
    )


def _details(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value of everything known of the person; what is not known has no line."""
    person = found["person"] or {"email": found["address"]}
    lines = [(label, _words(name, person.get(name, ""))) for name, label in _FIELDS.items()]
    lines += [("Themen", ", ".join(found["topics"])), ("Merkmale", ", ".join(found["tags"]))]
    lines += [*found["attributes"].items()]
    lines += [("Gruppen", ", ".join(found["segments"]))]
    lines += [("Weitere Schreibweisen", ", ".join(found["same_mailbox"]))]
    return [(label, value) for label, value in lines if value]


def _words(kind: str, word: str) -> str:
    return _WORDS.get(kind, {}).get(word, word)


def _source(text: str) -> str:
    """The words that the program itself writes down as a source; those of people stay."""
    if found := re.fullmatch(r"import (\d+) of (.+)", text):
        return f"Übernahme {found[1]} der Liste {found[2]}"
    own, sign, reason = text.partition(": ")
    return f"{_SOURCES[own]}{sign}{reason}" if own in _SOURCES else text


def _moment(at: datetime, zone: ZoneInfo) -> str:
    """A bare day was noted as its first instant in UTC, see `cells.read_moment`: it has no time to tell."""
    if at.astimezone(UTC).time() == time():
        return f"{at.astimezone(UTC):%d.%m.%Y}"
    local = at.astimezone(zone)
    return f"{local:%d.%m.%Y}, {local:%H:%M:%S}\N{NO-BREAK SPACE}Uhr ({zone.key})"


def _number(number: int, one: str, many: str) -> str:
    return f"{number}\N{NO-BREAK SPACE}{one if number == 1 else many}"
