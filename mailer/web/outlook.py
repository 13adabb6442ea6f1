"""The letter as Word reads it for the classic Outlook: its conditional comments resolved, its limits applied.

Left out are the drawing of VML, Word's own line heights and its habit of cutting tall letters into pages.
"""

import re
from collections.abc import Iterator

VERSION = 16  # of Outlook 2016, 2019, 2021 and the classic one of Microsoft 365
_HIDDEN = re.compile(r"<!--\[if([^\]]*)\]>(.*?)<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_REVEALED = re.compile(
    r"<!--\[if([^\]]*)\]>(?:<!-->|-->)(.*?)<!--<!\[endif\]-->|<!\[if([^\]]*)\]>(.*?)<!\[endif\]>",
    re.DOTALL | re.IGNORECASE,
)
_TOKEN = re.compile(r"\s*(?:([()!&|])|(lte|gte|lt|gt)\b|([A-Za-z]+)|(\d+(?:\.\d+)?))")
_OFFICE_XML = re.compile(
    r"<noscript>\s*<xml>.*?</xml>\s*</noscript>|<xml>.*?</xml>", re.DOTALL | re.IGNORECASE
)
_STYLE = re.compile(r"(<style\b([^>]*)>)(.*?)(</style\s*>)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<([a-zA-Z][\w:-]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
_STYLED = re.compile(r"(\sstyle=\")([^\"]*)(\")", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*([\w-]+)\s*:\s*((?:&[#\w]+;|\([^)]*\)|'[^']*'|[^;'(])+);?")
_IGNORED = re.compile(
    r"border(?:-[a-z]+)*-radius|max-width|min-width|max-height|min-height|box-shadow|text-shadow|opacity"
    r"|background-image|background-size|background-position|transform|transition|animation|object-fit"
    r"|float|position|flex(?:-.*)?|grid(?:-.*)?|box-sizing|display"
)
_CELLS = {"td", "th"}


def for_word(html: str) -> str:
    """What Outlook's branch of the comments says, without what Word does not know.

    Word takes no media query and no rounded corner; padding it takes on table cells only, for others
    `mso-padding-alt` says it.
    """
    html = _REVEALED.sub(
        lambda part: _kept(part[1] if part[1] is not None else part[3], part[2] or part[4]), html
    )
    html = _HIDDEN.sub(lambda part: _kept(part[1], part[2]), html)
    html = _OFFICE_XML.sub("", html)
    html = _STYLE.sub(_sheet, html)
    return _TAG.sub(lambda tag: _element(tag[1].lower(), tag[0]), html)


def holds(condition: str) -> bool:
    """Whether a condition such as `mso | IE` or `lte mso 11` holds; one that nobody can read does not."""
    tokens = [found.groups() for found in _TOKEN.finditer(condition)]
    if "".join(filter(None, (part for each in tokens for part in each))) != "".join(condition.split()):
        return False
    try:
        answer, rest = _either(tokens)
    except IndexError:
        return False
    return answer and not rest


_Tokens = list[tuple[str | None, ...]]


def _either(tokens: _Tokens) -> tuple[bool, _Tokens]:
    answer, rest = _every(tokens)
    while rest and rest[0][0] == "|":
        other, rest = _every(rest[1:])
        answer = answer or other
    return answer, rest


def _every(tokens: _Tokens) -> tuple[bool, _Tokens]:
    answer, rest = _one(tokens)
    while rest and rest[0][0] == "&":
        other, rest = _one(rest[1:])
        answer = answer and other
    return answer, rest


def _one(tokens: _Tokens) -> tuple[bool, _Tokens]:
    sign, comparison, word, _ = tokens[0]
    if sign == "!":
        answer, rest = _one(tokens[1:])
        return not answer, rest
    if sign == "(":
        answer, rest = _either(tokens[1:])
        if not rest or rest[0][0] != ")":
            raise IndexError
        return answer, rest[1:]
    if comparison:
        return _program(tokens[1][2], comparison, tokens[2:])
    return _program(word, "", tokens[1:])


def _program(word: str | None, comparison: str, rest: _Tokens) -> tuple[bool, _Tokens]:
    """`mso`, `mso 16`, `gte mso 9`; everything else (IE, vml) is another program or none."""
    number = float(rest[0][3]) if rest and rest[0][3] else None
    rest = rest if number is None else rest[1:]
    if (word or "").lower() != "mso":
        return (word or "").lower() == "true", rest
    if number is None:
        return True, rest
    compared = {
        "lt": number > VERSION,
        "lte": number >= VERSION,
        "gt": number < VERSION,
        "gte": number <= VERSION,
    }
    return compared.get(comparison.lower(), number == VERSION), rest


def _kept(condition: str, content: str) -> str:
    return content if holds(condition) else ""


def _sheet(style: re.Match[str]) -> str:
    """A style element without its media queries; one that is for some screens alone goes altogether."""
    if re.search(r"\bmedia=[\"'][^\"']*\(", style[2], re.IGNORECASE):
        return ""
    return style[1] + "".join(_rules_for_all(style[3])) + style[4]


def _rules_for_all(css: str) -> Iterator[str]:
    at = 0
    for query in re.finditer(r"@media\b[^{]*\{", css, re.IGNORECASE):
        if query.start() < at:
            continue
        yield css[at : query.start()]
        depth, at = 1, query.end()
        while depth and at < len(css):
            depth += {"{": 1, "}": -1}.get(css[at], 0)
            at += 1
    yield css[at:]


def _element(tag: str, written: str) -> str:
    return _STYLED.sub(lambda found: f"{found[1]}{_known(tag, found[2])}{found[3]}", written, count=1)


def _known(tag: str, style: str) -> str:
    """The declarations that Word follows."""
    given = [(found[1].lower(), found[2].strip()) for found in _DECLARATION.finditer(style)]
    kept = []
    for name, value in given:
        if name == "mso-padding-alt" and tag in _CELLS:
            name = "padding"
        elif name.startswith("padding") and tag not in _CELLS:
            continue
        elif name == "display" and value == "none":
            pass
        elif _IGNORED.fullmatch(name):
            continue
        kept.append(f"{name}:{value}")
    return ";".join(kept)
