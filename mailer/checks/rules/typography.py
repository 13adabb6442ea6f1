"""Rules for the two lines of the inbox, and for the typography that a person has to mend."""

from mailer.checks.rule import WARNING, Case, Rule

RULES = (
    Rule(
        "language.subject",
        WARNING,
        ("Form des Betreffs", "Form of the subject"),
        (
            "Ein lauter Betreff wird überlesen oder als Werbung aussortiert.",
            "A loud subject is passed over, or sorted out as advertising.",
        ),
        {
            "capitals": Case(
                "Der Betreff steht in Großbuchstaben: „{words}“.",
                "The subject is in capitals: “{words}”.",
                ("Schreiben Sie ihn wie einen Satz.", "Write it like a sentence."),
            ),
            "marks": Case(
                "Im Betreff stehen mehrere Satzzeichen hintereinander: {words}",
                "The subject has several marks in a row: {words}",
                ("Ein Satzzeichen genügt.", "One is enough."),
            ),
        },
    ),
    Rule(
        "language.preheader",
        WARNING,
        ("Form der Vorschauzeile", "Form of the preheader"),
        (
            "Posteingänge zeigen hinter dem Betreff 40 bis 110 Zeichen.",
            "Inbox lists show 40 to 110 characters behind the subject.",
        ),
        {
            "short": Case(
                "Die Vorschauzeile hat {length} Zeichen; viele Posteingänge zeigen mehr und füllen mit"
                " den ersten Wörtern des Briefes auf.",
                "The preheader has {length} characters; many inbox lists show more, and go on with the"
                " first words of the letter.",
            ),
            "long": Case(
                "Die Vorschauzeile hat {length} Zeichen; ihr Ende sieht niemand.",
                "The preheader has {length} characters; nobody sees its end.",
            ),
            "repeats": Case(
                "Die Vorschauzeile wiederholt den Betreff: „{words}“.",
                "The preheader repeats the subject: “{words}”.",
                ("Sagen Sie darin etwas Neues.", "Say something new in it."),
            ),
        },
        ("Schreiben Sie 40 bis 110 Zeichen.", "Write 40 to 110 characters."),
    ),
    Rule(
        "language.typography",
        WARNING,
        ("Satzzeichen", "Punctuation"),
        (
            "Das meiste setzt der Brief von selbst richtig; dies muss ein Mensch entscheiden.",
            "The letter sets most of it right by itself; this is for a person to decide.",
        ),
        {
            "straight": Case(
                "Ein gerades Anführungszeichen ist ohne Gegenstück: {words}",
                "A straight quotation mark has no counterpart: {words}",
                ("Schreiben Sie „…“.", "Write the quotation with both marks."),
            ),
            "english": Case(
                "Englische Anführungszeichen in deutschem Text: {words}",
                "English quotation marks in German text: {words}",
                ("Schreiben Sie „…“.", "Write „…“."),
            ),
            "open": Case(
                "Diese Anführung wird nicht geschlossen: {words}",
                "This quotation is not closed: {words}",
                ("Setzen Sie das schließende “ dahinter.", "Put the closing “ behind it."),
            ),
            "tight": Case(
                "In diesen Abkürzungen fehlt der Leerraum: „{words}“.",
                "These abbreviations lack their blank: “{words}”.",
                (
                    "Schreiben Sie zum Beispiel „z. B.“; der Brief setzt das schmale Leerzeichen selbst.",
                    "Write “z. B.”, for example; the letter makes the blank narrow by itself.",
                ),
            ),
            "blank": Case(
                "Vor einem Satzzeichen steht ein Leerzeichen: {words}",
                "There is a blank before a punctuation mark: {words}",
                ("Löschen Sie das Leerzeichen.", "Delete the blank."),
            ),
            "glued": Case(
                "Nach einem Satzzeichen fehlt das Leerzeichen: {words}",
                "A blank is missing behind a punctuation mark: {words}",
                ("Fügen Sie es ein.", "Insert it."),
            ),
            "typed": Case(
                "`{field}` zeigt Zeichen der Schreibmaschine, denn diese Zeile wird nicht gesetzt: {words}",
                "`{field}` shows typewriter signs, for this line is not typeset: {words}",
                ("Schreiben Sie „…“, – und … selbst.", "Write “…”, – and … yourself."),
            ),
        },
    ),
)
