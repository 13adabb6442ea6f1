"""A table on a terminal keeps addresses, numbers and times in one piece; a pipe gets everything."""

import re
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from subscribers.output import emit

ADDRESS = "katharina.bergmann@handwerkskammer-musterland.example.org"
ROW: dict[str, Any] = {
    "email": ADDRESS,
    "titel": "",
    "firma": "Tischlerei Bergmann & Söhne GmbH & Co. KG, Werkstatt für Treppen und Türen",
    "since": datetime(2026, 11, 24, 8, 30, 15, 123456, tzinfo=UTC),
    "count": 1234567,
}


@pytest.mark.parametrize("columns", ["40", "100", "200"])
def test_what_a_line_break_would_spoil_stays_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    emit([ROW], list(ROW), as_json=False)

    shown = capsys.readouterr().out
    for whole in (ADDRESS, "2026-11-24 08:30:15", "1234567"):
        assert whole in shown
    assert "123456+" not in shown
    assert "titel" not in shown
    assert set("".join(shown.split())) >= set("".join(ROW["firma"].split()))


def test_a_pipe_and_a_script_get_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    emit([ROW], list(ROW), as_json=False)
    piped = capsys.readouterr().out
    emit([ROW], list(ROW), as_json=True)

    assert piped.splitlines()[0].split("\t") == list(ROW)
    assert "08:30:15.123456" in piped
    assert '"titel": ""' in capsys.readouterr().out


def test_a_narrow_terminal_goes_without_columns_and_breaks_no_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"email": "kim@example.org", "state": "pending", "newsletter": "rundbrief", "titel": "Prof. Dr."}
    row |= {"firma": "Tischlerei Bergmann", "kreis": "Kreis Gütersloh"}
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    monkeypatch.setenv("COLUMNS", "60")
    emit([row], list(row), as_json=False, spare=("titel", "kreis"))
    narrow = capsys.readouterr()
    monkeypatch.setenv("COLUMNS", "120")
    emit([row], list(row), as_json=False, spare=("titel", "kreis"))
    wide = capsys.readouterr()

    assert "pending" in narrow.out
    assert "rundbrief" in narrow.out
    assert "Prof." not in narrow.out
    assert "too narrow for titel" in narrow.err
    assert max(len(re.sub(r"\x1b\[\d*m", "", line)) for line in narrow.out.splitlines()) <= 60
    assert ("Prof. Dr." in wide.out, wide.err) == (True, "")
