"""Postcodes that lost their leading zero in a spreadsheet: only towns and districts that really have one."""

import re

from subscribers.address import fold
from subscribers.errors import BadUsage

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


_COUNTRY = re.compile(r"(?:D|DE)[ -]+(?=\d)", re.IGNORECASE)
_AS_NUMBER = re.compile(r"(\d{1,2})[.,'](\d{3})(?:[.,]0{1,2})?|(\d{4,5})[.,]0{1,2}")  # 1.067 or 44135,0
_POSTCODE = re.compile(
    r"(?=(?:.*\d){2})[^\W_][\w -]{1,9}"
)  # of any country: 01067, 1010, 101, SW1A 1AA, L-1855
_WITH_PLACE = re.compile(r"(\S*\d\S*|\d{3} \d\d)\s+([^\W\d_]{3}.*)")


def is_postcode(text: str) -> bool:
    """Whether this may be a postcode, of whichever country: at least two digits, and nothing but letters."""
    return _POSTCODE.fullmatch(text) is not None and not re.fullmatch(r"\d\d?|.*\d[eE]\d+", text)


def require_postcode(text: str) -> None:
    """Let nothing pass that no country has.

    Raises:
        BadUsage: it is no postcode.
    """
    if text and not is_postcode(text):
        raise BadUsage(
            f"{text[:40]!r} is no postcode.", hint="Write it as 01067; abroad as it is written there."
        )


def split_place(text: str) -> tuple[str, str]:
    """The postcode and the town of one cell: `33330 Gütersloh`, `D-59494 Soest`, `A-1010 Wien`."""
    shown = _COUNTRY.sub("", " ".join(text.split()), count=1)
    if found := _WITH_PLACE.fullmatch(shown):
        return found[1], found[2]
    return (shown, "") if any(map(str.isdigit, shown)) else ("", shown)


def mend_postcode(typed: str, ort: str, kreis: str, country: str) -> tuple[str, str]:
    """The postcode and a remark, empty when nothing had to be said; `0` is how a spreadsheet shows none."""
    bare = _COUNTRY.sub("", typed.strip().lstrip("'"), count=1).strip()
    if number := _AS_NUMBER.fullmatch(bare):
        bare = number[3] or number[1] + number[2]
    if not bare.strip("0"):
        return "", ""
    if not is_postcode(bare):
        return "", f"plz {bare[:40]!r} is no postcode and was left out."
    if not (len(bare) == 4 and bare.isascii() and bare.isdigit()) or bare.startswith("0"):
        return bare, ""
    abroad = bool(country.strip()) and fold(country) not in _GERMANY
    if abroad:
        return bare, ""
    places = {fold(ort), *(fold(kreis).removeprefix(word) for word in ("", "kreis ", "landkreis ", "stadt "))}
    if (country.strip() and "0" + bare[0] in _KNOWN) or places & _KNOWN.get("0" + bare[0], set()):
        return f"0{bare}", f"The postcode {bare} lost its leading zero and was read as 0{bare}."
    return bare, f"The postcode {bare} has four digits: abroad, or a lost zero? It was left as it is."
