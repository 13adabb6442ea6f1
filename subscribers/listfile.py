"""A list of any kind, known by its first bytes and never by its name."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from subscribers.csvfile import read_rows
from subscribers.errors import BadUsage, Problem
from subscribers.sheet import Sheet
from subscribers.umlauts import GUESSED

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WEB_PAGE = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<meta", b"<table")


def read_list(path: Path, overrides: Mapping[str, str] | None = None, sheet: str | None = None) -> Sheet:
    """Read CSV, Excel, vCards or the recipients of a mail.

    `overrides` are headers with a given meaning, `sheet` is one of Excel.

    Raises:
        Problem: the file is missing, too large, of another kind, or has no header.
        BadUsage: a sheet is named and there is none.
    """
    if path.exists() and not path.is_file():
        hint = "Give the path of a file; what comes through a pipe must be written into one first."
        raise Problem("The file cannot be read: it is no plain file.", place=path.name, hint=hint)
    try:
        with path.open("rb") as file:
            beginning = file.read(2_000)
    except OSError as error:
        raise Problem(f"The file cannot be read: {error.strerror}.", place=path.name) from None
    if beginning.startswith(_OLD_OFFICE):
        hint = "In Excel, choose Save as and Excel workbook (.xlsx), without a password."
        raise Problem("This is an old Excel file, or a protected one.", place=path.name, hint=hint)
    if beginning.startswith(_ZIP):
        from subscribers.excel import read_excel

        return read_excel(path, overrides, sheet)
    if sheet is not None:
        raise BadUsage("Only an Excel file has sheets.", hint="Leave --sheet out.")
    text = beginning.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith(b"begin:vcard"):
        from subscribers.vcard import read_vcards

        return read_vcards(path)
    if text.startswith(_WEB_PAGE) or (text.startswith(b"<") and b"<table" in text):
        hint = "Open it in Excel, and choose Save as and Excel workbook (.xlsx)."
        raise Problem("This is a web page (HTML or XML), whatever its name says.", place=path.name, hint=hint)
    if b"@" in text:
        from subscribers.recipients import are_recipients, read_recipients

        if are_recipients(path):
            return _told(read_recipients(path))
    return _told(read_rows(path, overrides))


def _told(sheet: Sheet) -> Sheet:
    """The list, with a remark where its encoding is no more than likely."""
    if sheet.encoding not in GUESSED:
        return sheet
    said = f"The file was read as {sheet.encoding}, judged by its umlauts: look at the sample."
    return replace(sheet, remarks=(*sheet.remarks, (sheet.header_line or 1, said)))
