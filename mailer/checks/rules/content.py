"""Rules for what people wrote: open questions, and the lines of the inbox."""

from mailer.checks.rule import ERROR, WARNING, Case, Rule

RULES = (
    Rule(
        "content.unsure",
        ERROR,
        ("Offene Frage", "Open question"),
        (
            "Was beim Einlesen nicht sicher zu erkennen war, muss ein Mensch entscheiden.",
            "What the import could not know for certain is for a person to decide.",
        ),
        {
            "": Case(
                "{field} ist mit „bitte prüfen“ markiert.",
                "{field} is marked “bitte prüfen”.",
            ),
            "note": Case(
                "{field} ist mit „bitte prüfen“ markiert: {note}",
                "{field} is marked “bitte prüfen”: {note}",
            ),
            "missing": Case(
                "{field}: Hier fehlt noch etwas: {note}",
                "{field}: something is missing here: {note}",
                (
                    "Ergänzen Sie, was fehlt, und löschen Sie dann die Markierung „bitte prüfen“.",
                    "Write what is missing, then delete the mark “bitte prüfen”.",
                ),
            ),
            "borrowed": Case(
                "{field} stammt aus einer früheren Ausgabe: {note}",
                "{field} comes from an earlier issue: {note}",
                (
                    "Sehen Sie nach, ob die Angabe noch stimmt, und löschen Sie die Markierung.",
                    "See whether it still holds, and delete the mark.",
                ),
            ),
        },
        (
            "Vergleichen Sie die Angabe mit der Quelle und löschen Sie die Markierung.",
            "Check it against the source and delete the mark.",
        ),
    ),
    Rule(
        "content.note",
        ERROR,
        ("Notiz im Text", "Note in the text"),
        (
            "Eine Notiz der Redaktion würde mit dem Brief verschickt.",
            "A note of the editors would go out with the letter.",
        ),
        {"": Case("Im Text steht noch eine Notiz: {note}", "A note was left in the text: {note}")},
        ("Klären Sie die Frage und löschen Sie die Notiz.", "Settle it."),
    ),
    Rule(
        "content.target",
        ERROR,
        ("Linktext und Ziel", "Words and target of a link"),
        (
            "Wer eine Adresse liest und auf einer anderen landet, hält den Brief für Betrug.",
            "Readers who see one address and land on another take the letter for fraud.",
        ),
        {
            "": Case(
                "Der Link „{words}“ führt nicht dorthin, sondern zu {target}.",
                "The link “{words}” does not lead there but to {target}.",
            )
        },
        (
            (
                "Lassen Sie den Link dorthin führen, wo sein Text es sagt, oder wählen Sie einen Linktext,"
                " der keine Adresse ist."
            ),
            "Let it lead where its words say, or write words that are no address.",
        ),
    ),
    Rule(
        "content.figure",
        WARNING,
        ("Zahl in Betreff oder Vorschauzeile", "Figure in subject or preheader"),
        (
            "Eine Zahl, die der Text nicht nennt, ist oft aus der letzten Ausgabe stehen geblieben.",
            "A figure that the text does not have is often left over from the last issue.",
        ),
        {
            "": Case(
                "`{field}` nennt eine Zahl, die sonst nirgends steht: „{figure}“.",
                "`{field}` has a figure that stands nowhere else: “{figure}”.",
            )
        },
        ("Vergleichen Sie die Zahl mit dem Text.", "Compare it with the text."),
    ),
    Rule(
        "content.subject",
        WARNING,
        ("Länge des Betreffs", "Length of the subject"),
        (
            "Posteingänge schneiden lange Betreffzeilen ab.",
            "Inboxes cut off long subjects.",
        ),
        {
            "": Case(
                "Der Betreff hat {length} Zeichen; die meisten Posteingänge zeigen etwa 60.",
                "The subject has {length} characters; most inbox lists show about 60.",
            )
        },
        ("Fassen Sie ihn mit `subject` kürzer.", "Say it shorter with `subject`."),
    ),
    Rule(
        "content.preheader",
        WARNING,
        ("Vorschauzeile", "Preheader"),
        (
            "Die Zeile nach dem Betreff entscheidet mit, ob der Brief geöffnet wird.",
            "The line behind the subject helps to decide whether the letter is opened.",
        ),
        {
            "": Case(
                "Die Vorschauzeile fehlt; Posteingänge zeigen dann die ersten Wörter des Briefes.",
                "There is no preheader; inbox lists will show the first words of the letter.",
            ),
            "empty": Case(
                "`preheader` ist leer; Posteingänge zeigen dann die ersten Wörter des Briefes.",
                "`preheader` is empty; inbox lists will show the first words of the letter.",
            ),
            "lead": Case(
                "`preheader` ist leer; Posteingänge zeigen dann den Vorspann.",
                "`preheader` is empty; inbox lists will show the lead.",
                (
                    "Schreiben Sie 40 bis 110 Zeichen, oder löschen Sie die Zeile, wenn es so gemeint ist.",
                    "Write 40 to 110 characters, or delete the line if that is meant.",
                ),
            ),
        },
        (
            "Schreiben Sie einen `preheader` von 40 bis 110 Zeichen.",
            "Write a `preheader` of 40 to 110 characters.",
        ),
    ),
    Rule(
        "content.deadline",
        WARNING,
        ("Abgelaufene Frist", "Deadline that has passed"),
        ("Wer sich danach richtet, kommt zu spät.", "Readers who go by it are too late."),
        {
            "": Case(
                "Die Frist von „{title}“ ist abgelaufen: {day}.",
                "The deadline of {title!r} has passed: {day}.",
            )
        },
        (
            "Nehmen Sie die Karte heraus oder tragen Sie die neue Frist ein.",
            "Take the card out or enter the new date.",
        ),
    ),
    Rule(
        "content.event",
        WARNING,
        ("Vergangener Termin", "Event that has passed"),
        ("Niemand kann mehr hingehen.", "Nobody can go there any more."),
        {
            "": Case(
                "Der Termin „{title}“ ist vorbei: {day}.",
                "The day of {title!r} has passed: {day}.",
                (
                    "Nehmen Sie den Termin heraus oder tragen Sie das neue Datum ein.",
                    "Take the event out or enter the new date.",
                ),
            ),
            "card": Case(
                "Der Termin von „{title}“ ist vorbei: {day}.",
                "The day of {title!r} has passed: {day}.",
                (
                    "Nehmen Sie die Karte heraus oder tragen Sie das neue Datum ein.",
                    "Take the card out or enter the new date.",
                ),
            ),
        },
    ),
)
