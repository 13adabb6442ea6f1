"""The keys of an issue's files in plain words, as a finding names them."""

import re
from functools import lru_cache

_NAMES = {
    "body": ("Text", "text"),
    "comment": ("Vermerk", "note"),
    "label": ("Name der Ausgabe", "label of the issue"),
    "number": ("Ausgabennummer", "number of the issue"),
    "months": ("Monat der Ausgabe", "month of the issue"),
    "issue": ("Ausgabe", "issue"),
    "newsletter": ("Newsletter", "newsletter"),
    "publication": ("Titel der Zeitschrift", "publication"),
    "source": ("Quelle", "source"),
    "kicker": ("Dachzeile", "kicker"),
    "title": ("Überschrift", "title"),
    "subject": ("Betreff", "subject"),
    "preheader": ("Vorschauzeile", "preheader"),
    "lead": ("Vorspann", "lead"),
    "author": ("Name der Autorin oder des Autors", "name of the author"),
    "role": ("Amt oder Funktion", "office of the author"),
    "portrait": ("Porträt", "portrait"),
    "portrait_alt": ("Alternativtext des Porträts", "alternative text of the portrait"),
    "portrait_credit": ("Bildnachweis des Porträts", "credit of the portrait"),
    "salutation": ("Anrede", "salutation"),
    "closing": ("Grußformel", "closing"),
    "signature": ("Unterschrift", "signature"),
    "figures": ("Zahlen", "figures"),
    "contacts": ("Kontakte", "contacts"),
    "events": ("Termine", "events"),
    "advertisements": ("Anzeigen", "advertisements"),
    "highlights": ("Karten", "cards"),
    "programmes": ("Programme", "programmes"),
    "pullquotes": ("Zitate", "pull quotes"),
    "paragraphs": ("Absätze", "paragraphs"),
}
# One of several: by itself, and where a part of it is named.
_ONE = {
    "figures": ("{}. Zahl", "der {}. Zahl", "figure {}"),
    "contacts": ("{}. Kontakt", "des {}. Kontakts", "contact {}"),
    "events": ("{}. Termin", "des {}. Termins", "event {}"),
    "advertisements": ("{}. Anzeige", "der {}. Anzeige", "advertisement {}"),
    "highlights": ("{}. Karte", "der {}. Karte", "card {}"),
    "salutation": ("{}. Zeile der Anrede", "der {}. Zeile der Anrede", "line {} of the salutation"),
    "signature": ("{}. Zeile der Unterschrift", "der {}. Zeile der Unterschrift", "line {} of the signature"),
}
_PARTS = {
    "name": ("Name", "name"),
    "role": ("Aufgabe", "office"),
    "phone": ("Telefon", "telephone"),
    "email": ("E-Mail-Adresse", "mail address"),
    "programme": ("Programm", "programme"),
    "kind": ("Art", "kind"),
    "title": ("Überschrift", "title"),
    "teaser": ("Text", "text"),
    "text": ("Text", "text"),
    "audience": ("Zielgruppe", "audience"),
    "region": ("Region", "region"),
    "contact": ("Kontakt", "contact"),
    "label": ("Linktext", "words of the link"),
    "url": ("Link", "link"),
    "value": ("Wert", "value"),
    "as_of": ("Stand", "date"),
    "event": ("Termin", "day"),
    "day": ("Tag", "day"),
    "time": ("Uhrzeit", "time"),
    "place": ("Ort", "place"),
    "deadline": ("Frist", "deadline"),
    "source": ("Quelle", "source"),
    "checked_on": ("Prüfdatum", "day of the check"),
    "checked_by": ("Prüfvermerk", "who checked it"),
    "picture": ("Bild", "picture"),
    "picture_alt": ("Alternativtext des Bildes", "alternative text of the picture"),
    "picture_credit": ("Bildnachweis", "credit of the picture"),
}
_INSIDE = re.compile(r"(?P<table>[a-z]+)\.(?P<number>\d+)(?:\.(?P<part>\w+))?(?:\.\w+)*")


class Key(str):
    """A key such as `contacts.1.name`; a finding says it in the language of its reader."""

    __slots__ = ()

    def said(self, *, german: bool) -> str:
        """„Name des 1. Kontakts (contacts.1.name)“; an unknown key stands alone, in backticks."""
        return _said(str(self), german)


@lru_cache
def _said(key: str, german: bool) -> str:
    if key in _NAMES:
        return f"{_NAMES[key][not german]} ({key})"
    found = _INSIDE.fullmatch(key)
    if not found or found["table"] not in _ONE:
        return f"`{key}`"
    alone, owner, english = (each.format(found["number"]) for each in _ONE[found["table"]])
    part = _PARTS.get(found["part"] or "")
    if part is None:
        return f"{alone if german else english} ({key})"
    return f"{part[0]} {owner} ({key})" if german else f"{part[1]} of {english} ({key})"
