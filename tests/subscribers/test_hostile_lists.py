"""Lists made to break an import end in a refusal with its line, fast and in little memory."""

import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from subscribers.card import Card
from subscribers.csvfile import MAX_BROKEN
from subscribers.errors import Problem
from subscribers.importing import Report
from subscribers.listfile import read_list
from subscribers.roster import Added, unsubscribe

Take = Callable[..., Report]


def test_a_line_without_end_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "endlos.csv"
    with path.open("wb") as file:
        file.write(b"E-Mail;Ort\r\nkim@example.org;")
        file.seek(500 * 1024 * 1024)  # a hole in the file: zeros that need no space
        file.write(b"x")
    with path.open("r+b") as file:
        file.seek(28)
        file.write(b"x" * 2_000_000)

    tracemalloc.start()
    with pytest.raises(Problem) as caught:
        read_list(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert caught.value.place == "endlos.csv:2"
    assert most < 8 * 1024 * 1024


def test_a_file_of_zeros_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "nichts.csv"
    with path.open("wb") as file:
        file.truncate(800 * 1024 * 1024)

    with pytest.raises(Problem, match="not text"):
        read_list(path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "riesig.csv"
    with path.open("wb") as file:
        file.truncate(1024 * 1024 * 1024 + 1)

    with pytest.raises(Problem, match="larger than 1024 MB"):
        read_list(path)


def test_quotation_marks_that_never_close_do_not_hang(take: Take, write: Callable[..., Path]) -> None:
    rows = [f'"offen{number};kim{number}@example.org' for number in range(MAX_BROKEN * 3)]
    began = time.monotonic()

    with pytest.raises(Problem, match="lines are not CSV"):
        take(write("Name;E-Mail", *[row.replace("offen", 'o"ffen') for row in rows]))

    assert time.monotonic() - began < 20


def test_one_open_quotation_mark_loses_one_line_only(take: Take, write: Callable[..., Path]) -> None:
    rows = [f"person{number}@example.org;Hamm" for number in range(3_000)]

    report = take(write("E-Mail;Ort", 'kim@example.org;"offen', *rows))

    assert [one.line for one in report.refused] == [2]
    assert report.new == 3_000


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x" * 65_536, "longer than"),
        ("\u202ekim@example.org", "invisible"),
        ("kim\u200b@example.org", "invisible"),
        ("kim(at)example.org", "(at)"),
        ("kim@example.org; eva@example.org", "more than one"),
        ("kim@example.org, eva@example.org", "more than one"),
        ("Kim <kim@example.org>", "display name"),
        ("=kim@example.org", "formula"),
        ("kim@" + "a." * 200 + "example", "longer"),
        ("kim@example..org", "not a valid"),
    ],
)
def test_what_is_not_exactly_one_address_is_refused_with_its_line(
    take: Take, write: Callable[..., Path], cell: str, reason: str
) -> None:
    report = take(write("E-Mail;Ort", "eva@example.org;Hamm", f'"{cell}";Hamm'))

    assert [(one.line, reason in one.reason) for one in report.refused] == [(3, True)]
    assert report.new == 1


def test_many_columns_are_read(card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    header = ";".join([*(f"Spalte {number}" for number in range(2_000)), "E-Mail", "Ort"])

    report = take(write(header, ";" * 2_000 + "kim@example.org;Hamm"))

    assert (report.new, len(report.ignored)) == (1, 2_000)
    assert card("kim@example.org").person.ort == "Hamm"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["E-Mail;Ort"], "Nothing in this file"),
        (["kim@example.org;Kim;Hamm", "eva@example.org;Eva;Soest"], "no header"),
    ],
)
def test_a_header_alone_and_no_header_are_told(
    run: Callable[..., object], write: Callable[..., Path], lines: list[str], words: str
) -> None:
    result = run("subscribers", "import", write(*lines))

    assert words in result.stderr  # type: ignore[attr-defined]
    assert result.exit_code == 1  # type: ignore[attr-defined]


def test_a_name_that_is_too_long_is_refused_with_its_line(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("E-Mail;Nachname", f"kim@example.org;{'x' * 65_536}", "eva@example.org;Eva"))

    assert [one.line for one in report.refused] == [2]
    assert report.new == 1


def test_who_left_does_not_come_back_with_a_tag(
    engine: Engine,
    put: Callable[..., Added],
    take: Take,
    write: Callable[..., Path],
    now: datetime,
) -> None:
    left = put("kim@example.org")
    with engine.begin() as connection:
        unsubscribe(connection, left.subscription_id, "link", now)

    report = take(write("E-Mail", "Kim+Messe@Example.org", "kim+neu@example.org", "eva@example.org"))

    assert [one.line for one in report.refused] == [2, 3]
    assert (report.left, report.new) == (2, 1)
