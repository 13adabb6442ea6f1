"""Word files for the tests: as python-docx saves them, and as LibreOffice writes its XML, built by hand."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import docx

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/><Relationship Id="rId2" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/>'
    "</Relationships>"
)
_STYLES = (
    "Normal",
    "Preformatted Text",
    "Titel",
    "Untertitel",
    "Überschrift 1",
    "Zitat",
    "Intensives Zitat",
    "Quotations",
)


def by_python_docx(lines: Sequence[str]) -> bytes:
    """One paragraph per line."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def saved(document: "docx.document.Document") -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def by_libreoffice(lines: Sequence[str], styles: Mapping[int, str] | None = None) -> bytes:
    """One paragraph per line as LibreOffice's export writes them: a style each, empty properties."""
    paragraphs = [
        f'<w:p><w:pPr><w:pStyle w:val="{_id((styles or {}).get(number, "Preformatted Text"))}"/>'
        f'<w:bidi w:val="0"/>'
        f"<w:rPr></w:rPr></w:pPr><w:r><w:rPr></w:rPr>{_text(line)}</w:r></w:p>"
        for number, line in enumerate(lines, 1)
    ]
    return package("".join(paragraphs))


def package(body: str, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word file with this body; `more` are further parts."""
    definitions = "".join(
        f'<w:style w:type="paragraph" w:styleId="{_id(name)}"><w:name w:val="{name}"/></w:style>'
        for name in _STYLES
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "docProps/core.xml": "<x/>",
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {NAMESPACES}>{definitions}</w:styles>",
        "word/_rels/document.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1"'
            ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"'
            ' Target="styles.xml"/><Relationship Id="rId7" Type='
            '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"'
            ' Target="footnotes.xml"/><Relationship Id="rId8" Type='
            '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"'
            ' Target="numbering.xml"/>'
            "</Relationships>"
        ),
        "word/footnotes.xml": f"<w:footnotes {NAMESPACES}/>",
        "word/numbering.xml": f"<w:numbering {NAMESPACES}/>",
        **(more or {}),
    }
    return zipped(
        {name: part if isinstance(part, bytes) else _DECLARATION + part for name, part in parts.items()}
    )


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def paragraph(text: str, inside: str = "") -> str:
    """A paragraph of plain text, with more XML behind it."""
    return f"<w:p><w:r>{_text(text)}</w:r>{inside}</w:p>"


def list_item(text: str, number: int, level: int = 0) -> str:
    """A paragraph that Word numbers, as an item of the list with this number."""
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{place}</w:pPr><w:r>{_text(text)}</w:r></w:p>"


def numbering(patterns: Sequence[Sequence[tuple[str, str, int]]], restarts: Mapping[int, int]) -> str:
    """The part with the lists: of each pattern its levels (format, text, start), then lists that restart one.

    The lists are counted from 1: first one for each pattern, then one for each of `restarts`, which says
    the number of its pattern and where it starts.
    """
    definitions = "".join(
        f'<w:abstractNum w:abstractNumId="{at}">'
        + "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for level, (form, text, start) in enumerate(levels)
        )
        + "</w:abstractNum>"
        for at, levels in enumerate(patterns, 1)
    )
    lists = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(1, len(patterns) + 1)
    )
    again = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{pattern}"/>'
        f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        for at, (pattern, start) in enumerate(restarts.items(), len(patterns) + 1)
    )
    return f"<w:numbering {NAMESPACES}>{definitions}{lists}{again}</w:numbering>"


def _text(line: str) -> str:
    return f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else ""


def _id(name: str) -> str:
    return "".join(character for character in name if character.isalnum())
