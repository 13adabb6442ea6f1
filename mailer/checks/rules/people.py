"""Rules for the people whom a letter reaches; they are looked at where there is an address book."""

from mailer.checks.rule import WARNING, Both, Case, Rule

_FORMS_DE = (
    "Anrede oder Titel {personal}, voller Name {named}, Vorname {first_name}, „Sehr geehrte Damen und Herren“"
    " {collective}, ohne Namen {bare}."
)
_FORMS_EN = (
    "form of address or title {personal}, whole name {named}, first name {first_name}, “Sehr geehrte Damen"
    " und Herren” {collective}, no name {bare}."
)
_FORMAL: Both = (
    "Schreiben Sie für sie die Fassung editorial.de.md, oder lassen Sie es dabei.",
    "Write the version editorial.de.md for them, or leave it at that.",
)
_DU: Both = (
    "Schreiben Sie für sie die Fassung editorial.du.md, oder lassen Sie es dabei.",
    "Write the version editorial.du.md for them, or leave it at that.",
)

RULES = (
    Rule(
        "people.nobody",
        WARNING,
        ("Niemand im Segment", "Nobody in the segment"),
        (
            "Ein Brief an ein leeres Segment erreicht niemanden.",
            "A letter to an empty segment reaches nobody.",
        ),
        {
            "": Case(
                "Das Segment „{segment}“ ist leer. Auf der Liste insgesamt: {listed}.",
                "The segment “{segment}” is empty. On the whole list: {listed}.",
            )
        },
        (
            "Prüfen Sie die Regel mit `rundbrief segments show`.",
            "Look at its rule with `rundbrief segments show`.",
        ),
        needs="people",
    ),
    Rule(
        "people.salutation",
        WARNING,
        ("Fehlende Angaben zur Anrede", "Missing data for the greeting"),
        (
            "Wer ohne Namen begrüßt wird, hält den Brief für eine Massensendung.",
            "People greeted without a name take the letter for bulk mail.",
        ),
        {
            "one": Case(
                f"Eine Person (von insgesamt {{all}}) wird ohne Namen begrüßt. Alle Anreden: {_FORMS_DE}",
                f"One person (of {{all}} in all) is greeted without a name. All greetings: {_FORMS_EN}",
            ),
            "several": Case(
                f"{{count}} von {{all}} Personen werden ohne Namen begrüßt. Alle Anreden: {_FORMS_DE}",
                f"{{count}} of {{all}} people are greeted without a name. All greetings: {_FORMS_EN}",
            ),
        },
        (
            'Ergänzen Sie Anrede und Namen, oder begrüßen Sie alle gemeinsam (`greeting = "collective"`).',
            'Enter forms of address and names, or greet all together (`greeting = "collective"`).',
        ),
        needs="people",
    ),
    Rule(
        "people.doubtful",
        WARNING,
        ("Zweifelhafte Anrede", "Doubtful greeting"),
        (
            "Ein falscher Name in der ersten Zeile fällt mehr auf als jeder andere Fehler.",
            "A wrong name in the first line is noticed more than any other mistake.",
        ),
        {
            "one": Case(
                "Name oder Anrede einer Person können so nicht stimmen: Nr. {ids}.",
                "The name or form of address of one person cannot be right: no. {ids}.",
            ),
            "several": Case(
                "Name oder Anrede von {count} Personen können so nicht stimmen: Nr. {ids}.",
                "The names or forms of address of {count} people cannot be right: no. {ids}.",
            ),
            "many": Case(
                "Name oder Anrede von {count} Personen können so nicht stimmen, zuerst Nr. {ids}.",
                "The names or forms of address of {count} people cannot be right, the first are no. {ids}.",
            ),
        },
        (
            (
                "`rundbrief subscribers list --json` nennt zu jeder Nummer (`id`) die Person;"
                " berichtigen Sie deren Angaben."
            ),
            "`rundbrief subscribers list --json` names the person of each number (`id`); correct them.",
        ),
        needs="people",
    ),
    Rule(
        "people.tone",
        WARNING,
        ("Sie oder du", "Formal or familiar address"),
        (
            "Wer sich die Anrede ausdrücklich gewünscht hat, erwartet sie.",
            "People who asked for a form of address expect it.",
        ),
        {
            "formal": Case(
                "{count} Personen möchten gesiezt werden und bekommen den Brief mit du.",
                "{count} people want the formal Sie and would get the letter with du.",
                _FORMAL,
            ),
            "formal.one": Case(
                "Eine Person möchte gesiezt werden und bekommt den Brief mit du.",
                "One person wants the formal Sie and would get the letter with du.",
                _FORMAL,
            ),
            "du": Case(
                "{count} Personen möchten geduzt werden und bekommen den Brief mit Sie.",
                "{count} people want du and would get the letter with the formal Sie.",
                _DU,
            ),
            "du.one": Case(
                "Eine Person möchte geduzt werden und bekommt den Brief mit Sie.",
                "One person wants du and would get the letter with the formal Sie.",
                _DU,
            ),
        },
        needs="people",
    ),
)
