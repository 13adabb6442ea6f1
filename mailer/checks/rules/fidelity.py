"""Rules for fidelity: the letter says what its original says."""

from mailer.checks.rule import ERROR, WARNING, Both, Case, Rule

_PUT_BACK: Both = (
    (
        "Stellen Sie den Wortlaut wieder her oder führen Sie die Änderung in changes.toml mit old, new,"
        " reason und by auf."
    ),
    "Put it back, or list it in changes.toml with old, new, reason and by.",
)
_SHOW: Both = (
    "Zeigen Sie es in templates/letter.mjml und templates/letter.txt.",
    "Show it in templates/letter.mjml and templates/letter.txt.",
)

RULES = (
    Rule(
        "fidelity.original",
        ERROR,
        ("Original", "Original"),
        (
            "Nur mit dem unveränderten Original lässt sich nachweisen, dass nichts verloren ging.",
            "Only the untouched original can prove that nothing was lost.",
        ),
        {
            "": Case(
                "Das Original kann nicht verglichen werden: {problem}", "{problem}", ("{hint}", "{hint}")
            ),
        },
        protects=True,
    ),
    Rule(
        "fidelity.word",
        ERROR,
        ("Verlorene Wörter", "Lost words"),
        (
            "Im Brief steht, was die Autorin oder der Autor geschrieben hat, Wort für Wort.",
            "The letter says what its author wrote, word by word.",
        ),
        {
            "became": Case(
                "„{lost}“ wurde zu „{new}“ – „{around}“ ({origin}).",
                "“{lost}” became “{new}” – “{around}” ({origin}).",
            ),
            "one": Case(
                "„{lost}“ fehlt – „{around}“ ({origin}).",
                "“{lost}” is missing – “{around}” ({origin}).",
            ),
            "several": Case(
                "„{lost}“ fehlen – „{around}“ ({origin}).",
                "“{lost}” are missing – “{around}” ({origin}).",
            ),
            "order": Case(
                "„{words}“ hat die Wörter in anderer Reihenfolge als das Original: „{was}“ ({origin}).",
                "“{words}” has the words in another order than the original: “{was}” ({origin}).",
                (
                    (
                        "Stellen Sie die Reihenfolge wieder her oder führen Sie das Ganze als `old` und `new`"
                        " in changes.toml auf."
                    ),
                    "Restore the order, or list the whole as `old` and `new` in changes.toml.",
                ),
            ),
            "html": Case(
                "Im HTML-Teil der Variante {variant} der Ausgabe {issue} fehlt „{words}“.",
                "The HTML part of variant {variant} of issue {issue} does not say “{words}”.",
                _SHOW,
            ),
            "text": Case(
                "Im Textteil der Variante {variant} der Ausgabe {issue} fehlt „{words}“.",
                "The text part of variant {variant} of issue {issue} does not say “{words}”.",
                _SHOW,
            ),
        },
        _PUT_BACK,
        protects=True,
    ),
    Rule(
        "fidelity.figure",
        ERROR,
        ("Veränderte Zahl", "Changed figure"),
        (
            "Eine falsche Zahl wird zitiert und lässt sich nicht zurückholen.",
            "A wrong figure is quoted and cannot be taken back.",
        ),
        {
            "became": Case(
                "Die Zahl „{lost}“ wurde zu „{new}“ – „{around}“ ({origin}).",
                "The figure “{lost}” became “{new}” – “{around}” ({origin}).",
            ),
            "one": Case(
                "Die Zahl „{lost}“ fehlt – „{around}“ ({origin}).",
                "The figure “{lost}” is missing – “{around}” ({origin}).",
            ),
        },
        _PUT_BACK,
        protects=True,
    ),
    Rule(
        "fidelity.link",
        ERROR,
        ("Verlorener Link", "Lost link"),
        (
            "Ein Link des Originals, der fehlt oder woandershin führt, ist ein Fehler im Inhalt.",
            "A link of the original that is missing or leads elsewhere is an error of content.",
        ),
        {
            "became": Case(
                "Der Link „{lost}“ wurde zu „{new}“ – „{around}“ ({origin}).",
                "The link “{lost}” became “{new}” – “{around}” ({origin}).",
            ),
            "one": Case(
                "Der Link „{lost}“ fehlt – „{around}“ ({origin}).",
                "The link “{lost}” is missing – “{around}” ({origin}).",
            ),
            "behind": Case("Der Link „{lost}“ fehlt ({origin}).", "The link “{lost}” is missing ({origin})."),
            "html": Case(
                "Im HTML-Teil der Variante {variant} der Ausgabe {issue} fehlt der Link {link}{origin}.",
                "The HTML part of variant {variant} of issue {issue} lacks the link {link}{origin}.",
                _SHOW,
            ),
            "text": Case(
                "Im Textteil der Variante {variant} der Ausgabe {issue} fehlt der Link {link}{origin}.",
                "The text part of variant {variant} of issue {issue} lacks the link {link}{origin}.",
                _SHOW,
            ),
        },
        _PUT_BACK,
        protects=True,
    ),
    Rule(
        "fidelity.salutation",
        WARNING,
        ("Anrede des Originals", "Salutation of the original"),
        (
            "Die Webversion zeigt die Anrede des Originals, auch wenn der Brief persönlich grüßt.",
            "The web version shows the original's salutation, even where the mail greets by name.",
        ),
        {
            "became": Case(
                "Aus der Anrede „{lost}“ wurde „{new}“ ({origin}).",
                "The salutation “{lost}” became “{new}” ({origin}).",
            ),
            "missing": Case(
                "Die Anrede „{lost}“ fehlt ({origin}).", "The salutation “{lost}” is missing ({origin})."
            ),
        },
        (
            (
                "Stellen Sie sie wieder her: Die persönliche Anrede ersetzt sie in der E-Mail, nicht in der"
                " Webversion."
            ),
            "Put it back: the personal greeting replaces it in the mail, not in the web version.",
        ),
        protects=True,
    ),
    Rule(
        "fidelity.signature",
        ERROR,
        ("Namen und Ämter", "Names and offices"),
        (
            "Ein vertauschtes Amt ist für alle Beteiligten peinlich.",
            "An office given to the wrong person embarrasses everybody.",
        ),
        {
            "": Case(
                "`{field}` hat Namen oder Ämter in anderer Reihenfolge als das Original: „{ours}“ statt"
                " „{theirs}“.",
                "`{field}` has names or offices in another order than the original: “{ours}”,"
                " not “{theirs}”.",
            )
        },
        (
            (
                "Stellen Sie die Reihenfolge wieder her oder führen Sie `{field}` im Ganzen als `new` in"
                " changes.toml auf."
            ),
            "Restore the order, or list the whole of `{field}` as `new` in changes.toml.",
        ),
        protects=True,
    ),
)
