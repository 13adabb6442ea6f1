"""MJML to HTML through one wrapper, which removes what the renderer would silently corrupt.

mjml-python 1.4.2 (mrml 6.0.1) prints attribute values with Rust's debug escapes: a non-breaking space in an
`alt` reaches the reader as `\\u{a0}`, a line break in `style` loses every declaration after it. It rejects
CRLF and blank text in the head, and calls a font server unless told not to. `prepare` takes all of that away.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from mjml import mjml2html

from mailer.compose.elements import DEPTH, VOID
from subscribers.errors import Problem

# A tag, its attributes, and the blanks between it and the next tag or the end of the line.
_TAG = re.compile(
    r"<(?!!--)(/?[A-Za-z][^\s/>]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>([ \t]*(?=[<\n]|\Z))?", re.DOTALL
)
_ATTRIBUTE = re.compile(r"([^\s=/\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
_UNTOUCHED = re.compile(
    r"(<!--.*?-->|<mj-style\b.*?</mj-style>|<style\b.*?</style>)", re.DOTALL | re.IGNORECASE
)
_PADDING = re.compile(r"(?<![\w-])padding=\"([^\s\"]+)(?: ([^\s\"]+))?(?: [^\s\"]+)?(?: ([^\s\"]+))?\"")
_PADDED = {"mj-section", "mj-wrapper", "mj-column"}
_AFTER_COMMENT = re.compile(r"[ \t]+(?=\n|</?mj)")
_POSITION = re.compile(r" at position (\d+):\d+")


class MjmlProblem(Problem):
    """The rendered MJML is not valid; line and column refer to the text after Jinja."""


def render_mjml(source: str, *, name: str = "letter.mjml") -> str:
    """HTML of an MJML document, without comments and without a call to any font server.

    Raises:
        MjmlProblem: with line and column in the rendered MJML.
    """
    prepared = prepare(source)
    if (deepest := _nesting(prepared)) > DEPTH:
        raise MjmlProblem(f"Elements are nested {deepest} deep; {DEPTH} is the limit.", place=name)
    try:
        return str(mjml2html(prepared, disable_comments=True, fonts={}))
    except ValueError as error:
        said = _POSITION.sub("", str(error))
        raise MjmlProblem(
            f"The MJML is not valid: {said}.", place=_place(_plain_lines(source), str(error), name)
        ) from None


def prepare(source: str) -> str:
    """The same document in the form the renderer keeps intact: LF, attribute values in ASCII references."""
    return "".join(prepared for _, prepared in _pieces(_plain_lines(source)))


def _plain_lines(source: str) -> str:
    return source.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """The document in pieces, each as it is written and as it is prepared."""
    for odd, piece in enumerate(_UNTOUCHED.split(source)):
        at = 0
        if odd % 2 == 0:  # odd pieces are comments and styles
            if blanks := _AFTER_COMMENT.match(piece):
                yield blanks[0], ""
                at = blanks.end()
            for match in _TAG.finditer(piece, at):
                yield piece[at : match.start()], piece[at : match.start()]
                yield match[0], _tag(match[1], match[2], match[3] or "")
                at = match.end()
        yield piece[at:], piece[at:]


@lru_cache(maxsize=1024)  # the variants of an issue share most of their tags
def _tag(name: str, written: str, residue: str) -> str:
    attributes = _ATTRIBUTE.sub(
        lambda found: f'{found[1]}="{_value(found[2] if found[2] is not None else found[3])}"', written
    )
    if name in _PADDED and (sides := _PADDING.search(attributes)) and sides[0] != 'padding="0"':
        # The renderer reckons column widths for Outlook without the sides of the short form.
        right = sides[2] or sides[1]
        attributes = f' padding-right="{right}" padding-left="{sides[3] or right}"{attributes}'
    # Blank text among the elements of the head is refused.
    return f"<{name}{attributes}>" + ("" if name.lstrip("/").startswith("mj") else residue)


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
        elif not match[2].rstrip().endswith("/") and match[1].lower() not in VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _place(source: str, message: str, name: str) -> str:
    """The renderer counts bytes of what was prepared; people count lines and columns of what is written."""
    if not (position := _POSITION.search(message)):
        return name
    left, read = int(position[1]), 0
    for written, prepared in _pieces(source):
        size = len(prepared.encode())
        if left < size:
            if not prepared.startswith("<"):  # an error within a tag is shown at its beginning
                read += len(prepared.encode()[:left].decode(errors="ignore"))
            break
        left, read = left - size, read + len(written)
    line, column = source.count("\n", 0, read) + 1, read - source.rfind("\n", 0, read)
    return f"{name} (after filling), line {line}, column {column}"
