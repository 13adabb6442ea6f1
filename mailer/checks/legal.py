"""Checks of what the law asks of a newsletter: who sends it, who answers for it, and how it ends.

DDG §§ 5 and 6, MStV § 18 (2), UWG § 7 (2) No. 3, DSGVO Art. 7 (3) and 21 (2). No legal advice.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.checks.finding import Finding
from mailer.checks.reading import read
from mailer.checks.surroundings import Sender, Surroundings
from mailer.compose.letterhead import Imprint
from mailer.compose.rendering import Variant

_CONFIG = "config.toml"
_SHOWN = ("organisation", "street", "place", "email", "phone", "responsible", "representative")
_REGISTERED = re.compile(
    r"\b(?:GmbH|gGmbH|UG|AG|SE|KGaA|KG|OHG|eG|e\.\s?G\.|e\.\s?V\.|eV|e\.\s?K\.|PartG\w*|VVaG)\b|\bVerein\b"
    r"|\bGenossenschaft\b|\bGesellschaft mit beschränkter Haftung\b|\bAktiengesellschaft\b",
)
_NO_REGISTER = re.compile(r"öffentlichen Rechts|\bK\.?d\.?ö\.?R\b|\bAöR\b|nicht eingetragen", re.IGNORECASE)
_POSTBOX = re.compile(r"\bPostfach\b|\bP\.?\s?O\.?\s?Box\b|\bPF\s\d", re.IGNORECASE)
# Mailbox providers: whoever has no domain of their own cannot be told from a forger (DMARC).
_MAILBOXES = {
    *("gmail.com", "googlemail.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de"),
    *("outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "live.de", "icloud.com", "me.com", "aol.com"),
    *("yahoo.com", "yahoo.de", "freenet.de", "posteo.de", "mailbox.org", "arcor.de", "magenta.de"),
}


def check_imprint(imprint: Imprint, newsletter: str) -> Iterator[Finding]:
    """Findings in the imprint of a newsletter as config.toml has it."""
    place = f"{_CONFIG}: newsletters.{newsletter}.imprint"
    if _POSTBOX.search(imprint.street):
        yield Finding.of("legal.imprint", f"{place}.street", "postbox", street=imprint.street)
    form = imprint.legal_form
    if form and not imprint.representative:
        yield Finding.of("legal.imprint", f"{place}.representative", "representative", form=form)
    named = f"{form} {imprint.organisation}"
    if _REGISTERED.search(named) and not _NO_REGISTER.search(named) and not imprint.register_entry:
        yield Finding.of("legal.imprint", f"{place}.register_entry", "register", name=imprint.organisation)
    person = imprint.responsible.strip()
    if person.casefold() == imprint.organisation.strip().casefold() or len(person.split()) < 2:
        yield Finding.of("legal.imprint", f"{place}.responsible", "responsible", name=person)


def check_legal(variant: Variant, issue: str, imprint: Imprint | None) -> Iterator[Finding]:
    """Findings in one variant: what it has to show, in its HTML and in its text part."""
    place = f"issues/{issue}, variant {variant.key}"
    letter = read(variant.html)
    targets = " ".join(target for target, _ in letter.links)
    for part, cut in (("html", variant.html_cut), ("text", variant.text_cut)):
        if "unsubscribe" not in cut.names or (part == "html" and variant.mark not in targets):
            yield Finding.of("legal.unsubscribe", place, part)
    if imprint is None:
        return
    for part, text in (("html", " ".join(letter.pieces)), ("text", variant.text)):
        shown = _letters(text)
        for name in _SHOWN:
            value = getattr(imprint, name)
            if value and _letters(value) not in shown:
                yield Finding.of("legal.imprint", place, part, field=name, value=value)


def check_sender(sender: Sender, newsletter: str) -> Iterator[Finding]:
    """Findings in the sender's domains, and in where people leave the list."""
    place = f"{_CONFIG}: newsletters.{newsletter}"
    domain = sender.address.rpartition("@")[2].lower()
    if domain in _MAILBOXES:
        yield Finding.of("legal.sender", f"{place}.from_address", "mailbox", domain=domain)
    elif not _related(domain, sender.list_id.lower()):
        yield Finding.of("legal.sender", f"{place}.list_id", "list", domain=domain, other=sender.list_id)
    if sender.dkim_domain and not f".{domain}".endswith(f".{sender.dkim_domain}"):
        other = sender.dkim_domain
        yield Finding.of("legal.sender", f"{place}.dkim.domain", "signature", domain=domain, other=other)
    if not sender.relay_here and urlsplit(sender.public_url).scheme != "https":
        yield Finding.of(
            "legal.unsubscribe", f"{_CONFIG}: workspace.public_url", "header", url=sender.public_url
        )


def check_consent(around: Surroundings, newsletter: str) -> Iterator[Finding]:
    """How many people of the segment nobody may mail, for want of a proof."""
    if around.unclear:
        case = "one" if around.unclear == 1 else ""
        yield Finding.of("legal.consent", f"newsletter {newsletter}", case, count=around.unclear)


def _related(domain: str, other: str) -> bool:
    """Whether two names belong to one owner, as far as names tell: the last two labels are the same."""
    return domain.split(".")[-2:] == other.split(".")[-2:]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
