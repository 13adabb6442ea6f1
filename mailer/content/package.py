"""The archive that a Word file is: opened within limits, refused in one sentence if it is something else."""

import io
import re
import zipfile
from collections.abc import Mapping
from xml.parsers import expat

from subscribers.errors import Problem

MEMBERS, UNPACKED, XML_UNPACKED, RATIO, DEPTH = 2_000, 80_000_000, 12_000_000, 200, 120
SIZE_LIMIT = 25_000_000
SAVE_AS = "Open it in Word or LibreOffice, save it as .docx or as plain text (UTF-8), and import that."
_OTHERS = {
    "xl/workbook.xml": "an Excel file",
    "ppt/presentation.xml": "a PowerPoint file",
    "content.xml": "an OpenDocument file (.odt)",
    "Index/Document.iwa": "a Pages file",
}


def open_package(data: bytes, name: str) -> Mapping[str, bytes]:
    """The XML parts by name, the other members with empty bytes; checked before anything reads them.

    Raises:
        Problem: broken, encrypted, too big when unpacked, not a Word file, or XML that declares entities.
    """
    if len(data) > SIZE_LIMIT:
        raise Problem(f"The file has {len(data)} bytes; no editorial is that long.", place=name, hint=SAVE_AS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist(), len(data), name)
            parts = {
                member.filename: archive.read(member) if _is_xml(member.filename) else b""
                for member in archive.infolist()
            }
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, RuntimeError) as error:
        raise Problem(
            f"The Word file is damaged and cannot be opened ({str(error)[:60] or type(error).__name__}).",
            place=name,
            hint="Ask for it once more, or save it again in Word.",
        ) from error
    except _zlib_errors() as error:
        raise Problem(
            "The Word file is damaged and cannot be unpacked.", place=name, hint="Save it again in Word."
        ) from error
    _refuse_others(parts, name)
    for part, content in parts.items():
        if content:
            _check_xml(content, part, name)
    return parts


def main_part(parts: Mapping[str, bytes]) -> str:
    """The name of the part with the running text, as the package's relations say; empty if there is none."""
    relations = parts.get("_rels/.rels", b"").decode("utf-8", "replace")
    for relation in re.findall(r"<[^<>]*Relationship\s[^<>]*>", relations):
        target = re.search(r'Target="/?([^"]+)"', relation)
        if target and re.search(r'/officeDocument"', relation) and target[1] in parts:
            return target[1]
    return "word/document.xml" if "word/document.xml" in parts else ""


def _check_sizes(members: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    """A zip bomb says its size in its own list; `zipfile` reads no byte beyond it."""
    if any(member.flag_bits & 1 for member in members):
        raise Problem("The file is protected by a password.", place=name, hint="Save it without one.")
    unpacked = sum(member.file_size for member in members)
    xml = sum(member.file_size for member in members if _is_xml(member.filename))
    names = [member.filename for member in members]
    if len(members) > MEMBERS or unpacked > UNPACKED or xml > XML_UNPACKED or unpacked > RATIO * packed:
        raise Problem(
            f"The file unpacks to {unpacked} bytes in {len(members)} parts; no editorial is that big.",
            place=name,
            hint="Copy its text into a new document and import that.",
        )
    if len(set(names)) < len(names):
        raise Problem("The file holds two parts of one name.", place=name, hint="Save it again in Word.")


def _refuse_others(parts: Mapping[str, bytes], name: str) -> None:
    for part, what in _OTHERS.items():
        if part in parts:
            raise Problem(f"This is {what}, not a Word file.", place=name, hint=SAVE_AS)
    if not main_part(parts):
        raise Problem(
            "This archive is no Word file.", place=name, hint="Unpack it, and import the text inside."
        )


def _check_xml(content: bytes, part: str, name: str) -> None:
    """Refuse what can blow up or reach out: document types, entities, and bottomless nesting."""
    depth = 0

    def refuse(*_: object) -> None:
        raise Problem(
            f"The Word file declares entities in {part}, which Word never does.", place=name, hint=SAVE_AS
        )

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise Problem(f"The Word file is nested too deeply in {part}.", place=name, hint=SAVE_AS)

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    reader = expat.ParserCreate()
    reader.StartDoctypeDeclHandler = refuse
    reader.StartElementHandler, reader.EndElementHandler = start, end
    try:
        reader.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Problem(
            f"The Word file is damaged in {part} ({error}).", place=name, hint="Save it again in Word."
        ) from error


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _zlib_errors() -> type[Exception]:
    import zlib

    return zlib.error
