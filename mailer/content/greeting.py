"""The salutation: on lines of its own, run into the text, glued to the headline, or meant for one person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailer.content.pieces import Piece, piece_of
from mailer.content.rows import Row, ends_sentence

HEADING = re.compile(r"^(#{1,6})\s+(?P<words>.+?)\s*#*$")
_WORD = (
    r"(?:werte[rs]?|(?:meine )?(?:sehr )?liebe[rsn]?|(?:meine )?sehr (?:geehrte|verehrte)[rsn]?|verehrte[rs]?"
    r"|guten tag|guten morgen|hallo|geschätzte[rs]?|grüß gott|grüezi|moin|hochverehrte[rs]?|meine damen)"
)
_ADDRESSED = re.compile(
    r"innen\b|[:*_·/]in\b|herren|damen|\bleser|mitglied|kolleg|freund|kund|betrieb|handwerk|meister"
    r"|partner|gäste"
    r"|eltern|azubi|auszubildend|bürger|unternehm|ehrenamt|landfrau|frauen|alle\b|lieben\b|leute"
    r"|team\b|\bihr\b"
    r"|engagiert|förder|schüler|studierend|interessiert|familie|nachbar|jubilar|beschäftigte"
    r"|mitarbeit|abonnent",
    re.IGNORECASE,
)
_START = re.compile(rf"^{_WORD}(?!\w)", re.IGNORECASE)
_RUN_IN = re.compile(
    rf"^((?i:{_WORD})(?!\w)[^,.!?:]{{0,90}}(?:,\s+(?:und"
    rf" )?(?i:{_WORD})(?!\w)[^,.!?:]{{2,70}})*(?:,(?=\s)|!(?=\s)))\s+(.+)$"
)
_GLUED = re.compile(
    r"^(?P<title>.{4,100}?[\w!?.“«](?:(?<=[a-zäöüß!?.“«])(?=[A-Z])|\s+))"
    r"(?P<greeting>(?:Werte|Liebe[rs]?|Sehr (?:geehrte|verehrte)[rs]?|Verehrte"
    r"|Geschätzte)\s[^.!?:]{4,90}[,!])$"
)
_ONE_PERSON = re.compile(
    r"^(?:sehr geehrte[rs]?|sehr verehrte[rs]?|liebe[rs]?|guten tag|guten morgen|hallo|werte[rs]?),? "
    r"(?:frau|herr|familie)(?: (?:dr\.|prof\.|(?:\w+)?(?:meister|präsident|minister|direktor)(?:in)?))*"
    r" (?!(?:und|oder)\b)[\w.’'-]+(?: [\w’'-]+){0,3}(?:, .*)?[,!]?$"
    r"|.*(?:[«<{\[%]{1,2}\s?(?:anrede|name|nachname|vorname)|\((?:r|s)\)\s.*(?:herr|frau)|herr/frau"
    r"|frau/herr)",
    re.IGNORECASE,
)
_GIVEN_NAME = re.compile(r"^(?:Liebe[rs]?|Hallo) [A-ZÄÖÜ][a-zäöüß-]+[,!]$")
_NOT_HERE = ("title", "subtitle", "heading", "quote", "item")
_LATEST = 25  # a greeting further down greets nobody


@dataclass(frozen=True, slots=True)
class Greeting:
    """Where the salutation stands among the rows; what is left of its rows before and behind it."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    rest: Row | None = None
    before: Row | None = None


def find_greeting(rows: Sequence[Row]) -> Greeting:
    """The salutation (one or more lines, or run into the first paragraph); else where the text begins."""
    for start, row in enumerate(rows[:_LATEST]):
        if row.style.kind in _NOT_HERE:
            continue
        if _is_salutation(row, rows[start + 1 : start + 2]):
            end = start + 1
            while end < len(rows) and _goes_on(rows[end], rows[end + 1 : end + 2]):
                end += 1
            return Greeting(start, end, tuple(_piece(each) for each in rows[start:end]))
        if found := _RUN_IN.match(row.text):
            piece = _piece(replace(row, text=found[1], style=replace(row.style, markup="")))
            rest = replace(row, text=found[2], style=replace(row.style, markup=_behind(row, found[1])))
            return Greeting(start, start + 1, (piece,), rest=rest)
        if (found := _GLUED.match(row.text)) and _ADDRESSED.search(found["greeting"]):
            bare = replace(row.style, markup="")
            title = replace(row, text=found["title"].strip(), style=bare)
            piece = _piece(replace(row, text=found["greeting"], style=bare))
            return Greeting(start, start + 1, (piece,), before=title)
        if is_prose(row.text) and not HEADING.match(row.text) and start and _is_long(rows, start):
            break
    start = next((index for index, row in enumerate(rows) if _begins_text(row)), len(rows))
    return Greeting(start, start, ())


def is_prose(text: str) -> bool:
    """Whether a row reads like a paragraph: a sentence of some length, not a headline."""
    words = len(text.split())
    return (words >= 8 and ends_sentence(text) and not HEADING.match(text)) or words >= 18


def _begins_text(row: Row) -> bool:
    return is_prose(row.text) and row.style.kind in ("", "bold") and not re.match(r"[„»«>“\"]", row.text)


def _is_long(rows: Sequence[Row], start: int) -> bool:
    """Three paragraphs in a row: the text has begun, nobody is greeted any more."""
    return all(is_prose(row.text) for row in rows[start : start + 3]) and len(rows) > start + 2


def _is_salutation(row: Row, after: Sequence[Row]) -> bool:
    """A line that greets in all its parts; without comma only if text or a greeting follows."""
    text = row.text
    if row.style.kind == "salutation":
        return True
    if len(text) > 160 or not _START.match(text) or re.search(r"[.?]$", text):
        return False
    parts = re.split(r"[,!]\s+", text.rstrip(",!: "))
    if not all(_START.match(part) or re.match(r"(?:und|sowie)\b", part) for part in parts):
        return False
    if text.endswith((",", "!", ":")):
        return len(text.split()) <= 20
    follows = bool(after) and (is_prose(after[0].text) or bool(_START.match(after[0].text)))
    return len(text) <= 70 and follows and (bool(_ADDRESSED.search(text)) or len(text.split()) <= 3)


def _goes_on(row: Row, after: Sequence[Row]) -> bool:
    if row.style.kind in _NOT_HERE:
        return False
    und = re.match(r"(?:und|sowie) .{3,60}[,!]$", row.text)
    return _is_salutation(row, after) or bool(und)


def _piece(row: Row) -> Piece:
    if _ONE_PERSON.match(row.text):
        reason = "Anrede einer einzelnen Person, aus einem persönlichen Brief übernommen"
        return piece_of(row, "personal salutation", "", reason=reason)
    reason = ""
    if _GIVEN_NAME.match(row.text) and not _ADDRESSED.search(row.text):
        reason = "Anrede einer einzelnen Person?"
    elif not row.text.endswith((",", "!", ":")) or not (
        _ADDRESSED.search(row.text) or row.text.startswith("Guten")
    ):
        reason = "ungewöhnliche Anrede"
    return piece_of(row, "salutation", "salutation", reason=reason)


def _behind(row: Row, greeting: str) -> str:
    """The markup behind a salutation, if it is written there as in the text."""
    markup = row.style.markup
    return markup[len(greeting) :].strip() if markup.startswith(greeting) else ""
