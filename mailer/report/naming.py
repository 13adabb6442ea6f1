"""What readers call the reasons in the books; one in free words may name somebody and is not told."""

from collections.abc import Mapping
from typing import Any

from mailer.delivery import audience
from mailer.delivery.outbox import GONE_STALE
from mailer.delivery.readers import BY_HAND
from mailer.report.books import DEAD, FORM, FULL, GIVEN_UP, LOGGED, POLICY, REFUSED, UNKNOWN, UNMADE

_GERMAN = {
    DEAD: "Die Adresse gibt es nicht",
    POLICY: "vom Empfänger aus Gründen seiner Richtlinien abgelehnt",
    FULL: "Das Postfach blieb voll",
    GIVEN_UP: "nach mehreren Versuchen aufgegeben",
    FORM: "Form oder Größe des Briefs abgelehnt",
    REFUSED: "vom Empfänger abgelehnt",
    UNMADE: "Für diese Person ließ sich kein Brief herstellen",
    LOGGED: "laut Protokoll des Mailservers zurückgekommen",
    UNKNOWN: "kein Grund festgehalten",
    audience.HAS_IT: "hat diese Ausgabe schon",
    audience.GIVEN_UP: "hat diese Ausgabe vielleicht schon, Versand war ungewiss",
    audience.FAILED: "schon einmal nicht zustellbar, Adresse unverändert",
    "mailing cancelled": "Versand abgebrochen",
    "unsubscribed or suppressed meanwhile": "inzwischen abgemeldet oder gesperrt",
    "on the suppression list": "auf der Sperrliste",
    "subscription pending": "Anmeldung nicht bestätigt",
    "subscription paused": "Abonnement ausgesetzt",
    "subscription unsubscribed": "abgemeldet",
    "subscription suppressed": "gesperrt",
    "no proof of a consent": "Einwilligung nicht nachgewiesen",
    "joined while the list was made": "während der Aufstellung der Liste hinzugekommen",
    "erased since": "inzwischen gelöscht",
    "has got a right one since": "hat inzwischen einen richtigen Brief",
    "no subscription": "kein Abonnement mehr",
}
_UNANSWERED = "Die Antwort des Mailservers blieb aus"
_OTHER = {"de": ("von Hand aufgegeben", "anderer Grund"), "en": ("given up by hand", "another reason")}


def named(reasons: Mapping[str, int], language: str) -> list[tuple[str, int]]:
    """The reasons in the words of a language, the most frequent first."""
    found: dict[str, int] = {}
    for reason, number in reasons.items():
        text = capital(_named(reason, language))
        found[text] = found.get(text, 0) + number
    return sorted(found.items(), key=lambda pair: -pair[1])


def capital(text: str) -> str:
    """With a capital letter in front, as a line of its own has it."""
    return text[:1].upper() + text[1:]


def answer(state: str, row: Mapping[str, Any], language: str) -> str:
    """Why one person got no letter: the reason in the words of a language, and the last answer."""
    reason, reply = str(row["reason"]), str(row["reply"])
    if state == "in_doubt" and language == "de":
        reason = _UNANSWERED
    elif reason == GONE_STALE or reason in _GERMAN:
        reason = capital(_named(GIVEN_UP if reason == GONE_STALE else reason, language))
    return f"{reason} ({reply})" if reason and reply and reply not in reason else reason or reply


def _named(reason: str, language: str) -> str:
    by_hand, other = _OTHER[language]
    if reason.startswith(BY_HAND):
        return by_hand
    if reason not in _GERMAN:
        return other
    return _GERMAN[reason] if language == "de" else reason
