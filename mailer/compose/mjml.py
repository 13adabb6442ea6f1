"""MJML to HTML through one wrapper, which removes what the renderer would silently corrupt.

mjml-python 1.4.2 (mrml 6.0.1) prints attribute values with Rust's debug escapes: a non-breaking space in an
`alt` reaches the reader as `\\u{a0}`, a line break in `style` loses every declaration after it. It rejects
CRLF and blank text in the head, and calls a font server unless told not to. `prepare` takes all of that away.
"""

import re

from mjml import mjml2html

from subscribers.errors import Problem

_TAG = re.compile(r"<(?!!--)(/?[A-Za-z][^\s/>]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=/\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
_UNTOUCHED = re.compile(
    r"(<!--.*?-->|<mj-style\b.*?</mj-style>|<style\b.*?</style>)", re.DOTALL | re.IGNORECASE
)
_RESIDUE = re.compile(r"(</?mj[a-z-]*[^>]*>)[ \t]+\n")
_POSITION = re.compile(r"position (\d+):(\d+)")
_DEPTH = 200  # the renderer recurses: 20,000 nested elements end the process with SIGSEGV


class MjmlProblem(Problem):
    """The rendered MJML is not valid; line and column refer to the text after Jinja."""


def render_mjml(source: str, *, name: str = "letter.mjml") -> str:
    """HTML of an MJML document, without comments and without a call to any font server.

    Raises:
        MjmlProblem: with line and column in the rendered MJML.
    """
    prepared = prepare(source)
    if (deepest := _nesting(prepared)) > _DEPTH:
        raise MjmlProblem(f"Elements are nested {deepest} deep; {_DEPTH} is the limit.", place=name)
    try:
        return str(mjml2html(prepared, disable_comments=True, fonts={}))
    except ValueError as error:
        raise MjmlProblem(
            f"The MJML is not valid: {error}.", place=_place(prepared, str(error), name)
        ) from None


def prepare(source: str) -> str:
    """The same document in the form the renderer keeps intact: LF, attribute values in ASCII references."""
    source = source.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    pieces = _UNTOUCHED.split(source)  # odd pieces are comments and styles
    source = "".join(piece if odd % 2 else _TAG.sub(_tag, piece) for odd, piece in enumerate(pieces))
    return _RESIDUE.sub(r"\1\n", source)


def _tag(match: re.Match[str]) -> str:
    attributes = _ATTRIBUTE.sub(
        lambda found: f'{found[1]}="{_value(found[2] if found[2] is not None else found[3])}"', match[2]
    )
    return f"<{match[1]}{attributes}>"


def _value(value: str) -> str:
    if any(character in value for character in "\r\n\t"):
        value = re.sub(r"[\r\n\t]+ *", " ", value).strip()
    value = value.replace("\\", "&#92;").replace('"', "&quot;")
    return value.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _nesting(source: str) -> int:
    depth = deepest = 0
    for match in _TAG.finditer(source):
        if match[1].startswith("/"):
            depth -= 1
        elif not match[2].rstrip().endswith("/") and match[1].lower() not in {
            "br",
            "img",
            "hr",
            "meta",
            "link",
        }:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _place(source: str, message: str, name: str) -> str:
    """The renderer counts bytes (an umlaut is two); people count lines and columns."""
    if not (position := _POSITION.search(message)):
        return name
    head = source.encode()[: int(position[1])]
    line, column = head.count(b"\n") + 1, len(head.rsplit(b"\n", 1)[-1].decode(errors="replace")) + 1
    return f"{name} (after filling), line {line}, column {column}"
