"""Invented issues and letterheads for tests, so that no test depends on the sample's wording."""

import base64
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from mailer.compose.edition import Edition, Variant, compile_edition
from mailer.compose.letterhead import Imprint, Letterhead
from mailer.content.issue import Contact, Editorial, Figure, Highlight, Issue
from mailer.content.pictures import Picture

DOT = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")
BODY = """dies ist ein Absatz mit einem [Wegweiser zur Prämie](https://example.org/praemie?a=1&b=2).

> Ein Satz, der stehen bleibt.

## Was nun zu tun ist

- anrufen
- hingehen

Und ein letzter Absatz.
"""
EDITORIAL = Editorial(
    kicker="Editorial",
    title="Am Werktisch",
    subject="Betreff dieser Ausgabe",
    preheader="Ein Satz, der in der Liste neugierig macht.",
    lead="Wer ausbildet, bleibt.",
    author="Wiebke Tannert",
    role="Leiterin der Werkstatt",
    portrait=None,
    salutation=("Liebe Mitglieder,",),
    body=BODY,
    body_line=12,
    closing="Mit besten Grüßen",
    signature=(),
    figures=(),
    source="",
)
IMPRINT = Imprint(
    organisation="Kammer Musterland",
    street="Werkstraße 1",
    place="40000 Musterstadt",
    email="brief@example.org",
    phone="02000 123-0",
    responsible="Wiebke Tannert",
    legal_form="Körperschaft des öffentlichen Rechts",
    representative="Anton Muster",
    privacy_url="https://example.org/datenschutz",
)
HEAD = Letterhead(
    "rundbrief", "Rundbrief", "Kammer Musterland", "de", "formal", "personal", "kammer", IMPRINT
)
VALUES = {"greeting": "Guten Tag, Kim Muster,", "unsubscribe": "https://example.org/u/abc"}
PORTRAIT = Picture("portrait.gif", "image/gif", 128, 128, DOT, "Wiebke Tannert, lächelnd", "Foto: Muster")


def make_issue(
    *, highlights: tuple[Highlight, ...] = (), contacts: tuple[Contact, ...] = (), **editorial: Any
) -> Issue:
    """An issue whose editorial has these fields."""
    return Issue(
        key="2025-10",
        folder=Path("issues/2025-10"),
        label="Oktober 2025",
        months=((2025, 10),),
        number="10",
        newsletter=None,
        editorial=replace(EDITORIAL, **editorial),
        highlights=highlights,
        contacts=contacts,
        unsure=(),
    )


def make_card(number: int = 1, **fields: Any) -> Highlight:
    """A card without figure and date."""
    card = Highlight(
        key=f"karte-{number}",
        kind="Förderung",
        title=f"Prämie Nummer {number}",
        teaser="Die Kammer zahlt einen Teil der Kosten.",
        audience="Betriebe",
        region="Musterland",
        figure=None,
        event=None,
        deadline=None,
        contact="",
        label=f"Zur Prämie Nummer {number}",
        url=f"https://example.org/karte/{number}",
        source="",
        checked_on=date(2025, 10, 1),
        checked_by="",
        place=f"issues/2025-10/highlights.toml:{number}",
    )
    return replace(card, **fields)


def full_issue() -> Issue:
    """An issue with everything a letter can show."""
    cards = (
        make_card(1, figure=Figure("7.000 €", "Zuschuss", "2025")),
        make_card(2, kind="Termin", event=date(2025, 11, 4)),
        make_card(3, deadline=date(2025, 12, 1), contact="Jule Harmsen"),
        make_card(4, url="", label=""),
    )
    return make_issue(
        highlights=cards,
        contacts=(Contact("Jule Harmsen", "Beratung", "02000 555-21", "harmsen@example.org"),),
        portrait=PORTRAIT,
        figures=(Figure("6 %", "der Betriebe", "2025"), Figure("fast 7000", "Prämien", "")),
    )


def compiled(issue: Issue, head: Letterhead = HEAD, overrides: Path | None = None) -> Variant:
    """The one variant of an issue."""
    return edition_of(issue, head, overrides).variants[0]


def edition_of(issue: Issue, head: Letterhead = HEAD, overrides: Path | None = None) -> Edition:
    return compile_edition(issue, head, overrides)
