"""The words of the studio's server in German and in English; the page's own stand in its scripts."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

Both = tuple[str, str]  # German, English
NB = "\u00a0"

# The team's words for the states of a mailing and of the files, and the colour of the dot.
STATES: Mapping[str, tuple[Both, str]] = MappingProxyType(
    {
        "draft": (("Entwurf", "draft"), "rest"),
        "unsure": (("noch zu prüfen: {marks}", "to be checked: {marks}"), "doubt"),
        "unreadable": (("nicht lesbar", "cannot be read"), "stop"),
        "checked": (("geprüft", "checked"), "next"),
        "approved": (("freigegeben", "approved"), "next"),
        "changed": (("geändert seit der Freigabe", "changed since the approval"), "doubt"),
        "changed_hindered": (
            (
                "geändert seit der Freigabe · Hindernisse: {marks}",
                "changed since the approval · blockers: {marks}",
            ),
            "stop",
        ),
        "hindered": (("Hindernisse: {marks}", "blockers: {marks}"), "stop"),
        "due": (("fällig", "due"), "next"),
        "expanding": (("wird vorbereitet", "in preparation"), "next"),
        "sending": (("wird versandt", "being sent"), "next"),
        "done": (("versandt", "sent"), "done"),
        "held": (("angehalten", "held"), "stop"),
        "missed": (("verpasst", "missed"), "stop"),
        "cancelled": (("abgesagt", "cancelled"), "stop"),
    }
)
# Why nothing can be approved now, and the next step.
REASONS: Mapping[str, Both] = MappingProxyType(
    {
        "": ("", ""),
        "unreadable": (
            "Die Ausgabe ist nicht lesbar. Beheben Sie zuerst die genannten Stellen.",
            "The issue cannot be read. First mend the places named.",
        ),
        "no_database": (
            (
                "Es gibt noch keine Datenbank und keinen geplanten Versand. Nächster Schritt: "
                "rundbrief subscribers import."
            ),
            "There is no database and no planned mailing yet. Next step: rundbrief subscribers import.",
        ),
        "unreadable_database": (
            "Die Datenbank ist nicht lesbar. rundbrief doctor nennt den Grund.",
            "The database cannot be read. rundbrief doctor says why.",
        ),
        "unplanned": (
            "Zu dieser Ausgabe ist kein Versand geplant. Nächster Schritt: rundbrief mailing plan {issue}.",
            "No mailing of this issue is planned. Next step: rundbrief mailing plan {issue}.",
        ),
        "under_way": ("Diese Ausgabe wird gerade versandt.", "This issue is being sent."),
        "sent": ("Diese Ausgabe ist versandt.", "This issue has been sent."),
        "missed": (
            "Der Versand wurde verpasst. Nächster Schritt: rundbrief mailing plan {issue}.",
            "The mailing was missed. Next step: rundbrief mailing plan {issue}.",
        ),
        "approved": (
            "Genau dieser Stand ist freigegeben, am {at} von {by}.",
            "Exactly this is approved, on {at} by {by}.",
        ),
        "findings": (
            "{hindrances} im Weg. Beheben Sie zuerst, was rechts steht.",
            "{hindrances} in the way. First mend what is listed.",
        ),
        "late": (
            "Der geplante Termin ({at}) ist zu lange vorbei. Sagen Sie ihn ab und planen Sie neu.",
            "The planned time ({at}) is too long past. Cancel the mailing and plan it anew.",
        ),
        "nobody": (
            "Der Versand würde niemanden erreichen. Prüfen Sie den Verteiler „{segment}“.",
            "The mailing would reach nobody. Look at the segment “{segment}”.",
        ),
        "eyes": (
            "{by} hat den Versand geplant; hier gilt das Vier-Augen-Prinzip. Jemand anderes gibt frei.",
            "{by} planned the mailing, and four eyes are wanted. Somebody else has to approve it.",
        ),
        "exposed": (
            "Diese Seite ist von anderen Geräten erreichbar. Freigeben geht nur auf diesem Rechner selbst.",
            "This page can be reached from other machines. Approving works on this machine alone.",
        ),
        "changed": (
            "Seit der Anzeige hat sich etwas geändert; nichts ist freigegeben. Sehen Sie noch einmal hin.",
            "Something changed since it was shown; nothing is approved. Please look again.",
        ),
        "recipients": (
            "Jetzt sind es {now} statt {shown} Empfänger; nichts ist freigegeben. Sehen Sie noch einmal hin.",
            "There are now {now} recipients instead of {shown}; nothing is approved. Please look again.",
        ),
        "other": ("Das geht im Augenblick nicht. Meldung des Programms: {sentence}", "{sentence}"),
    }
)
FORMS: Mapping[str, Both] = MappingProxyType(
    {
        "personal": ("persönlich", "personal"),
        "named": ("„Guten Tag Vorname Nachname“", "first and last name"),
        "first_name": ("„Hallo Vorname“", "first name"),
        "collective": ("Sammelanrede", "for everybody"),
        "bare": ("Gruß ohne Namen", "without a name"),
    }
)
CASES: Mapping[str, Both] = MappingProxyType(
    {
        "": ("", ""),
        "longest": ("längster Name", "longest name"),
        "nameless": ("kein Name", "no name"),
        "diverse": ("divers", "diverse"),
        "du": ("du", "du"),
        "english": ("Englisch", "English"),
    }
)
TEXTS: Mapping[str, Both] = MappingProxyType(
    {
        "no_issue": ("Diese Ausgabe gibt es nicht.", "There is no such issue."),
        "no_letter": (
            "Von dieser Ausgabe gibt es noch keinen Brief.",
            "There is no letter of this issue yet.",
        ),
        "no_variant": ("Diese Fassung gibt es in der Ausgabe nicht.", "The issue has no such variant."),
        "no_person": ("Diese Person gibt es nicht.", "There is no such person."),
        "no_view": ("Diese Ansicht gibt es nicht.", "There is no such view."),
        "bad_call": ("Diese Anfrage ist nicht vollständig.", "This request is incomplete."),
        "foreign": ("Freigeben geht nur von dieser Seite aus.", "Approving works from this page alone."),
        "approved": (
            "Freigegeben für {count}. Jede weitere Änderung nimmt die Freigabe zurück.",
            "Approved for {count}. Any further change takes the approval back.",
        ),
        "approved_held": (
            "Freigegeben für {count}. Weiter geht es mit: rundbrief mailing resume {mailing}.",
            "Approved for {count}. Go on with: rundbrief mailing resume {mailing}.",
        ),
        "approve": ("Freigeben", "Approve"),
        "not_planned": ("kein Versand geplant", "no mailing planned"),
        "not_approved": ("noch nicht freigegeben", "not approved yet"),
        "held": ("angehalten, neuer Stand nicht freigegeben", "held, the new state is not approved"),
        "approved_at": ("freigegeben am {at} von {by}", "approved on {at} by {by}"),
        "void": (
            "Freigabe vom {at} gilt nicht mehr: seither geändert",
            "the approval of {at} is void: changed since",
        ),
        "unchanged": ("unverändert", "unchanged"),
        "rest_unchanged": ("übrige unverändert", "all others unchanged"),
        "gone_variant": ("entfallen", "no longer there"),
        "no_word": (
            "kein Wort; anderes, etwa Absender oder Verteiler",
            "no word, but something else, such as sender or segment",
        ),
        "new_variant": ("neue Fassung", "new variant"),
        "looks": ("Gestaltung geändert", "layout changed"),
        "since_approval": ("Freigabe vom {at}", "approval of {at}"),
        "since_sending": ("Versand vom {at}", "mailing of {at}"),
        "since_unknown": ("letzte Freigabe", "last approval"),
        "everybody": ("alle", "everybody"),
        "the_others": ("alle übrigen", "all others"),
        "all_cards": ("alle Karten", "all cards"),
        "all_but": ("alle außer: {cards}", "all but: {cards}"),
        "no_cards": ("keine Karten", "no cards"),
        "nameless": ("ohne Namen", "without a name"),
        "example": ("Beispiel", "example"),
        "subject": ("Betreff", "Subject"),
        "preheader": ("Vorschauzeile", "Preview line"),
        "sandbox": ("Postfach (Sandkasten)", "Inbox (sandbox)"),
        "sending_at": ("Versand {at}", "to be sent {at}"),
    }
)
_DAYS = (("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


def pick(both: Both, language: str) -> str:
    """The German or the English text."""
    return both[language == "en"]


def text(name: str, language: str, **values: object) -> str:
    """One of `TEXTS`, filled."""
    return pick(TEXTS[name], language).format(**values)


def reason(name: str, language: str, issue: str, values: Mapping[str, object]) -> str:
    """One of `REASONS`, filled; moments become dates."""
    told = {key: day(at, language) if isinstance(at, datetime) else at for key, at in values.items()}
    count = told.get("count")
    one = count == 1
    hindrances = (
        f"{count}{NB}{'Hindernis steht' if one else 'Hindernisse stehen'}"
        if language != "en"
        else f"{count} {'obstacle stands' if one else 'obstacles stand'}"
    )
    return pick(REASONS[name], language).format(**{"issue": issue, "hindrances": hindrances, **told})


def number(count: int, language: str) -> str:
    """4.812 in German, 4,812 in English."""
    return f"{count:,}".replace(",", "," if language == "en" else ".")


def people(count: int, language: str) -> str:
    """1 Empfänger, 4.812 Empfänger."""
    word = "recipient" if count == 1 else "recipients"
    return f"{number(count, language)}{NB}{word if language == 'en' else 'Empfänger'}"


def delivered(count: int, language: str) -> str:
    """4.812 zugestellt."""
    return f"{number(count, language)} {'delivered' if language == 'en' else 'zugestellt'}"


def caught(count: int, language: str) -> str:
    """12 Briefe gefangen."""
    if language == "en":
        return f"{number(count, language)} {'letter' if count == 1 else 'letters'} caught"
    return f"{number(count, language)} {'Brief' if count == 1 else 'Briefe'} gefangen"


def words_changed(count: int, language: str) -> str:
    """1 Wort geändert."""
    if language == "en":
        return f"{number(count, language)} {'word' if count == 1 else 'words'} changed"
    return f"{number(count, language)} {'Wort' if count == 1 else 'Wörter'} geändert"


def count_variants(count: int, language: str) -> str:
    """1 Fassung, 3 Fassungen."""
    if language == "en":
        return f"{number(count, language)} {'variant' if count == 1 else 'variants'}"
    return f"{number(count, language)} {'Fassung' if count == 1 else 'Fassungen'}"


def kilobytes(size: int, language: str) -> str:
    """27 KB."""
    return f"{number(max(1, round(size / 1024)), language)}{NB}KB"


def day(at: datetime, language: str) -> str:
    """3. 10. 2025; 3 October would say the same longer."""
    return f"{at.day}.{NB}{at.month}.{NB}{at.year}" if language != "en" else f"{at:%Y-%m-%d}"


def moment(at: datetime, language: str) -> str:
    """Di 7. 10., 9:30."""
    weekday = _DAYS[language == "en"][at.weekday()]
    if language == "en":
        return f"{weekday} {at:%Y-%m-%d}, {at:%H:%M}"
    return f"{weekday} {at.day}.{NB}{at.month}., {at.hour}:{at:%M}"
