"""What the columns of a list mean: headers of Excel, Outlook, CleverReach and the offices' own lists."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from subscribers.address import fold

# The text fields, and what decides whether and by what right a person may be mailed.
_SYNONYMS = {
    "anrede": "anrede, salutation, title, form of address",
    "titel": "titel, akad. titel, akademischer titel, akad. grad, akademischer grad, degree",
    "vorname": "vorname, rufname, first name, firstname, given name",
    "nachname": "nachname, familienname, zuname, last name, lastname, surname, family name",
    "firma": "firma, firmenname, betrieb, betriebsname, unternehmen, organisation, institution, company",
    "gewerk": "gewerk, gewerke, handwerk, branche, gewerbe, trade",
    "kreis": "kreis, landkreis, kreis/stadt, kreis / stadt, kammerbezirk, region, district",
    "plz": "plz, postleitzahl, plz geschäftlich, postleitzahl geschäftlich, zip, zip code, postal code, "
    "business postal code",
    "ort": "ort, stadt, wohnort, ort geschäftlich, city, town, business city",
    "funktion": "funktion, position, rolle, amt, job title, role",
    "language": "language, sprache",
    "tone": "tone, ansprache, tonalität",
    "country": "land, land/region, land/region geschäftlich, country, country/region, "
    "business country/region",
    "registered": "registered, registriert, registriert am",
    "activated": "activated, aktiviert, aktiviert am",
    "deactivated": "deactivated, deaktiviert, deaktiviert am, abgemeldet, abgemeldet am, abmeldung, "
    "abmeldung am, abmeldedatum, abbestellt, abbestellt am, ausgetragen, ausgetragen am, unsubscribed, "
    "unsubscribed at, unsubscribed on, unsubscribe date, unsubscribe time, unsub time, opt-out, optout, "
    "opted out, opt-out am, opt-out-datum, gesperrt, gesperrt am, sperre, sperrvermerk, werbesperre, "
    "widerspruch, widerspruch am, widersprochen, widersprochen am, werbewiderspruch, blacklist, blacklisted, "
    "inaktiv, inactive",
    "bounced": "bounced, bounce, hard bounce, unzustellbar",
    "status": "status, state, abostatus, abo-status, abo status, abonnement status, newsletterstatus, "
    "newsletter-status, newsletter status, empfängerstatus, kontaktstatus, subscription status, "
    "subscriber status, member status, email status, e-mail-status",
    "consented_on": "einwilligung, einwilligung am, einwilligung vom, einwilligungsdatum, "
    "einwilligung datum, datum der einwilligung, opt-in, optin, opt-in am, opt-in-datum, consented on, "
    "consent date",
    "source": "quelle, source, herkunft, quelle der einwilligung, einwilligung quelle, einwilligungsquelle",
    "wording": "einwilligungstext, wortlaut, wortlaut der einwilligung, text der einwilligung, wording",
}
_FIELD_OF = {fold(name): field for field, names in _SYNONYMS.items() for name in names.split(",")}
STOPS = ("deactivated", "bounced", "status")  # each column of these counts, not the first alone
_OPT_OUT = re.compile(
    r"abmeld|abgemeld|abbestell|unsub|opt(?:ed)?[ -]?out|sperr|widerspr|black ?list|robinson|do not mail"
)
_EMAIL = re.compile(
    r"(?:e-? ?mail|mail)(?:[ -]?\d)?(?:[ -]?(?:adresse|address|anschrift))?(?: ?\d)?"
    r"(?: (?:geschäftlich|dienstlich|privat))?"
)
_EMAIL_TYPE = re.compile(r"e-?mail(?:[ -]?(\d))?[ -]?(?:typ|type)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what stands.

    Args:
        emails: each column of addresses with the column that states its type (Outlook's SMTP or EX), if any.
        fields: the column of each other field.
        mapping: the recognised headers as they are written, with the field.
        ignored: the headers that nothing is taken from.
        stops: each column that may say that a person left, with what it is: deactivated, bounced or status.
        doubtful: the columns whose name sounds like leaving, but whose meaning is not known.
        header: the headers as they are written.
        repeated: the headers that stand there more than once.
    """

    emails: tuple[tuple[int, int | None], ...]
    fields: dict[str, int]
    mapping: dict[str, str]
    ignored: tuple[str, ...]
    stops: tuple[tuple[int, str], ...]
    doubtful: tuple[int, ...]
    header: tuple[str, ...]
    repeated: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many cells a row needs for everything that is looked at."""
        at = [at for at, _ in (*self.emails, *self.stops)]
        return max([*at, *self.doubtful, *self.fields.values()], default=-1) + 1

    @property
    def states_confirmation(self) -> bool:
        """The list says itself who confirmed, so that nothing else may speak for the others."""
        return "activated" in self.fields


def read_header(header: Sequence[str]) -> Columns:
    """Match headers, trimmed and casefolded; of two columns for one field the first is taken."""
    plain = [_plain(name) for name in header]
    fields: dict[str, int] = {}
    emails: list[tuple[int, int | None]] = []
    stops: list[tuple[int, str]] = []
    for at, name in enumerate(plain):
        if _EMAIL.fullmatch(name):
            emails.append((at, _type_column(plain, name)))
        elif (field := _FIELD_OF.get(name)) in STOPS:
            stops.append((at, field))
        elif field is not None:
            fields.setdefault(field, at)
    if "vorname" in fields and "nachname" not in fields and "name" in plain:
        fields["nachname"] = plain.index("name")  # without a Vorname beside it, Name may be a whole name
    taken = {at: field for field, at in fields.items()} | {at: "email" for at, _ in emails}
    taken |= {at: "email_type" for _, at in emails if at is not None} | dict(stops)
    counts = Counter(name for name in plain if name)
    return Columns(
        emails=tuple(emails),
        fields=fields,
        mapping={header[at].strip(): field for at, field in sorted(taken.items())},
        ignored=tuple(name.strip() for at, name in enumerate(header) if at not in taken and name.strip()),
        stops=tuple(stops),
        doubtful=tuple(at for at, name in enumerate(plain) if at not in taken and _OPT_OUT.search(name)),
        header=tuple(name.strip() for name in header),
        repeated=tuple(header[plain.index(name)].strip() for name, many in counts.items() if many > 1),
    )


def recognised(header: Iterable[str]) -> int:
    """How many of these headers are known: tells the right delimiter from a wrong one."""
    names = map(_plain, header)
    return sum(1 for name in names if name in _FIELD_OF or name == "name" or _EMAIL.fullmatch(name))


def _plain(name: str) -> str:
    return " ".join(
        fold(name).replace("_", " ").replace(":", " ").replace("(", " ").replace(")", " ").split()
    )


def _type_column(plain: Sequence[str], email: str) -> int | None:
    """The type column with the same number: `E-Mail 2: Typ` belongs to `E-Mail 2: Adresse`."""
    number = re.search(r"\d", email)
    for at, name in enumerate(plain):
        found = _EMAIL_TYPE.fullmatch(name)
        if found and (found.group(1) or "1") == (number.group() if number else "1"):
            return at
    return None
