"""The line above the headline: publication, issue and kicker, also where they are glued together."""

import re
from dataclasses import dataclass

from mailer.content.labels import Label, find_label
from mailer.content.months import Month

KICKERS = (
    "Auf den Punkt",
    "Auf ein Wort",
    "Aus meiner Sicht",
    "Editorial",
    "Gastbeitrag",
    "Gastkommentar",
    "Geleitwort",
    "Glosse",
    "Grußwort",
    "Im Fokus",
    "In eigener Sache",
    "Klartext",
    "Kolumne",
    "Kommentar",
    "Leitartikel",
    "Meinung",
    "Standpunkt",
    "Statement",
    "Stellungnahme",
    "Vorwort",
    "Zum Geleit",
    "Zur Sache",
    "Zwischenruf",
)
_CANONICAL = {each.casefold(): each for each in KICKERS}
_NAMES = "|".join((*KICKERS, "Grusswort"))
_KICKER = re.compile(rf"^[\s–—|:,·-]*(?P<kicker>(?i:{_NAMES}))(?P<rest>(?:$|[\s:–—|-]|(?=[A-ZÄÖÜ„»]))\s*.*)$")
_BY = re.compile(rf"^(?:Ein(?:e)? )?(?P<kicker>(?i:{_NAMES})) (?P<by>von .+)$")
_SEPARATORS = " \t\u00a0\u202f–—|:,·.-"
_PREPOSITION = re.compile(
    r"\b(?:im|in|vom|bis|seit|ab|am|zum|für|der|des|den|ende|anfang|mitte)\s*$", re.IGNORECASE
)
_PUBLICATION = re.compile(
    r"blatt|bote\b|brief|zeitung|report|newsletter|forum|kurier|post\b|nachrichten|mitteilung|rundschreiben"
    r"|journal|spiegel\b|anzeiger|aktuell|info\b|magazin|bulletin|echo\b|revue|dienst\b|rundbrief",
    re.IGNORECASE,
)
_LONGEST_PUBLICATION = 60


@dataclass(frozen=True, slots=True)
class Masthead:
    """The parts of such a line; `reason` says why months or publication are not certain."""

    publication: str = ""
    issue: str = ""
    months: tuple[Month, ...] = ()
    number: str = ""
    kicker: str = ""
    title: str = ""
    byline: str = ""
    reason: str = ""
    dated: bool = False

    @property
    def certain(self) -> bool:
        return not self.reason


def read_masthead(line: str) -> Masthead | None:
    """Take apart a line such as „DHB - Ausgabe Oktober 2025 - EditorialMehr Integration wagen“.

    None for a line that is none: a headline may well name a month.
    """
    label = find_label(line) if len(line) <= 160 else None
    if label is None:
        return _kicker_only(line)
    before, rest = line[: label.start].strip(_SEPARATORS), line[label.end :]
    kicker = _KICKER.match(rest)
    if len(before) > _LONGEST_PUBLICATION or _is_headline(line, before, rest, label, named=bool(kicker)):
        return _kicker_only(line)
    reason = label.reason
    if before and not (label.worded or kicker or _PUBLICATION.search(before)):
        reason = reason or "Zeile mit einem Monat, als Titelzeile der Zeitschrift gelesen"
    title = (kicker["rest"] if kicker else rest).strip(_SEPARATORS)
    front = _KICKER.match(before) if before and not kicker else None
    if front and not front["rest"].strip():  # „Editorial Oktober 2025“
        return Masthead(
            "", label.text, label.months, label.number, canonical(front["kicker"]), title, "", reason
        )
    return Masthead(
        before,
        label.text,
        label.months,
        label.number,
        canonical(kicker["kicker"]) if kicker else "",
        title,
        "",
        reason,
        label.dated,
    )


def looks_like_publication(text: str) -> bool:
    """Whether a line has a word that newspapers and newsletters are called by."""
    return len(text) <= _LONGEST_PUBLICATION and bool(_PUBLICATION.search(text))


def canonical(kicker: str) -> str:
    """A kicker as it is written when it is not in capitals."""
    return _CANONICAL.get(kicker.casefold(), kicker)


def _is_headline(line: str, before: str, rest: str, label: Label, *, named: bool) -> bool:
    """A sentence or headline with a month in it, rather than the label of an issue."""
    if named or label.worded:
        return len(before.split()) > 8 or bool(
            re.search(r"[.!?]\s|\b(?:ist|sind|wird|war|erscheint|lesen)\b", before)
        )
    beside = rest.strip(_SEPARATORS)
    if not before and not beside:
        return False
    if beside or _PREPOSITION.search(line[: label.start]) or len(before.split()) > 6:
        return True
    return not (before[:1].isupper() and label.end == len(line.rstrip()))


def _kicker_only(line: str) -> Masthead | None:
    """A kicker alone, or „Kommentar: …“, or glued to the headline; „Kommentare zur Lage“ is none of these."""
    if by := _BY.match(line):
        return Masthead(kicker=canonical(by["kicker"]), byline=by["by"])
    kicker = _KICKER.match(line)
    if kicker is None:
        return None
    rest = kicker["rest"]
    if rest.startswith(" ") and rest.strip()[:1] not in (":", "–", "—", "|", "-"):
        return None  # a headline that begins with the word
    return Masthead(kicker=canonical(kicker["kicker"]), title=rest.strip(_SEPARATORS))
