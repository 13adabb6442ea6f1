"""The words by which lists say that somebody left or never agreed: their headers and their cells."""

import re

# Headers, compared as `headers.plain` writes them. What may stand around the word that matters:
_AROUND = (
    r"(?:nl|am|an|vom|seit|zum|ab|von|vor|für|der|die|das|des|durch|bei|aus|date|datum|tag|zeitpunkt|uhrzeit|time|"
    r"timestamp|at|on|from|of|for|to|all|any|alle[nrs]?|global|newsletters?|news|rundbriefe?|e|mails?|"
    r"emails?|mailings?|werbung|marketing|verteiler|ja|nein|j|n|y|yes|no|x|flag|kz|kennzeichen|dsgvo|"
    r"einwilligung|consent|permission|ist|is|has|hat|was|user|contact|kontakt|empfänger|person|subscriber|"
    r"letzte[rs]?|last|erfolgt|per|via|mehr|empfang|abo|liste|list|kunde|adresse|address)"
)
_LEFT = (
    r"widerrufs?|widerrufen|widerrufsdatum|widerspruch|widerspruchsdatum|widersprochen|"
    r"(?:werbe|newsletter|mail|e ?mail ?)(?:widerspruch|sperre|verbot)|abgemeldet|abmeldung|abmeldedatum|"
    r"abbestellt|abbestellung|abbestelldatum|ausgetragen|austragung|austragungsdatum|unsub|unsubscribed?|"
    r"unsubscription|unsubs|opt ?out|opted ?out|optout(?:date|time)|has ?opted ?out ?of ?email|gesperrt|"
    r"sperre|sperrung|sperrdatum|sperrvermerk|(?:versand|kontakt)sperre|black ?list(?:ed)?|block(?:ed|iert)|"
    r"block ?list(?:ed|e)?|robinson|robinsonliste|beschwerden?|complain(?:t|ts|ed)|abuse|"
    r"suppress(?:ed|ion)|withdrawn|revoked|revocation|spam|"
    r"spam ?(?:beschwerde|complaint|report|meldung)n?s?|marked as spam|reported as spam|"
    r"do ?not ?(?:bulk ?)?(?:e ?)?mail|do not (?:contact|send|allow (?:bulk )?e ?mails?)|"
    r"(?:massen|serien)? ?e ?mails? nicht (?:zulassen|senden|erwünscht)|"
    r"keine?n? (?:weitere |mehr )?(?:e ?)?(?:mails?|mailings?|newsletters?|newsl|nl|werbung|rundbriefe?|"
    r"rundmails?|zusendung(?:en)?|einwilligung|zustimmung|kontakt|kontaktaufnahme)|"
    r"(?:newsletter|werbung|e ?mails?|mailings?) (?:abgelehnt|unerwünscht|nicht erwünscht|nicht gewünscht)|"
    r"nicht (?:mehr )?(?:anschreiben|mailen|anmailen|kontaktieren|verwenden|senden)|"
    r"kontakt (?:unerwünscht|nicht erwünscht)|"
    r"no ?(?:e ?)?(?:mails?|mailings?|newsletters?|marketing)|inaktiv|inactive|deaktiviert|deactivated|"
    r"verstorben|gestorben|sterbedatum|todesdatum|todestag|deceased|death|dead|"
    r"tot|tod|todesfall"
)
_ENDED = (
    r"gekündigt|kündigung|kündigungsdatum|austritt|austrittsdatum|ausgetreten|ausgeschieden|ausscheiden|"
    r"ausscheidedatum|abgang|abgangsdatum|verzogen|unbekannt verzogen|weggezogen|moved(?: away)?|archiviert|"
    r"archived?|archivierung|erloschen|erlöschen|stillgelegt|mitgliedschaft (?:beendet|ende)|"
    r"ende (?:der )?mitgliedschaft|nur (?:noch )?(?:per )?(?:post|brief|papier|fax|telefon)|"
    r"(?:post|print|paper) only|left(?: company)?|no longer with company|ehemalig|ehemalige[rs]?|former|"
    r"quarantined|löschen|zu löschen|löschung|löschdatum|delete|to delete|resigned|terminated|"
    r"bounces|bounce (?:count|anzahl|zähler|grund|typ|art|code|status)|(?:anzahl|zahl(?: der)?) bounces|"
    r"bounced? (?:reason|type|count|category|message)|bouncegrund|bouncetyp|(?:mail|zustell) ?fehler"
)
_BOUNCED = (
    r"bounce|bounced|hard ?bounced?|hard ?bounces|hard ?bounced? (?:count|anzahl|reason|grund|code|typ|type)|"
    r"anzahl hard ?bounces|unzustellbar|nicht zustellbar|undeliverable|undelivered|rückläufer|cleaned|"
    r"(?:e ?)?mail ?(?:adresse )?(?:ungültig|falsch|unzustellbar|invalid|existiert nicht)|"
    r"invalid (?:e ?)?mail"
)
HEADERS = {
    field: re.compile(rf"(?:{_AROUND} )*?(?:{words})(?: {_AROUND})*")
    for field, words in (("bounced", _BOUNCED), ("deactivated", _LEFT), ("ended", _ENDED))
}
SOUNDS_LIKE_LEAVING = re.compile(
    r"abmeld|abgemeld|abbestell|austrag|unsub|opt(?:ed)?[ -]?out|sperr|widerspr|"
    r"widerruf(?!s?(?:belehr|recht|bar|lich))|black ?list|block ?list|robinson|do not mail|kündig|"
    r"gekünd|spam|withdrawn|revoked|suppress|austritt|verstorb|deceased|bounce|complain|beschwerde|archivier|"
    r"\bkeine?n? (?:e ?)?(?:mail|newsl|werb)|nicht zustell|unzustell|"
    r"\bnicht (?:an|mail|kontakt|send|verwend)"
)
ABOUT_LETTERS = re.compile(
    r"newsl|\bnl\b|mail|rundbrief|rundschreiben|verteiler|versand|zusend|zustell|\babo\b|abonn|werb|"
    r"ds ?gvo|gdpr|datenschutz|einwillig|einverst|zustimm|erlaub|consent|\bopt\b|opt ?in|permission|"
    r"marketing|subscri|kontaktier|kontaktweg|kontaktart|kanal|kommunikation|infopost|infobrief|"
    r"\binfos?\b|empfang|erhält|bekommt|bezug|freigabe|zusage|erwünscht|gewünscht"
)
_LONGEST_HEADER = 100  # a longer one is prose
_ELSEWHERE = re.compile(r"\b(?:sms|whatsapp|telefon\w*|phone|calls?|anrufe?|tel|fax\w*|post|brief\w*)\b")
_MAIL_TOO = re.compile(r"mail|newsl|nur (?:noch )?(?:per )?|only")

