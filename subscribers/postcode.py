"""Postcodes that lost their leading zero in a spreadsheet: only towns and districts that really have one."""

from subscribers.address import fold

# The two first digits, and the larger towns and districts behind them (a choice, not a register: a place
# that is missing here leaves the postcode as it is, with a warning).
_PLACES = {
    "01": "Dresden, Meißen, Riesa, Pirna, Freital, Radebeul, Coswig, Großenhain, Radeberg, Heidenau, Kamenz, "
    "Senftenberg, Bischofswerda, Sächsische Schweiz-Osterzgebirge, Oberspreewald-Lausitz, Bautzen",
    "02": "Bautzen, Görlitz, Zittau, Löbau, Weißwasser, Niesky, Hoyerswerda",
    "03": "Cottbus, Forst, Guben, Spremberg, Finsterwalde, Lübbenau, Spree-Neiße, Oberspreewald-Lausitz, "
    "Elbe-Elster",
    "04": "Leipzig, Markkleeberg, Borna, Grimma, Wurzen, Delitzsch, Torgau, Oschatz, Döbeln, Altenburg, "
    "Schkeuditz, Eilenburg, Nordsachsen, Mittelsachsen, Altenburger Land, Elbe-Elster",
    "06": "Halle, Halle (Saale), Merseburg, Naumburg, Weißenfels, Zeitz, Bitterfeld-Wolfen, Köthen, Dessau, "
    "Dessau-Roßlau, Wittenberg, Lutherstadt Wittenberg, Eisleben, Lutherstadt Eisleben, Sangerhausen, "
    "Quedlinburg, Aschersleben, Bernburg, Saalekreis, Burgenlandkreis, Anhalt-Bitterfeld, "
    "Mansfeld-Südharz, Salzlandkreis",
    "07": "Gera, Jena, Saalfeld, Rudolstadt, Greiz, Pößneck, Eisenberg, Zeulenroda-Triebes, "
    "Saale-Holzland-Kreis, Saale-Orla-Kreis",
    "08": "Zwickau, Plauen, Auerbach, Aue, Aue-Bad Schlema, Werdau, Crimmitschau, Schwarzenberg, Glauchau, "
    "Meerane, Vogtlandkreis, Erzgebirgskreis",
    "09": "Chemnitz, Freiberg, Annaberg-Buchholz, Limbach-Oberfrohna, Mittweida, Zschopau, Stollberg, "
    "Hohenstein-Ernstthal, Marienberg, Erzgebirgskreis, Mittelsachsen",
}
_KNOWN = {prefix: {fold(place) for place in places.split(",")} for prefix, places in _PLACES.items()}
_GERMANY = {"d", "de", "deu", "deutschland", "germany", "bundesrepublik deutschland"}


def mend_postcode(typed: str, ort: str, kreis: str, country: str) -> tuple[str, str]:
    """The postcode and a remark, empty when nothing had to be said; `0` is how a spreadsheet shows none."""
    bare = typed.strip()
    if bare.upper().startswith(("D-", "DE-")):
        bare = bare.split("-", 1)[1].strip()
    if not bare.strip("0"):
        return "", ""
    if not (len(bare) == 4 and bare.isascii() and bare.isdigit()) or bare.startswith("0"):
        return bare, ""
    abroad = bool(country.strip()) and fold(country) not in _GERMANY
    if abroad:
        return bare, ""
    places = {fold(ort), *(fold(kreis).removeprefix(word) for word in ("", "kreis ", "landkreis ", "stadt "))}
    if (country.strip() and "0" + bare[0] in _KNOWN) or places & _KNOWN.get("0" + bare[0], set()):
        return f"0{bare}", f"The postcode {bare} lost its leading zero and was read as 0{bare}."
    return bare, f"The postcode {bare} has four digits: abroad, or a lost zero? It was left as it is."
