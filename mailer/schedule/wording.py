"""Every sentence that the team is written, one table per language; German speaks formally."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.content.months import label_of, parse_month

SHOWN = 12  # findings in one mail; `issue check` shows all

_GERMAN = {
    "before": "{name}, {label}: {what}, noch {days}",
    "today": "{name}, {label}: {what}, Versand heute",
    "due": "„{name}“, {label}, soll am {when} verschickt werden.",
    "lacking": "Was noch fehlt:",
    "next": "Nächster Schritt:",
    "missing": "Es gibt noch keine Ausgabe für diesen Termin.",
    "missing short": "Ausgabe fehlt",
    "several": "Für diesen Termin gibt es mehrere Ausgaben ({keys}); geplant ist deshalb keine.",
    "several short": "mehrere Ausgaben",
    "monthless": "Für diesen Termin gibt es keine Ausgabe; {keys} nennt in editorial.md keinen Monat.",
    "monthless short": "Ausgabe ohne Monat",
    "unreadable": "Die Ausgabe {keys} lässt sich nicht lesen:",
    "unreadable short": "Ausgabe nicht lesbar",
    "red": "Die Prüfung der Ausgabe {keys} meldet {errors}:",
    "red short": "Prüfung meldet {errors}",
    "more": "… und {number} weitere",
    "unplanned": "Für die Ausgabe {keys} ist noch kein Versand geplant.",
    "unplanned short": "nicht geplant",
    "unapproved": "Der Versand Nr. {number} der Ausgabe {keys} ist noch nicht freigegeben.",
    "unapproved short": "Freigabe fehlt",
    "error": "{number} Fehler",
    "one error": "1 Fehler",
    "day": "{number} Tage",
    "one day": "1 Tag",
    "void title": "{name}, Ausgabe {issue}: Die Freigabe gilt nicht mehr",
    "void": "der Versand Nr. {number} (Ausgabe {issue}, geplant für {when}) war freigegeben. Diese Freigabe "
    "gilt nicht mehr: {why} Ohne neue Freigabe geht nichts hinaus.",
    "void changed": "Seitdem hat sich etwas geändert, das mit dem Brief hinausginge.",
    "void named": "Seitdem hat sich etwas geändert ({what}).",
    "changed subject": "Betreff",
    "changed preheader": "Vorschauzeile",
    "changed text": "Text",
    "changed cards": "Karten",
    "changed pictures": "Bilder",
    "changed layout": "Gestaltung",
    "changed web version": "Webversion",
    "changed variants": "Fassungen",
    "changed segment": "Segment",
    "changed sender": "Absenderangaben",
    "void unreadable": "Die Ausgabe lässt sich nicht mehr lesen (die Meldung steht unten).",
    "late title": "{name}, Ausgabe {issue}: Versand verpasst",
    "late": "der Versand Nr. {number} (Ausgabe {issue}) war für {when} vorgesehen. Zu dieser Zeit lief "
    "Rundbrief nicht, und inzwischen ist es für einen Versand ohne Rückfrage zu spät. Es ist nichts "
    "hinausgegangen.",
    "unapproved title": "{name}, Ausgabe {issue}: nicht freigegeben, nicht verschickt",
    "unapproved late": "der Versand Nr. {number} (Ausgabe {issue}) war für {when} vorgesehen. Niemand hat "
    "ihn rechtzeitig freigegeben. Es ist nichts hinausgegangen.",
    "passed title": "{name}, {label}: Termin verstrichen, nichts verschickt",
    "passed": "der Termin von „{name}“ für {label} ({when}) ist verstrichen, und es war nichts geplant.",
    "refused title": "{name}: Der Kalender lässt sich nicht verwenden",
    "meeting": "„{name}“ und „{other}“ gingen nach config.toml in derselben Minute hinaus: {when}. Bis das "
    "geändert ist, plant Rundbrief für beide keinen Versand.",
    "refused": "der Kalender von „{name}“ in config.toml ergibt keine Termine. Bis das geändert ist, plant "
    "Rundbrief keinen Versand. Die Meldung lautet:",
    "mend": "Bitte ändern Sie „send“ oder die freien Tage in config.toml, und prüfen Sie die Termine:",
    "decide": "Soll die Ausgabe noch hinaus, planen Sie sie bitte neu:",
    "greeting": "Guten Tag,",
    "foot": "Diese Nachricht kommt von Rundbrief. Wer sie erhält, steht in config.toml unter\n"
    "[newsletters.{newsletter}.team].",
    "when": "{weekday}, {day}. {month} {year}, {time} Uhr",
}
_ENGLISH = {
    "before": "{name}, {label}: {what}, {days} left",
    "today": "{name}, {label}: {what}, due today",
    "due": "“{name}”, {label}, is to go out on {when}.",
    "lacking": "What is still missing:",
    "next": "Next step:",
    "missing": "There is no issue for this date yet.",
    "missing short": "no issue",
    "several": "There are several issues for this date ({keys}), so none is planned.",
    "several short": "several issues",
    "monthless": "There is no issue for this date; {keys} names no month in editorial.md.",
    "monthless short": "issue without a month",
    "unreadable": "Issue {keys} cannot be read:",
    "unreadable short": "issue cannot be read",
    "red": "The check of issue {keys} reports {errors}:",
    "red short": "check reports {errors}",
    "more": "… and {number} more",
    "unplanned": "No mailing of issue {keys} is planned yet.",
    "unplanned short": "not planned",
    "unapproved": "Mailing {number} of issue {keys} is not approved yet.",
    "unapproved short": "not approved",
    "error": "{number} errors",
    "one error": "1 error",
    "day": "{number} days",
    "one day": "1 day",
    "void title": "{name}, issue {issue}: the approval no longer holds",
    "void": "Mailing {number} (issue {issue}, planned for {when}) was approved. This approval no longer "
    "holds: {why} Nothing goes out without a new one.",
    "void changed": "Something that would go out with the letter has changed since then.",
    "void named": "Something has changed since then ({what}).",
    "changed subject": "subject",
    "changed preheader": "preheader",
    "changed text": "text",
    "changed cards": "cards",
    "changed pictures": "pictures",
    "changed layout": "layout",
    "changed web version": "web version",
    "changed variants": "variants",
    "changed segment": "segment",
    "changed sender": "sender",
    "void unreadable": "The issue can no longer be read (see the message below).",
    "late title": "{name}, issue {issue}: mailing missed",
    "late": "Mailing {number} (issue {issue}) was due on {when}. Rundbrief was not running at that time, and "
    "by now it is too late to send it without asking. Nothing has gone out.",
    "unapproved title": "{name}, issue {issue}: not approved, not sent",
    "unapproved late": "Mailing {number} (issue {issue}) was due on {when}. Nobody approved it in time. "
    "Nothing has gone out.",
    "passed title": "{name}, {label}: date passed, nothing sent",
    "passed": "The date of “{name}” for {label} ({when}) has passed, and nothing was planned.",
    "refused title": "{name}: the calendar cannot be used",
    "meeting": "By config.toml “{name}” and “{other}” would go out in the same minute: {when}. Until that is "
    "changed, Rundbrief plans no mailing of either.",
    "refused": "The calendar of “{name}” in config.toml gives no dates. Until that is changed, Rundbrief "
    "plans no mailing. The message is:",
    "mend": "Please change “send” or the free days in config.toml, and look at the dates:",
    "decide": "If the issue is still to go out, please plan it again:",
    "greeting": "Hello,",
    "foot": "This message comes from Rundbrief. Who receives it stands in config.toml under\n"
    "[newsletters.{newsletter}.team].",
    "when": "{weekday}, {day} {month} {year}, {time}",
}
TABLES: Mapping[str, Mapping[str, str]] = {"de": _GERMAN, "en": _ENGLISH}
_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one language."""

    language: str

    def say(self, sentence: str, **values: object) -> str:
        """The sentence of this name, filled."""
        return TABLES[self.language][sentence].format(**values)

    def counted(self, noun: str, number: int) -> str:
        """A number with its noun: 1 Tag, 5 Tage."""
        return self.say(f"one {noun}" if number == 1 else noun, number=number)

    def changed(self, names: Sequence[str]) -> str:
        """Why an approval holds no more, with what changed where that is known."""
        if not names:
            return self.say("void changed")
        whats = ["sender" if each.startswith("sender ") else each for each in names]
        told = dict.fromkeys(self.say(f"changed {each}") for each in whats)
        return self.say("void named", what=", ".join(told))

    def when(self, local: datetime) -> str:
        """A moment: Dienstag, 1. Dezember 2026, 09:30 Uhr."""
        german = self.language == "de"
        month = label_of(((local.year, local.month),)).split(" ")[0] if german else f"{local:%B}"
        weekday = _WEEKDAYS[local.weekday()] if german else f"{local:%A}"
        time = f"{local:%H:%M}"
        return self.say("when", weekday=weekday, day=local.day, month=month, year=local.year, time=time)

    def label(self, months: Sequence[str]) -> str:
        """Months as people say them: Juli/August 2026."""
        known = tuple(month for text in sorted(months) if (month := parse_month(text)))
        if self.language == "de":
            return label_of(known)
        return "/".join(f"{datetime(year, month, 1):%B %Y}" for year, month in known)  # noqa: DTZ001
