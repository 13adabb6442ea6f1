"""Who left according to a list is never mailed because of it, whatever its columns are called."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from subscribers.cells import Terms
from subscribers.importing import Report
from subscribers.roster import Card

Take = Callable[..., Report]
TERMS = Terms("Anmeldeliste Messe", datetime(2026, 3, 1, tzinfo=UTC), "Ja, gern.")


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("unsubscribed", "yes"),
        ("Abgemeldet", "x"),
        ("Werbesperre", "1"),
        ("Widerspruch am", "03.04.2025"),
        ("Status", "abgemeldet"),
        ("status", "Inactive"),
        ("Abo-Status", "unsubscribed"),
        ("STATUS", "gesperrt"),
        ("Status", "bounced"),
        ("status", "deaktiviert"),
    ],
)
def test_who_left_is_put_on_the_suppression_list(
    take: Take, write: Callable[..., Path], header: str, cell: str
) -> None:
    path = write(f"E-Mail;{header}", f"ida@example.org;{cell}", "kim@example.org;")

    report = take(path, TERMS)
    again = take(write("E-Mail", "ida@example.org"), TERMS)

    assert (report.suppressed, report.new, report.pending) == (1, 1, 0)
    assert "suppression list" in again.refused[0].reason


def test_a_second_column_of_the_same_meaning_counts_as_well(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("E-Mail;Abgemeldet am;Gesperrt", "ida@example.org;;ja"), TERMS)

    assert (report.suppressed, report.new) == (1, 0)


@pytest.mark.parametrize("cell", ["nein", "0", "-", "no", "FALSCH", ""])
def test_a_no_in_the_column_is_no_leaving(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], cell: str
) -> None:
    take(write("E-Mail;Abgemeldet", f"ida@example.org;{cell}"), TERMS)

    assert card("ida@example.org").subscriptions[0].state == "active"


@pytest.mark.parametrize(("cell", "state"), [("Aktiv", "active"), ("", "active"), ("pending", "pending")])
def test_the_other_words_of_a_status(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], cell: str, state: str
) -> None:
    take(write("E-Mail;Status", f"ida@example.org;{cell}"), TERMS)

    assert card("ida@example.org").subscriptions[0].state == state


def test_an_unknown_status_is_refused_with_its_word(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("E-Mail;Status", "ida@example.org;Stufe 7", "kim@example.org;aktiv"), TERMS)

    assert [(one.line, "Stufe 7" in one.reason) for one in report.refused] == [(2, True)]
    assert report.new == 1


@pytest.mark.parametrize(
    "header", ["Abmeldegrund", "UnsubReason", "Opt-Out Kanal", "Sperrgrund", "Blacklist-ID"]
)
def test_a_column_that_sounds_like_leaving_keeps_the_row_pending(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], header: str
) -> None:
    report = take(write(f"E-Mail;{header}", "ida@example.org;zu viel", "kim@example.org;"), TERMS)

    assert [(one["line"], header in one["text"]) for one in report.warnings] == [(2, True)]
    assert report.pending == 1
    assert card("ida@example.org").subscriptions[0].state == "pending"
    assert card("kim@example.org").subscriptions[0].state == "active"


def test_two_columns_of_one_name_are_told(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("E-Mail;Ort;ort ", "ida@example.org;Hamm;Soest"), TERMS)

    assert [one["line"] for one in report.warnings] == [1]
    assert "Ort" in report.warnings[0]["text"]
