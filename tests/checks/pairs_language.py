"""Letters for the rules of language, and segments for those of people."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.checks.finding import Finding
from mailer.checks.people import People
from mailer.content.issue import Issue
from tests.checks.pairs import AROUND, Look, Pair, issue, seen, whole
from tests.letters import make_issue

PARAGRAPH = (
    "Die Werkstatt in der alten Weberei öffnet im Winter an jedem zweiten Samstag, und wer mag, bringt ein"
    " Werkstück mit, das wir gemeinsam ansehen."
)
MONDAY = date(2025, 10, 6)
GERMAN = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FORMS = {"personal": 300, "named": 20, "first_name": 0, "collective": 8, "bare": 4}
READERS = People("rundbrief", "all", 332, forms=FORMS, offices=12)


def said(text: str) -> Look:
    return issue(body=text)


def previous(**editorial: Any) -> Issue:
    """The issue of September."""
    made = replace(make_issue(**editorial), key="2025-09", label="September 2025", months=((2025, 9),))
    return replace(made, number="9")


def after(before: Issue, **editorial: Any) -> Look:
    return issue(replace(AROUND, previous=before), **editorial)


def another(line: str) -> Issue:
    """An issue of September that shares no line with the one of October."""
    return previous(
        subject=f"{line} a", title=f"{line} b", preheader=f"{line} c", lead=f"{line} d", body=line
    )


def weekdays() -> Mapping[str, Look]:
    found = dict[str, Look]()
    for at, name in enumerate(DAYS):
        day, wrong = MONDAY + timedelta(days=at), GERMAN[(at + 1) % 7]
        found[name] = said(f"Wir treffen uns am {wrong}, {day.day}. Oktober 2025, in der Kammer.")
        found[f"{name}.guessed"] = said(f"Wir treffen uns am {wrong}, {day.day}. Oktober, in der Kammer.")
    return found | {"nowhere": said("Der Tag der offenen Tür ist am 31. November 2025.")}


def spelt(text: str) -> Look:
    """With a program in the place of hunspell that finds words with these letters wrong."""

    def look(folder: Path) -> list[Finding]:
        program = folder / "hunspell"
        program.write_text("#!/bin/sh\ngrep -i -e nnk -e elle || :\n")
        program.chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
            return seen(make_issue(body=text), replace(AROUND, spelling=True))

    return look


def reaching(people: People) -> Look:
    return whole(make_issue(), replace(AROUND, people=people))


PAIRS = {
    "language.leftover": Pair(
        {
            "": said("Kommen Sie ins Haus (Foto folgt)."),
            "person": said("Es spricht N. N. vom Vorstand."),
            "field": said("Guten Tag «Vorname», willkommen."),
        },
        said("Kommen Sie ins Haus (Foto: Muster). Warum? Darum [1], meint er [Anm. d. Red.]."),
    ),
    "language.last_issue": Pair(
        {
            "own": whole(replace(make_issue(), label="September 2025")),
            "label": issue(subject="Rundbrief September: neue Wege"),
            "number": after(replace(another("Neu"), number="10"), subject="Am Werktisch ist Platz"),
            "subject": after(previous(title="Ganz neu")),
            "title": after(previous(subject="Ganz neu")),
            "preheader": after(previous(subject="Ganz neu", title="Alt")),
            "lead": after(previous(subject="Ganz neu", title="Alt")),
            "paragraph": after(previous(body=PARAGRAPH), body=f"Ein Anfang.\n\n{PARAGRAPH}"),
        },
        after(
            another("Sehr alt"), body="Im September war viel los.", preheader="Was seit September 2025 gilt."
        ),
    ),
    "language.weekday": Pair(
        weekdays(),
        said("Am Dienstag, 7. Oktober 2025, und Do, 9.10., sowie Montag bis Mittwoch, 13. bis 15. Oktober."),
    ),
    "language.past_date": Pair(
        {"": said("Melden Sie sich bis zum 30. September 2025 an.")},
        said("Melden Sie sich bis 30. November an. Bis zum 30. September 2025 wurden 40 Anträge gestellt."),
    ),
    "language.subject": Pair(
        {"capitals": issue(subject="JETZT SCHNELL ANMELDEN"), "marks": issue(subject="Kommen Sie auch?!")},
        issue(subject="Das WHKT lädt zum Tag der NRW-Werkstatt!"),
    ),
    "language.preheader": Pair(
        {
            "short": issue(preheader="Kurz gesagt."),
            "long": issue(preheader="Ein Satz, der gar nicht mehr aufhören will. " * 3),
            "repeats": issue(
                subject="Wege zur Prämie", preheader="Wege zur Prämie: wie Sie sie in drei Schritten bekommen"
            ),
        },
        issue(
            subject="Wege zur Prämie", preheader="Wie Sie die Prämie in drei Schritten bekommen, für Betriebe"
        ),
    ),
    "language.repeated": Pair(
        {"": said("Wir helfen Ihnen mit mit Rat und Tat.")},
        said(
            "Betriebe, die die Prämie nutzen, kennen den den Betrieben zustehenden Anteil. Erinnern Sie sie!"
        ),
    ),
    "language.typography": Pair(
        {
            "straight": said('Sie sagte: "Das geht. Und dann ging sie.'),
            "english": said("Das Wort “Handwerk” ist alt."),
            "open": said("Sie sagte: „Das geht. Und dann ging sie."),
            "tight": said("Wir beraten z.B. Betriebe."),
            "blank": said("Kommen Sie , bitte."),
            "glued": said("Das ist alles.Und jetzt geht es weiter."),
            "typed": issue(subject='Das "neue" Handwerk'),
        },
        said('Ein "Wort" - z. B. dieses ... Ein Brett von 5" und www.example.org/Ende.Und „so“.'),
    ),
    "language.spelling": Pair(
        {
            "": spelt("An der Werkbannk steht ein Mensch."),
            "several": spelt("An der Werkbannk steht ein Gesselle."),
        },
        spelt("An der Werkbank steht Frau Gesselle."),
    ),
    "people.nobody": Pair(
        {"": reaching(People("rundbrief", "Ausbilder", 0, listed=332))},
        reaching(People("rundbrief", "all", 0)),
    ),
    "people.salutation": Pair(
        {
            "one": reaching(replace(READERS, offices=11)),
            "several": reaching(replace(READERS, offices=0)),
        },
        reaching(READERS),
    ),
    "people.doubtful": Pair(
        {
            "one": reaching(replace(READERS, doubtful=1, named=(17,))),
            "several": reaching(replace(READERS, doubtful=2, named=(17, 19))),
            "many": reaching(replace(READERS, doubtful=12, named=tuple(range(10)))),
        },
        reaching(READERS),
    ),
    "people.tone": Pair(
        {
            "formal": reaching(replace(READERS, formal_by_wish=3)),
            "formal.one": reaching(replace(READERS, formal_by_wish=1)),
            "du": reaching(replace(READERS, du_by_wish=3)),
            "du.one": reaching(replace(READERS, du_by_wish=1)),
        },
        reaching(READERS),
    ),
}
