"""A whole name in one cell: the form of address and the titles before it, the first name, the last name."""

import re
from typing import NamedTuple

from subscribers.address import fold

_SUBJECT = (  # in small letters: Vet and Hum are last names as well
    r"(?-i:med|dent|vet|phil|jur|iur|rer|nat|pol|oec|publ|theol|techn|agr|ing|soc|paed|päd|sc|hum|pharm|habil|"
    r"mult|emerit|em|hc|i\.? ?r|a\.? ?D|h\. ?c|[eE]\. ?h)\b\.?"
)
_SCHOOL = r"\((?:fh|tu|univ|ba|dh)\.?\)"
_TITLE = (
    r"(?:(?:dr|prof|doktor|professor(?:in)?)(?:\.|\b)|(?:apl|univ|priv|dipl|mag|ing|lic)\.|"
    r"(?-i:RA(?:in)?|PD|StB|WP)\b)"
    rf"(?:[ .-]*{_SCHOOL}|[ .-]*-[a-zäöü]+(?:\.[a-zäöü]+)*\b\.?|[ .-]+{_SUBJECT})*"
)
_FORM = re.compile(rf"((?:herrn?|frau|{_TITLE})(?:\s*{_SCHOOL})?(?:\s+|$))", re.IGNORECASE)
_NOBLE = {
    *("graf", "gräfin", "freiherr", "freifrau", "freiin", "baron", "baronin", "baroness", "fürst", "fürstin"),
    *("prinz", "prinzessin", "herzog", "herzogin", "ritter", "edler", "edle"),
}
_AFTER = re.compile(
    r"(?:(?:dr|prof|dipl|mag|m\.? ?a|b\.? ?a|ll\.? ?m|mba|mdl|mdb|jun|sen|jr|sr)\b\.?.*)", re.IGNORECASE
)
_SEVERAL = re.compile(r"[/&+();|\d]|\b(?:und|oder|u\.|and)\b", re.IGNORECASE)
_OFFICE = re.compile(
    r"\b(?:gmbh|mbh|ag|kg|ohg|gbr|ug|e\.? ?v|e\.? ?k|e\.? ?g|se|ggmbh|inc|ltd|verein|verband|kammer|innung"
    r"|amt|ministerium|stadt|gemeinde|landkreis|redaktion|sekretariat|büro|abteilung|referat|geschäftsstelle"
    r"|pressestelle|info|team|universität|hochschule|institut|stiftung)\b"
    r"|(?:kammer|verband|ministerium|innung|schaft|stelle|amt|verein|institut)\b",
    re.IGNORECASE,
)


class FullName(NamedTuple):
    """A name in its parts; `form` holds forms of address and titles, `doubt` why a person should look."""

    form: str
    vorname: str
    nachname: str
    firma: str = ""
    doubt: str = ""


def split_name(text: str) -> FullName:
    """`Nachname, Vorname` and `Vorname Nachname`; small words (von, de) begin the last name.

    What cannot be told for sure stays together, or is parted by rule, and has a doubt.
    """
    form, shown = form_before(" ".join(text.split()).strip(" ,;"))
    if _OFFICE.search(shown):
        return FullName(form, "", "", shown, "looks like an office and was taken as the firm")
    if _SEVERAL.search(shown):
        return FullName(form, "", shown, doubt="is not one plain name and was kept whole as the last name")
    if "," in shown:
        return _turned(form, shown)
    words = shown.split()
    if len(words) < 2:
        doubt = "is one word and was taken as the last name" if words else ""
        return FullName(form, "", shown, doubt=doubt)
    if words[0][0].islower():
        return FullName(form, "", shown, doubt="begins with a small letter and was kept as the last name")
    if words[0].isupper() and len(words[0]) > 2 and not words[-1].isupper():
        doubt = "was read with the last name first, because that is in capitals"
        return FullName(form, " ".join(words[1:]), words[0], doubt=doubt)
    small = next((at for at, word in enumerate(words) if word[0].islower()), len(words) - 1)
    if small > 1 and fold(words[small - 1]) in _NOBLE:
        small -= 1
    middle = [word for word in words[1:small] if not re.fullmatch(r"\w\.", word)]
    doubt = "has several names: only the last word was taken as the last name" if middle else ""
    return FullName(form, " ".join(words[:small]), " ".join(words[small:]), doubt=doubt)


def form_before(text: str) -> tuple[str, str]:
    """Forms of address and titles before a name (`Frau Prof. em. Dr. med. vet.`), and the rest."""
    form, rest = "", text
    while found := _FORM.match(rest):
        form, rest = f"{form} {found.group(1).strip()}".strip(), rest[found.end() :].strip()
    return form, rest


def _turned(form: str, shown: str) -> FullName:
    last, *rest = (part.strip() for part in shown.split(","))
    titles = [part for part in rest if _AFTER.fullmatch(_FORM.sub("", f"{part} ").strip() or "dr")]
    given = [part for part in rest if part and part not in titles]
    before = " ".join([form, *(title for title in titles if fold(title).startswith(("dr", "prof")))]).strip()
    if not given and " " in last:
        found = split_name(last)
        return found._replace(form=before, doubt=found.doubt or "has something after a comma")
    if given:
        more, given[0] = form_before(given[0])
        before = f"{before} {more}".strip()
    doubt = "has several commas" if len(given) > 1 else "has no first name" if not any(given) else ""
    return FullName(before, " ".join(given), last, doubt=doubt)
