"""However a list says that somebody left, never agreed or is gone: nobody is mailed because of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from subscribers.card import Card
from subscribers.cells import Terms
from subscribers.importing import Report
from subscribers.roster import Added

Take = Callable[..., Report]
TERMS = Terms("Messe", datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Widerruf", "05.06.2024"),
        ("Widerruf am", "05.06.2024"),
        ("Widerrufen", "ja"),
        ("Datum des Widerrufs der Einwilligung", "5.6.24"),
        ("Kein Newsletter", "x"),
        ("Keine E-Mails mehr", "x"),
        ("Keine Werbung per E-Mail", "1"),
        ("Newsletter abgemeldet am", "05.06.2024"),
        ("Verstorben", "ja"),
        ("Unsubscribed from all email", "true"),
        ("Opted out of email: Newsletter", "true"),
        ("HasOptedOutOfEmail", "1"),
        ("Do not allow Bulk Emails", "Do Not Allow"),
        ("E-Mails nicht zulassen", "Nicht zulassen"),
        ("Spam-Beschwerde", "2024-01-01"),
        ("Consent withdrawn on", "2024-01-01"),
        ("NoMail", "true"),
        ("Email Marketing Status", "Unsubscribed"),
        ("Email Marketing Status", "Cleaned"),
        ("EMAIL_SUBSCRIBED", "blocklisted"),
        ("Subscribed", "no"),
        ("Email hard bounce reason", "UNKNOWN_USER"),
        ("Hardbounces", "3"),
        ("Unzustellbar seit", "05.06.2024"),
    ],
)
def test_a_column_that_says_who_is_gone_suppresses(
    take: Take, write: Callable[..., Path], column: str, cell: str
) -> None:
    path = write(f"E-Mail;{column}", f"ida@example.org;{cell}", "kim@example.org;")

    report = take(path, TERMS)
    again = take(write("E-Mail", "ida@example.org"), TERMS)

    assert (report.suppressed, report.new, report.pending) == (1, 1, 0)
    assert "suppression list" in again.refused[0].reason


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Kündigung", "12.12.2025"),
        ("Gekündigt am", "05.06.2024"),
        ("Austritt", "31.12.2023"),
        ("Ausgeschieden", "ja"),
        ("Verzogen", "x"),
        ("Archiviert am", "2024-01-01"),
        ("Nur Post", "ja"),
        ("Bounce-Grund", "User unknown"),
        ("Widerspruch", "kein Widerspruch bekannt"),
        ("Abgemeldet", "#REF!"),
        ("Kein Interesse", "x"),
        ("Bulk Email", "Do Not Allow"),
        ("Permission", "keine Permission"),
        ("Löschung beantragt", "x"),
        ("Bitte nicht anschreiben!", "x"),
        ("Will keine Post mehr per Mail", "ja"),
        ("Email Marketing Status", "Non-subscribed"),
        ("Email Marketing Status", "Archived"),
        ("Marketing contact status", "Non-marketing contact"),
        ("Status", "neu"),
        ("Status", "Soft Bounce"),
        ("Newsl. (J/N)", "N"),
        ("Newsl. (J/N)", "ja, per Tel. 3.4.24"),
        ("Verteiler", "nein"),
        ("DSGVO", "fehlt"),
        ("DSGVO", "liegt nicht vor"),
        ("Zustellung", "nur Post"),
        ("Versandart", "Brief"),
        ("Mitgliedsstatus", "inaktiv"),
        ("Info", "will nichts mehr bekommen"),
        ("Info", "unbekannt verzogen / Mailbox voll"),
        ("Bemerkung", "bitte aus dem Verteiler nehmen"),
        ("Bemerkung", "kein Interesse"),
        ("Tags", "blocklisted"),
    ],
)
def test_what_may_be_a_no_keeps_the_row_pending_with_its_reason(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], column: str, cell: str
) -> None:
    report = take(write(f"E-Mail;{column}", f'ida@example.org;"{cell}"'), TERMS)

    assert card("ida@example.org").subscriptions[0].state == "pending"
    assert any(column in one["text"] or "Tags" in one["text"] for one in report.warnings)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Widerruf", "nein"),
        ("Widerruf", ""),
        ("Kein Newsletter", "nein"),
        ("E-Mails nicht zulassen", "Zulassen"),
        ("Austritt", "00.00.0000"),
        ("Austritt", "31.12.9999"),
        ("Hardbounces", "0"),
        ("Softbounces", "3"),
        ("SMS_BLACKLISTED", "Yes"),
        ("Fax Opt-out", "x"),
        ("Do Not Call", "true"),
        ("Email Marketing Status", "Subscribed"),
        ("EMAIL_SUBSCRIBED", "subscribed"),
        ("DSGVO", "liegt vor"),
        ("Zustellung", "E-Mail"),
        ("Widerrufsbelehrung", "erhalten"),
        ("Bemerkung", "Journalist, nur vormittags erreichbar"),
        ("Bemerkung", "vom Verteiler Presse übernommen"),
        ("Anzahl E-Mails", "0"),
        ("E-Mail lesbar (ja/nein)", "ja, gut"),
    ],
)
def test_what_is_no_refusal_changes_nothing(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], column: str, cell: str
) -> None:
    report = take(write(f"E-Mail;{column}", f"ida@example.org;{cell}"), TERMS)

    assert card("ida@example.org").subscriptions[0].state == "active"
    assert report.warnings == ()


def test_one_odd_cell_does_not_hide_a_column_of_yes_and_no(take: Take, write: Callable[..., Path]) -> None:
    cells = ["ja", "nein", "ja, seit 2010", "N", "J"]

    report = take(write("E-Mail;Beirat", *(f"p{at}@example.org;{cell}" for at, cell in enumerate(cells))))

    assert ["The column Beirat" in one["text"] for one in report.warnings] == [True]


@pytest.mark.parametrize("header", ["Privat", "SMS_BLACKLISTED"])
def test_columns_that_are_never_a_consent_are_not_offered_as_one(
    take: Take, write: Callable[..., Path], header: str
) -> None:
    report = take(write(f"E-Mail;{header}", "ida@example.org;Falsch", "kim@example.org;Falsch"))

    assert report.warnings == ()


@pytest.mark.parametrize("header", ["Kein Newsletter", "Widerrufen", "Verstorben", "Austritt"])
def test_a_column_of_no_cannot_be_made_a_consent(
    run: Callable[..., Result], write: Callable[..., Path], header: str
) -> None:
    path = write(f"E-Mail;{header};Quelle", "ida@example.org;ja;Messe")

    refused = run("subscribers", "import", path, "--map", f"{header}=consent")

    assert refused.exit_code == 2
    assert f'--map "{header}=' in refused.stderr
    assert "=consent" not in refused.stderr


def test_a_column_that_only_sounds_like_a_no_is_never_offered_as_a_yes(
    take: Take, write: Callable[..., Path]
) -> None:
    report = take(write("E-Mail;Widerruf Kanal", "ida@example.org;Telefon"), TERMS)

    assert '--map "Widerruf Kanal=deactivated"' in report.warnings[0]["text"]
    assert 'consent"' not in report.warnings[0]["text"]


def test_a_no_about_somebody_who_is_subscribed_is_told(
    put: Callable[..., Added], take: Take, write: Callable[..., Path]
) -> None:
    put("kim@example.org")

    report = take(write("E-Mail;Austritt", "kim@example.org;31.12.2023"), TERMS)

    assert any("is subscribed" in one["text"] for one in report.warnings)


@pytest.mark.parametrize(
    "line", ["NOTE:Hat der Zusendung widersprochen", "NOTE:bitte keine Mails mehr", "DEATHDATE:20240101"]
)
def test_the_note_of_a_card_is_heard(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], line: str
) -> None:
    path = write("BEGIN:VCARD", "VERSION:4.0", "N:Yilmaz;Kim;;;", "EMAIL:kim@example.org", line, "END:VCARD")

    report = take(path, TERMS)

    assert card("kim@example.org").subscriptions[0].state == "pending"
    assert "Notizen" in report.ignored
