"""What Excel, Outlook and offices leave behind: broken cells, far blanks, titles in names, wrapped lines."""

import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from click.testing import Result
from openpyxl import Workbook
from openpyxl.styles import Font

from subscribers.card import Card
from subscribers.errors import Problem
from subscribers.fullname import split_name
from subscribers.importing import Report
from subscribers.listfile import read_list
from subscribers.postcode import split_place
from subscribers.roster import Added
from subscribers.sheet import Record, Refusal

Take = Callable[..., Report]


@pytest.fixture
def excel(tmp_path: Path) -> Callable[..., Path]:
    """An Excel file of one sheet; a function changes it."""

    def make(*rows: list[object], change: Callable[[Any], None] | None = None) -> Path:
        book = Workbook()
        for row in rows:
            book.active.append(row)
        if change is not None:
            change(book.active)
        book.save(tmp_path / "liste.xlsx")
        return tmp_path / "liste.xlsx"

    return make


@pytest.mark.parametrize(
    ("text", "form", "vorname", "nachname"),
    [
        ("Prof. Dr. h.c. Ulf Graf von Tal", "Prof. Dr. h.c.", "Ulf", "Graf von Tal"),
        ("Dr.-Ing. Tom Reich", "Dr.-Ing.", "Tom", "Reich"),
        ("Prof. em. Dr. med. vet. Max Adler", "Prof. em. Dr. med. vet.", "Max", "Adler"),
        ("Adler, Prof. em. Dr. med. vet. Max", "Prof. em. Dr. med. vet.", "Max", "Adler"),
        ("Dipl.-Kffr. (FH) Ina Kurz", "Dipl.-Kffr. (FH)", "Ina", "Kurz"),
        ("Dr. rer. nat. habil. Uta Berg", "Dr. rer. nat. habil.", "Uta", "Berg"),
        ("Univ.-Prof. Dr. Dr. h. c. mult. Emma Heck", "Univ.-Prof. Dr. Dr. h. c. mult.", "Emma", "Heck"),
        ("RAin Dr. Lea Beck", "RAin Dr.", "Lea", "Beck"),
        ("Dr. Ina Vet", "Dr.", "Ina", "Vet"),
        ("Drago Ilic", "", "Drago", "Ilic"),
        ("Rainer Maul", "", "Rainer", "Maul"),
    ],
)
def test_titles_before_a_name_stay_together(text: str, form: str, vorname: str, nachname: str) -> None:
    found = split_name(text)

    assert (found.form, found.vorname, found.nachname) == (form, vorname, nachname)


def test_a_title_in_the_name_is_kept_beside_a_column_of_forms(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    take(write("Anrede;Name;E-Mail", "Frau;Dr.-Ing. Eva Reich;eva@example.org"))

    eva = card("eva@example.org").person
    assert (eva.anrede, eva.titel, eva.vorname, eva.nachname) == ("Frau", "Dr.-Ing.", "Eva", "Reich")


@pytest.mark.parametrize(
    ("typed", "kept", "warned"),
    [
        ("1.067", "01067", True),
        ("44135,0", "44135", False),
        ("44135.00", "44135", False),
        ("D 01067", "01067", False),
        ("4,41E+04", "", True),
        ("1067.5", "", True),
        ("1", "", True),
        ("####", "", True),
        ("SW1A 1AA", "SW1A 1AA", False),
        ("1234 AB", "1234 AB", False),
        ("01067 Dresden", "01067", False),
    ],
)
def test_a_postcode_is_mended_where_that_is_certain(
    card: Callable[[str], Card],
    take: Take,
    write: Callable[..., Path],
    typed: str,
    kept: str,
    warned: bool,
) -> None:
    report = take(write("E-Mail;PLZ;Ort", f"eva@example.org;{typed};Dresden"))

    assert card("eva@example.org").person.plz == kept
    assert bool(report.warnings) == warned


@pytest.mark.parametrize("text", ["", "33330", "Hamm", "London SW1A 1AA", "D-59494 Soest"])
def test_a_place_loses_nothing(text: str) -> None:
    plz, ort = split_place(text)

    assert f"{plz} {ort}".strip() == text.removeprefix("D-")


def test_what_is_no_postcode_is_not_taken_by_hand(
    run: Callable[..., Result], put: Callable[..., Added]
) -> None:
    put("eva@example.org")

    refused = run("subscribers", "change", "eva@example.org", "--plz", "1")

    assert refused.exit_code == 2
    assert "'1' is no postcode" in refused.stderr


@pytest.mark.parametrize(
    ("cell", "warned"), [("#REF!", True), ("####", True), ("#DIV/0!", True), ("#NV", False)]
)
def test_an_error_of_excel_is_no_value_and_no_source(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], cell: str, warned: bool
) -> None:
    path = write("E-Mail;Nachname;Einwilligung am;Quelle", f"eva@example.org;{cell};2024-01-01;{cell}")

    report = take(path)

    eva = card("eva@example.org")
    assert (eva.person.nachname, eva.subscriptions[0].state) == ("", "pending")
    assert any("error of Excel" in one["text"] for one in report.warnings) == warned


