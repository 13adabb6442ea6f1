"""What follows the signature on real pages: teasers, contents, navigation, imprint, a postscript."""

import re

_NAVIGATION_WORD = (
    r"alle news|archiv|startseite|home|menü|menue|suche|suchen|kontakt|drucken|seite drucken|teilen"
    r"|teilen auf|facebook"
    r"|twitter|x|instagram|linkedin|xing|whatsapp|youtube|zurück|zurück zur übersicht|zur übersicht|nach oben"
    r"|weiterlesen|mehr|mehr lesen|mehr erfahren|weiter|vorlesen|merken|pdf|als pdf|download|per"
    r" e-mail senden|aktuelles"
    r"|newsletter|newsletter abonnieren|abonnieren|abmelden|anmelden|abbestellen|datenschutz"
    r"|impressum|barrierefreiheit"
    r"|im browser ansehen|daten ändern|feedback|sitemap|login|presse|service|news|schriftgröße"
    r"|leichte sprache"
)
_NAVIGATION = re.compile(
    rf"^[<>›»«→↑|·•\s]*(?:(?:{_NAVIGATION_WORD})(?:[<>›»«→↑|·•:.\s]+|$))+$"
    r"|^sie (?:sind|befinden sich) hier\b|^nach oben\b|^zum (?:seitenanfang|inhalt springen)"
    r"|(?:\bmehr|\bweiterlesen|\blesen|»|→)\s*[>»›→]+$|^.{1,40}(?:\s[>›→]\s.{1,40}){2,}$"
    r"|^newsletter (?:abbestellen|abmelden)",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"^(?:inhalte?(?: dieser ausgabe)?|in dieser ausgabe|(?:weitere |die |alle |unsere )?themen(?:"
    r" dieser ausgabe)?"
    r"|inhaltsverzeichnis|weitere (?:meldungen|beiträge|artikel|nachrichten)|mehr zum thema|lesen sie auch"
    r"|das könnte sie auch interessieren|termine(?: im \w+)?|aktuelle termine)\b[^.!?]{0,40}:?$",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"^(?:impressum|herausgeber(?:in)?|v\. ?i\. ?s\. ?d\. ?p|redaktion:|verantwortlich|copyright|©|anschrift"
    r"|kontakt:|pressekontakt|ansprechpartner(?:in)?\b|rückfragen)",
    re.IGNORECASE,
)
_BIOGRAPHY = re.compile(
    r"^(?:zur person|über (?:den autor|die autorin|uns)|zum autor|zur autorin)\b.{0,40}$", re.IGNORECASE
)
_ADVERTISEMENT = re.compile(r"^[-–\s]*anzeige[-–\s]*$", re.IGNORECASE)
_POSTSCRIPT = re.compile(r"^P\.? ?S\.?:?\s")
_LONGEST_MARK = 90


def is_navigation(text: str) -> bool:
    """Whether a line is left over from the menu of a page."""
    if len(text) > 140:
        return False
    if _NAVIGATION.search(text):
        return True
    parts = [part.strip() for part in text.split("|")]
    known = re.compile(rf"^(?:{_NAVIGATION_WORD})$", re.IGNORECASE)
    return len(parts) > 1 and sum(bool(known.match(part)) for part in parts) * 2 >= len(parts)


def is_boundary(text: str) -> bool:
    """Whether a short line says that the letter is over and the page goes on."""
    if len(text) > _LONGEST_MARK:
        return False
    return is_navigation(text) or any(
        pattern.match(text) for pattern in (_CONTENTS, _IMPRINT, _BIOGRAPHY, _ADVERTISEMENT)
    )


def kind_after(text: str, before: str) -> str:
    """The class of a line behind the signature; `before` is the class of the line above it."""
    if _POSTSCRIPT.match(text):
        return "postscript"
    if _BIOGRAPHY.match(text) or before == "biography":
        return "biography"
    if _IMPRINT.match(text) or (before == "imprint" and not is_navigation(text)):
        return "imprint"
    if _CONTENTS.match(text):
        return "contents"
    if is_navigation(text):
        return "navigation"
    if before in ("contents", "teaser"):
        return before
    return "teaser" if before == "after" and len(text) > _LONGEST_MARK else "after"
