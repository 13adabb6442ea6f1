"""The first files of a new issue: complete, commented, with what the last issue hands on to it."""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mailer.content.issue import Issue
from mailer.content.marks import mark_comment, mark_line
from mailer.content.months import Month, following, key_of, label_of, months_of
from mailer.toml import read_toml, toml_string, toml_strings
from subscribers.errors import Refused

_EDITORIAL = """\
+++
# Vorspann in TOML, darunter der Text in Markdown. Ein Vermerk am Ende einer Zeile heißt: ansehen,
# berichtigen, Vermerk löschen. Zeilen mit einer Raute davor gelten nicht.
label = {label}
{number}
{newsletter}
kicker = {kicker}
title = {title}
# subject = ""                      (Betreff; ohne Angabe gilt der Titel)
# preheader = ""                    (Vorschautext im Postfach, 40 bis 110 Zeichen)
lead = ""
{author}
# portrait_credit = ""
salutation = {salutation}
closing = {closing}
signature = []                      # leer: Name und Amt von oben

# [[figures]]
# value = "6 %"
# label = "der Betriebe …"
# as_of = "2025"

{contacts}
+++

{body_mark}

hier beginnt der Text. Nach der Anrede geht es klein weiter.

> »Ein Zitat steht dort, wo es im Brief stehen soll.«
"""
_AUTHOR = """\
author = ""{mark}
role = ""
# portrait = "portrait.png"         (PNG, JPEG oder GIF in diesem Ordner)
# portrait_alt = ""                 (was auf dem Bild zu sehen ist)"""
_CONTACT = """\
# [[contacts]]
# name = ""
# role = ""
# phone = ""
# email = \"\""""
_HIGHLIGHTS = """\
# Karten dieser Ausgabe in ihrer Reihenfolge: ein Programm aus programmes.toml …
#
# [[highlights]]
# programme = "meisterpraemie"
# recurring = true                  (die nächste Ausgabe übernimmt die Karte)
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
_DATES = ("event", "deadline")


def next_key(newest: tuple[Month, ...], today: date) -> str:
    """The key of the month after the newest issue, a double issue counting to its end; without one, of the
    month after today."""
    return key_of((following(newest[-1] if newest else (today.year, today.month)),))


def write_starter(folder: Path, title: str | None, last: Issue | None, root: Path) -> int:
    """Write editorial.md and highlights.toml for an issue that does not exist yet; how many cards came along.

    From `last` come contacts, salutation and closing, the author's lines as comments, and its recurring cards
    with their pictures, each marked for a person.

    Raises:
        Refused: there is such a folder already.
    """
    if folder.exists():
        raise Refused(
            f"The issue {folder.name} exists already.",
            place=str(folder),
            hint="Edit it, or choose another key.",
        )
    cards = _recurring(last, root) if last else []
    folder.mkdir(parents=True)
    (folder / "editorial.md").write_text(_editorial_text(folder.name, title, last), "utf-8")
    texts = [_card(card, last.label) for card in cards] if last else []
    (folder / "highlights.toml").write_text("\n".join([_HIGHLIGHTS, *texts]), "utf-8")
    for card in cards:
        if last and (name := card.get("picture")):
            shutil.copyfile(last.folder / name, folder / name)
    return len(cards)


def _editorial_text(key: str, title: str | None, last: Issue | None) -> str:
    months, old = months_of(key), last.editorial if last else None
    newsletter = f"newsletter = {toml_string(last.newsletter)}" if last and last.newsletter else ""
    return _EDITORIAL.format(
        label=toml_string(label_of(months) or key),
        number=_number(months, last),
        newsletter=newsletter
        or '# newsletter = "rundbrief"          (Schlüssel aus config.toml, wenn es mehrere gibt)',
        kicker=toml_string(old.kicker if old and old.kicker else "Editorial"),
        title=toml_string(title or "Ohne Titel") + ("" if title else mark_comment("Überschrift fehlt")),
        author=_author(last),
        salutation=toml_strings(old.salutation if old else ("Sehr geehrte Damen und Herren,",)),
        closing=toml_string(old.closing if old else "Mit freundlichen Grüßen"),
        contacts=_contacts(last),
        body_mark=mark_line("Text fehlt"),
    )


def _number(months: tuple[Month, ...], last: Issue | None) -> str:
    """The number counted on within a year; a new year may begin at 1, which only the editor knows."""
    if last and last.number.isdecimal() and months and last.months and months[0][0] == last.months[-1][0]:
        number = toml_string(str(int(last.number) + 1))
        return f"number = {number}{mark_comment(f'weitergezählt von {last.label}')}"
    known = f"; {last.label} hatte {last.number}" if last and last.number else ""
    return f'# number = "10"                     (laufende Nummer{known})'


def _author(last: Issue | None) -> str:
    """Nobody speaks twice unasked: the last author stands in comments."""
    empty = _AUTHOR.format(mark=mark_comment("Name fehlt"))
    if not last or not last.editorial.author:
        return empty
    old, portrait = last.editorial, last.editorial.portrait
    values = [("author", old.author), ("role", old.role)]
    if portrait:
        values += [("portrait", portrait.name), ("portrait_alt", portrait.alt)]
        values += [("portrait_credit", portrait.credit)] if portrait.credit else []
    lines = [f"#   {name} = {toml_string(value)}" for name, value in values]
    where = f", das Bild liegt in {last.folder.name}" if portrait else ""
    return "\n".join([f"# Zuletzt ({last.label}{where}):", *lines, empty])


def _contacts(last: Issue | None) -> str:
    if not last or not last.contacts:
        return _CONTACT
    tables = []
    for person in last.contacts:
        values = {name: getattr(person, name) for name in ("name", "role", "phone", "email")}
        lines = [f"{name} = {toml_string(value)}" for name, value in values.items() if value]
        lines[0] += _from(last.label)
        tables.append("\n".join(["[[contacts]]", *lines]))
    return "\n\n".join(tables)


def _recurring(last: Issue, root: Path) -> list[Mapping[str, Any]]:
    """The recurring cards as they stand in the file: what the register says is not copied."""
    path = last.folder / "highlights.toml"
    if not path.exists():
        return []
    cards = read_toml(path, root).data.get("highlights", [])
    return [card for card in cards if card.get("recurring")]


def _card(card: Mapping[str, Any], label: str) -> str:
    """One card; its days belong to the month it comes from and stay behind as comments."""
    lines, marked = ["[[highlights]]"], False
    for name, value in card.items():
        if name in _DATES:
            lines.append(f"# {name} = {_value(value)}   (galt für {label})")
            continue
        mark = "" if marked or name not in ("programme", "title") else _from(label)
        marked = marked or bool(mark)
        lines.append(f"{name} = {_value(value)}{mark}")
    return "\n".join([*lines, ""])


def _from(label: str) -> str:
    return mark_comment(f"aus {label} übernommen")


def _value(value: Any) -> str:
    """A value as TOML, as far as a card has such: text, true and false, days, numbers, lists, tables."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return toml_string(value) if isinstance(value, str) else str(value)
