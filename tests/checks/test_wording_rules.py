"""Notes, double words, deadlines, the issue before, the inbox's lines and typography, each at its edges."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mailer.checks.content import check_content
from mailer.checks.deadlines import check_deadlines
from mailer.checks.inbox import check_inbox
from mailer.checks.language import check_language
from mailer.checks.last_issue import check_last_issue
from mailer.checks.leftovers import check_leftovers
from mailer.checks.repeated import check_repeated
from mailer.checks.surroundings import Surroundings
from mailer.checks.texts import texts_of
from mailer.checks.typesetting import check_typesetting
from mailer.content.issue import Issue
from tests.letters import full_issue, make_card, make_issue

AROUND = Surroundings(today=date(2025, 10, 7))


def of(text: str) -> Any:
    return texts_of(make_issue(body=text))


@pytest.mark.parametrize(
    "note",
    [
        *(
            "???",
            "TODO",
            "TBD",
            "tbd",
            "xxx",
            "XX Euro",
            "XXX. Melden Sie sich an",
            "__ Euro",
            "xx. Oktober",
            "??. Oktober",
            "N.N.",
            "Lorem ipsum",
            "[MH1]",
            "[Name]",
            "(Zahl fehlt noch)",
        ),
        *(
            "[Bild einfügen]",
            "[Kommentar der Leitung]",
            "{{ vorname }}",
            "*|FNAME|*",
            "«Nachname»",
            "%%name%%",
        ),
    ],
)
def test_a_placeholder_is_told_in_every_place(note: str) -> None:
    for issue in (
        make_issue(body=f"Ein Satz.\n\nMit {note} darin."),
        make_issue(title=f"Titel {note}"),
        make_issue(highlights=(make_card(teaser=f"Text {note}"),)),
    ):
        assert [each.rule for each in check_leftovers(texts_of(issue))] == ["language.leftover"]


@pytest.mark.parametrize("text", ["Link folgt", "Anmeldung: Link folgt.", "Zahl fehlt noch\nund mehr"])
def test_what_is_still_to_come_is_told(text: str) -> None:
    assert [each.case for each in check_leftovers(of(text))] == [""]


@pytest.mark.parametrize(
    "text",
    [
        *("Was nun?? Im Oktober", "Der Link folgt.", "Beim XXX. Kammertag", "________", "700 m über N. N."),
        *("im XX. Jahrhundert", "Mit Frau N. N. Muster", "Link folgt auf Link", "das __init__ von Python"),
        *("Was nun???", "[Anm. d. Red.]", "Siehe [1] und [B1].", "die XXL-Säge", "XXX. Olympische Spiele"),
        *(
            "{{ geschweiften }} Klammern",
            "das Buch »Name«",
            "100 % und 50 %",
            "[Datum](https://example.org/)",
        ),
        *(
            "(Foto: Muster)",
            "(bitte prüfen Sie)",
            "`TODO` als Befehl",
            "Wer kommt noch?",
            "[gemeint ist Köln]",
        ),
    ],
)
def test_what_people_write_for_readers_is_no_placeholder(text: str) -> None:
    assert list(check_leftovers(of(text))) == []


def test_a_note_is_told_once_by_one_of_two_rules() -> None:
    issue = make_issue(body="Es sind [Zahl noch prüfen] Betriebe.")

    assert [each.rule for each in check_content(issue)] == ["content.note"]
    assert list(check_leftovers(texts_of(issue))) == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            "für für alle",
            "Wir wir",
            "mit\nmit Rat",
            "Die Kammer Kammer lädt ein",
            "beantragen die die Prämie",
        ),
        *("Die die Kammer hat recht.", "das das Land will", "Das das neue Gesetz gilt."),
        *(
            "Betriebe die die gute Prämie wollen",
            "Der der Kammer liegt am Herzen.",
            "Wir helfen das das neue Jahr",
        ),
    ],
)
def test_a_word_twice_is_told(text: str) -> None:
    assert [each.rule for each in check_repeated(of(text), "de")] == ["language.repeated"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Betriebe, die die Prämie wollen",
            "Betriebe, für die die Prämie zählt",
            "wer hilft und die die Arbeit",
        ),
        *("Ist das das Haus?", "Der Mann, der der Kammer hilft", "die die ganze Region prägenden Betriebe"),
        *("Die die Prämie betreffenden Regeln gelten.", "den den Betrieben zustehenden Anteil"),
        *(
            "Erinnern Sie sie daran.",
            "wenn ihr ihr helft",
            "sehr sehr gut",
            "Wenn Fliegen fliegen",
            "2025 2025",
        ),
        *(
            "Ende. Ende gut, alles gut.",
            "Schritt für Schritt",
            "Arbeits- und Und-Zeichen",
            "von von der Heide",
        ),
        *("Dr. Dr. Muster", "am am-Zeichen", "Baden-Baden Baden*innen"),
    ],
)
def test_a_word_twice_with_reason_is_not_told(text: str) -> None:
    assert list(check_repeated(of(text), "de")) == []


def test_english_has_its_own_reasons() -> None:
    assert list(check_repeated(of("What it is is clear, and we had had time."), "en")) == []
    assert len(list(check_repeated(of("Come to to the chamber."), "en"))) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Melden Sie sich bis zum 30. September 2025 an.", 1),
        ("Anmeldeschluss: 30.09.2025.", 1),
        ("Sehr geehrte Frau [Name],\n\nbis zum 15. September 2025 anmelden, bitte.", 1),
        ("Es gab viel bis zum 15. September 2025 zu sehen. Melden Sie sich an.", 0),
        ("Anträge sind bis zum 30. September möglich.", 1),
        ("Bewerben Sie sich spätestens am Dienstag, 30. September.", 1),
        ("Melden Sie sich bis zum 7. Oktober 2025 an.", 0),  # the day of sending itself
        ("Melden Sie sich bis 15. Mai an.", 0),  # next year's
        ("Bis zum 30. September 2025 wurden 40 Anträge gestellt.", 0),
        ("Vom 1. Januar bis 30. September 2025 zählen Anträge doppelt.", 0),
        ("Die Frist lief bis zum 30. September 2025.", 0),
        ("Die Säge läuft bis zum 30. September 2025.", 0),
        ("Wir danken allen bis zum 30. September 2025. Melden Sie sich weiter an.", 0),
        ("Melden Sie sich an, wie schon am 30. September 2025.", 0),
    ],
)
def test_a_deadline_before_the_letter_is_told(text: str, count: int) -> None:
    found = list(check_deadlines(of(text), "de", ((2025, 10),), date(2025, 10, 7)))

    assert len(found) == count


def test_the_day_of_sending_counts_not_today() -> None:
    issue = make_issue(body="Melden Sie sich bis zum 10. Oktober 2025 an.")

    assert list(check_language(issue, "de", AROUND)) == []
    (found,) = check_language(issue, "de", replace(AROUND, sends_on=date(2025, 10, 14)))
    assert found.message.startswith("The deadline “10. Oktober 2025” (10.10.2025) ends before")


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Rundbrief September: neue Wege", 1),
        ("Ausgabe 9/2025", 1),
        ("Ausgabe Oktober 2024", 1),
        ("Rundbrief, September 2025", 1),
        ("Rückblick auf September 2025", 0),
        ("Was im September 2025 geschah", 0),
        ("Rundbrief Oktober 2025", 0),
        ("Der Brief: Oktober", 0),
        ("Ausgabe 10/2025", 0),
    ],
)
def test_another_issues_label_in_the_subject_is_told(line: str, count: int) -> None:
    before = replace(make_issue(subject="Ganz anders"), key="2025-09", label="September 2025")
    issue = make_issue(subject=line)

    found = list(check_last_issue(issue, texts_of(issue), before))

    assert [each.case for each in found if each.case == "label"] == ["label"] * count


def test_a_standing_phrase_is_nobodys_leftover() -> None:
    before: Issue = replace(
        make_issue(
            subject="A", title="B", preheader="C", lead="D", body="Haben Sie Fragen? Rufen Sie uns an."
        ),
        key="2025-09",
        number="9",
    )
    issue = make_issue(body="Haben Sie Fragen? Rufen Sie uns an.", kicker=before.editorial.kicker)

    assert list(check_last_issue(issue, texts_of(issue), before)) == []


@pytest.mark.parametrize(
    ("fields", "cases"),
    [
        ({"subject": "WHKT: neue Wege"}, []),
        ({"subject": "NEUE WEGE FINDEN"}, ["capitals"]),
        ({"subject": "Kommen Sie!!"}, ["marks"]),
        ({"preheader": "x" * 39}, ["short"]),
        ({"preheader": "x" * 40}, []),
        ({"preheader": "x" * 110}, []),
        ({"preheader": "x" * 111}, ["long"]),
        ({"preheader": "", "lead": "Kurz."}, []),
        ({"subject": "Lob für alle", "preheader": "Lob – für alle: wie Sie es jetzt bekommen"}, ["repeats"]),
        ({"subject": "Prämie", "preheader": "Die Prämie gibt es ab sofort auch für kleine Betriebe"}, []),
    ],
)  # fmt: skip
def test_the_lines_of_the_inbox(fields: dict[str, Any], cases: list[str]) -> None:
    assert [each.case for each in check_inbox(make_issue(**fields))] == cases


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ('Ein "Wort" und ein "ganzer Satz" - so ... und 5" Brett', []),
        ('Ein "Wort ohne Ende', ["straight"]),
        ("Ein „Wort“ und ‚eins‘ und »eins«", []),
        ("Ein “Wort” ist englisch", ["english"]),
        ("Sie sagt: „Ja", ["open"]),
        ("Sie sagt: „Ja\n\n„und nein“", []),  # a quotation of two paragraphs
        ("z.B. hier und d.h. dort", ["tight"]),
        ("z. B. hier, der Verein e.V. auch", []),
        ("Ja , nein", ["blank"]),
        ("Das ist so .\n\nUnd so", ["blank"]),
        ("Ja,nein", ["glued"]),
        ("Das Ende.Und weiter", ["glued"]),
        ("www.example.org/ab,cd und brief@example.org und 1,5 und KLIMA:Handwerk", []),
        ("Noch … und weiter, 3 : 2, Dr.-Ing. Muster", []),
    ],
)
def test_typography_that_a_person_mends(text: str, cases: list[str]) -> None:
    assert [each.case for each in check_typesetting(of(text), "de")] == cases


def test_an_advertisers_words_are_the_advertisers() -> None:
    assert list(check_language(full_issue(), "de", AROUND)) == []
