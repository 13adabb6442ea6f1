"""The first files of a new issue: complete, commented, and readable from the start."""

from pathlib import Path

from mailer.content.marks import mark_comment, mark_line
from mailer.content.months import label_of, months_of
from mailer.content.toml import toml_string
from subscribers.errors import Refused

_EDITORIAL = """\
+++
# Vorspann in TOML, darunter der Text in Markdown. Ein Vermerk am Ende einer Zeile heißt: ansehen,
# berichtigen, Vermerk löschen. Zeilen mit einer Raute davor gelten nicht.
label = {label}
# number = "10"                     (laufende Nummer)
# newsletter = "rundbrief"          (Schlüssel aus config.toml, wenn es mehrere gibt)
kicker = "Editorial"
title = {title}{title_mark}
# subject = ""                      (Betreff; ohne Angabe gilt der Titel)
# preheader = ""                    (Vorschautext im Postfach, 40 bis 110 Zeichen)
lead = ""
author = ""{author_mark}
role = ""
# portrait = "portrait.png"         (PNG, JPEG oder GIF in diesem Ordner)
# portrait_alt = ""                 (was auf dem Bild zu sehen ist)
# portrait_credit = ""
salutation = ["Sehr geehrte Damen und Herren,"]
closing = "Mit freundlichen Grüßen"
signature = []                      # leer: Name und Amt von oben

# [[figures]]
# value = "6 %"
# label = "der Betriebe …"
# as_of = "2025"

# [[contacts]]
# name = ""
# role = ""
# phone = ""
# email = ""
+++

{body_mark}

hier beginnt der Text. Nach der Anrede geht es klein weiter.

> »Ein Zitat steht dort, wo es im Brief stehen soll.«
"""
_HIGHLIGHTS = """\
# Karten dieser Ausgabe in ihrer Reihenfolge: ein Programm aus programmes.toml …
#
# [[highlights]]
# programme = "meisterpraemie"
#
# … oder ein eigenes Thema:
#
# [[highlights]]
# kind = "Termin"
# title = ""
# teaser = ""
# event = 2025-11-18
# label = "Platz sichern"
# url = "https://…"
"""


def write_starter(folder: Path, title: str | None) -> None:
    """Write editorial.md and highlights.toml for an issue that does not exist yet.

    Raises:
        Refused: there is such a folder already.
    """
    if folder.exists():
        raise Refused(
            f"The issue {folder.name} exists already.",
            place=str(folder),
            hint="Edit it, or choose another key.",
        )
    folder.mkdir(parents=True)
    editorial = _EDITORIAL.format(
        label=toml_string(label_of(months_of(folder.name)) or folder.name),
        title=toml_string(title or "Ohne Titel"),
        title_mark="" if title else mark_comment("Überschrift fehlt"),
        author_mark=mark_comment("Name fehlt"),
        body_mark=mark_line("Text fehlt"),
    )
    (folder / "editorial.md").write_text(editorial, "utf-8")
    (folder / "highlights.toml").write_text(_HIGHLIGHTS, "utf-8")
