"""Signs of damage in a line that nobody can undo by rule: a person has to compare with the original."""

import re

_WITHOUT_UMLAUT = re.compile(
    r"(?<![\w-])(?:fr|knnen|knnte|knnten|mssen|msste|mchte|mchten|wrde|wrden|drfen|drfte|zurck"
    r"|natrlich|mglich"
    r"|mglichkeit(?:en)?|fnf|zwlf|prsident(?:in)?|grn(?:e[nrs]?)?|frderung|frdern|untersttz\w*|gre"
    r"|gren|schn(?:e[nrs]?)?"
    r"|krze\w*|lngst|spter|nchste[nrsm]?|hchste[nrsm]?|hnlich\w*|fhrt|fhren|fhrung|geschftsf\w*|krfte"
    r"|fachkrfte"
    r"|arbeitskrfte|prfung\w*|prfen|wnsch\w*|knftig\w*|zuknftig\w*|wre|wren|htte|htten|tglich|jhrlich"
    r"|gefrdert|grundstzlich"
    r"|vertrge|lsung(?:en)?|tren|bro|brger\w*|schler\w*|lnder\w*|sterreich|europisch\w*|brokratie\w*"
    r"|erklr\w*|fllt|hlt|lsst"
    r"|strk\w*|stdte\w*|huser|mrz|berall|drfte|jhrige\w*|selbststndig\w*|selbstndig\w*|frher|spt"
    r"|mnner|beschftig\w*)(?!\w)",
    re.IGNORECASE,
)
_QUESTION_MARK = re.compile(r"(?<!/)(?<![=&])\b[a-zA-ZäöüÄÖÜß]+\?[a-zäöüß]{2,}(?![=/&])")
_ENCODED = re.compile(r"=[0-9A-F]{2}=[0-9A-F]{2}|\\u[0-9a-f]{4}|%[CE][0-9A-F]%")
_ADDRESS = re.compile(
    r"\S*(?:://|www\.|@)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:de|com|org|net|eu|nrw|info|example)\b\S*"
)
_GLUED_SENTENCE = re.compile(r"[a-zäöüß%“»)][.!?:;][A-ZÄÖÜ„»][a-zäöüß]+|[a-zäöüß]{2},[a-zäöüß]{2}")
_FUNCTION_WORD = (
    "Die|Der|Das|Den|Dem|Und|Wir|Ein|Eine|Es|In|Mit|Für|Auch|Sie|Ich|Im|Auf|Bei|Ihr"
    "|Ihre|Doch|Aber|Wer|Was|Wie"
)
_GLUED_WORD = re.compile(rf"[a-zäöüß]{{3}}(?:{_FUNCTION_WORD})(?=[ ,])")
_ALLOWED = re.compile(r"[A-ZÄÖÜ]{3,}:[A-ZÄÖÜ]|\b[\w*_-]+:innen?\b|\b[a-z]\.[A-Z]\.")
_LONGEST = 2_500


def damage_of(text: str) -> str:
    """Why a person should compare this line with the original, in the language of the editors; else empty."""
    if "\ufffd" in text:
        return "verlorene Zeichen"
    bare = _ALLOWED.sub(" ", _ADDRESS.sub(" ", text))
    if found := _WITHOUT_UMLAUT.search(bare):
        return f"Umlaute fehlen: {found[0]}"
    if found := _QUESTION_MARK.search(bare) or _ENCODED.search(text):
        return f"beschädigte Zeichen: {found[0]}"
    if found := _GLUED_SENTENCE.search(bare) or _GLUED_WORD.search(bare):
        return f"Leerzeichen fehlt: {found[0]}"
    if len(text) > _LONGEST:
        return "sehr langer Absatz: stehen hier mehrere Teile in einer Zeile?"
    return ""


def lost_umlauts(lines: tuple[str, ...]) -> bool:
    """Whether a text as long as this one has no umlaut at all, written out or not."""
    text = " ".join(lines)
    return len(text.split()) >= 80 and not re.search("[äöüÄÖÜß]|[aou]e[a-z]", text)


def lost_initial(text: str, before: str) -> bool:
    """Whether a paragraph has lost its first letter to the line above (a drop cap)."""
    return bool(re.fullmatch(r"[A-ZÄÖÜ]", before)) and text[:1].islower()
