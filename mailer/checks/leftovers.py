"""What editors leave in a text for themselves: notes, placeholders, fields of other programs."""

import re
from collections.abc import Iterable, Iterator

from mailer.checks.content import NOTE
from mailer.checks.finding import Finding
from mailer.checks.texts import Text
from mailer.content.months import NAMES

_MONTH = "|".join(NAMES)
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
    | \bX{{3,6}}\b | \bx{{3,6}}\b | \b[Xx]{{2}}\.[Xx]{{2}}\b
    | \b[Xx]{{2}}(?=[\s\u00a0](?:€|%|Euro\b|Prozent\b|Uhr\b))
    | (?:\b[Xx]{{2}}|(?<![\w?])\?{{2}})(?=\.?[\s\u00a0]*(?:{_MONTH}))
    | (?<![\w?])\?{{2}}(?=[\s\u00a0](?:€|%|Euro\b|Prozent\b|Uhr\b))
    | (?<![\w_])_{{2,}}(?![\w_])
    | (?:^|(?<=[.:!?(–—][\s\u00a0])|(?<=[(\[]))(?:Link|Foto|Bild|Grafik|Logo|Zitat|Text|Zahl)s?\s
        (?:folgt|fehlt)(?:\snoch)?(?=\s*(?:[.!…)\]]|$))
    | [\[(]{_THING}\s(?:folgt|fehlt|kommt|noch|bitte|to\ follow|to\ come|missing)\b[^\[\]()\n]*[\])]
    | \[[^\[\]\n]*\b{_ORDER}\b[^\[\]\n]*\](?![(\[:])
    | \[(?:Vorname|Nachname|Name|Anrede|Datum|Uhrzeit|Ort|Betrag|Zahl|Titel|Platzhalter
        |[Nn]ame|[Dd]ate|[Aa]mount|[Pp]laceholder)\](?![(\[:])
    | \[(?:Kommentar|Rückfrage|Notiz|Comment|Query)\b[^\[\]\n]*\](?![(\[:])
    | \[(?![ABC][12]\])[A-Z]{{2,3}}\d{{1,2}}\](?![(\[:])""",
    re.VERBOSE | re.MULTILINE,
)
_THIRTIETH = re.compile(  # „der XXX. Kammertag“, or the first word of a line
    r"(?:^|[„»(]|\b(?:d(?:er|ie|as|en|em|es)|zu[mr]|beim|vom|[ia]m|eine?[mnrs]?|the|unsere?[mnrs]?)[\s\u00a0])$",
    re.IGNORECASE | re.MULTILINE,
)
# „N. N. Muster“ may be a person; heights are „über N. N.“.
_NAMELESS = re.compile(
    r"(?<!ü\.\s)(?<!über\s)(?<![\w.])(?:N\.N\b|N\.[\s\u00a0]N\b(?!\.?[\s\u00a0][A-ZÄÖÜ]))\.?"
)
_KEPT_BY_OTHERS = (
    r"(?:brief)?anrede|titel|vor_?name|nach_?name|name|firma|e-?mail|(?:first|last|full)[ _]?name|salutation"
)
_FIELD = re.compile(
    rf"""(?:\{{{{\s*|\$?\{{|%%|\#\#|«)(?:[a-z]+\.)?(?:{_KEPT_BY_OTHERS})(?:\s*\}}\}}|\}}|%%|\#\#|»)
    | (?-i:\*?\|[A-Z][A-Z_:]+\|\*?)""",
    re.VERBOSE | re.IGNORECASE,
)
_MAY_BE = re.compile(
    r"\?{2}|_{2}|N\.|fehlt|folgt|[\[({$%#|«]|[xX]{2}|TODO|FIXME|TB[DAC]|tb[dac]|t\.\s?b\.|[Ll]orem|[Bb]lindtext"
)


def check_leftovers(texts: Iterable[Text]) -> Iterator[Finding]:
    """An error for each note that is not in brackets with „prüfen“ (`content.note`), and for each field."""
    for text in texts:
        if not _MAY_BE.search(text.words):
            continue
        known = [found.span() for found in NOTE.finditer(text.words)]
        for found in _PLACEHOLDER.finditer(text.words):
            noted = any(start <= found.start() < end for start, end in known)
            if not noted and not _is_meant(found, text.words):
                yield Finding.of("language.leftover", text.at(found.start()), "", note=found[0])
        for found in _NAMELESS.finditer(text.words):
            yield Finding.of("language.leftover", text.at(found.start()), "person", note=found[0])
        for found in _FIELD.finditer(text.words):
            yield Finding.of("language.leftover", text.at(found.start()), "field", note=found[0])


def _is_meant(found: re.Match[str], words: str) -> bool:
    """Whether signs of a placeholder are the Roman 30 of an event, or a line that is ruled."""
    if found[0] == "XXX":
        counted = re.match(r"\.[\s\u00a0][A-ZÄÖÜ]", words[found.end() :])
        return bool(counted and _THIRTIETH.search(words[: found.start()]))
    begin, end = words.rfind("\n", 0, found.start()) + 1, words.find("\n", found.end())
    return not words[begin : end if end >= 0 else None].strip("_ \u00a0")
