"""Every sentence of the public pages, one table per language; German speaks formally."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one page says; `{name}` stands for the newsletter's name."""

    title: str
    paragraphs: tuple[str, ...]
    kicker: str
    button: str = ""
    note: str = ""
    done: bool = False


GERMAN = {
    "ask": Sheet(
        kicker="Abmeldung",
        title="„{name}“ abbestellen",
        paragraphs=("Mit einem Klick melden Sie sich ab. Sie brauchen kein Passwort und keine Begründung.",),
        button="Jetzt abmelden",
        note="Sie möchten „{name}“ weiterhin lesen? Dann schließen Sie diese Seite; es ändert sich nichts.",
    ),
    "left": Sheet(
        kicker="Abmeldung",
        title="Sie sind abgemeldet",
        paragraphs=(
            "Wir senden Ihnen „{name}“ nicht mehr. Eine schon versandte Ausgabe kann Sie noch erreichen.",
            "Vielen Dank, dass Sie uns gelesen haben.",
        ),
        note="War das ein Versehen? Schreiben Sie uns, wir nehmen Sie gern wieder auf.",
        done=True,
    ),
    "already": Sheet(
        kicker="Abmeldung",
        title="Sie sind bereits abgemeldet",
        paragraphs=("Wir senden Ihnen „{name}“ nicht mehr. Sie müssen nichts weiter tun.",),
        done=True,
    ),
    "unknown": Sheet(
        kicker="Hinweis",
        title="Dieser Link ist nicht bekannt",
        paragraphs=("Bitte öffnen Sie den Link noch einmal direkt aus dem Brief heraus.",),
    ),
    "failed": Sheet(
        kicker="Störung",
        title="Das hat leider nicht geklappt",
        paragraphs=(
            "Der Fehler liegt bei uns. Bitte versuchen Sie es in einigen Minuten noch einmal.",
            "Ihre Abmeldung ist erst sicher, wenn Sie die Bestätigung sehen.",
        ),
    ),
}

ENGLISH = {
    "ask": Sheet(
        kicker="Unsubscribe",
        title="Unsubscribe from “{name}”",
        paragraphs=("One click and you are off the list. No password, no reason needed.",),
        button="Unsubscribe now",
        note="Would you like to keep reading “{name}”? Then close this page; nothing will change.",
    ),
    "left": Sheet(
        kicker="Unsubscribe",
        title="You are unsubscribed",
        paragraphs=(
            "We will no longer send you “{name}”. An issue that is already on its way may still reach you.",
            "Thank you for reading.",
        ),
        note="Was this a mistake? Write to us and we will gladly add you again.",
        done=True,
    ),
    "already": Sheet(
        kicker="Unsubscribe",
        title="You are already unsubscribed",
        paragraphs=("We no longer send you “{name}”. There is nothing left to do.",),
        done=True,
    ),
    "unknown": Sheet(
        kicker="Note",
        title="This link is not known",
        paragraphs=("Please open the link once more, directly from the letter.",),
    ),
    "failed": Sheet(
        kicker="Fault",
        title="Sorry, that did not work",
        paragraphs=(
            "The fault is ours. Please try again in a few minutes.",
            "You are only unsubscribed for certain once you see the confirmation.",
        ),
    ),
}

SHEETS: Mapping[str, Mapping[str, Sheet]] = {"de": GERMAN, "en": ENGLISH}


def spoken(language: str) -> str:
    """The language a page speaks: English where it is asked for (`en`, `en-GB`), German otherwise."""
    main = language.partition("-")[0].casefold()
    return main if main in SHEETS else "de"


def sheet(kind: str, language: str, name: str) -> Sheet:
    """What the page `kind` says in a language of `spoken` about the newsletter `name`."""
    blank = SHEETS[language][kind]
    return replace(
        blank,
        title=blank.title.format(name=name),
        paragraphs=tuple(text.format(name=name) for text in blank.paragraphs),
        note=blank.note.format(name=name),
    )
