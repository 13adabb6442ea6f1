"""What editors leave in a text for themselves: notes, placeholders, fields of other programs."""

import re
from collections.abc import Iterable, Iterator

from mailer.checks.content import NOTE
from mailer.checks.finding import Finding
from mailer.checks.texts import Text

# Only what nobody writes for readers: „[Anm. d. Red.]“, „[1]“ and „Was nun???“ are no notes.
_THING = (
    r"(?:Foto|Bild|Text|Link|Zahl|Name|Datum|Logo|Termin|Ort|Quelle|Zitat|Grafik|Tabelle|Preis|Betrag|Adresse"
    r"|[Pp]hoto|[Pp]icture|[Ll]ogo|[Qq]uote|[Ff]igure)s?"
)
_ORDER = (
    r"(?:einfügen|einsetzen|einbauen|nachtragen|nachreichen|rückfragen|ergänzen|freigeben lassen"
    r"|fehlt(?: noch)?|insert|to come|to follow|missing|please check|to be confirmed)"
)
_PLACEHOLDER = re.compile(
    rf"""(?<![\w?!])\?{{3,}}
    | \b[Ll]orem\ ipsum\b | \b[Bb]lindtext\b
    | \b(?:TODO|FIXME|TBD|TBA|TBC)\b | \b(?:tbd|tba|tbc)\b | \bt\.\s?b\.\s?[dac]\.
    | \bX{{3,6}}\b(?!\.\s[A-ZÄÖÜ]) | \bx{{3,6}}\b | \b[Xx]{{2}}\.[Xx]{{2}}\b
    | \b[Xx]{{2}}(?=\s(?:€|%|Euro\b|Prozent\b|Uhr\b))
    | [\[(]{_THING}\s(?:folgt|fehlt|kommt|noch|bitte|to\ follow|to\ come|missing)\b[^\[\]()\n]*[\])]
    | \[[^\[\]\n]*\b{_ORDER}\b[^\[\]\n]*\](?![(\[:])
    | \[(?:Vorname|Nachname|Name|Anrede|Datum|Uhrzeit|Ort|Betrag|Zahl|Titel|Platzhalter
        |[Nn]ame|[Dd]ate|[Aa]mount|[Pp]laceholder)\](?![(\[:])
    | \[(?:Kommentar|Rückfrage|Notiz|Comment|Query)\b[^\[\]\n]*\](?![(\[:])
    | \[(?![ABC][12]\])[A-Z]{{2,3}}\d{{1,2}}\](?![(\[:])""",
    re.VERBOSE,
)
_KEPT_BY_OTHERS = (
    r"(?:brief)?anrede|titel|vor_?name|nach_?name|name|firma|e-?mail|(?:first|last|full)[ _]?name|salutation"
)
_FIELD = re.compile(
    rf"""(?:\{{{{\s*|\$?\{{|%%|\#\#|«)(?:[a-z]+\.)?(?:{_KEPT_BY_OTHERS})(?:\s*\}}\}}|\}}|%%|\#\#|»)
    | (?-i:\*?\|[A-Z][A-Z_:]+\|\*?)""",
    re.VERBOSE | re.IGNORECASE,
)
_MAY_BE = re.compile(r"\?{3}|[\[({$%#|«]|[xX]{2}|TODO|FIXME|TB[DAC]|tb[dac]|t\.\s?b\.|[Ll]orem|[Bb]lindtext")


def check_leftovers(texts: Iterable[Text]) -> Iterator[Finding]:
    """An error for each note that is not in brackets with „prüfen“ (`content.note`), and for each field."""
    for text in texts:
        if not _MAY_BE.search(text.words):
            continue
        known = [found.span() for found in NOTE.finditer(text.words)]
        for found in _PLACEHOLDER.finditer(text.words):
            if not any(start <= found.start() < end for start, end in known):
                yield Finding.of("language.leftover", text.at(found.start()), "", note=found[0])
        for found in _FIELD.finditer(text.words):
            yield Finding.of("language.leftover", text.at(found.start()), "field", note=found[0])
