"""Rules for the words of an issue: notes, traces of the last issue, days, deadlines, slips of the pen."""

from mailer.checks.rule import ERROR, WARNING, Case, Rule

_DAYS = (
    ("monday", "ein Montag", "a Monday"),
    ("tuesday", "ein Dienstag", "a Tuesday"),
    ("wednesday", "ein Mittwoch", "a Wednesday"),
    ("thursday", "ein Donnerstag", "a Thursday"),
    ("friday", "ein Freitag", "a Friday"),
    ("saturday", "ein Samstag", "a Saturday"),
    ("sunday", "ein Sonntag", "a Sunday"),
)
_SAME = (
    ("subject", "Der Betreff ist derselbe wie in der Ausgabe {issue}", "The subject is that of {issue}"),
    ("title", "Die Überschrift ist dieselbe wie in der Ausgabe {issue}", "The title is that of {issue}"),
    (
        "preheader",
        "Die Vorschauzeile ist dieselbe wie in der Ausgabe {issue}",
        "The preheader is that of {issue}",
    ),
    ("lead", "Der Vorspann ist derselbe wie in der Ausgabe {issue}", "The lead is that of {issue}"),
    (
        "paragraph",
        "Dieser Absatz stand schon in der Ausgabe {issue}",
        "This paragraph stood in {issue} already",
    ),
)


def _same() -> dict[str, Case]:
    """A case for each line that may be the one of the issue before."""
    return {name: Case(f"{de}: „{{words}}“", f"{en}: “{{words}}”") for name, de, en in _SAME}


def _days() -> dict[str, Case]:
    """A case for each day that a date may fall on: certain with a year, less so without."""
    certain = {
        name: Case(
            f"„{{words}}“: Der {{day}} ist {de}.",
            f"“{{words}}”: {{day}} is {en}.",
        )
        for name, de, en in _DAYS
    }
    guessed = {
        f"{name}.guessed": Case(
            f"„{{words}}“: Der {{day}} ist {de}; ein Jahr steht nicht dabei.",
            f"“{{words}}”: {{day}} is {en}; no year is named.",
            severity=WARNING,
        )
        for name, de, en in _DAYS
    }
    return certain | guessed


RULES = (
    Rule(
        "language.leftover",
        ERROR,
        ("Platzhalter im Text", "Placeholder in the text"),
        (
            "Was für die Redaktion gedacht war, würde mit dem Brief verschickt.",
            "What was meant for the editors would go out with the letter.",
        ),
        {
            "": Case(
                "Im Text steht noch ein Platzhalter: {note}", "A placeholder was left in the text: {note}"
            ),
            "person": Case(
                "Ein Name steht noch nicht fest: {note}",
                "A name is still open: {note}",
                (
                    "Tragen Sie den Namen ein, sobald er feststeht.",
                    "Write the name as soon as it is known.",
                ),
                WARNING,
            ),
            "field": Case(
                "Im Text steht ein Seriendruckfeld, das niemand füllt: {note}",
                "The text has a mail merge field that nothing fills: {note}",
                (
                    "Löschen Sie es; die Anrede setzt der Brief selbst.",
                    "Delete it; the letter greets its readers by itself.",
                ),
            ),
        },
        ("Ergänzen Sie, was fehlt, oder löschen Sie die Stelle.", "Fill in what is missing, or delete it."),
    ),
    Rule(
        "language.last_issue",
        WARNING,
        ("Reste der letzten Ausgabe", "Left over from the last issue"),
        (
            "Wer eine Ausgabe aus der vorigen macht, übersieht leicht eine Zeile.",
            "Those who make an issue from the one before easily miss a line.",
        ),
        {
            "own": Case(
                "Die Ausgabe {key} heißt „{words}“.",
                "The issue {key} is called “{words}”.",
                ("Berichtigen Sie `label` oder `months`.", "Correct `label` or `months`."),
            ),
            "label": Case(
                "`{field}` nennt eine andere Ausgabe: „{words}“.", "`{field}` names another issue: “{words}”."
            ),
            "number": Case(
                "Die Nummer {number} hatte schon die Ausgabe {issue}.",
                "The issue {issue} had the number {number} already.",
                ("Berichtigen Sie `number`.", "Correct `number`."),
            ),
            **_same(),
        },
        (
            "Schreiben Sie die Stelle neu, wenn sie nicht so gemeint ist.",
            "Write it anew, unless it is meant.",
        ),
    ),
    Rule(
        "language.weekday",
        ERROR,
        ("Wochentag und Datum", "Weekday and date"),
        (
            "Wer einen Termin so liest, kommt am falschen Tag.",
            "Readers who go by it come on the wrong day.",
        ),
        {
            **_days(),
            "nowhere": Case(
                "„{words}“: Diesen Tag gibt es nicht.",
                "“{words}”: there is no such day.",
                ("Berichtigen Sie Tag oder Monat.", "Mend the day or the month."),
            ),
        },
        (
            "Vergleichen Sie mit der Einladung, welche der beiden Angaben stimmt.",
            "Find out which of them is right.",
        ),
    ),
    Rule(
        "language.past_date",
        WARNING,
        ("Vergangene Frist im Text", "Passed deadline in the text"),
        (
            "Wer dem Aufruf folgen möchte, kommt zu spät.",
            "Readers who want to follow the call are too late.",
        ),
        {
            "": Case(
                "Die Frist „{words}“ ({day}) endet vor dem Versand am {sent}.",
                "The deadline “{words}” ({day}) ends before the letter goes out on {sent}.",
            )
        },
        (
            "Tragen Sie die neue Frist ein oder streichen Sie den Aufruf.",
            "Enter the new deadline, or take the call out.",
        ),
    ),
    Rule(
        "language.repeated",
        WARNING,
        ("Doppeltes Wort", "Word written twice"),
        (
            "Zweimal dasselbe Wort ist meist beim Umstellen eines Satzes stehen geblieben.",
            "The same word twice mostly stayed behind when a sentence was changed.",
        ),
        {
            "": Case(
                "Ein Wort steht zweimal hintereinander: „{words}“.",
                "A word stands twice in a row: “{words}”.",
            )
        },
        ("Streichen Sie eines davon.", "Delete one of them."),
    ),
    Rule(
        "language.spelling",
        WARNING,
        ("Rechtschreibung", "Spelling"),
        (
            "Ein Schreibfehler kostet den Brief Vertrauen.",
            "A misspelt word costs the letter some trust.",
        ),
        {
            "": Case("Das Wörterbuch kennt „{words}“ nicht.", "The dictionary does not have “{words}”."),
            "several": Case(
                "Das Wörterbuch kennt diese Wörter nicht: „{words}“.",
                "The dictionary does not have “{words}”.",
            ),
        },
        (
            "Berichtigen Sie die Schreibweise. Was richtig ist, gehört in die Datei words.txt.",
            "Correct it. What is right belongs into the file words.txt.",
        ),
        needs="spelling",
    ),
)
