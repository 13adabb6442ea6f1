"""Rules for the compiled letter: its size, and that HTML and text part say the same."""

from mailer.checks.rule import ERROR, WARNING, Case, Rule

RULES = (
    Rule(
        "letter.size",
        WARNING,
        ("Größe des HTML-Teils", "Size of the HTML"),
        (
            "Gmail blendet alles aus, was über 102 KB hinausgeht, oft auch den Link zum Abbestellen.",
            "Gmail hides what is over 102 KB, often the link to unsubscribe as well.",
        ),
        {
            "near": Case(
                "Das HTML hat {size} KB; Gmail blendet aus, was über 102 KB hinausgeht.",
                "The HTML has {size} KB; Gmail hides what is over 102 KB.",
            ),
            "clipped": Case(
                "Das HTML hat {size} KB; Gmail blendet aus, was über 102 KB hinausgeht.",
                "The HTML has {size} KB; Gmail hides what is over 102 KB.",
                severity=ERROR,
            ),
        },
        ("Nehmen Sie Karten heraus oder kürzen Sie den Text.", "Take cards out or shorten the text."),
    ),
    Rule(
        "letter.link",
        ERROR,
        ("Link, der nicht funktioniert", "Link that does not work"),
        (
            "Mailprogramme öffnen nur https-, mailto- und tel-Adressen zuverlässig.",
            "Mail programs open https, mailto and tel addresses only.",
        ),
        {
            "": Case(
                "„{target}“ ist kein Link, der in einer E-Mail funktioniert.",
                "{target!r} is no link that works in a mail.",
            ),
            "empty": Case(
                "Der Link „{words}“ hat kein Ziel.",
                "The link “{words}” leads nowhere: its target is empty.",
                ("Tragen Sie die Adresse ein.", "Write the address."),
            ),
            "nothing": Case(
                "Ein Link hat weder Text noch Ziel.",
                "A link has neither words nor a target.",
                ("Ergänzen Sie beides, oder löschen Sie den Link.", "Write both, or delete the link."),
            ),
            "http": Case(
                "„{target}“ ist nicht verschlüsselt; Mailprogramme und Browser warnen davor.",
                "{target!r} is not encrypted; mail programs and browsers warn of it.",
                (
                    "Verwenden Sie https:; prüfen Sie, ob die Seite so zu erreichen ist.",
                    "Use https:, and see whether the page is found that way.",
                ),
            ),
            "file": Case(
                "„{target}“ liegt auf einem Laufwerk; Leser können die Datei nicht öffnen.",
                "{target!r} is on a drive of yours; readers cannot open it.",
                (
                    "Stellen Sie die Datei ins Netz und verlinken Sie sie dort.",
                    "Put the file on the web and link to it there.",
                ),
            ),
        },
        ("Verwenden Sie https:, mailto: oder tel:.", "Use https:, mailto: or tel:."),
    ),
    Rule(
        "letter.link_text",
        WARNING,
        ("Linktext", "Words of a link"),
        (
            "Vorleseprogramme springen von Link zu Link; dort steht der Linktext allein.",
            "Screen readers jump from link to link, where its words stand alone.",
        ),
        {
            "none": Case(
                "Der Link zu {target} hat keinen Text; ein Vorleseprogramm liest die Adresse vor.",
                "The link to {target} has no words; a screen reader reads out the address.",
                (
                    "Geben Sie ihm einen Text oder einen Alternativtext.",
                    "Give it words or an alternative text.",
                ),
                ERROR,
            ),
            "vague": Case(
                "Der Linktext „{words}“ sagt nicht, wohin er führt.",
                "The link text “{words}” does not say where it leads.",
            ),
        },
        (
            "Sagen Sie, was dort steht: „So läuft das Verfahren ab“.",
            "Say what is there: “So läuft das Verfahren ab”.",
        ),
    ),
    Rule(
        "letter.text_links",
        ERROR,
        ("Link fehlt im Textteil", "Link missing in the text part"),
        (
            "Wer den Brief als reinen Text liest, kommt sonst nicht zum Ziel.",
            "Who reads the letter as plain text would not get there.",
        ),
        {
            "": Case(
                "Dem Textteil fehlt der Link {target}.",
                "The text part does not have the link {target}.",
            )
        },
        ("Ergänzen Sie ihn in templates/letter.txt.", "Add it to templates/letter.txt."),
    ),
    Rule(
        "letter.remote_picture",
        ERROR,
        ("Bild von fremder Adresse", "Picture from elsewhere"),
        (
            "Ein nachgeladenes Bild verrät, wer den Brief wann geöffnet hat.",
            "A picture that is loaded tells who opened the letter, and when.",
        ),
        {
            "": Case(
                "Das Bild {source} würde von einer fremden Adresse geladen.",
                "The picture {source} would be loaded from elsewhere.",
            )
        },
        ("Legen Sie die Datei in den Ordner der Ausgabe.", "Put the file into the issue's folder."),
        protects=True,
    ),
    Rule(
        "letter.picture_width",
        WARNING,
        ("Bild ohne Breite", "Picture without a width"),
        (
            "Outlook zeigt es sonst in der Größe der Datei und sprengt den Brief.",
            "Outlook would show it as large as its file and burst the letter.",
        ),
        {
            "": Case(
                "Das Bild {source} hat keine Breite in Pixeln.",
                "The picture {source} has no width in pixels.",
            )
        },
        ("Geben Sie ihm in der Vorlage `width` in Pixeln.", "Give it `width` in pixels in the template."),
    ),
    Rule(
        "letter.weight",
        WARNING,
        ("Größe der ganzen Nachricht", "Size of the whole message"),
        (
            "Eingebettete Bilder reisen mit jedem Brief; viele Server nehmen höchstens 10 MB an.",
            "Embedded pictures travel with each letter; many servers take 10 MB at most.",
        ),
        {
            "heavy": Case(
                "Die Nachricht hat etwa {size} KB; ab 1,5 MB wird der Versand langsam und teuer.",
                "The message has about {size} KB; from 1.5 MB on sending is slow and costly.",
            ),
            "refused": Case(
                "Die Nachricht hat etwa {size} KB; viele Server lehnen mehr als 10 MB ab.",
                "The message has about {size} KB; many servers refuse more than 10 MB.",
                severity=ERROR,
            ),
        },
        (
            "Exportieren Sie die Bilder kleiner, oder legen Sie sie mit `image_base_url` auf einen Server.",
            "Export the pictures smaller, or put them on a server with `image_base_url`.",
        ),
    ),
    Rule(
        "letter.h1",
        ERROR,
        ("Hauptüberschrift", "Main heading"),
        (
            "Vorleseprogramme beginnen bei der einen Überschrift erster Ebene.",
            "Screen readers begin at the one heading of the first level.",
        ),
        {
            "": Case(
                "Der Brief hat {count} Überschriften erster Ebene; Vorleseprogramme erwarten genau eine.",
                "The letter has {count} headings of the first level; screen readers expect one.",
            )
        },
        ("Behalten Sie ein einziges <h1> in der Vorlage.", "Keep one <h1> in the template."),
    ),
)
