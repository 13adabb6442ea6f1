"""Excel files come in as a person sees them; what is no Excel file, or a trap, is refused in one sentence."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from subscribers.card import Card
from subscribers.errors import BadUsage, Problem
from subscribers.importing import Report
from subscribers.listfile import read_list

Take = Callable[..., Report]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """An Excel file: `book(Tabelle=[["E-Mail"], ["kim@example.org"]])`; a function changes cells."""

    def make(change: Callable[[Any], None] | None = None, **sheets: list[list[object]]) -> Path:
        made = Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
            if change is not None:
                change(sheet)
        made.save(tmp_path / "liste.xlsx")
        return tmp_path / "liste.xlsx"

    return make


def test_cells_are_what_a_person_sees(
    card: Callable[[str], Card], take: Take, book: Callable[..., Path]
) -> None:
    def show_zero(sheet: Any) -> None:
        sheet["C2"].number_format = "00000"

    header = ["E-Mail", "Firma", "PLZ", "Quelle", "Einwilligung am"]
    rows = [
        header,
        ["kim@example.org", "Holz", 1067, "Messe", date(2024, 2, 1)],
        ["eva@example.org", 4711.0, 33330, "Messe", datetime.combine(date(2024, 2, 1), time(10, 30))],
    ]

    report = take(book(show_zero, Tabelle1=rows))

    assert (report.encoding, report.delimiter, report.new, report.pending) == ("xlsx", "", 2, 0)
    kim, eva = card("kim@example.org"), card("eva@example.org")
    assert (kim.person.plz, kim.consents[0]["at"].isoformat()) == ("01067", "2024-02-01T00:00:00+00:00")
    assert (eva.person.firma, eva.consents[0]["at"].isoformat()) == ("4711", "2024-02-01T09:30:00+00:00")


def test_a_line_number_is_the_row_of_the_sheet(take: Take, book: Callable[..., Path]) -> None:
    rows: list[list[object]] = [["Adressliste"], [], ["E-Mail"], ["kim@example.org"], [], ["falsch"]]

    report = take(book(Tabelle1=rows))

    assert [one.line for one in report.refused] == [6]
    assert report.new == 1


def test_the_first_sheet_with_addresses_is_taken_or_the_named_one(book: Callable[..., Path]) -> None:
    path = book(
        Hinweise=[["Stand Januar"]],
        Alle=[["Ort", "E-Mail"], ["Hamm", "kim@example.org"]],
        Presse=[["E-Mail"], ["eva@example.org"]],
    )

    first, named = read_list(path), read_list(path, sheet="Presse")

    assert (first.header, named.header) == (("Ort", "E-Mail"), ("E-Mail",))
    assert "Presse" in first.remarks[0][1]
    with pytest.raises(BadUsage, match="Hinweise, Alle, Presse"):
        read_list(path, sheet="Gibtsnicht")


def test_a_formula_without_a_value_is_left_out_with_a_warning(
    card: Callable[[str], Card], take: Take, book: Callable[..., Path]
) -> None:
    rows = [["E-Mail", "Ort"], ["kim@example.org", '=HYPERLINK("http://x.example")'], ['=A2&"x"', "Hamm"]]

    report = take(book(Tabelle1=rows))

    assert card("kim@example.org").person.ort == ""
    assert [one["line"] for one in report.warnings] == [2]
    assert [(one.line, "formula" in one.reason) for one in report.refused] == [(3, True)]


def test_a_formula_is_what_it_last_showed(
    card: Callable[[str], Card], take: Take, book: Callable[..., Path], tmp_path: Path
) -> None:
    path = book(Tabelle1=[["E-Mail", "Ort"], ["=LOWER(B2)", "Hamm"]])
    mended = tmp_path / "gerechnet.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(mended, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part.endswith("sheet1.xml"):
                data = data.replace(b"</f><v></v>", b"</f><v>kim@example.org</v>")
                data = data.replace(b"</f><v />", b"</f><v>kim@example.org</v>")
                data = data.replace(b'r="A2"', b'r="A2" t="str"')
            new.writestr(part, data)

    report = take(mended)

    assert (report.new, report.refused) == (1, ())
    assert card("kim@example.org").person.ort == "Hamm"


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bombe.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(b" " * 1024 * 1024)

    with pytest.raises(Problem, match="unpacks to more than"):
        read_list(path)


def test_entities_are_refused(book: Callable[..., Path], tmp_path: Path) -> None:
    path, trap = book(Tabelle1=[["E-Mail"]]), tmp_path / "falle.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(trap, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/workbook.xml":
                data = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + data
            new.writestr(part, data)

    with pytest.raises(Problem, match="document type"):
        read_list(trap)


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_a_damaged_file_is_refused_in_one_sentence(book: Callable[..., Path], keep: int) -> None:
    path = book(Tabelle1=[["E-Mail"], *[[f"kim{number}@example.org"] for number in range(500)]])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * keep // 4])

    with pytest.raises(Problem, match=r"liste\.xlsx"):
        list(read_list(path).rows())


def test_a_part_that_is_no_xml_is_refused(book: Callable[..., Path], tmp_path: Path) -> None:
    path, broken = book(Tabelle1=[["E-Mail"], ["kim@example.org"]]), tmp_path / "kaputt.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.namelist():
            new.writestr(part, b"<oh" if part.endswith("sheet1.xml") else old.read(part))

    with pytest.raises(Problem, match="damaged"):
        list(read_list(broken).rows())


def test_only_excel_has_sheets(write: Callable[..., Path]) -> None:
    with pytest.raises(BadUsage, match="sheets"):
        read_list(write("E-Mail", "kim@example.org"), sheet="Tabelle1")


def test_a_workbook_that_counts_from_1904(
    card: Callable[[str], Card], take: Take, book: Callable[..., Path]
) -> None:
    def from_1904(sheet: Any) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904

    header = ["E-Mail", "PLZ", "Quelle", "Einwilligung am"]
    rows = [
        header,
        ["kim@example.org", 44256, "Messe", date(2025, 3, 1)],
        ["eva@example.org", 44256, "Messe", 44255],
    ]

    report = take(book(from_1904, Liste=rows))

    for address in ("kim@example.org", "eva@example.org"):
        (place,), (said,) = card(address).subscriptions, card(address).consents
        assert f"{place.since:%Y-%m-%d} {said['at']:%Y-%m-%d}" == "2025-03-01 2025-03-01"
        assert card(address).person.plz == "44256"
    assert "counts its days from 1904" in str(report.as_dict())
