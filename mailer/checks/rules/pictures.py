"""Rules for pictures: sharp enough, light enough, and described."""

from mailer.checks.rule import WARNING, Case, Rule

RULES = (
    Rule(
        "picture.width",
        WARNING,
        ("Unscharfes Bild", "Blurred picture"),
        (
            "Heutige Bildschirme zeigen zwei Bildpunkte je Punkt des Layouts.",
            "Today's screens show two pixels for each point of the layout.",
        ),
        {
            "": Case(
                "Das Bild ist {width} Pixel breit und wird in {shown} Pixeln gezeigt; es wirkt unscharf.",
                "The picture is {width} pixels wide and shown at {shown}; it will look blurred.",
            )
        },
        (
            "Exportieren Sie es mindestens {wanted} Pixel breit.",
            "Export it at least {wanted} pixels wide.",
        ),
    ),
    Rule(
        "picture.large",
        WARNING,
        ("Zu großes Bild", "Picture with too many pixels"),
        (
            "Ein Telefon entpackt das Bild vollständig, gleich wie klein die Datei ist.",
            "A phone unpacks the whole picture, however small its file is.",
        ),
        {
            "": Case(
                "Das Bild hat {width} × {height} Pixel; Telefonen fehlt dafür Speicher, Leser warten.",
                "The picture has {width} x {height} pixels; phones run short of memory, readers wait.",
            )
        },
        (
            "Exportieren Sie es etwa {wanted} Pixel breit; gezeigt wird es in {shown} Pixeln.",
            "Export it about {wanted} pixels wide; it is shown at {shown}.",
        ),
    ),
    Rule(
        "picture.tall",
        WARNING,
        ("Sehr hohes Bild", "Very tall picture"),
        (
            "Ein hohes Bild schiebt den Text aus dem Bildschirm.",
            "A tall picture pushes the text off the screen.",
        ),
        {
            "": Case(
                "Das Bild ist {ratio}-mal so hoch wie breit; es schiebt den Text aus dem Bildschirm.",
                "The picture is {ratio} times as high as wide; it pushes the text off the screen.",
            )
        },
        (
            "Beschneiden Sie es auf das, was zu sehen sein muss.",
            "Crop it to what has to be seen.",
        ),
    ),
    Rule(
        "picture.size",
        WARNING,
        ("Schweres Bild", "Heavy picture"),
        (
            "Große Bilder laden unterwegs langsam und füllen Postfächer.",
            "Heavy pictures load slowly on the road and fill mailboxes.",
        ),
        {
            "heavy": Case(
                "Das Bild hat {size} KB; mehr als 200 KB laden unterwegs langsam.",
                "The picture has {size} KB; more than 200 KB is slow on the road.",
            ),
            "very": Case(
                "Das Bild hat {size} KB; mehr als 1 MB ist zu viel für eine E-Mail.",
                "The picture has {size} KB; more than 1 MB is too much for one mail.",
            ),
        },
        ("Exportieren Sie es als JPEG oder kleiner.", "Export it as JPEG, or smaller."),
    ),
    Rule(
        "picture.together",
        WARNING,
        ("Gewicht aller Bilder", "Weight of all pictures"),
        (
            "Eingebettete Bilder gehen an jede Adresse einzeln hinaus.",
            "Embedded pictures travel to each address anew.",
        ),
        {
            "": Case(
                "Alle Bilder zusammen haben {size} KB; mehr als 1 MB ist zu viel für eine E-Mail.",
                "All pictures together have {size} KB; more than 1 MB is too much for a mail.",
            )
        },
        (
            "Nehmen Sie Bilder heraus oder exportieren Sie sie kleiner.",
            "Take pictures out or export them smaller.",
        ),
    ),
    Rule(
        "picture.alt",
        WARNING,
        ("Widerspruch beim Alternativtext", "Contradiction in the alternative text"),
        (
            "Ein Schmuckbild wird nicht vorgelesen; seine Beschreibung hört niemand.",
            "An ornament is not read out; nobody hears its description.",
        ),
        {
            "": Case(
                "`{key}_alt` und `{key}_decorative = true` widersprechen sich; das Zweite gilt, und niemand"
                " hört „{alt}“.",
                "`{key}_alt` and `{key}_decorative = true` contradict each other; "
                "the second wins, nobody hears “{alt}”.",
            )
        },
        (
            "Löschen Sie `{key}_decorative` oder, wenn das Bild nichts aussagt, `{key}_alt`.",
            "Delete `{key}_decorative`, or `{key}_alt` if the picture says nothing.",
        ),
    ),
)
