"""A list as an Excel file: the sheet with the addresses, its cells as the text a person sees there."""

import hashlib
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from subscribers.errors import BadUsage, Problem
from subscribers.headers import MAX_COLUMNS, find_header, has_addresses, read_header
from subscribers.merged import Merged, merged_in, merged_remarks, whole_header
from subscribers.sheet import Record, Refusal, Sheet
from subscribers.textfile import MAX_BYTES

MAX_EXPANDED, MAX_TEXTS, MAX_PARTS, MAX_SHEETS = 512 << 20, 64 << 20, 2_000, 100
_TOP = 20
_ZEROS = re.compile(r"0{2,}")
_STRUCK = (
    "The address is struck through in Excel, which may be a no. If it is none, remove the line through it."
)
_LONGEST_CELL = 32_767  # Excel's own limit
# Workbooks of older Excel for Mac; openpyxl minds it for cells that are formatted as a date.
_BARE_DAY = re.compile(r"(\d{5})(\.\d+)?")
_LATER = 1_462  # days between the first days of the two systems
_DAYS = ("registered", "activated", "consented_on")
_FROM_1904 = (
    "The workbook counts its days from 1904. A day that stands as a bare number is read so in the columns of "
    "the consent only; elsewhere format it as a date."
)


def read_excel(path: Path, overrides: Mapping[str, str] | None = None, wanted: str | None = None) -> Sheet:
    """Read the named sheet, or the first one with a column of addresses.

    Raises:
        Problem: the file is no Excel file, damaged, or would exhaust the memory.
        BadUsage: there is no sheet of that name.
    """
    known = overrides or {}
    _refuse_bombs(path)
    with _opened(path) as book:
        names = [sheet.title for sheet in book.worksheets]
        from_1904 = book.epoch.year == 1904
        hidden = {sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"}
        if wanted is not None and wanted not in names:
            raise BadUsage(f"The file has no sheet {wanted!r}.", hint=f"There is: {', '.join(names)}.")
        tops = {
            name: list(islice(_only_records(_records(book, name, path)), _TOP))
            for name in ([wanted] if wanted is not None else names[:MAX_SHEETS])
        }
    if not any(tops.values()):
        raise Problem("The file has no rows.", place=path.name, hint="Is it the right file?")
    name = next((one for one, top in tops.items() if has_addresses([row.cells for row in top], known)), None)
    name = name or next(one for one, top in tops.items() if top)
    header, line, remarks = _header_of(path, name, tops[name], known)
    others = [other for other in names if other != name] if wanted is None else []
    said = _said_of(name, others, hidden=name in hidden, from_1904=from_1904)
    remarks = (*remarks, *((line, each) for each in said))
    days = _days_of(header) if from_1904 else ()

    def rows() -> Iterator[Record | Refusal]:
        with _opened(path) as again:
            for one in _records(again, name, path):
                if one.line > line:
                    yield _counted_from_1900(one, days) if days and isinstance(one, Record) else one

    return Sheet(path.name, _sha256(path), "xlsx", "", header, line, rows, remarks)


def _header_of(
    path: Path, name: str, top: Sequence[Record], known: Mapping[str, str]
) -> tuple[tuple[str, ...], int, tuple[tuple[int, str], ...]]:
    """The header, its line, and what is to be said about it and about merged cells below."""
    at, remarks = find_header([row.cells for row in top], known, path.name)
    merged = _merged_cells(path, name)
    header, line = whole_header(top, at, merged) if at is not None else (("E-Mail",), 0)
    if at is not None and header != tuple(top[at].cells):
        remarks = ((line, "The header has two lines with merged cells, which were put together."),)
    return header, line, (*remarks, *merged_remarks(merged, header, line))


def _said_of(name: str, others: Sequence[str], *, hidden: bool, from_1904: bool) -> Iterator[str]:
    """What a person should know of the sheet that is read."""
    if others:
        yield f"The sheet {name} was read; take another one by --sheet: {', '.join(others)[:200]}."
    if hidden:
        yield f"The sheet {name} is hidden in Excel: is it the right one?"
    if from_1904:
        yield _FROM_1904


def _refuse_bombs(path: Path) -> None:
    """Nothing is unpacked before its size is known; Excel itself writes no document type."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Problem(f"The file is larger than {MAX_BYTES >> 20} MB.", place=path.name, hint="Split it.")
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            texts = sum(one.file_size for one in parts if one.filename.lower().endswith("sharedstrings.xml"))
            if len(parts) > MAX_PARTS or sum(one.file_size for one in parts) > MAX_EXPANDED:
                raise Problem("The file unpacks to more than 512 MB.", place=path.name, hint="Split it.")
            if texts > MAX_TEXTS:
                raise Problem(
                    "The texts of the file need more than 64 MB.", place=path.name, hint="Split it."
                )
            if not any(one.filename == "xl/workbook.xml" for one in parts):
                hint = "In Excel, choose Save as and Excel workbook (.xlsx)."
                raise Problem("This is no Excel workbook.", place=path.name, hint=hint)
            for one in parts:
                if one.filename.endswith((".xml", ".rels")):
                    with packed.open(one) as part:
                        if b"<!DOCTYPE" in part.read(2_000).replace(b"\0", b"").upper():
                            raise Problem("The file declares a document type.", place=path.name)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Problem(f"The Excel file cannot be read: {error}.", place=path.name) from None


@contextmanager
def _opened(path: Path, *, values: bool = False) -> Iterator[Any]:
    """The workbook, read in a stream; whatever it breaks on becomes one sentence."""
    from openpyxl import load_workbook

    book = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which nobody reads here
            book = load_workbook(path, read_only=True, data_only=values, keep_links=False)
            yield book
    except Problem:
        raise
    except Exception as error:
        hint = "Open it in Excel and save it again, or save it as CSV UTF-8."
        kind = type(error).__name__
        raise Problem(f"The Excel file is damaged ({kind}).", place=path.name, hint=hint) from None
    finally:
        if book is not None:
            book.close()


def _merged_cells(path: Path, name: str) -> list[Merged]:
    with _opened(path) as book:
        where = book[name]._worksheet_path  # openpyxl tells merged cells only of a sheet held in memory
    with zipfile.ZipFile(path) as packed, packed.open(where) as part:
        return merged_in(part)


def _days_of(header: tuple[str, ...]) -> tuple[int, ...]:
    """The columns of moments, as far as their headers tell."""
    fields = read_header(header).fields
    return tuple(fields[name] for name in _DAYS if name in fields)


def _counted_from_1900(record: Record, days: tuple[int, ...]) -> Record:
    """The same row with the bare numbers of days as every other workbook has them."""
    cells = list(record.cells)
    for at in days:
        if at < len(cells) and (found := _BARE_DAY.fullmatch(cells[at].strip())):
            cells[at] = f"{int(found[1]) + _LATER}{found[2] or ''}"
    return Record(record.line, cells)


def _only_records(rows: Iterator[Record | Refusal]) -> Iterator[Record]:
    return (one for one in rows if isinstance(one, Record))


def _records(book: Any, name: str, path: Path) -> Iterator[Record | Refusal]:
    """The rows that hold something; a formula is what it last showed, or itself when nobody knows."""
    shown = _Shown(path, name)
    for number, row in _rows(book[name]):
        texts = {at: text for at, cell in row.items() if (text := _text(cell, number, at, shown))}
        if any("@" in text and row[at].font.strike for at, text in texts.items()):
            yield Refusal(number, _STRUCK)
        elif texts:
            cells = [""] * (max(texts) + 1)
            for at, text in texts.items():
                cells[at] = text
            yield Record(number, cells)
    shown.close()


def _rows(sheet: Any) -> Iterator[tuple[int, Mapping[int, Any]]]:
    """The number of each row with a value, and its cells by column; what is too far right stands at its end.

    openpyxl's own reading makes up all rows and columns before the last one: one blank far below is minutes.
    """
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet._reader import WorkSheetParser

    book = sheet.parent
    formats = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source, sheet._shared_strings, data_only=book.data_only, epoch=book.epoch, **formats
        )
        for number, cells in parser.parse():
            parser.row_dimensions.clear()  # it keeps those of all rows
            found = {
                min(cell["column"] - 1, MAX_COLUMNS): ReadOnlyCell(sheet, **cell)
                for cell in cells
                if cell["value"] is not None and (cell["data_type"] != "s" or cell["value"].strip())
            }
            if found:
                yield number, found


class _Shown:
    """What formulas showed when the file was saved: a second reading, begun at the first formula."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name
        self._book: Any = None
        self._rows: Iterator[tuple[int, Mapping[int, Any]]] = iter(())
        self._number: int = 0
        self._row: Mapping[int, Any] = {}

    def value(self, number: int, at: int) -> Any:
        """The value of a cell; the rows are asked for in their order."""
        if self._book is None:
            from openpyxl import load_workbook

            self._book = load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
            self._rows = _rows(self._book[self._name])
        while self._number < number:
            self._number, self._row = next(self._rows, (number + 1, {}))
        return self._row[at].value if self._number == number and at in self._row else None

    def close(self) -> None:
        if self._book is not None:
            self._book.close()


def _text(cell: Any, number: int, at: int, shown: _Shown) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        known = shown.value(number, at)
        value = (getattr(value, "text", None) or str(value)) if known is None else known
    if isinstance(value, str):
        return value[:_LONGEST_CELL]
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and _ZEROS.fullmatch(str(cell.number_format)):
        return str(value).zfill(len(cell.number_format))  # a postcode that is shown with its zero
    return str(value)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
