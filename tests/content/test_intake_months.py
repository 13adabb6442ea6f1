"""An original that does not say its month: nothing is guessed, and what was seen is told."""

import pytest

from mailer.content.intake import take_in

BEGIN = "heute geht es um vieles, was im Betrieb zählt und was uns alle im Land bewegt."


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "Wir treffen uns am 9. Dezember 2025 und am 11.12.2025, danach erst wieder am 7. Januar 2026.",
            "im Text steht kein Monat der Ausgabe; er nennt Tage im Dezember 2025, Januar 2026",
        ),
        ("Wir treffen uns bald wieder.", "im Text steht kein Monat"),
    ],
)
def test_the_months_of_the_days_it_names_are_told(sentence: str, said: str) -> None:
    lines = ("Ein Titel", "Liebe Mitglieder,", BEGIN, sentence, "Ihre Ada Muster")

    intake = take_in("\n".join(lines).encode(), "vorlage.txt", {})

    assert [doubt.reason for doubt in intake.doubts if doubt.field == "issue"] == [said]
