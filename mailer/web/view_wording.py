"""What each view of a letter simulates and what it does not, in German and in English: the honest labels."""

from collections.abc import Mapping
from types import MappingProxyType

from mailer.web.studio_wording import Both, pick

VIEWS: Mapping[str, tuple[Both, Both, Both]] = MappingProxyType(
    {
        "standard": (
            ("Standard", "Standard"),
            (
                (
                    "So zeigen ihn Programme, die alle Stilregeln befolgen, etwa Apple Mail. "
                    "Schriften des Lesegeräts können abweichen."
                ),
                (
                    "As shown by programs that follow all style rules, such as Apple Mail. "
                    "The fonts of the reader’s device may differ."
                ),
            ),
            (
                (
                    "Es gelten die dunklen Farben des Briefes, wie in Apple Mail. "
                    "Gmail rechnet Farben selbst um; das ist nicht nachgebildet."
                ),
                (
                    "The letter’s own dark colours hold, as in Apple Mail. "
                    "Gmail converts colours itself; this is not simulated."
                ),
            ),
        ),
        "plain": (
            ("GMX · WEB.DE", "GMX · WEB.DE"),
            (
                (
                    "Ohne alle <style>-Regeln und runden Ecken, wie im Browser bei GMX und WEB.DE. "
                    "Deren Rahmen und ihre Apps sind nicht nachgebildet."
                ),
                (
                    "Without <style> rules and rounded corners, as GMX and WEB.DE show it in the browser. "
                    "Their frame and their apps are not simulated."
                ),
            ),
            (
                (
                    "GMX und WEB.DE im Browser kennen für Briefe kein Dunkel: Er bleibt hell. "
                    "Ihre Apps folgen den dunklen Farben des Briefes."
                ),
                (
                    "GMX and WEB.DE in the browser have no dark scheme for letters: it stays light. "
                    "Their apps follow the letter’s dark colours."
                ),
            ),
        ),
        "outlook": (
            ("Outlook", "Outlook"),
            (
                (
                    "Der Zweig für das klassische Outlook: ohne Medienabfragen, runde Ecken, Höchstbreiten "
                    "und Innenabstände außerhalb von Tabellen. Annäherung: Zeilenhöhen und VML fehlen."
                ),
                (
                    "The branch for classic Outlook: no media queries, rounded corners, maximum widths, and "
                    "no padding outside tables. An approximation: Word’s line heights and VML are left out."
                ),
            ),
            (
                "Outlook für Windows kehrt alle Farben um. Annäherung: Seine Töne weichen etwas ab.",
                "Outlook for Windows inverts all colours. An approximation: its shades differ a little.",
            ),
        ),
        "noimages": (
            ("Bilder aus", "Images off"),
            (
                (
                    "Vor dem Erlauben der Bilder: Kästen mit Alternativtext. "
                    "Eingebettete Bilder zeigen viele Programme trotzdem."
                ),
                (
                    "Before pictures are allowed: boxes with alternative text. "
                    "Many programs show embedded pictures all the same."
                ),
            ),
            (
                "Dunkle Farben des Briefes, Bilder als Kästen mit Alternativtext.",
                "The letter’s own dark colours, pictures as boxes with alternative text.",
            ),
        ),
    }
)


def views(language: str) -> list[dict[str, str]]:
    """What each view simulates and what it does not, for the light and for the dark scheme."""
    return [
        {
            "id": name,
            "name": pick(called, language),
            "says": pick(says, language),
            "says_dark": pick(dark, language),
        }
        for name, (called, says, dark) in VIEWS.items()
    ]
