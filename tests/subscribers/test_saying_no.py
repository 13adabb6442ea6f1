"""A no in a list is a no: in a column of consent, in a remark; what nobody read is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from subscribers.card import Card
from subscribers.cells import Terms
from subscribers.importing import Report
from subscribers.roster import Added

Take = Callable[..., Report]
TERMS = Terms("Messe", datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("cell", ["nein", "No", "0", "FALSE", "-", "", "vielleicht"])
@pytest.mark.parametrize(
    "column", ["Newsletter", "Newsletter erwünscht?", "Werbeeinwilligung", "Opt-in", "DOUBLE_OPT-IN"]
)
def test_only_a_yes_makes_active(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], column: str, cell: str
) -> None:
    report = take(write(f"E-Mail;{column}", f"kim@example.org;{cell}", "eva@example.org;Ja"), TERMS)

    assert (report.new, report.pending, report.mapping[column]) == (2, 1, "consent")
    states = [card(f"{name}@example.org").subscriptions[0].state for name in ("kim", "eva")]
    assert states == ["pending", "active"]
    assert [one["line"] for one in report.warnings] == [2]


@pytest.mark.parametrize(
    "remark",
    [
        "bitte keine Mails mehr",
        "keine E-Mails!",
        "möchte keinen Newsletter",
        "will nicht mehr angeschrieben werden",
        "Newsletter nicht erwünscht",
        "hat am 3.5. widersprochen",
        "abbestellt",
        "please do not send mails",
    ],
)
@pytest.mark.parametrize("column", ["Bemerkung", "Tags"])
def test_a_remark_that_asks_for_no_mail_is_heard(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], remark: str, column: str
) -> None:
    report = take(write(f"E-Mail;{column}", f"kim@example.org;{remark}"), TERMS)

    assert card("kim@example.org").subscriptions[0].state == "pending"
    assert [(one["line"], column in one["text"]) for one in report.warnings] == [(2, True)]


@pytest.mark.parametrize(
    "remark", ["Mail am 3.5. erhalten", "nicht verheiratet", "neue Mailadresse", "kein Fax"]
)
def test_other_remarks_change_nothing(take: Take, write: Callable[..., Path], remark: str) -> None:
    report = take(write("E-Mail;Bemerkung", f"kim@example.org;{remark}"), TERMS)

    assert (report.pending, report.warnings) == (0, ())


def test_a_day_or_a_yes_beside_a_consent_is_its_proof(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    path = write(
        "E-Mail;Opt-in;Einwilligung;Quelle",
        "kim@example.org;01.02.2024;;Messe",
        "eva@example.org;Yes;;Messe",
        "ida@example.org;;nein;Messe",
        "uta@example.org;ja;2024-02-01;Messe",
    )

    report = take(path, TERMS)

    assert (report.new, report.pending) == (4, 1)
    assert card("kim@example.org").consents[0]["at"] == datetime(2024, 2, 1, tzinfo=UTC)
    assert card("eva@example.org").consents[0]["at"] == TERMS.consented_on
    assert card("ida@example.org").subscriptions[0].state == "pending"


def test_a_no_about_somebody_who_is_subscribed_is_told(
    put: Callable[..., Added], take: Take, write: Callable[..., Path]
) -> None:
    put("kim@example.org")

    report = take(write("E-Mail;Newsletter", "kim@example.org;nein"), TERMS)

    assert any("is subscribed" in one["text"] for one in report.warnings)


def test_an_unread_column_of_yes_and_no_is_told(take: Take, write: Callable[..., Path]) -> None:
    path = write("E-Mail;Mitglied;Anzahl;Notiz", "kim@example.org;ja;1;ja", "eva@example.org;nein;1;später")

    report = take(path)

    assert [one["text"][:19] for one in report.warnings] == ["The column Mitglied"]