# Cells of a column that is about letters or about consent: no yes, in one word or two.
_MISSING = (
    "do not allow, not allowed, disallow, nicht zulassen, nicht erlaubt, blocked, "
    "angefragt, ausstehend, brief, entzogen, fax, fehlend, fehlt, liegt nicht vor, missing, nicht "
    "gegeben, nicht unterschrieben, nicht vorhanden, noch nicht, not given, offen, papier, per brief, "
    "per fax, per post, post, postalisch, postweg, print, steht aus, telefon, telefonisch, ungeklärt, "
    "unklar, unknown, zurückgenommen, zurückgezogen"
)
MISSING = frozenset(_MISSING.split(", "))

# A word of a status, compared in small letters with blanks for hyphens and underscores.
_STATUS = {
    "active": "aktiv, active, angemeldet, abonniert, abonnent, bestätigt, eingetragen, subscribed, "
    "subscriber, confirmed, opt in, opted in, enabled, optin, double opt in, doi, confirmed opt "
    "in, marketing contact, marketingkontakt",
    "deactivated": "abgemeldet, inaktiv, nicht aktiv, nicht mehr aktiv, gesperrt, deaktiviert, abbestellt, "
    "ausgetragen, gekündigt, widerrufen, widerspruch, widersprochen, gelöscht, beschwerde, "
    "werbesperre, blacklist, blacklisted, blocked, disabled, inactive, deactivated, "
    "unsubscribed, opt out, optout, opted out, suppressed, complained, complaint, spam, "
    "deleted, removed, blocklist, blocklisted, blockiert, block listed, black listed, "
    "unsubscribe, unsub, abused, abuse, missbrauch, spam complaint, reported spam, marked as "
    "spam, spambeschwerde, widerruf, withdrawn, revoked, abmeldung, verstorben, deceased, tot, gestorben, "
    "optedout, abgelehnt, verweigert, einwilligung widerrufen, permission widerrufen, auf blockliste, auf "
    "der blockliste",
    "bounced": "unzustellbar, ungültig, rückläufer, bounced, bounce, hardbounce, hard bounce, hard "
    "bounced, cleaned, undeliverable, invalid, hardbounced, nicht zustellbar, bereinigt, hard "
    "bounces, hardbounces, user unknown, empfänger unbekannt",
    "ended": "archived, archiviert, non subscribed, nonsubscribed, not subscribed, never subscribed, "
    "nicht abonniert, unbekannt verzogen, verzogen, moved, ausgetreten, ausgeschieden, "
    "ehemalig, ehemaliger, ehemalige, erloschen, stillgelegt, soft bounce, softbounce, soft "
    "bounced, softbounced, non marketing contact, nicht marketingkontakt, quarantined, nur "
    "post, no permission, keine permission, keine einwilligung, transactional",
    "pending": "pending, unconfirmed, paused, registered, ausstehend, unbestätigt, nicht bestätigt, "
    "pausiert, ruhend, offen, wartend, neu, new, warteschlange, queued, waiting, nicht "
    "aktiviert, not confirmed, awaiting confirmation, unbekannt, unknown, angefragt, passiv, "
    "error, fehler, snoozed, single opt in, wartet",
}
STATUS = {word: kind for kind, words in _STATUS.items() for word in words.split(", ")}

