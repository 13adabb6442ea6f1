"""Rules for the highlight cards: proof, readers, and the language of what a voice borrows."""

from mailer.checks.rule import WARNING, Case, Rule

_PROOF = (
    "Vergleichen Sie die Angaben mit der Quelle und tragen Sie `checked_on` und `checked_by` ein.",
    "Compare it with its source, then write `checked_on` and `checked_by`.",
)
_BORROWED = {  # part: German, file; the English name is the part's own
    "contacts": ("die Kontakte", "editorial.md"),
    "events": ("die Termine", "editorial.md"),
    "advertisements": ("die Anzeigen", "editorial.md"),
}


def _borrowed(german: str, english: str) -> dict[str, Case]:
    cases = {
        f"{part}.{language}": Case(
            f"Der {name} Brief zeigt {words} aus {file}.",
            f"The {other} letter shows the {part} of {file}.",
            (f"Ergänzen Sie `[[{part}]]` in {{file}}.", f"Write `[[{part}]]` in {{file}}."),
        )
        for language, name, other in (("de", german, "German"), ("en", english, "English"))
        for part, (words, file) in _BORROWED.items()
    }
    cases |= {
        f"cards.{language}": Case(
            f"Der {name} Brief zeigt die Karten aus highlights.toml.",
            f"The {other} letter shows the cards of highlights.toml.",
            ("Legen Sie {file} an.", "Write {file}."),
        )
        for language, name, other in (("de", german, "German"), ("en", english, "English"))
    }
    return cases


RULES = (
    Rule(
        "card.unchecked",
        WARNING,
        ("Ungeprüfte Karte", "Unchecked card"),
        (
            "Angaben zu Programmen ändern sich; jemand muss sie mit der Quelle verglichen haben.",
            "What is said of programmes changes; somebody must have compared it with its source.",
        ),
        {
            "": Case(
                "„{title}“ hat niemand geprüft (`checked_on` fehlt).",
                "Nobody has checked {title!r} (no `checked_on`).",
            ),
            "future": Case(
                "„{title}“ soll an einem Tag geprüft worden sein, der noch kommt: {day}.",
                "{title!r} is said to be checked on a day to come: {day}.",
            ),
        },
        _PROOF,
    ),
    Rule(
        "card.stale",
        WARNING,
        ("Veraltete Prüfung", "Check that is too old"),
        (
            "Nach einigen Monaten stimmen Beträge, Fristen und Adressen oft nicht mehr.",
            "After some months sums, deadlines and addresses are often wrong.",
        ),
        {
            "": Case(
                "„{title}“ wurde vor {days} Tagen geprüft ({day}).",
                "{title!r} was checked {days} days ago ({day}).",
            )
        },
        _PROOF,
    ),
    Rule(
        "card.audience",
        WARNING,
        ("Zielgruppe einer Karte", "Audience of a card"),
        (
            "Leserinnen und Leser wollen sofort sehen, ob ein Angebot für sie gilt.",
            "Readers want to see at once whether an offer is for them.",
        ),
        {
            "": Case(
                "„{title}“ sagt nicht, an wen sich das Angebot richtet.",
                "{title!r} does not say for whom it is.",
            )
        },
        (
            "Tragen Sie `audience` ein, hier oder in programmes.toml.",
            "Write `audience`, here or in programmes.toml.",
        ),
    ),
    Rule(
        "card.nobody",
        WARNING,
        ("Karte ohne Leser", "Card without readers"),
        (
            "Eine Karte, die niemand bekommen kann, ist meist ein Schreibfehler in ihrer Regel.",
            "A card that nobody can get is mostly a slip in its rule.",
        ),
        {
            "": Case(
                "Niemand kann „{title}“ bekommen: Auf niemanden passt {rule}.",
                "Nobody can get {title!r}: no reader fits {rule}.",
            )
        },
        (
            "Ändern Sie `only_for` oder nehmen Sie die Karte heraus.",
            "Write another `only_for`, or take the card out.",
        ),
    ),
    Rule(
        "voice.borrowed",
        WARNING,
        ("Teil in anderer Sprache", "Part in another language"),
        (
            "Was eine Fassung nicht selbst enthält, erscheint in der Sprache des Newsletters.",
            "What a version leaves out appears in the newsletter's language.",
        ),
        _borrowed("deutsche", "englische"),
    ),
)
