"""Every word of the inbox page, in German and in English; German speaks formally."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from mailer.web.inbox_leave import Pressed
from mailer.web.studio_wording import Both, number, pick
from mailer.web.view_wording import views

# What the page itself says; its scripts get the same table.
PAGE: Mapping[str, Both] = MappingProxyType(
    {
        "title": ("Postfach", "Inbox"),
        "sandbox": ("Sandkasten", "Sandbox"),
        "to_mail": ("Zum Brief", "To the mail"),
        "to_studio": ("Zur Vorschau", "To the preview"),
        "live": ("aktuell", "up to date"),
        "waiting": ("wird geladen …", "loading …"),
        "lost": ("Verbindung getrennt", "connection lost"),
        "faults": ("Fehleradressen", "Fault addresses"),
        "faults_why": (
            (
                "Der Teil vor dem @ bestimmt, was der Sandkasten falsch macht, allein oder mit Bindestrich "
                "und Weiterem: 550@example.org, 550-anna@example.org. Was vor dem ersten Empfänger geschieht "
                "(Verbindung, TLS, Anmeldung, Absender), lässt sich so nicht stören."
            ),
            (
                "The part before the @ decides what the sandbox does wrong, alone or with a hyphen and more: "
                "550@example.org, 550-anna@example.org. What happens before the first recipient (connection, "
                "TLS, login, sender) cannot be disturbed this way."
            ),
        ),
        "address": ("Adresse", "Address"),
        "happens": ("Was geschieht", "What happens"),
        "clear": ("Leeren", "Clear"),
        "clear_title": ("Postfach leeren?", "Clear the inbox?"),
        "clear_why": (
            "Alle gefangenen Briefe werden gelöscht. Das lässt sich nicht rückgängig machen.",
            "All caught mails will be deleted. This cannot be undone.",
        ),
        "clear_yes": ("Alle löschen", "Delete all"),
        "cancel": ("Abbrechen", "Cancel"),
        "close": ("Schließen", "Close"),
        "search": ("Suchen", "Search"),
        "search_in": ("Adresse oder Betreff", "Address or subject"),
        "mails": ("Gefangene Briefe", "Caught mails"),
        "one": ("1 Brief", "1 mail"),
        "many": ("{count} Briefe", "{count} mails"),
        "found": ("{count} gefunden", "{count} found"),
        "found_more": ("mehr als {count} gefunden", "more than {count} found"),
        "more": ("Ältere zeigen", "Show older ones"),
        "none": ("Noch nichts gefangen", "Nothing caught yet"),
        "none_why": (
            "Was an den SMTP-Port des Sandkastens geht, erscheint hier von selbst.",
            "What is sent to the SMTP port of the sandbox appears here by itself.",
        ),
        "no_hit": ("Kein Brief passt zu dieser Suche.", "No mail fits this search."),
        "choose": ("Wählen Sie links einen Brief.", "Choose a mail on the left."),
        "back": ("Zur Liste", "To the list"),
        "keys": ("Brief wählen, Ansicht wechseln, suchen", "choose a mail, switch the view, search"),
        "no_subject": ("(ohne Betreff)", "(no subject)"),
        "from": ("Von", "From"),
        "no_sender": ("(leerer Umschlagabsender)", "(empty envelope sender)"),
        "to": ("An", "To"),
        "others": ("und {count} weitere", "and {count} more"),
        "caught_at": ("Gefangen", "Caught"),
        "size": ("Größe", "Size"),
        "download": ("Quelle herunterladen", "Download the source"),
        "broken": (
            "Der Aufbau dieses Briefes ist nicht lesbar. Unter „Text“ steht er, wie er ankam.",
            "The structure of this mail cannot be read. “Text” shows it as it came.",
        ),
        "views": ("Ansicht", "View"),
        "letter": ("Brief", "Letter"),
        "text": ("Text", "Text"),
        "headers": ("Kopfzeilen", "Headers"),
        "parts": ("Teile", "Parts"),
        "leave": ("Abmelden", "Unsubscribe"),
        "width": ("Breite", "Width"),
        "full": ("voll", "full"),
        "client": ("Mailprogramm", "Mail program"),
        "as_is": ("wie gefangen", "as caught"),
        "standard": ("Standard", "Standard"),
        "plain": ("GMX · WEB.DE", "GMX · WEB.DE"),
        "outlook": ("Outlook", "Outlook"),
        "noimages": ("Bilder aus", "Images off"),
        "scheme": ("Farben", "Colours"),
        "light": ("Hell", "Light"),
        "dark": ("Dunkel", "Dark"),
        "frame": ("Der Brief", "The letter"),
        "no_html": ("Dieser Brief hat keinen HTML-Teil.", "This mail has no HTML part."),
        "no_text": ("Dieser Brief hat keinen Textteil.", "This mail has no text part."),
        "no_headers": ("Dieser Brief hat keine Kopfzeilen.", "This mail has no headers."),
        "no_parts": ("Dieser Brief hat keine lesbaren Teile.", "This mail has no readable parts."),
        "decoded": ("lesbar", "decoded"),
        "raw": ("roh", "raw"),
        "header_form": ("Form der Kopfzeilen", "Form of the headers"),
        "name": ("Name", "Name"),
        "type": ("Art", "Type"),
        "role": ("Verwendung", "Use"),
        "no_name": ("(ohne Namen)", "(no name)"),
        "save": ("Speichern", "Save"),
        "link": ("Link", "Link"),
        "no_link": ("kein Link", "no link"),
        "mail_address": ("Adresse", "Address"),
        "no_address": ("keine Adresse", "no address"),
        "try": ("Abmeldung ausprobieren", "Try to unsubscribe"),
        "try_why": (
            (
                "Sendet genau die eine Anfrage, die ein Mailprogramm beim Druck auf „Abmelden“ sendet "
                "(RFC 8058). Die Person ist danach in dieser Datenbank abgemeldet."
            ),
            (
                "Sends exactly the one request that a mail program sends at a press of “Unsubscribe” "
                "(RFC 8058). The person is then unsubscribed in this database."
            ),
        ),
        "not_here": (
            (
                "Der Link führt nicht zu diesem Rechner und wird deshalb nicht ausprobiert. Dafür muss "
                "public_url in config.toml auf http://127.0.0.1 mit dem Port von „rundbrief run --only web“ "
                "stehen."
            ),
            (
                "The link leads elsewhere and is therefore not tried. For that, public_url in config.toml "
                "has to be http://127.0.0.1 with the port of “rundbrief run --only web”."
            ),
        ),
        "trying": ("wird gesendet …", "sending …"),
        "failed": ("Das hat nicht geklappt. Versuchen Sie es noch einmal.", "That did not work. Try again."),
    }
)
TEXTS: Mapping[str, Both] = MappingProxyType(
    {
        "gone": ("Diesen Brief gibt es nicht (mehr).", "There is no such mail (any more)."),
        "untidy": (
            "Dieser Brief ist so ungewöhnlich gebaut, dass er nur „wie gefangen“ gezeigt wird.",
            "This mail is built so unusually that it is shown “as caught” only.",
        ),
        "foreign": (
            "Das geht nur von der Seite auf diesem Rechner aus.",
            "This works on this machine alone.",
        ),
        "leave_elsewhere": (
            "Der Link führt nicht zu diesem Rechner; nichts wurde gesendet.",
            "The link leads to another machine; nothing was sent.",
        ),
        "header_there": (
            "List-Unsubscribe steht genau einmal da.",
            "List-Unsubscribe is there exactly once.",
        ),
        "header_missing": (
            "List-Unsubscribe fehlt: Mailprogramme zeigen keinen Knopf zum Abmelden.",
            "List-Unsubscribe is missing: mail programs show no button to unsubscribe.",
        ),
        "header_twice": (
            "List-Unsubscribe steht mehrfach da; Programme dürfen jedes davon nehmen.",
            "List-Unsubscribe is there more than once; programs may take any of them.",
        ),
        "link_secure": ("Der Link beginnt mit https.", "The link begins with https."),
        "link_here": (
            "Der Link beginnt mit http. Das geht nur auf diesem Rechner, im Versand muss es https sein.",
            "The link begins with http. That is fine on this machine only; real letters need https.",
        ),
        "link_plain": (
            "Der Link beginnt mit http; RFC 8058 verlangt https.",
            "The link begins with http; RFC 8058 wants https.",
        ),
        "link_missing": (
            "Es gibt keinen Link; RFC 8058 verlangt genau einen mit https.",
            "There is no link; RFC 8058 wants one with https.",
        ),
        "post_there": (
            "List-Unsubscribe-Post lautet wie vorgeschrieben.",
            "List-Unsubscribe-Post reads as required.",
        ),
        "post_missing": (
            "List-Unsubscribe-Post fehlt: Gmail und Yahoo bieten dann keine Abmeldung mit einem Klick an.",
            "List-Unsubscribe-Post is missing: Gmail and Yahoo then offer no one-click unsubscribe.",
        ),
        "post_wrong": (
            "List-Unsubscribe-Post muss „List-Unsubscribe=One-Click“ lauten.",
            "List-Unsubscribe-Post has to be “List-Unsubscribe=One-Click”.",
        ),
        "mailto_there": (
            "Daneben steht eine Adresse für Programme ohne Knopf.",
            "There is an address beside it, for programs without a button.",
        ),
        "mailto_missing": (
            "Keine Adresse daneben; ältere Programme melden nur per Mail ab.",
            "No address beside it; older programs unsubscribe by mail only.",
        ),
        "signed": (
            "Die DKIM-Signatur umfasst beide Zeilen (ihre Gültigkeit prüft erst der Empfänger).",
            "The DKIM signature covers both lines (the receiver checks whether it is valid).",
        ),
        "unsigned": (
            "Noch ohne DKIM-Signatur: Sie muss beide Zeilen umfassen, wenn das Relais signiert.",
            "No DKIM signature yet: when the relay signs, it has to cover both lines.",
        ),
        "signature_without": (
            "Die DKIM-Signatur umfasst nicht beide Zeilen; RFC 8058 verlangt es.",
            "The DKIM signature does not cover both lines; RFC 8058 wants it to.",
        ),
        "pressed_good": (
            "Abgemeldet: Antwort {status} nach {time} ms. Die Seite sagt: „{said}“",
            "Unsubscribed: answer {status} after {time} ms. The page says: “{said}”",
        ),
        "pressed_good_silent": (
            "Abgemeldet: Antwort {status} nach {time} ms.",
            "Unsubscribed: answer {status} after {time} ms.",
        ),
        "pressed_redirect": (
            "Antwort {status}, eine Weiterleitung. RFC 8058 verlangt eine Antwort ohne Weiterleitung.",
            "Answer {status}, a redirect. RFC 8058 wants an answer without one.",
        ),
        "pressed_bad": (
            "Nicht abgemeldet: Antwort {status} nach {time} ms. {said}",
            "Not unsubscribed: answer {status} after {time} ms. {said}",
        ),
        "pressed_nobody": (
            "Unter {host} antwortet niemand ({said}). Starten Sie „rundbrief run --only web“.",
            "Nobody answers at {host} ({said}). Start “rundbrief run --only web”.",
        ),
        "attached": ("Anhang", "attachment"),
        "embedded": ("eingebettet", "embedded"),
        "body_text": ("Textteil", "text part"),
        "body_html": ("HTML-Teil", "HTML part"),
        "other": ("Teil", "part"),
        "remote_one": (
            "1 Bild liegt auf einem anderen Server und wird hier nicht geladen.",
            "1 picture lies on another server and is not loaded here.",
        ),
        "remote_many": (
            "{count} Bilder liegen auf anderen Servern und werden hier nicht geladen.",
            "{count} pictures lie on other servers and are not loaded here.",
        ),
        "cleared_none": ("Es war nichts zu löschen.", "There was nothing to delete."),
        "cleared_one": ("1 Brief ist gelöscht.", "1 mail is deleted."),
        "cleared_many": ("{count} Briefe sind gelöscht.", "{count} mails are deleted."),
    }
)


def for_page(language: str) -> dict[str, str]:
    """What the page says in a language of `spoken`, with the honest label of each simulated program."""
    labels = {
        f"{each['id']} {scheme}": each[says]
        for each in views(language)
        for scheme, says in (("light", "says"), ("dark", "says_dark"))
    }
    return {"language": language} | {name: pick(both, language) for name, both in PAGE.items()} | labels


def as_json(words: Mapping[str, str]) -> str:
    """The same for the page's scripts."""
    return json.dumps(dict(words), ensure_ascii=False)