# A remark that asks for no letters, or says that none arrive. One of the stems is in every such text:
# they are looked for first, because that is twenty times as fast.
_STEM_WORDS = (
    "never, non-sub, nonsub, aktiv, inactive, withdrawn, revoked, "
    "kein, nicht, ohne, stop, unerw, disabled, verbot, untersagt, abgelehnt, abbestell, abgemeldet, abmeld, "
    "austrag, ausgetr, widerspr, widerruf, sperr, storben, unsub, nur, verzogen, voll, full, zustell, "
    "undeliver, bounce, rückläuf, unknown, unbekannt, ungültig, invalid, künd, ausgesch, zurückgezogen, "
    "fehlt, lösch, streich, gestrichen, raus, entfern, remove, spam, beschwer, unterlass, complain, "
    "deceased, passed away, †, cleaned, archiv, verteiler, ehemal, erlosch, don't, nothing, exceed, "
    "offen, missing, only, opt-out, opt out, optout, opted, liste, no-mail, do not, nein"
)
_WORDS = (" no ", " nie ", " not ")
_STEMS = (*_STEM_WORDS.split(", "), *_WORDS)
_MAIL = (
    r"(?:e-?)?mail\w*|newsletter\w*|newsl\b\.?|nl|rundbrief\w*|rundmail\w*|werb\w*|mailing\w*|zusend\w*|"
    r"zuschick\w*|anschreib\w*|angeschrieben|anmailen|angemailt|kontaktier\w*|kontaktaufnahme|schicken|senden|"
    r"gesendet|verschick\w*|einwilligung|zustimmung|permission|consent|interesse|interest\w*|"
    r"einverstanden|infos?|informationen"
)
_GETTING = r"bekommen|erhalten|empfangen|haben|lesen|beziehen|wissen|receive|get"
NO_MAIL = re.compile(
    rf"\b(?:keine?[nrs]?|keinerlei|nicht|nichts|nie|ohne|stopp?|don'?t|do not|no|not|never)\b"
    rf"(?:\W+\w+){{0,3}}?\W+(?:{_MAIL}|kontakt|contact)\b"
    rf"|\b(?:{_MAIL})\W+(?:\w+\W+){{0,2}}?(?:unerwünscht|verboten|untersagt|abgelehnt|stopp?|nicht|nein|no)\b"
    rf"|\b(?:nicht|nichts)\s+(?:\w+\s+)?mehr\b(?:\W+\w+){{0,3}}?\W+(?:{_GETTING})\b"
    rf"|\b(?:will|möchte|wünscht|wants?)\b(?:\W+\w+){{0,2}}?\W+(?:nicht|nichts|keine\w?|no|nothing|not)\b"
    r"|\bnur\s+(?:noch\s+)?(?:per\s+|via\s+)?(?:post|brief|fax|telefon|papier)(?:weg)?\b|\bpost only\b"
    r"|\b(?:einwilligung|zustimmung|permission|dsgvo)\W+(?:\w+\W+){0,2}?(?:fehlt|zurückgezogen|offen|missing)"
    r"|(?:mailbox|postfach|inbox|quota)\W+(?:\w+\W+){0,2}?(?:ist\s+)?(?:über)?(?:voll|full|exceeded)"
    r"|\b(?:user|recipient|empfänger|adresse|address|mailbox|postfach)\W+(?:ist\s+|is\s+)?"
    r"(?:unknown|unbekannt|ungültig|invalid|existiert nicht|does not exist)"
    r"|unerwünscht|nicht (?:mehr )?(?:erwünscht|gewünscht)|withdrawn|revoked"
    r"|unzustellbar|nicht zustellbar|undeliver|\b(?:hard ?)?bounced?\b|\bhard ?bounces?\b|rückläufer"
    r"|abbestell|\babgemeldet|\babmeld|\baustragen|ausgetragen|widersproch|widerspruch"
    r"|widerruf(?!s?(?:belehr|recht|bar|lich))|\b(?:werbe|mail|newsletter|versand|kontakt)?sperre\b|gesperrt"
    r"|\bsperren\b|verstorben|gestorben|†|deceased|passed away|unbekannt verzogen|\bverzogen\b|gekündigt"
    r"|kündigung"
    r"|ausgetreten|ausgeschieden|unsubscri|\bopt(?:ed)?[ -]?out\b|(?:black|block)[ -]?list"
    r"|\b(?:verteiler|liste)\W+(?:\w+\W+){0,2}?(?:nehmen|genommen|entfern\w*|streichen|gestrichen|raus)\b"
    r"|(?:bitte|daten)\W+(?:\w+\W+)?"
    r"(?:löschen|streichen|entfernen)|\bgelöscht\b|löschung|\bplease remove\b|remove (?:me|from)"
    r"|als spam|as spam|spam-?(?:beschwerde|complaint)|beschwert|unterlassung|complain"
    r"|(?m:^\s*(?:cleaned|archived|archiviert|non-?subscribed|inaktiv|inactive|"
    r"deaktiviert|disabled|ehemalige?r?|erloschen|removed|spam|stopp?)\s*$)",
    re.IGNORECASE,
)


def leaving_field(plain: str) -> str:
    """What a column of this name says about people who are gone: deactivated, bounced, ended, or nothing."""
    if len(plain) > _LONGEST_HEADER or is_elsewhere(plain):
        return ""
    return next((field for field, words in HEADERS.items() if words.fullmatch(plain)), "")


def is_elsewhere(plain: str) -> bool:
    """Whether a column is about telephone, fax or paper only, or about bounces that pass."""
    if "soft" in plain and "bounce" in plain:
        return True
    return _ELSEWHERE.search(plain) is not None and _MAIL_TOO.search(plain) is None


def asks_for_no_mail(text: str) -> bool:
    """Whether a text asks for no letters, or says that none arrive."""
    small = f" {text.casefold()} ".replace("\n", " ")
    return any(stem in small for stem in _STEMS) and NO_MAIL.search(text) is not None


def status_of(cell: str) -> str:
    """active, deactivated, bounced, ended, pending; empty for a word that is none of a status."""
    return STATUS.get(" ".join(re.sub(r"[_\-–]", " ", cell.casefold()).split()).strip(" .!"), "")
