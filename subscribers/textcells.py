"""What a cell of a list is as text: never a formula, nothing for a dash, a form of address as it is kept."""

import re

from subscribers.address import fold
from subscribers.person import clean_fields

AS_TEXT = re.compile(r"'+[=+\-@\t\r＝＋－＠]")  # an apostrophe says that what follows is no formula
_NOTHING = {"", "-", "–", "k. a.", "k.a.", "k.a", "ka", "n/a", "na", "unbekannt", "keine angabe", "ohne", "0"}
_NO_VALUE = {"-", "--", "---", "–", "—", "n/a", "n.a.", "k. a.", "k.a.", "k.a", "keine angabe", "#n/a", "#nv"}
_NO_VALUE |= {"unbekannt", "null", "(leer)"}
_FORMS = {"herrn": "Herr", "herr": "Herr", "hr": "Herr", "hrn": "Herr", "fr": "Frau", "frau": "Frau"}
_FORMS |= {"mr": "Herr", "mister": "Herr", "ms": "Frau", "mrs": "Frau"}
_ADDRESSED = re.compile(r"(?:sehr )?(?:geehrte|verehrte|liebe)[rsn]?\s+(?=\w)", re.IGNORECASE)
_SPOKEN = {*_FORMS, "familie", "fam", "eheleute", "ehepaar", "divers", "damen", "herren"}
_TITLE = re.compile(r"(?:prof|dr|dipl|mag|ing|univ|priv|apl|pd|ra|rain|stb|wp)\b", re.IGNORECASE)
EXCEL_ERROR = re.compile(r"#{2,}|#[A-ZÄÖÜ0-9/]+[!?]|#NV|#N/A", re.IGNORECASE)  # a cell that shows no value
_FORMULA = re.compile(r"[=＝]|[+\-@＋－＠].*(?:\w\(|\||!)|[+\-]\d+[+\-*/]", re.DOTALL)
_QUOTED_ONLY = re.compile(r'="([^"]*)"')  # ="01067" is how careful people keep a zero in Excel
_MOJIBAKE = re.compile("Ã[¤¶¼Ÿ„–œ©¨]|[A-Za-z][ŠŸ][a-z]")  # UTF-8, Mac Roman taken for Windows-1252
_DIRECTION = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")  # marks without width
_LANGUAGES = {
    **dict.fromkeys(("de", "deu", "ger", "deutsch", "german", "de-de"), "de"),
    **dict.fromkeys(("en", "eng", "englisch", "english", "en-gb", "en-us"), "en"),
}
_TONES = {
    **dict.fromkeys(("formal", "sie", "förmlich"), "formal"),
    **dict.fromkeys(("du", "informal", "informell"), "du"),
}

Cleaned = tuple[str, tuple[str, ...]]  # a text and what is to be said about it


def clean_text(name: str, raw: str, *, own: bool = False) -> Cleaned:
    """The cell of a text field as it is kept; `own` for our own export, where a dash is meant.

    Raises:
        BadUsage: the text is longer than 500 characters.
    """
    remarks: list[str] = []
    text = without_formula(name, raw, remarks)
    if not own:
        text = _DIRECTION.sub("", text)
    text = clean_fields({name: text}).get(name, "")
    if not own and fold(text) in _NO_VALUE:
        return "", tuple(remarks)
    known = {"language": _LANGUAGES, "tone": _TONES}.get(name)
    if known is not None and text:
        if fold(text) not in known:
            remarks.append(f"{name} {text[:40]!r} is unknown and was left out.")
        text = known.get(fold(text), "")
    if name in ("vorname", "nachname") and text.isupper() and sum(map(str.isalpha, text)) > 2:
        remarks.append(f"{name} is written in capitals and was left so: {text[:60]}")
    return text, tuple(remarks)


def without_formula(name: str, cell: str, remarks: list[str]) -> str:
    """The text of any cell; a formula is left out with a remark."""
    text = cell.strip()
    if AS_TEXT.match(text):
        return text[1:]
    if found := _QUOTED_ONLY.fullmatch(text):
        return found.group(1)
    if text[:1] == "#" and EXCEL_ERROR.fullmatch(text):
        if text[1:].casefold() not in ("nv", "n/a"):
            remarks.append(f"{name} shows an error of Excel, {text[:20]}, and was left out.")
        return ""
    if _FORMULA.match(text):
        remarks.append(f"A formula stood in {name} and was left out: {text[:60]}")
        return ""
    if _MOJIBAKE.search(text):
        remarks.append(f"{name} looks as if it was read with a wrong encoding: {text[:60]}")
    return text


def form_of_address(anrede: str, titel: str, remarks: list[str]) -> tuple[str, str]:
    """`Herrn` is Herr, `Fr.` is Frau, `k. A.` is nothing; a title beside it goes to the titles."""
    if fold(anrede) in _NOTHING:
        return "", titel
    if _TITLE.match(anrede) and not titel:
        return "", anrede
    anrede = _ADDRESSED.sub("", anrede, count=1)
    first, _, rest = anrede.partition(" ")
    form = _FORMS.get(fold(first).rstrip("."))
    if form and not rest.strip():
        return form, titel
    if form and not titel.strip() and _TITLE.match(rest.strip()):
        return form, rest.strip()
    if _is_odd(anrede):
        remarks.append(
            f"anrede {anrede[:40]!r} is no usual form of address and was left so: the greeting may be "
            "without a name. Herr, Frau, Familie and divers are known."
        )
    return anrede, titel


def _is_odd(anrede: str) -> bool:
    """Herr/Frau, w, m, Firma: what does not say how one person is greeted."""
    words = [fold(word).rstrip(".") for word in anrede.split()]
    rest = [word for word in words if word not in _SPOKEN and word != "und" and not _TITLE.match(word)]
    return bool(rest) or not any(word in _SPOKEN for word in words)
