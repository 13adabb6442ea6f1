"""Bytes of any make become records with their line, or a refusal."""

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import SECRET
from sqlalchemy import Engine

from subscribers.cells import Terms
from subscribers.csvfile import read_rows
from subscribers.errors import Problem
from subscribers.importing import Report, plan_import
from subscribers.roster import Card
from subscribers.sheet import Record, Sheet

Take = Callable[..., Report]


def records_of(sheet: Sheet) -> list[Record]:
    return [one for one in sheet.rows() if isinstance(one, Record)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters_are_found(
    write: Callable[..., Path], encoding: str, delimiter: str
) -> None:
    lines = (delimiter.join(cells) for cells in (("E-Mail", "Ort"), ("kim@example.org", "Köln – „Süd“")))

    sheet = read_rows(write(*lines, encoding=encoding))

    assert (sheet.encoding, sheet.delimiter) == (encoding, delimiter)
    assert sheet.header == ("E-Mail", "Ort")
    assert [record.cells for record in records_of(sheet)] == [["kim@example.org", "Köln – „Süd“"]]


def test_a_line_number_is_that_of_the_file(take: Take, write: Callable[..., Path]) -> None:
    path = write(
        "E-Mail;Notiz;Ort",
        '"kim@example.org";"erste\r\nzweite\r\ndritte";Hamm',
        "",
        ";;",
        "falsch;;",
        'eva@example.org;"offen;',
        "ida@example.org;;",
        'uta@example.org;"zu"viel;',
        "one@example.org;;;;zu viele",
        "last@example.org;",
    )

    report = take(path)

    assert [one.line for one in report.refused] == [7, 8, 10, 11]
    assert (report.new, report.empty) == (3, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 whatever", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel"),
        (b"\x00\x01\x02\x03" * 100, "not text"),
        (b"E-Mail\r\nkim@example.org\x00\r\n", "not text"),
        (b"", "no rows"),
        (b"\r\n\r\n", "no rows"),
        (b"Ort;Name\r\nHamm;Kim", "No column of addresses"),
        (b"\x81\x8d\x8f\x90\x9d", "not text"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(
    take: Take, write: Callable[..., Path], data: bytes, words: str
) -> None:
    with pytest.raises(Problem, match=words):
        take(write(data=data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"E-Mail\n" + b"a\n" * 2_000_001, "lines"),
        (b"E-Mail\n" + b";" * 1_000_001, "csv:2: The line has more than"),
    ],
    ids=["lines", "line"],
)
def test_what_would_exhaust_the_memory_is_refused(
    write: Callable[..., Path], data: bytes, words: str
) -> None:
    with pytest.raises(Problem) as caught:
        read_rows(write(data=data))

    assert words in str(caught.value)


def test_a_missing_file_is_a_problem(take: Take, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be read"):
        take(tmp_path / "nirgends.csv")


def test_hostile_cells_are_refused_or_cleaned(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    path = write(
        "E-Mail;Vorname",
        f"long@example.org;{'x' * 65_536}",
        f"longer@example.org;{'x' * 200_000}",
        "bidi\u202e@example.org;Kim",
        "kim@example.org;Kim\u202e\x0bYilmaz",
        f"{'a' * 100_000}@example.org;",
    )

    report = take(path)

    assert [one.line for one in report.refused] == [2, 3, 4, 6]
    assert card("kim@example.org").person.vorname == "Kim Yilmaz"


def test_a_list_that_excel_marks_with_sep_is_read(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("sep=,", "E-Mail,Ort", "kim@example.org,Hamm", "falsch,"))

    assert (report.delimiter, report.new, report.refused[0].line) == (",", 1, 4)


CELL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)
ROWS = st.lists(st.tuples(st.one_of(st.emails(), CELL), CELL), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=ROWS, delimiter=st.sampled_from([";", ",", "\t"]), encoding=st.sampled_from(["utf-8-sig", "utf-16"])
)
def test_every_row_of_any_list_is_counted_once(
    engine: Engine, tmp_path: Path, now: datetime, rows: list[tuple[str, str]], delimiter: str, encoding: str
) -> None:
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = tmp_path / "liste.csv"
    path.write_bytes("\n".join([f"E-Mail{delimiter}Ort", *quoted]).encode(encoding))

    try:
        sheet = read_rows(path)
    except Problem:
        return
    with engine.connect() as connection:
        report: Any = plan_import(connection, sheet, "report", secret=SECRET, now=now, terms=Terms())

    counted = report.usable + report.duplicates + report.empty + len(report.refused)
    assert counted == len(list(sheet.rows())) == len(rows)


@pytest.mark.parametrize("name", ["Dušan", "Aleš Šimek", "§ 5 UWG", "„Süd“ – Köln", "Škoda", "Žižka"])
def test_names_and_signs_of_windows_are_no_mac(write: Callable[..., Path], name: str) -> None:
    sheet = read_rows(write("E-Mail;Firma", f"kim@example.org;{name}", encoding="cp1252"))

    assert records_of(sheet)[0].cells[1] == name


ANY = st.text(st.characters(codec="cp1252", blacklist_categories=["Cc", "Cs"]), max_size=12)
LINES = st.lists(st.tuples(ANY, ANY), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=LINES,
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_every_dialect_comes_back_as_it_was_written(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str, quoting: int, end: str, encoding: str
) -> None:
    path = tmp_path / "liste.csv"
    rows = [(name, f"{note}{end}zweite Zeile") for name, note in rows]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
        writer.writerows([("E-Mail", "Notiz"), *rows])

    sheet = read_rows(path)

    assert sheet.delimiter == delimiter
    assert [tuple(record.cells) for record in records_of(sheet)] == rows
