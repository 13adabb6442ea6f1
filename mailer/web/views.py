"""The letter as a mail program shows it: pure functions from HTML to HTML, for the studio and for files.

They show what costs readers most, as far as shared tables of client support tell (caniemail.com); what they
leave out is said beside each view, in studio_wording.py.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType

from mailer.web.outlook import for_word

STANDARD, PLAIN, OUTLOOK, NO_IMAGES = "standard", "plain", "outlook", "noimages"
SCHEMES = ("light", "dark")
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.DOTALL | re.IGNORECASE)
_SHEET_LINK = re.compile(r"<link\b[^>]*\bstylesheet\b[^>]*>", re.IGNORECASE)
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_SCHEMES_SAID = re.compile(r"((?:supported-)?color-schemes?\s*:\s*)[a-z ]+", re.IGNORECASE)
_SCHEMES_META = re.compile(
    r"(<meta\b[^>]*\bname=\"(?:supported-)?color-schemes?\"[^>]*\bcontent=\")[^\"]*", re.IGNORECASE
)
_IMAGE = re.compile(r"<img\b((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_GROUND = re.compile(r"\sbackground=(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_PICTURE_URL = re.compile(r"url\((?:[^()\"']|\"[^\"]*\"|'[^']*')*\)", re.IGNORECASE)
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
_PIXELS = re.compile(r"(\d{1,4})(?:px)?")
_ROUNDED = re.compile(r"\bborder-radius\s*:[^;\"}]*;?", re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width:0)", "(min-width:99999px)"
_BOX = (
    "display:inline-block;box-sizing:border-box;max-width:100%;overflow:hidden;border:1px solid #8a949e;"
    "background:#eef1f4;color:#1b2733;font:13px/18px Arial,sans-serif;text-align:left;vertical-align:top;"
)
# All colours turned round as Outlook does it; pictures are turned back.
_INVERTED = (
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}"
    "img{filter:invert(1) hue-rotate(180deg)}</style>"
)


def as_seen(html: str, view: str = STANDARD, scheme: str = "light") -> str:
    """The letter in one of `VIEWS`, in the light or the dark scheme, whatever the browser's own scheme is.

    Raises:
        KeyError: there is no such view or scheme.
    """
    if scheme not in SCHEMES:
        raise KeyError(scheme)
    return VIEWS[view](html, scheme)


def standard(html: str, scheme: str) -> str:
    """A program that follows the style rules, those for the reader's colour scheme too (Apple Mail)."""
    html = _STYLE.sub(lambda style: _resolved(style[0], scheme), html)
    return _SCHEMES_META.sub(rf"\g<1>{scheme}", html)


def plain(html: str, _scheme: str) -> str:
    """Without any style rule, as GMX and WEB.DE show it in the browser; they know no dark scheme."""
    bare = _SHEET_LINK.sub("", _STYLE.sub("", html))
    return _SCHEMES_META.sub(r"\g<1>light", _ROUNDED.sub("", bare))


def outlook(html: str, scheme: str) -> str:
    """As Word draws it for the classic Outlook; in the dark scheme all colours are turned round."""
    word = standard(for_word(html), "light")
    if scheme == "light":
        return word
    turned = _HEAD_END.sub(f"{_INVERTED}</head>", word, count=1)
    return turned if turned != word else _INVERTED + word


def without_images(html: str, scheme: str) -> str:
    """Boxes with the alternative text in the place of pictures, as before the reader allows them."""
    boxed = _IMAGE.sub(lambda image: _box(image[1]), standard(html, scheme))
    return _PICTURE_URL.sub("none", _GROUND.sub("", boxed))


def _resolved(style: str, scheme: str) -> str:
    """Rules for a colour scheme hold always, or never; the letter says that it knows this scheme alone."""
    fixed = _SCHEME.sub(lambda asked: _ALWAYS if asked[1].lower() == scheme else _NEVER, style)
    return _SCHEMES_SAID.sub(rf"\g<1>{scheme}", fixed)


def _box(written: str) -> str:
    given = {
        found[1].lower(): found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(written)
    }
    size = "".join(
        f"{name}:{found[1]}px;"
        for name in ("width", "height")
        if (found := _PIXELS.fullmatch(given.get(name, "")))
    )
    words = given.get("alt", "")  # as it stands in the source, with its references
    role = f' role="img" aria-label="{words.replace(chr(34), "&quot;")}"' if words else ""
    title = escape("ohne Alternativtext") if "alt" not in given else ""
    return f'<span{role} style="{_BOX}{size}min-height:20px;padding:2px 4px;">{words or title}</span>'


VIEWS: Mapping[str, Callable[[str, str], str]] = MappingProxyType(
    {STANDARD: standard, PLAIN: plain, OUTLOOK: outlook, NO_IMAGES: without_images}
)
