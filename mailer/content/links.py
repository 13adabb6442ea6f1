"""Links in running text; domains with umlauts as programs follow and people read them (RFC 5890 and 3492)."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_HOST = re.compile(r"^(https?://(?:[^/?#@]*@)?|mailto:[^@?]*@)([^/?#:]+)", re.IGNORECASE)

# Endings under which a bare name is taken for a domain. No ending that is a German word or an abbreviation
# („am“, „im“, „so“, „es“, „online“): a forgotten blank after a full stop must not become a link.
_ENDINGS = (
    "de|nrw|org|com|net|eu|info|biz|edu|gov|int|berlin|hamburg|koeln|cologne|ruhr|bayern|saarland|tirol|wien|swiss|"
    "at|ch|li|lu|nl|be|fr|dk|pl|cz|uk|museum|academy|app|dev"
)
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_REST = r"""(?::\d{1,5})?(?:[/?#][^\s<>"„“”»«‚‘]*)?"""
_END = r"(?!\w|@|\.\w)"  # „anlage.com.pdf“ is a file
_BLANK = r"[ \u00a0\u202f]?"
# The groups of a telephone number; what goes on as a figure, an amount or an hour is none.
_GROUPS = rf"(?:{_BLANK}[/–-]?{_BLANK}\d)+(?!\w|[.,]\d|{_BLANK}(?:\d|%|€|EUR|Euro|Mio|Mrd|Mill|Prozent|Uhr))"
_FOUND = re.compile(
    rf"""(?P<address>(?<![\w.+%@-])(?:mailto:)?[A-Za-z0-9](?:[A-Za-z0-9._%+-]*[A-Za-z0-9_+-])?
            @(?:{_LABEL}\.)+[^\W\d_]{{2,}}{_END})
      | (?P<page>(?<![\w@/.:-])https?://(?:{_LABEL}\.)+[^\W\d_]{{2,}}{_END}{_REST})
      | (?P<domain>(?<![\w@/.-])(?:www\.(?:{_LABEL}\.)+[^\W\d_]{{2,}}
            |(?:{_LABEL}\.)+(?:{_ENDINGS}|{_ENDINGS.upper()})){_END}{_REST})
      | (?P<telephone>(?<![\w+/.-])\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{{3}})
            (?:{_BLANK}-?\(0\))?{_BLANK}(?:\([1-9]\d*\)|[/-]?{_BLANK}[1-9]\d*){_GROUPS})
      | \b(?:Tel|Telefon|Telefonnummer|Fon|Mobil|Mobiltelefon)(?:\.|\b){_BLANK}:?{_BLANK}
            (?P<local>(?:\(0[1-9]\d*\)|0[1-9]\d*){_GROUPS})""",
    re.VERBOSE,
)
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)", re.IGNORECASE)
_SITE = re.compile(r"^[^/?#]*")
_NUMBER = re.compile(r"[+(\d][\d\s()/–-]*")
_TRAILING = ".,;:!?…'’*_~"
_DIGITS = 6, 15  # of a telephone number (the longest: ITU-T E.164)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was typed as it is: where its words stand in the text, and where it leads."""

    start: int
    end: int
    target: str


def find_links(text: str) -> Iterator[Link]:
    """Pages, e-mail addresses and telephone numbers in running text; where in doubt it is none.

    Telephone numbers are in the international form, or stand behind a word such as „Tel.“ (RFC 3966).
    """
    for found in _FOUND.finditer(text):
        kind = found.lastgroup or ""
        start, words = found.start(kind), _trimmed(found[kind])
        if kind == "address":
            target = words if words.startswith("mailto:") else f"mailto:{words}"
        elif kind in ("telephone", "local"):
            target = f"tel:{_dialled(words)}"
            if not _DIGITS[0] <= sum(map(str.isdigit, target)) <= _DIGITS[1]:
                continue
        else:
            target = words if kind == "page" else f"https://{words}"
        yield Link(start, start + len(words), to_ascii(target))


def bare(link: str) -> str:
    """A target or its words, as the two are compared: without scheme, last slash, escapes and A-labels."""
    words = _SCHEME.sub("", unquote(to_readable(link)).strip())
    if _NUMBER.fullmatch(words):
        return _dialled(words)
    return _SITE.sub(lambda found: found[0].lower(), words.rstrip("/"))


def to_ascii(url: str) -> str:
    """The link with its domain as A-labels: https://xn--meisterprmie-ocb.nrw; every program follows it."""
    return _each_label(url, _encoded)


def to_readable(url: str) -> str:
    """The link with its domain as people write it: https://meisterprämie.nrw."""
    return _each_label(url, decoded_label)


def decoded_label(label: str) -> str:
    """One label of a domain without its xn-- form; a broken one stays as it is."""
    if not label.casefold().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _trimmed(words: str) -> str:
    """Without what belongs to the sentence: full stops, and a bracket that was opened before the link."""
    while words and (words[-1] in _TRAILING or _unpaired(words)):
        words = words[:-1]
    return words


def _unpaired(words: str) -> bool:
    return any(
        words[-1] == end and words.count(end) > words.count(begin) for begin, end in ("()", "[]", "{}")
    )


def _dialled(words: str) -> str:
    """The digits of a number; the (0) after a country's code is not dialled."""
    if "+" in words:
        words = words.replace("(0)", "")
    return re.sub(r"[^\d+]", "", words)


def _encoded(label: str) -> str:
    """The standard library's codec `idna` would send straße to strasse; a lower-case label needs no more."""
    if label.isascii():
        return label
    return "xn--" + unicodedata.normalize("NFC", label.lower()).encode("punycode").decode("ascii")


def _each_label(url: str, change: Callable[[str], str]) -> str:
    return _HOST.sub(lambda found: found[1] + ".".join(map(change, found[2].split("."))), url)