@pytest.mark.parametrize("cell", ["A1048576", "XFD1048576"])
def test_a_far_blank_costs_nothing(take: Take, excel: Callable[..., Path], cell: str) -> None:
    def far(sheet: Any) -> None:
        sheet[cell] = " "

    path = excel(["E-Mail", "Ort"], ["eva@example.org", "Hamm"], change=far)
    began = perf_counter()

    report = take(path)

    assert (report.new, report.refused) == (1, ())
    assert perf_counter() - began < 10


def test_a_far_value_is_not_lost_silently(take: Take, excel: Callable[..., Path]) -> None:
    def far(sheet: Any) -> None:
        sheet["XFD3"] = "x"

    report = take(excel(["E-Mail"], ["eva@example.org"], ["ida@example.org"], change=far))

    assert [(one.line, "more cells" in one.reason) for one in report.refused] == [(3, True)]


def test_a_struck_address_is_not_taken(take: Take, excel: Callable[..., Path]) -> None:
    def strike(sheet: Any) -> None:
        sheet["A2"].font = Font(strike=True)

    report = take(excel(["E-Mail"], ["eva@example.org"], ["ida@example.org"], change=strike))

    assert [(one.line, "struck through" in one.reason) for one in report.refused] == [(2, True)]
    assert report.new == 1


def test_two_lines_of_a_merged_header_are_put_together(
    card: Callable[[str], Card], take: Take, excel: Callable[..., Path]
) -> None:
    def merge(sheet: Any) -> None:
        for one in ("A1:C1", "D1:E1", "F1:F2"):
            sheet.merge_cells(one)

    path = excel(
        ["Person", None, None, "Betrieb", None, "E-Mail"],
        ["Anrede", "Vorname", "Name", "Name", "Ort"],
        ["Frau", "Ina", "Vogt", "Vogt GmbH", "Soest", "ina@example.org"],
        change=merge,
    )

    report = take(path)

    ina = card("ina@example.org").person
    assert (ina.anrede, ina.nachname, ina.firma, ina.ort) == ("Frau", "Vogt", "Vogt GmbH", "Soest")
    assert (report.new, report.refused) == (1, ())


def test_a_merged_title_above_the_header_is_no_group(take: Take, excel: Callable[..., Path]) -> None:
    path = excel(
        ["Verteiler Stand Januar"],
        ["E-Mail", "Ort"],
        ["eva@example.org", "Hamm"],
        change=lambda sheet: sheet.merge_cells("A1:B1"),
    )

    assert take(path).mapping == {"E-Mail": "email", "Ort": "ort"}


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ('"Meier, Hans" <hans@example.org>; Eva <eva@example.org>; /o=Firma/cn=x', "Exchange"),
        ("'hans@example.org'; Otto, Eva <eva@example.org>; DL_Presse", "DL_Presse"),
    ],
)
def test_recipients_are_taken_and_what_is_none_is_named(
    write: Callable[..., Path], line: str, bad: str
) -> None:
    rows = list(read_list(write(line)).rows())

    assert [one.cells[0] for one in rows if isinstance(one, Record)] == [
        "hans@example.org",
        "eva@example.org",
    ]
    assert [bad in one.reason for one in rows if isinstance(one, Refusal)] == [True]


def test_lines_in_quotation_marks_are_read(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    report = take(
        write('"Anrede,Nachname,E-Mail"', '"Frau,Vogt,eva@example.org"', '"Herr,""Ott, Jr."",jo@example.org"')
    )

    assert (report.new, report.delimiter, report.refused) == (2, ",", ())
    assert card("jo@example.org").person.nachname == "Ott, Jr."


@pytest.mark.parametrize("start", ["<html><table>", "<!DOCTYPE html>", '<?xml version="1.0"?>', "<table>"])
def test_a_web_page_is_called_one(write: Callable[..., Path], start: str) -> None:
    with pytest.raises(Problem, match="web page"):
        read_list(write(f"{start}<tr><td>E-Mail</td></tr><tr><td>eva@example.org</td></tr>"))


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Problem, match="no plain file"):
        read_list(tmp_path / "pipe")


def test_a_long_cell_of_the_sample_says_that_it_is_cut(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("E-Mail;Firma", f"eva@example.org;{'Holz und Bau ' * 9}"))

    assert report.sample[0]["text"].endswith("…")
