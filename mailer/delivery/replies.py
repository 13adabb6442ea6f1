"""What an answer of a mail server means: whom it concerns, whether a later try helps, if an address is dead.

A code alone says little: the same 550 refuses an address that is gone and a sender that is on a block list.
Read wrongly, one day on a block list would empty an address book. Hence an address is dead only by five
enhanced codes (RFC 3463) or by words that can mean nothing else, and never when the answer speaks of policy.
"""

import re
from dataclasses import dataclass

BEFORE_MAIL = ("connect", "greeting", "hello", "ehlo", "starttls", "tls", "auth")
_HARD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_BAD_SENDER = frozenset({"5.1.7", "5.1.8"})
_TOO_LARGE = frozenset({"5.2.3", "5.3.4"})
_FULL = frozenset({"5.2.2", "4.2.2"})
_RATE_CODES = frozenset({"4.7.28", "4.7.650"})
# These groups and mailboxes take mail from known senders only (Exchange); nobody else is concerned.
_RESTRICTED = frozenset(
    {"5.7.12", "5.7.124", "5.7.125", "5.7.129", "5.7.133", "5.7.134", "5.7.135", "5.7.136"}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an answer.

    Args:
        outcome: sent | deferred | failed | in_doubt, as a delivery state.
        scope: whom it concerns: `recipient` this one alone; `host` the server, so that it is left alone for
            a while and nobody is marked; `sender` us, so that a person has to look; `message` its form.
        hard: the address is dead.
        slow: too much at once; the next letters go there more slowly.
    """

    outcome: str
    scope: str
    hard: bool = False
    slow: bool = False


def classify(phase: str, code: int, enhanced: str, text: str) -> Verdict:
    """The meaning of a reply, or of none (code 0), in a phase of the conversation.

    Args:
        phase: connect | ehlo | starttls | auth | mail | rcpt | data | body | dot.
        code: the three digits (RFC 5321 section 4.2); 0 when the connection broke or was silent.
        enhanced: the enhanced status code (RFC 3463), or nothing; it is then looked for in the text.
        text: what was said.
    """
    if phase == "dot" and 200 <= code < 300:
        return Verdict("sent", "recipient")
    if not 400 <= code < 600:  # silence, or no SMTP at all
        return Verdict("in_doubt" if phase == "dot" else "deferred", "host")
    enhanced = enhanced or _find_enhanced(code, text)
    if phase in BEFORE_MAIL:
        return _before_mail(phase, code, text)
    if code < 500:
        return _for_now(phase, code, enhanced, text)
    if phase == "mail":
        return Verdict("deferred", "sender")  # it would be the same for everybody
    return _for_good(phase, code, enhanced, text)


def says_full(code: int, enhanced: str, text: str) -> bool:
    """Whether an answer says that the mailbox holds no more."""
    return (enhanced or _find_enhanced(code, text)) in _FULL or bool(_FULL_BOX.search(text))


def _before_mail(phase: str, code: int, text: str) -> Verdict:
    """No letter is concerned yet: the server is left alone, or a person has to look at the log-in."""
    slow = bool(_RATE.search(text))
    if phase == "auth" and code >= 500:
        return Verdict("deferred", "sender")
    return Verdict("deferred", "host", slow=slow)


def _for_now(phase: str, code: int, enhanced: str, text: str) -> Verdict:
    slow = enhanced in _RATE_CODES or bool(_RATE.search(text)) or (code == 450 and enhanced == "4.2.1")
    of_host = code == 421 or phase == "mail" or enhanced in ("4.3.1", "4.3.2")
    of_host |= code == 452 and enhanced not in _FULL and not _FULL_BOX.search(text)
    of_host |= bool(_OWN_LIMIT.search(text))
    return Verdict("deferred", "host" if of_host else "recipient", slow=slow)


def _for_good(phase: str, code: int, enhanced: str, text: str) -> Verdict:
    if code == 552 and not enhanced and phase == "rcpt" and not _TOO_BIG.search(text):
        return Verdict("deferred", "recipient")  # old servers: too many for now (RFC 5321 section 4.5.3.1.10)
    if enhanced in _RESTRICTED or _RESTRICTED_TEXT.search(text):
        return Verdict("failed", "recipient")
    if enhanced.startswith("5.7.") or enhanced in _BAD_SENDER:
        return Verdict("failed", "sender")
    if _CLOSED_BOX.search(text):
        return Verdict("failed", "recipient")
    if _POLICY.search(text):
        return Verdict("failed", "sender")
    if enhanced in _TOO_LARGE or _TOO_BIG.search(text):
        return Verdict("failed", "message")
    if enhanced in _FULL or _FULL_BOX.search(text):
        return Verdict("deferred", "recipient")  # people come back from holidays
    if enhanced in _HARD or _is_dead(phase, code, enhanced, text):
        return Verdict("failed", "recipient", hard=True)
    if enhanced.startswith(("5.5.", "5.6.")) or 500 <= code <= 504:
        return Verdict("failed", "message")
    if code == 554 and phase == "dot" and enhanced in ("", "5.0.0"):
        return Verdict("failed", "sender")  # refused after reading, and no word why: the content
    return Verdict("failed", "recipient")


def _is_dead(phase: str, code: int, enhanced: str, text: str) -> bool:
    """Words that mean a dead address; the vague sentence of RFC 5321 counts at RCPT only, and alone."""
    if _DEAD.search(text):
        return True
    vague = code == 550 and phase == "rcpt" and enhanced in ("", "5.5.0", "5.0.0", "5.1.0", "5.2.0")
    return vague and bool(_UNAVAILABLE.fullmatch(text))


def _find_enhanced(code: int, text: str) -> str:
    """An enhanced code anywhere in the text (qmail writes `(#5.1.1)`), of the same class as the code."""
    found = re.search(rf"(?<![\d.]){str(code)[0]}\.\d{{1,3}}\.\d{{1,3}}(?![\d.]*\d)", text)
    return found[0] if found else ""


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_RATE = _any_of(
    r"\brate\b(?!d)",
    r"rate[- ]?limit",
    r"throttl",
    r"too (?:many|much) (?:messages|mails?|e-?mails|connections|sessions|concurrent|simultaneous)",
    r"too (?:fast|quickly)",
    r"\bslow down\b",
    r"unusual(?:ly high)? (?:rate|volume|traffic)",
    r"\b(?:limit|quota) (?:of )?(?:messages|mails) .{0,30}exceeded",
    r"zu viele (?:mails|e-?mails|nachrichten|verbindungen)",
)
# The relay's own limit for us, whoever the letter is for.
_OWN_LIMIT = _any_of(r"maximum sending rate", r"daily (?:message|sending) (?:quota|limit)", r"sending limit")
_FULL_BOX = _any_of(
    r"(?:mailbox|inbox|account|user|recipient)[^.;]{0,40}(?:is full|over ?quota|quota exceeded|full\b)",
    r"over (?:its |the |their |disk )?quota",
    r"quota exceeded",
    r"exceeded storage allocation",
    r"insufficient (?:mailbox )?(?:storage|quota)",
    r"(?:postfach|mailbox) (?:ist )?(?:voll|überfüllt|ueberfuellt)",
    r"speicherplatz (?:ist )?(?:erschöpft|erschoepft|überschritten|ueberschritten)",
)
_TOO_BIG = _any_of(
    r"message(?: size)? (?:is )?(?:too (?:large|big)|exceeds)",
    r"(?:message|size) (?:file )?(?:size )?exceeds (?:the )?(?:fixed|maximum|size|limit)",
    r"nachricht (?:ist )?zu gro(?:ß|ss)",
)
_RESTRICTED_TEXT = _any_of(
    r"RESOLVER\.RST\.", r"only accepts? (?:mail|messages) from", r"SenderAuthenticationRequired"
)
# Locked today, perhaps open tomorrow: not proof enough that nobody reads there any more.
_CLOSED_BOX = _any_of(
    r"\b(?:mailbox|inbox|account|user|recipient)\b[^.;]{0,40}"
    r"\b(?:blocked|disabled|suspended|deactivated|inactive|discontinued|locked|expired)\b",
    r"\binactive (?:user|account|mailbox|recipient)",
    r"\b(?:postfach|konto|benutzer|empfänger|empfaenger) (?:ist |wurde )?(?:gesperrt|deaktiviert|inaktiv)",
)
_POLICY = _any_of(
    r"\bspam\b(?! ?assassin)",
    r"\bspamhaus\b|\bspamcop\b|\bbarracuda\b|\bsorbs\b|\buceprotect\b|\bnixspam\b",
    r"\b(?:black|block|deny)-?\s?list",
    r"\bDNS-?BL\b|\bRBL\b",
    r"blocked (?:using|by|due|for|because)",
    r"\b(?:is|was|been|are|ist) (?:temporarily |permanently )?(?:blocked|gesperrt)\b",
    r"\breputation\b",
    r"\bpolic(?:y|ies)\b",
    r"\b(?:SPF|DKIM|DMARC|ARC)\b",
    r"reverse (?:dns|host)|\bPTR\b|\brDNS\b|no reverse|invalid dns",
    r"relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed|prohibited)|unable to relay",
    r"allowed rcpthosts",
    r"not (?:RFC|rfc)[- ]?\d* ?(?:5322|2822|compliant)|bad header",
    r"unsolicited|unwanted|\bUBE\b|\bbulk mail",
    r"\b(?:virus|malware|phish)",
    r"(?:message|mail|content|e-mail) (?:was |has been |is )?(?:rejected|refused|blocked|abgelehnt)",
    r"\bsender (?:address )?(?:rejected|denied|refused|blocked|verify|verification|domain)",
    r"\b(?:sender|from) (?:address )?[^;]{0,60}(?:not exist|not found|invalid|unknown|not verified)",
    r"(?:client|helo|ehlo)[^:]{0,60}(?:rejected|denied|refused)",
    r"authentication (?:is )?required|must (?:authenticate|issue a STARTTLS)|not authenticated",
    r"\b(?:RP|CO|IB|DY|SC)-00\d",
    r"\((?:NOWL|DNSBL|BL)\)",
    r"richtlinie|unerwünscht|unerwuenscht|werbemail",
    r"absender(?:adresse)? (?:ist |wurde )?(?:gesperrt|abgelehnt|unzulässig|unbekannt|ungültig)",
)
_DEAD = _any_of(
    r"\b(?:user|recipient|mailbox|account|address|addressee|alias)(?: name)? (?:is )?(?:unknown|unbekannt)\b",
    r"\b(?:unknown|invalid|nonexistent|non-existent) (?:local )?"
    r"(?:user|recipient|mailbox|account|address|rcpt|local.?part)\b",
    r"\bno such (?:local )?(?:user|recipient|mailbox|account|address|person|domain|email)",
    r"\bno (?:mailbox|user|account) (?:here )?(?:by|with|of|for) (?:that|this) name",
    r"\b(?:user|recipient|mailbox|account|address|domain)(?: \S+@\S+| <[^>]*>)?[^.;:]{0,25}"
    r"(?:does not|doesn't|doesnt|do not) exist",
    r"\b(?:user|recipient|mailbox|account|address|recipient address)[^.;:]{0,25} not found\b(?! in dns)",
    r"\bdoes(?:n't| not) have an? (?:\S+ )?(?:account|mailbox)",
    r"\bnot (?:a )?(?:known|valid) (?:user|recipient|mailbox|address)\b",
    r"\bundeliverable address\b",
    r"\bRecipientNotFound\b|\bRESOLVER\.ADR\.",
    r"AS\(201806281\)",  # Exchange Online: the tenant knows no such recipient
    r"\b(?:benutzer|empfänger|empfaenger|postfach|teilnehmer|konto|mailadresse|e-mail-adresse|adresse|"
    r"empfängeradresse|empfaengeradresse)(?:in)?(?: \S+@\S+| <[^>]*>)? "
    r"(?:ist )?(?:hier )?(?:unbekannt|nicht bekannt|nicht gefunden|nicht vorhanden|existiert nicht|"
    r"existiert hier nicht|ungültig|ungueltig)",
    r"\bunbekannte[rs]? (?:benutzer|empfänger|empfaenger|teilnehmer|adresse|postfach)",
    r"\bkein (?:solcher |solches )?(?:benutzer|empfänger|empfaenger|postfach|teilnehmer)",
)
_UNAVAILABLE = re.compile(
    r"(?:5\.\d\.\d )?(?:requested (?:mail )?action not taken[:;,]? )?mailbox unavailable\.?(?: \(S\d+\))?"
    r"(?: \[[^\]]*\])?",
    re.IGNORECASE,
)
