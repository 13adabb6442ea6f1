"""A list as an Excel file: the sheet with the addresses, its cells as the text a person sees there."""

import hashlib
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from subscribers.errors import BadUsage, Problem
from subscribers.headers import MAX_COLUMNS, find_header, has_addresses
from subscribers.merged import merged_remarks
from subscribers.sheet import Record, Refusal, Sheet
from subscribers.textfile import MAX_BYTES

MAX_EXPANDED, MAX_TEXTS, MAX_PARTS, MAX_SHEETS = 512 << 20, 64 << 20, 2_000, 100
_TOP = 20
_ZEROS = re.compile(r"0{2,}")
_LONGEST_CELL = 32_767  # Excel's own limit


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
        hidden = {sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"}
        if wanted is not None and wanted not in names:
            raise BadUsage(f"The file has no sheet {wanted!r}.", hint=f"There is: {', '.join(names)}.")
        tops = {
            name: list(islice(_records(book, name, path), _TOP))
            for name in ([wanted] if wanted is not None else names[:MAX_SHEETS])
        }
    if not any(tops.values()):
        raise Problem("The file has no rows.", place=path.name, hint="Is it the right file?")
    name = next((one for one, top in tops.items() if has_addresses([row.cells for row in top], known)), None)
    name = name or next(one for one, top in tops.items() if top)
    top = tops[name]
    at, remarks = find_header([row.cells for row in top], known, path.name)
    header, line = (tuple(top[at].cells), top[at].line) if at is not None else (("E-Mail",), 0)
    others = [other for other in names if other != name]
    if others and wanted is None:
        said = f"The sheet {name} was read; take another one by --sheet: {', '.join(others)[:200]}."
        remarks = (*remarks, (line, said))
    if name in hidden:
        remarks = (*remarks, (line, f"The sheet {name} is hidden in Excel: is it the right one?"))
    remarks = (*remarks, *_merged_cells(path, name, header, line))

    def rows() -> Iterator[Record | Refusal]:
        with _opened(path) as again:
            yield from (one for one in _records(again, name, path) if one.line > line)

    return Sheet(path.name, _sha256(path), "xlsx", "", header, line, rows, remarks)


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


def _merged_cells(path: Path, name: str, header: tuple[str, ...], line: int) -> tuple[tuple[int, str], ...]:
    with _opened(path) as book:
        where = book[name]._worksheet_path  # openpyxl tells merged cells only of a sheet held in memory
    with zipfile.ZipFile(path) as packed, packed.open(where) as part:
        return merged_remarks(part, header, line)


def _records(book: Any, name: str, path: Path) -> Iterator[Record]:
    """The rows that hold something; a formula is what it last showed, or itself when nobody knows."""
    sheet = book[name]
    sheet.reset_dimensions()  # a file may claim any size
    shown = _Shown(path, name)
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        cells = [_text(cell, number, at, shown) for at, cell in enumerate(row)]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield Record(number, cells)
    shown.close()


class _Shown:
    """What formulas showed when the file was saved: a second reading, begun at the first formula."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name
        self._book: Any = None
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self._number, self._row = 0, tuple[Any, ...]()

    def value(self, number: int, at: int) -> Any:
        """The value of a cell; the rows are asked for in their order."""
        if self._book is None:
            from openpyxl import load_workbook

            self._book = load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
            sheet = self._book[self._name]
            sheet.reset_dimensions()
            self._rows = sheet.iter_rows(max_col=MAX_COLUMNS)
        while self._number < number:
            self._number, self._row = self._number + 1, next(self._rows, ())
        return self._row[at].value if at < len(self._row) else None

    def close(self) -> None:
        if self._book is not None:
            self._book.close()


def _text(cell: Any, number: int, at: int, shown: _Shown) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":
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
