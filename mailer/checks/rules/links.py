"""Rules for links: no leftovers, no slips, and with --online pages that are there."""

from mailer.checks.rule import ERROR, WARNING, Case, Rule

RULES = (
    Rule(
        "link.placeholder",
        ERROR,
        ("Platzhalter und interne Adressen", "Placeholders and inside addresses"),
        (
            "Wer auf einen solchen Link klickt, landet im Leeren.",
            "Who follows such a link gets nowhere.",
        ),
        {
            "leftover": Case(
                "Im Link {target} steht noch ein Platzhalter: {part}.",
                "The link {target} still has a placeholder: {part}.",
                ("Tragen Sie die richtige Adresse ein.", "Write the right address."),
            ),
            "example": Case(
                "Der Link {target} führt zu {host}; diese Adresse ist für Beispiele reserviert.",
                "The link {target} leads to {host}, which is reserved for examples.",
                ("Tragen Sie die richtige Adresse ein.", "Write the right address."),
            ),
            "sample": Case(
                "Der Link {target} führt zu {host}; diese Adresse ist für Beispiele reserviert.",
                "The link {target} leads to {host}, which is reserved for examples.",
                ("Tragen Sie die richtige Adresse ein.", "Write the right address."),
                WARNING,
            ),
            "stand_in": Case(
                "Der Link {target} führt zu {host}; diese Adresse steht oft nur als Platzhalter da.",
                "The link {target} leads to {host}, which often merely holds a place.",
                ("Tragen Sie die richtige Adresse ein.", "Write the right address."),
                WARNING,
            ),
            "share": Case(
                "Der Link {target} ist eine Freigabe bei {host}; oft kann nur das eigene Haus sie öffnen.",
                "The link {target} is shared at {host}; often only one's own house can open it.",
                (
                    "Öffnen Sie ihn im Browser ohne Anmeldung; sonst stellen Sie die Datei auf Ihre Website.",
                    "Open it in a browser without signing in; else put the file on your web site.",
                ),
                WARNING,
            ),
            "inside": Case(
                "Der Link {target} führt zu {host}; das ist von außen nicht erreichbar.",
                "The link {target} leads to {host}, which nobody outside can reach.",
                (
                    "Tragen Sie die öffentliche Adresse der Seite ein.",
                    "Write the public address of the page.",
                ),
            ),
        },
    ),
    Rule(
        "link.syntax",
        WARNING,
        ("Tippfehler in einem Link", "Slip in a link"),
        (
            "Ein Zeichen zu viel genügt, und die Seite wird nicht gefunden.",
            "One character too many, and the page is not found.",
        ),
        {
            "twice": Case(
                "Im Link {target} stehen zwei Adressen hintereinander.",
                "The link {target} has two addresses in a row.",
            ),
            "blank": Case(
                "Im Link {target} steht ein Leerzeichen oder ein umgekehrter Schrägstrich.",
                "The link {target} has a blank or a backslash in it.",
            ),
            "dots": Case(
                "Im Namen des Servers stehen zwei Punkte hintereinander, oder einer zu viel: {target}",
                "The name of the server has two dots in a row, or one too many: {target}",
                severity=ERROR,
            ),
            "raw": Case(
                "Der Link „{words}“ wird nicht verstanden: {target} stünde mit allen Klammern als Text im"
                " Brief.",
                "The link “{words}” is not understood: {target} would stand as text, with all brackets.",
                (
                    "Schreiben Sie [Text](https://…); die Adresse beginnt mit https:, mailto: oder tel:.",
                    "Write [words](https://…); the address begins with https:, mailto: or tel:.",
                ),
                ERROR,
            ),
            "raw.blank": Case(
                "Der Link „{words}“ wird nicht verstanden, weil ein Leerzeichen darin steht: {target} stünde"
                " mit allen Klammern als Text im Brief.",
                "The link “{words}” is not understood, as it has a blank: {target} would stand as text, with"
                " all brackets.",
                ("Schreiben Sie %20 statt des Leerzeichens.", "Write %20 instead of the blank."),
                ERROR,
            ),
            "raw.apart": Case(
                "Der Link „{words}“ wird nicht verstanden, weil zwischen den Klammern ein Leerzeichen steht;"
                " {target} stünde als Text im Brief.",
                "The link “{words}” is not understood, as a blank stands between its brackets; {target} would"
                " stand as text.",
                ("Löschen Sie das Leerzeichen zwischen ] und (.", "Delete the blank between ] and (."),
                ERROR,
            ),
            "raw.file": Case(
                "Der Link „{words}“ wird nicht verstanden: {target} liegt auf einem Laufwerk und stünde mit"
                " allen Klammern als Text im Brief.",
                "The link “{words}” is not understood: {target} is on a drive of yours, and would stand as"
                " text, with all brackets.",
                (
                    "Stellen Sie die Datei ins Netz und verlinken Sie sie dort.",
                    "Put the file on the web and link to it there.",
                ),
                ERROR,
            ),
            "raw.field": Case(
                "Hier sind keine Links möglich: „{words}“ und {target} stünden mit allen Klammern im Brief.",
                "No link can stand here: “{words}” and {target} would stand in the letter with all brackets.",
                (
                    "Schreiben Sie den Link in den Text; Karten haben dafür `label` und `url`.",
                    "Put the link into the text; cards have `label` and `url` for it.",
                ),
                ERROR,
            ),
            "slashes": Case(
                "Im Link {target} stehen zwei Schrägstriche hintereinander.",
                "The link {target} has two slashes in a row.",
            ),
            "brackets": Case(
                "Im Link {target} fehlt eine Klammer, oder es ist eine zu viel.",
                "The link {target} has a bracket too many, or one is missing.",
            ),
            "tail": Case(
                "Der Link {target} endet mit einem Satzzeichen.",
                "The link {target} ends in a punctuation mark.",
            ),
        },
        (
            "Öffnen Sie die Seite im Browser und übernehmen Sie die Adresse von dort.",
            "Open the page in a browser and copy its address from there.",
        ),
    ),
    Rule(
        "link.mailto",
        WARNING,
        ("E-Mail-Link", "Mail link"),
        (
            "Das Mailprogramm öffnet sonst eine Nachricht, die nicht ankommt.",
            "The mail program would open a message that does not arrive.",
        ),
        {
            "address": Case(
                "„{address}“ ist keine gültige E-Mail-Adresse.",
                "“{address}” is no valid mail address.",
                (
                    "Sie hat einen Namen ohne Leerzeichen und Umlaute, ein @ und eine Domain.",
                    "It has a name without blanks and umlauts, one @, and a domain.",
                ),
                ERROR,
            ),
            "blank": Case(
                "Im E-Mail-Link {target} steht ein Leerzeichen; der Rest geht verloren.",
                "The mail link {target} has a blank; what follows is lost.",
                ("Schreiben Sie %20 statt des Leerzeichens.", "Write %20 instead of the blank."),
            ),
            "field": Case(
                "Der E-Mail-Link {target} hat ein Feld, das Mailprogramme nicht ausfüllen: {field}.",
                "The mail link {target} has a field that mail programs do not fill in: {field}.",
                (
                    "Verwenden Sie nur subject, body, cc und bcc; verbinden Sie sie mit &.",
                    "Use subject, body, cc and bcc only, joined by &.",
                ),
            ),
        },
    ),
    Rule(
        "link.tel",
        WARNING,
        ("Telefonlink", "Telephone link"),
        (
            "Ein Telefon wählt nur, was eine Nummer ist (RFC 3966).",
            "A telephone dials nothing but a number (RFC 3966).",
        ),
        {"": Case("„{number}“ ist keine Telefonnummer.", "“{number}” is no telephone number.")},
        (
            "Schreiben Sie sie mit Ländervorwahl: tel:+492000123.",
            "Write it with the code of the country: tel:+492000123.",
        ),
    ),
    Rule(
        "link.label",
        WARNING,
        ("Umlautdomain in technischer Form", "Domain in its technical form"),
        (
            "„xn--…“ sieht nach Betrug aus und lässt sich nicht abtippen.",
            "“xn--…” looks like fraud, and nobody can type it.",
        ),
        {
            "": Case(
                "Im Brief ist {label} zu lesen; gemeint ist {readable}.",
                "The letter shows {label}; {readable} is meant.",
            )
        },
        (
            "Schreiben Sie die Domain mit ihren Umlauten; der Link selbst wird umgerechnet.",
            "Write the domain with its umlauts; the link itself is converted.",
        ),
    ),
    Rule(
        "link.same_words",
        WARNING,
        ("Gleicher Linktext, verschiedene Ziele", "Same words, different targets"),
        (
            "Vorleseprogramme zählen Links auf; gleiche Texte sind dort nicht zu unterscheiden.",
            "Screen readers list the links; the same words cannot be told apart there.",
        ),
        {
            "": Case(
                "Der Linktext „{words}“ führt zu zwei Seiten: {one} und {other}.",
                "The link text “{words}” leads to two pages: {one} and {other}.",
            )
        },
        (
            "Nennen Sie in jedem Linktext, was dort zu finden ist.",
            "Say in each link text what is found there.",
        ),
    ),
    Rule(
        "link.gone",
        ERROR,
        ("Seite nicht gefunden", "Page not found"),
        (
            "Die Seite gibt es nicht (mehr); mit `--online` wird jede einmal am Tag geprüft.",
            "The page is not there (any more); with `--online` each is asked for once a day.",
        ),
        {
            "": Case(
                "{target} gibt es nicht: Der Server antwortet mit {status}.",
                "{target} is not there: the server answers {status}.",
            ),
            "host": Case(
                "{target} ist nicht zu finden: Es gibt keinen Server {host}.",
                "{target} cannot be found: there is no server {host}.",
            ),
        },
        (
            "Suchen Sie die neue Adresse der Seite oder nehmen Sie den Link heraus.",
            "Find the page's new address, or take the link out.",
        ),
        needs="online",
    ),
    Rule(
        "link.failing",
        WARNING,
        ("Seite antwortet nicht", "Page that does not answer"),
        (
            "Vielleicht ist die Seite nur gerade gestört, vielleicht dauerhaft.",
            "The page may be down for the moment, or for good.",
        ),
        {
            "status": Case(
                "{target} antwortet mit {status}.",
                "{target} answers {status}.",
            ),
            "silent": Case(
                "{target} antwortet nicht ({problem}).",
                "{target} does not answer ({problem}).",
            ),
        },
        (
            "Öffnen Sie die Seite im Browser; versuchen Sie es später noch einmal mit `--online`.",
            "Open the page in a browser; try `--online` again later.",
        ),
        needs="online",
    ),
    Rule(
        "link.moved",
        WARNING,
        ("Umleitung auf einen anderen Server", "Redirect to another server"),
        (
            "Hinter einer Umleitung kann inzwischen etwas anderes stehen.",
            "Behind a redirect something else may stand by now.",
        ),
        {
            "": Case(
                "{target} leitet weiter zu {other}.",
                "{target} redirects to {other}.",
            )
        },
        (
            "Prüfen Sie die Seite und tragen Sie die neue Adresse ein.",
            "Look at the page and write its new address.",
        ),
        needs="online",
    ),
)
