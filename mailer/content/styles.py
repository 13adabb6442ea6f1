"""What a word processor says about a line besides its words: the style, the emphasis, the links."""

from dataclasses import dataclass

# What Word keeps beside the running text, or what no letter can carry; never part of the body.
BESIDE = {
    "header": "Kopfzeile der Word-Datei",
    "footer": "Fußzeile der Word-Datei",
    "footnote": "Fußnote der Word-Datei",
    "endnote": "Endnote der Word-Datei",
    "comment": "Kommentar am Rand der Word-Datei",
    "text box": "Textfeld der Word-Datei",
    "deleted": "in der Word-Datei als gelöscht vermerkt",
    "table": "Zeile einer Tabelle, die ein Brief nicht zeigt",
    "embedded": "eingebettet in die Word-Datei: Bild, Makro oder Objekt",
    "unread": "Text der Word-Datei an ungewöhnlicher Stelle",
}


@dataclass(frozen=True, slots=True)
class Style:
    """The evidence for one line.

    Args:
        kind: title, subtitle, heading, quote, item, bold, salutation, closing, signature, one of BESIDE, or
            empty.
        markup: the line as Markdown where emphasis or links are in it, else empty.
        links: words and address of every link whose address the words do not show.
    """

    kind: str = ""
    markup: str = ""
    links: tuple[tuple[str, str], ...] = ()
