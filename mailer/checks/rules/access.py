"""Rules for readers with aids: the list of the Email Markup Consortium, and contrast in both schemes."""

from mailer.checks.rule import ERROR, WARNING, Both, Case, Rule

_TOP: Both = (
    'Schreiben Sie `<mjml lang="…" dir="ltr">` in templates/letter.mjml.',
    'Write `<mjml lang="…" dir="ltr">` in templates/letter.mjml.',
)
_LIGHT, _DARK = "templates/prose.css", "templates/blocks/style.css"


def _colours(file: str) -> Both:
    return (
        f"Ändern Sie die Farbe im Thema oder ihre Verwendung in {file}.",
        f"Change the colour in the theme, or its use in {file}.",
    )


RULES = (
    Rule(
        "access.language",
        ERROR,
        ("Sprache des Briefes", "Language of the letter"),
        (
            "Ohne Sprachangabe liest ein Vorleseprogramm deutschen Text womöglich englisch vor.",
            "Without it a screen reader may read German with an English voice.",
        ),
        {
            "": Case(
                "{name} nennt keine Sprache; ein Vorleseprogramm müsste die Stimme raten.",
                "{name} does not say its language; a screen reader would guess the voice.",
            )
        },
        _TOP,
    ),
    Rule(
        "access.direction",
        ERROR,
        ("Schreibrichtung", "Direction of the text"),
        (
            "Webmail verwirft <html> und <body>; die Angabe muss am Inhalt selbst stehen.",
            "Web mail drops <html> and <body>; the content itself has to say it.",
        ),
        {
            "": Case(
                "{name} nennt keine Schreibrichtung (`dir`).",
                "{name} does not say the direction of its text (`dir`).",
            )
        },
        _TOP,
    ),
    Rule(
        "access.title",
        ERROR,
        ("Titel des Dokuments", "Title of the document"),
        ("Der Titel wird als Erstes vorgelesen.", "The title is read out first."),
        {
            "": Case(
                "Der Brief hat keinen <title>; er wird als Erstes vorgelesen.",
                "The letter has no <title>; it is read out first.",
            )
        },
        ("Füllen Sie <mj-title> in templates/letter.mjml.", "Fill <mj-title> in templates/letter.mjml."),
    ),
    Rule(
        "access.table",
        ERROR,
        ("Tabellen", "Tables"),
        (
            "Ein Vorleseprogramm zählt sonst Zeilen und Spalten auf, statt den Text zu lesen.",
            "A screen reader would count rows and columns instead of reading the text.",
        ),
        {
            "layout": Case(
                "Eine Tabelle, die nur das Layout bildet, wird als Datentabelle vorgelesen: „{words}“.",
                "A table for the layout is read out as data: “{words}”.",
                ('Geben Sie ihr role="presentation".', 'Give it role="presentation".'),
            ),
            "heads": Case(
                "Die Kopfzellen einer Tabelle sagen nicht, wofür sie gelten: „{words}“.",
                "The heads of a table do not say what they head: “{words}”.",
                (
                    'Geben Sie jedem <th> scope="col" oder scope="row".',
                    'Give each <th> scope="col" or "row".',
                ),
            ),
        },
    ),
    Rule(
        "access.heading_order",
        WARNING,
        ("Reihenfolge der Überschriften", "Order of headings"),
        (
            "Überschriften sind für Vorleseprogramme das Inhaltsverzeichnis.",
            "Headings are the table of contents for a screen reader.",
        ),
        {
            "": Case(
                "Die Überschrift „{words}“ der Ebene {level} folgt auf Ebene {before}.",
                "The heading “{words}” of level {level} follows level {before}.",
            ),
            "first": Case(
                "Die erste Überschrift „{words}“ hat Ebene {level}.",
                "The heading “{words}” of level {level} follows nothing.",
            ),
        },
        (
            "Machen Sie daraus eine Überschrift der Ebene {wanted}.",
            "Make it a heading of level {wanted}.",
        ),
    ),
    Rule(
        "access.empty_heading",
        WARNING,
        ("Leere Überschrift", "Empty heading"),
        (
            "Vorleseprogramme springen sie an und sagen nichts.",
            "Screen readers jump to it and say nothing.",
        ),
        {
            "": Case(
                "Eine Überschrift der Ebene {level} hat keinen Text.",
                "A heading of level {level} has no words.",
            )
        },
        ("Geben Sie ihr Text oder nehmen Sie sie heraus.", "Give it words or take it out."),
    ),
    Rule(
        "access.alt",
        ERROR,
        ("Alternativtext", "Alternative text"),
        (
            "Wer das Bild nicht sieht, erfährt sonst nur den Dateinamen.",
            "Who does not see the picture is told the name of its file.",
        ),
        {
            "": Case(
                "Das Bild {source} hat keinen Alternativtext.",
                "The picture {source} has no alternative text.",
            ),
            "file": Case(
                "Der Alternativtext von {source} ist ein Dateiname: „{alt}“.",
                "The alternative text of {source} is the name of a file: “{alt}”.",
            ),
            "own": Case(
                "Der Alternativtext des Bildes {file} ist ein Dateiname: „{alt}“.",
                "The alternative text of the picture {file} is the name of a file: “{alt}”.",
                (
                    (
                        "Sagen Sie mit `{key}_alt`, was das Bild zeigt; für bloßen Schmuck schreiben Sie"
                        " `{key}_decorative = true` und löschen `{key}_alt`."
                    ),
                    (
                        "Say with `{key}_alt` what it shows; for a mere ornament write"
                        " `{key}_decorative = true` and delete `{key}_alt`."
                    ),
                ),
            ),
        },
        (
            'Sagen Sie in `alt`, was es zeigt; für bloßen Schmuck schreiben Sie alt="".',
            'Say what it shows in `alt`, or write alt="" for a mere ornament.',
        ),
    ),
    Rule(
        "access.underline",
        ERROR,
        ("Links ohne Unterstreichung", "Links without underline"),
        (
            "Wer Farben schlecht unterscheidet, erkennt den Link sonst nicht.",
            "Who does not tell colours well would not see the link.",
        ),
        {
            "": Case(
                "Der Link „{words}“ hebt sich nur durch seine Farbe vom Text ab.",
                "The link “{words}” differs from the text by its colour alone.",
            )
        },
        ("Geben Sie ihm text-decoration: underline.", "Give it text-decoration: underline."),
    ),
    Rule(
        "access.vml",
        ERROR,
        ("Zeichnungen für Outlook", "Drawings for Outlook"),
        (
            "Outlook liest Zeichnungen (VML) nicht wie Text vor.",
            "Outlook does not read drawings (VML) like text.",
        ),
        {
            "alt": Case(
                "Eine Zeichnung für Outlook (<{tag}>) hat keinen Alternativtext.",
                "A drawing for Outlook (<{tag}>) has no alternative text.",
                (
                    "Geben Sie ihr `alt` oder verwenden Sie eine Tabelle mit Farbe.",
                    "Give it `alt`, or use a table with a colour.",
                ),
            ),
            "link": Case(
                "In einer Zeichnung für Outlook (<{tag}>) steht ein Link; mit der Tastatur ist er nicht"
                " erreichbar.",
                "A link stands in a drawing for Outlook (<{tag}>); the keyboard does not reach it.",
                ("Setzen Sie den Link in eine Tabelle.", "Put the link into a table."),
            ),
            "heading": Case(
                "In einer Zeichnung für Outlook (<{tag}>) steht eine Überschrift; sie wird nicht als solche"
                " vorgelesen.",
                "A heading stands in a drawing for Outlook (<{tag}>); it is not read as one.",
                ("Setzen Sie die Überschrift über die Zeichnung.", "Put the heading above the drawing."),
                WARNING,
            ),
        },
    ),
    Rule(
        "access.contrast",
        ERROR,
        ("Kontrast", "Contrast"),
        (
            "Unter 4,5:1 (große Schrift: 3:1) ist Text für viele nicht lesbar (WCAG 2.2, 1.4.3).",
            "Below 4.5:1 (large text: 3:1) many cannot read the text (WCAG 2.2, 1.4.3).",
        ),
        {
            "light": Case(
                "„{words}“ ist im hellen Schema schlecht lesbar: {colour} auf {ground} hat einen Kontrast von"
                " {ratio}:1, nötig sind {needed}:1.",
                "“{words}” is hard to read in the light scheme: {colour} on {ground}"
                " has a contrast of {ratio}:1, {needed}:1 is needed.",
                _colours(_LIGHT),
            ),
            "dark": Case(
                "„{words}“ ist im dunklen Schema schlecht lesbar: {colour} auf {ground} hat einen Kontrast"
                " von {ratio}:1, nötig sind {needed}:1.",
                "“{words}” is hard to read in the dark scheme: {colour} on {ground}"
                " has a contrast of {ratio}:1, {needed}:1 is needed.",
                _colours(_DARK),
            ),
            "plain": Case(
                "„{words}“ ist ohne <style> schlecht lesbar (so zeigen GMX und WEB.DE den Brief): {colour}"
                " auf {ground} hat einen Kontrast von {ratio}:1, nötig sind {needed}:1.",
                "“{words}” is hard to read without <style>, as GMX and WEB.DE show it: {colour} on {ground}"
                " has a contrast of {ratio}:1, {needed}:1 is needed.",
                (
                    "Geben Sie Farbe und Grund im selben Element an, nicht eines davon nur in <style>.",
                    "Give colour and ground at the same element, neither of them in <style> alone.",
                ),
            ),
        },
    ),
    Rule(
        "access.zoom",
        ERROR,
        ("Vergrößern", "Zoom"),
        (
            "Wer schlecht sieht, muss den Brief vergrößern können (WCAG 2.2, 1.4.4).",
            "Who sees badly makes the letter larger (WCAG 2.2, 1.4.4).",
        ),
        {
            "": Case(
                "Die Vorlage verbietet das Vergrößern: {content}.",
                "The template forbids to zoom: {content}.",
            )
        },
        (
            "Nehmen Sie user-scalable und maximum-scale aus <meta name=viewport> heraus.",
            "Take user-scalable and maximum-scale out of <meta name=viewport>.",
        ),
    ),
    Rule(
        "access.colour",
        WARNING,
        ("Unverständliche Farbe", "Colour that cannot be read"),
        (
            "Viele Mailprogramme verstehen nur einfache Farbangaben.",
            "Many mail programs understand simple colours only.",
        ),
        {
            "light": Case(
                "Die Farbe „{colour}“ ist im hellen Schema nicht zu verstehen; vielen Mailprogrammen geht es"
                " ebenso.",
                "The colour “{colour}” cannot be read in the light scheme;"
                " many mail programs cannot read it either.",
            ),
            "dark": Case(
                "Die Farbe „{colour}“ ist im dunklen Schema nicht zu verstehen; vielen Mailprogrammen geht es"
                " ebenso.",
                "The colour “{colour}” cannot be read in the dark scheme;"
                " many mail programs cannot read it either.",
            ),
        },
        ("Schreiben Sie sie als #rrggbb.", "Write it as #rrggbb."),
    ),
)