def text(name: str, language: str, **values: object) -> str:
    """One of `TEXTS`, filled."""
    return pick(TEXTS[name], language).format(**values)


def pressed(answer: Pressed, host: str, language: str) -> str:
    """What came of a press on the link."""
    if not answer.status:
        name = "nobody"
    elif answer.is_good:
        name = "good" if answer.said else "good_silent"
    else:
        name = "redirect" if 300 <= answer.status < 400 else "bad"
    values = {"status": answer.status, "time": answer.milliseconds, "said": answer.said, "host": host}
    return text(f"pressed_{name}", language, **values).strip()


def role(is_attached: bool, is_named: bool, kind: str, language: str) -> str:
    """What a part is there for."""
    bodies = {"text/plain": "body_text", "text/html": "body_html"}
    name = "attached" if is_attached else "embedded" if is_named else bodies.get(kind, "other")
    return text(name, language)


def remote(count: int, language: str) -> str:
    """How many pictures are not loaded; empty where there are none."""
    return _counted("remote", count, language) if count else ""


def cleared(count: int, language: str) -> str:
    """What was thrown away."""
    return _counted("cleared", count, language)


def _counted(name: str, count: int, language: str) -> str:
    form = {0: "none", 1: "one"}.get(count, "many")
    return text(f"{name}_{form}", language, count=number(count, language))
