"""German typography: the blanks that must not break, real dashes, and the way back to compare texts."""

import re
from collections.abc import Callable
from functools import lru_cache

NO_BREAK, NARROW = "\u00a0", "\u202f"
_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_SPACED_ABBREVIATION = r"(?<![\w\u00ad])(z|d|u|o|i|v)\.[ \u00a0\u202f](B|h|a|ä|R|d|T|A)\."
_ABBREVIATION = _SPACED_ABBREVIATION.replace("](B", "]?(B")

# Never touched: fenced code, code, link targets, addresses of pages and of people.
_UNTOUCHABLE = re.compile(
    r"""(?P<keep>
      ^[ ]{0,3}(?P<fence>```+|~~~+)[\s\S]*?(?:^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)
    | (?P<ticks>`+)(?!`)[\s\S]*?(?<!`)(?P=ticks)(?!`)
    | (?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)
    | \b(?:https?://|www\.|mailto:|tel:)[^\s<>]+
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    )""",
    re.VERBOSE | re.MULTILINE,
)
_EVERYWHERE = (
    (re.compile(r"(?<=[^\s-]) --? (?=[^\s-])"), " – "),
    (re.compile(r"(?<!\.)\.\.\.(?!\.)"), "…"),
)
# Straight quotation marks in pairs, the apostrophe inside a word; an inch (5") and a lone mark stay as typed.
_PAIR = r'(?<![\w"])"(?=[^\s"])([^"\n]*[^\s"])"(?![\w"])'
_APOSTROPHE = (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), "’")
_ENGLISH = ((re.compile(_PAIR), "“\\1”"), _APOSTROPHE)
_GERMAN = (
    (re.compile(_PAIR), "„\\1“"),
    _APOSTROPHE,
    (re.compile(r"(?<!>)>>[ \u00a0]*([^\s<>](?:[^<>\n]*[^\s<>])?)[ \u00a0]*<<(?!<)"), "»\\1«"),
    (re.compile(r"(?<=\d) ([%‰])(?!\w)"), f"{NO_BREAK}\\1"),
    (
        re.compile(r"(?<=\d) (?=(?:€|(?:Mio\.|Mrd\.|Euro\b|Uhr\b|Prozent\b|Millionen\b|Milliarden\b)))"),
        NO_BREAK,
    ),
    (re.compile(r"(§§?) (?=\d)"), f"\\1{NO_BREAK}"),
    (re.compile(r"\b(Dr\.|Prof\.) (?=[A-ZÄÖÜ])"), f"\\1{NO_BREAK}"),
    (re.compile(r"\b(Nr\.|Abs\.|Art\.|S\.|Bd\.|Kap\.) (?=\d)"), f"\\1{NO_BREAK}"),
    (re.compile(rf"\b(\d{{1,2}}\.) (?=(?:{_MONTHS})\b)"), f"\\1{NO_BREAK}"),
    (re.compile(_SPACED_ABBREVIATION), f"\\1.{NARROW}\\2."),
)
_FOLDS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"[\u00ad\u200b\u2060\ufeff]"), ""),
    (re.compile(r"[ \t\u00a0\u202f\u2007\u2009\u200a]+"), " "),
    (re.compile(r"[‐‑‒–—―]"), "-"),
    (re.compile(r"(?<= )--(?= )"), "-"),
    (re.compile("…"), "..."),
    (re.compile("[„“”‟]"), '"'),
    (re.compile("[‚‘’]"), "'"),
    (re.compile(r"»"), ">>"),
    (re.compile(r"«"), "<<"),
    (re.compile(r">>[> ]+|[< ]+<<"), lambda found: found[0].replace(" ", "")),
    (re.compile(r"(?<=\d) ([%‰])"), r"\1"),
    (re.compile(r"(§) (?=\d)"), r"\1"),
    (re.compile(_ABBREVIATION), r"\1.\2."),
)


@lru_cache(maxsize=2048)  # the variants of an issue share most of their texts, and so do two saves
def typeset(text: str, language: str) -> str:
    """The text as a compositor would set it; words and numbers stay as typed, and so do typographic quotes.

    Addresses, link targets and code are left alone. Setting a text twice changes nothing.
    """
    own = {"de": _GERMAN, "en": _ENGLISH}.get(language.lower().partition("-")[0], ())
    rules = (*_EVERYWHERE, *own)
    pieces, at = [], 0
    for kept in _UNTOUCHABLE.finditer(text):
        pieces += [_apply(rules, text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*pieces, _apply(rules, text[at:])])


def plain(text: str) -> str:
    """The text without its typography, for comparing: `plain(typeset(text, "de")) == plain(text)`."""
    for pattern, replacement in _FOLDS:
        text = pattern.sub(replacement, text)
    return text


def _apply(rules: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
