"""Two hundred invented people for the demo, as an office exports them: cp1252, semicolons, a few bad rows."""

import csv
from pathlib import Path

WOMEN = "Aylin Birgit Clara Dörte Elif Franka Greta Hülya Inga Jördis Katrin Lena Mareike Nele Özlem Paula"
MEN = "Anton Björn Carsten Deniz Emil Florian Götz Hannes Ivo Jörg Karim Lars Mehmet Nils Olaf Piotr"
LAST = (
    "Ahlers Bäumer Çelik Dreesen Ebbinghaus Föcking Große-Brömer Hövelmann Ilgner Jäckel Köster Lütkehaus "
    "Möllenkamp Nüßlein Oeljeklaus Pöppelmann Quante Rößler Schäfermeier Tönnies Uhlenbrock Vößing Wörmann"
)
TRADES = "Tischler Maler Bäcker Friseur Elektrotechniker Dachdecker Maurer Metallbauer"
PLACES = (
    ("Kreis Gütersloh", "33330", "Gütersloh"),
    ("Kreis Gütersloh", "33378", "Rheda-Wiedenbrück"),
    ("Kreis Steinfurt", "48565", "Steinfurt"),
    ("Städteregion Aachen", "52062", "Aachen"),
    ("Köln", "50667", "Köln"),
    ("Kreis Kleve", "47533", "Kleve"),
)
HEADER = (
    "Anrede;Titel;Vorname;Nachname;Firma;PLZ;Ort;Kreis;Gewerk;Funktion;E-Mail;"
    "Quelle;Einwilligung am;Einwilligungstext"
)
WORDING = "Ja, ich möchte den monatlichen Rundbrief der Handwerkskammer Musterland per E-Mail erhalten."
COUNT = 200
# What every real list has: an offer in brackets, an empty cell, one person twice, nobody's consent.
FLAWS = (
    "Frau;;Sabine;Kröger;;33602;Bielefeld;;Maler;;sabine.kroeger(at)example.org;Messe;01.02.2024;",
    "Herr;;Ohne;Adresse;;50667;Köln;Köln;Maurer;;;Messe;01.02.2024;",
    "Frau;;Clara;Ahlers;;33330;Gütersloh;Kreis Gütersloh;Tischler;;PERSON.1@example.org;Messe;01.02.2024;",
    "Herr;;Uwe;Unklar;;50667;Köln;Köln;Bäcker;;uwe.unklar@example.org;;;",
)


def write_people(path: Path) -> None:
    """Write the list: COUNT good rows and FLAWS, in the encoding in which German Excel saves CSV."""
    rows = [HEADER.split(";"), *map(_row, range(1, COUNT + 1)), *(flaw.split(";") for flaw in FLAWS)]
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def _row(number: int) -> list[str]:
    anrede = "Frau" if number % 2 == 0 else "Herr"
    first = _one(WOMEN if anrede == "Frau" else MEN, number)
    last, trade = _one(LAST, number * 7), _one(TRADES, number * 3)
    kreis, plz, ort = PLACES[number % len(PLACES)]
    titel = "Dr." if number % 17 == 0 else "Prof. Dr." if number % 41 == 0 else ""
    owner = ("Inhaberin" if anrede == "Frau" else "Inhaber") if number % 3 == 0 else ""
    day = f"{1 + number % 28:02}.{1 + number % 12:02}.{2019 + number % 6}"
    if number % 25 == 0:  # an office without a person, at a domain with an umlaut
        office = ["", "", "", "", f"Bäckerei {last} GmbH", plz, ort, kreis, "Bäcker", ""]
        return [*office, f"buero.{number}@bäckerei.example.org", "Anmeldeformular", day, WORDING]
    if number % 19 == 0:
        anrede = "k. A."
    person = [anrede, titel, first, last, f"{last} & Söhne" if owner else "", plz, ort, kreis, trade, owner]
    return [*person, f"person.{number}@example.org", "Anmeldeformular", day, WORDING]


def _one(words: str, number: int) -> str:
    chosen = words.split()
    return chosen[number % len(chosen)]
