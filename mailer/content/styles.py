"""What a word processor says about a line besides its words: the style, the emphasis, the links."""

from dataclasses import dataclass

# What a file keeps beside the running text, or what no letter can carry; never part of the body.
BESIDE = {
    "header": "Kopfzeile der Word-Datei",
    "footer": "Fußzeile der Word-Datei",
    "footnote": "Fußnote der Word-Datei",
    "endnote": "Endnote der Word-Datei",
    "comment": "Kommentar am Rand der Word-Datei",
    "text box": "Textfeld der Word-Datei",
    "struck": "in der Word-Datei durchgestrichen",
    "deleted": "in der Word-Datei als gelöscht vermerkt",
    "table": "Zeile einer Tabelle, die ein Brief nicht zeigt",
    "embedded": "eingebettet in die Word-Datei: Bild, Makro oder Objekt",
    "front matter": "Kopfdaten der Markdown-Datei",
    "unread": "Text der Word-Datei an ungewöhnlicher Stelle",
}


@dataclass(frozen=True, slots=True)
class Style:
    """The evidence for one line.

    Args:
        kind: title, subtitle, heading, quote, item, bold, salutation, closing, signature, grid (a table of a
            Markdown file), one of BESIDE, or empty.
        markup: the line as Markdown where emphasis or links are in it, else empty.
        links: words and address of every link whose address the words do not show.
        label: the number of a list item, such as `3.`; empty for a bullet.
        level: how deep a list item stands, from 0.
        struck: the words of the line that were struck out, which it does not say.
        place: the line that something beside the text belongs to; 0 where nobody knows.
        notes: the text of every note that the line refers to, and the words before its sign.
    """

    kind: str = ""
    markup: str = ""
    links: tuple[tuple[str, str], ...] = ()
    label: str = ""
    level: int = 0
    notes: tuple[tuple[str, str], ...] = ()
    struck: str = ""
    place: int = 0
