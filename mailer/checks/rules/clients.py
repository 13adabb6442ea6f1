"""Rules for what mail programs can show; only what readers would see go wrong."""

from mailer.checks.rule import WARNING, Both, Case, Rule

_MESSAGE: Both = (
    "Unbekannt in {clients}: {feature} ({shown}). Das sehen etwa {weight} von 100 Lesern.",
    "{feature} ({shown}) is unknown to {clients}; about {weight} readers in 100 would see it.",
)


def _cases() -> dict[str, Case]:
    return {"": Case(*_MESSAGE)}


RULES = (
    Rule(
        "client.layout",
        WARNING,
        ("Layout in Mailprogrammen", "Layout in mail programs"),
        (
            "Outlook für Windows setzt Briefe mit Word; Spalten und Lagen fallen dort auseinander.",
            "Outlook for Windows lays letters out with Word; columns and layers fall apart there.",
        ),
        _cases(),
        (
            "Bauen Sie das Layout aus Tabellen (mj-section, mj-column).",
            "Build the layout of tables (mj-section, mj-column).",
        ),
    ),
    Rule(
        "client.values",
        WARNING,
        ("Werte, die Mailprogramme nicht kennen", "Values that mail programs do not know"),
        (
            "Eine Angabe, die ein Programm nicht versteht, lässt es ganz weg.",
            "A declaration that a program does not understand is left out as a whole.",
        ),
        _cases(),
        (
            "Schreiben Sie davor eine einfache Angabe derselben Eigenschaft.",
            "Write a plain declaration of the same property before it.",
        ),
    ),
    Rule(
        "client.elements",
        WARNING,
        ("Elemente, die Mailprogramme nicht kennen", "Elements that mail programs do not know"),
        (
            "Formulare, Filme und Zeichnungen verschwinden oder bleiben leer.",
            "Forms, films and drawings vanish or stay empty.",
        ),
        _cases(),
        (
            "Verlinken Sie eine Seite oder ein Bild, oder geben Sie dem Element einen Ersatz als Inhalt.",
            "Link to a page or a picture, or give the element a fallback as its content.",
        ),
    ),
    Rule(
        "client.pictures",
        WARNING,
        ("Bildformate", "Formats of pictures"),
        (
            "PNG, JPEG und GIF zeigt jedes Mailprogramm.",
            "Every mail program shows PNG, JPEG and GIF.",
        ),
        _cases(),
        ("Speichern Sie das Bild als PNG oder JPEG.", "Save the picture as PNG or JPEG."),
    ),
    Rule(
        "client.hidden",
        WARNING,
        ("Nur über <style> ausgeblendet", "Hidden by a style sheet alone"),
        (
            "GMX und WEB.DE verwerfen <style> und zeigen, was es verbergen soll.",
            "GMX and WEB.DE drop <style> and show what it was to hide.",
        ),
        {
            "": Case(
                "„{words}“ ist nur über <style> ausgeblendet; GMX und WEB.DE zeigen es.",
                "“{words}” is hidden by <style> alone; GMX and WEB.DE show it.",
            )
        },
        (
            "Schreiben Sie display:none in das Attribut `style`, oder nehmen Sie den Text heraus.",
            "Write display:none into the attribute `style`, or take the text out.",
        ),
    ),
    Rule(
        "client.style_size",
        WARNING,
        ("Größe der Stilangaben", "Size of the style sheets"),
        (
            "Über 16 KB liest Gmail kein <style>; auf Telefonen bleibt der Brief zweispaltig.",
            "Above 16 KB Gmail reads no <style>; on phones the letter keeps its two columns.",
        ),
        {
            "": Case(
                "<style> hat {size} KB; Gmail liest höchstens 16 KB.",
                "<style> has {size} KB; Gmail reads 16 KB at most.",
            )
        },
        (
            "Kürzen Sie letter.css und blocks/style.css.",
            "Shorten letter.css and blocks/style.css.",
        ),
    ),
)
