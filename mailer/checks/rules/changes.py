"""Rules for what was added to an original, and for what changes.toml records."""

from mailer.checks.rule import ERROR, WARNING, Both, Case, Rule

_ADDED: Both = (
    (
        "Nehmen Sie es heraus oder führen Sie es in changes.toml auf: `old` mit den benachbarten Wörtern des"
        " Originals, `new` mit denselben Wörtern und dem Zusatz."
    ),
    (
        "Take it out, or list it in changes.toml: `old` with the original's words beside it, `new` with the"
        " same words and the addition."
    ),
)
_ADDED_LINK: Both = (
    (
        "Nehmen Sie ihn heraus oder führen Sie ihn in changes.toml auf: `old` mit den Wörtern, `new` mit den"
        " Wörtern und dem Link."
    ),
    "Take it out, or list it in changes.toml: `old` the words, `new` the words with the link.",
)
_REMOVE: Both = ("Entfernen Sie den Eintrag.", "Remove the entry.")


def _weighed(cases: dict[str, tuple[str, str]], mend: Both) -> dict[str, Case]:
    """Each case twice: as an error, and under "name.mild" as a warning."""
    return {
        f"{name}{suffix}": Case(de, en, mend, severity)
        for name, (de, en) in cases.items()
        for suffix, severity in (("", ERROR), (".mild", WARNING))
    }


RULES = (
    Rule(
        "fidelity.added",
        WARNING,
        ("Zusatz", "Addition"),
        (
            "Was das Original nicht sagt, hat die Autorin oder der Autor nicht unterschrieben.",
            "What the original does not say was not signed by its author.",
        ),
        {
            **_weighed(
                {
                    "link": (
                        "Ein Link zu {link} kam hinzu; das Original hat ihn nicht.",
                        "A link to {link} was added; the original does not have it.",
                    )
                },
                _ADDED_LINK,
            ),
            **_weighed(
                {
                    "one": (
                        "„{words}“ kam hinzu; das Original sagt es nicht – „{around}“.",
                        "“{words}” was added; the original does not say it – “{around}”.",
                    ),
                    "several": (
                        "„{words}“ kamen hinzu; das Original sagt sie nicht – „{around}“.",
                        "“{words}” were added; the original does not say them – “{around}”.",
                    ),
                },
                _ADDED,
            ),
            "title.one": Case(
                "„{words}“ kam im Titel hinzu; das Original sagt es nicht – „{around}“.",
                "“{words}” was added in the title; the original does not say it – “{around}”.",
                _ADDED,
                ERROR,
            ),
            "title.several": Case(
                "„{words}“ kamen im Titel hinzu; das Original sagt sie nicht – „{around}“.",
                "“{words}” were added in the title; the original does not say them – “{around}”.",
                _ADDED,
                ERROR,
            ),
            "paragraph": Case(
                "Ein neuer Absatz kam hinzu: „{words}“.", "A new paragraph was added: “{words}”."
            ),
            "sentence": Case("Ein neuer Satz kam hinzu: „{words}“.", "A new sentence was added: “{words}”."),
            "paragraph.figure": Case(
                "Der neue Absatz „{words}“ nennt eine Zahl, die das Original nicht hat: „{figures}“.",
                "The new paragraph “{words}” has a figure that the original does not have: “{figures}”.",
                severity=ERROR,
            ),
            "sentence.figure": Case(
                "Der neue Satz „{words}“ nennt eine Zahl, die das Original nicht hat: „{figures}“.",
                "The new sentence “{words}” has a figure that the original does not have: “{figures}”.",
                severity=ERROR,
            ),
        },
        _ADDED,
        protects=True,
    ),
    Rule(
        "fidelity.change",
        ERROR,
        ("Eintrag in changes.toml", "Entry in changes.toml"),
        (
            "Ein Eintrag, der nicht zutrifft, entschuldigt nichts und verwirrt die Nächsten.",
            "An entry that is not true excuses nothing and confuses the next reader.",
        ),
        {
            "no_original": Case(
                "Es gibt kein Original, von dem dies abweichen könnte.",
                "There is no original that this change could be a change of.",
                ("Entfernen Sie den Eintrag aus changes.toml.", "Remove it from changes.toml."),
            ),
            "same": Case(
                "`old` und `new` sagen dasselbe: „{old}“.", "`old` and `new` say the same: “{old}”."
            ),
            "twice": Case(
                "Die Änderung von „{old}“ steht schon da ({other}).",
                "The change of “{old}” is listed already ({other}).",
                ("Entfernen Sie einen der beiden Einträge.", "Remove one of the two."),
            ),
            "still": Case(
                "Im Brief steht weiterhin „{old}“.",
                "The letter still says “{old}”.",
                (
                    "Ändern Sie den Brief oder entfernen Sie den Eintrag.",
                    "Change the letter, or remove the entry.",
                ),
            ),
            "unsaid": Case(
                "Im Brief steht „{new}“ nicht.",
                "The letter does not say “{new}”.",
                ("Schreiben Sie `new` so, wie es im Brief steht.", "Write `new` as the letter has it."),
            ),
            "greeting": Case(
                "„{old}“ wird durch die persönliche Anrede ersetzt (Zeile {line}).",
                "“{old}” gives way to the personal greeting (line {line}).",
                (
                    "Entfernen Sie den Eintrag; der Brief muss es nicht sagen.",
                    "Remove the entry; the letter need not say it.",
                ),
            ),
            "left_out": Case(
                "„{old}“ wurde beim Einlesen weggelassen (Zeile {line}).",
                "“{old}” was left out by the import (line {line}).",
                (
                    "Entfernen Sie den Eintrag; der Brief muss es nicht sagen.",
                    "Remove the entry; the letter need not say it.",
                ),
            ),
            "nowhere": Case(
                "Im Original steht „{old}“ nicht.",
                "The original does not say “{old}”.",
                ("Schreiben Sie `old` so, wie es im Original steht.", "Write `old` as the original has it."),
            ),
        },
        _REMOVE,
        protects=True,
    ),
)
