"""What makes two spellings one person: the address as it is sent to and the key it is known by."""

import re
import unicodedata
from dataclasses import dataclass

from subscribers.errors import BadUsage

_ONE_ADDRESS = "Enter exactly one address such as name@example.org."
# Plain addresses: a part of what email-validator takes, read alike, many times faster.
_PLAIN = re.compile(
    r"([A-Za-z0-9_]+(?:[.+-][A-Za-z0-9_]+)*)@((?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+([A-Za-z]{2,}))"
)
_PLAIN_LENGTH = 64  # shorter than every limit of RFC 5321 and RFC 1035
_SPECIAL = {"arpa", "invalid", "local", "localhost", "onion", "test"}
_WRITTEN_AT = re.compile(r"\s*[(\[{<]\s*(?:at|ät|a|@)\s*[)\]}>]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One checked address.

    Args:
        email: what is sent to; the local part as typed, the domain in letters people read.
        key: what the person is known by; two spellings of one mailbox have one key.
        smtputf8: the local part is not ASCII, so the server must offer SMTPUTF8 (RFC 6531).
    """

    email: str
    key: str
    smtputf8: bool


def parse_address(text: str) -> Address:
    """Read exactly one address; anything else is refused with its reason and never guessed.

    Syntax as in RFC 5321 and RFC 6531 without comments, quoted local parts and address literals; domains as
    in IDNA 2008 (RFC 5891), so that `straße.example` and `strasse.example` stay two owners.

    Raises:
        BadUsage: the text is not exactly one address.
    """
    typed = text.strip()
    if plain := plain_address(typed):
        return plain
    if typed.endswith(".") and not typed.endswith(".."):
        typed = typed[:-1]  # the dot of the DNS root: the same domain
    _refuse_what_is_not_one_address(typed)

    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment lets `.test` pass, which RFC 2606 reserves for rehearsals like ours.
        found = validate_email(typed, check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError as error:
        raise BadUsage(f"This is not a valid e-mail address: {error}", hint=_ONE_ADDRESS) from None
    local = found.local_part
    return Address(
        email=f"{local}@{found.domain}",
        key=f"{_fold(local)}@{found.ascii_domain.lower()}",
        smtputf8=not local.isascii(),
    )


def plain_address(typed: str) -> Address | None:
    """The address, if it is of the common plain form, which needs no other look."""
    plain = _PLAIN.fullmatch(typed) if len(typed) <= _PLAIN_LENGTH else None
    if plain is None:
        return None
    local, domain, last = plain.groups()
    if last.lower() in _SPECIAL:
        return None
    domain = domain.lower()
    return Address(f"{local}@{domain}", f"{local.lower()}@{domain}", smtputf8=False)


def envelope_address(email: str) -> str:
    """The form for the SMTP envelope: the domain as A-label (RFC 5890), the local part untouched."""
    if email.isascii():
        return email
    local, _, domain = email.rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def key_of(email: str) -> str:
    """The key of an address that was checked before; an unusable domain is only folded."""
    local, at, domain = email.strip().rpartition("@")
    return f"{_fold(local)}{at}{_ascii_domain(domain).lower()}" if at else _fold(domain)


def needles(part: str) -> tuple[str, ...]:
    """How a part of an address (`großmann.de`, `@großmann.de`) may stand in a key: folded, or as A-label."""
    other = key_of(part) if "@" in part else _ascii_domain(part.strip()).lower()
    return tuple(dict.fromkeys((fold(part), other)))


def fold(text: str) -> str:
    """The form in which texts are compared: NFC, casefolded, trimmed, single blanks."""
    return " ".join(_fold(text).split())


def _refuse_what_is_not_one_address(typed: str) -> None:
    if not typed:
        raise BadUsage("The address is empty.", hint=_ONE_ADDRESS)
    for character in typed:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
            raise BadUsage(
                f"The address contains an invisible character (U+{ord(character):04X}).",
                hint="Type the address again instead of copying it.",
            )
    if typed.lower().startswith(("/o=", "ex:/o=")):
        raise BadUsage(
            "This is an Exchange directory entry, not an e-mail address.",
            hint="Look the address up in Outlook and enter its SMTP form.",
        )
    if "@" not in typed and _WRITTEN_AT.search(typed):
        raise BadUsage("The address is written with (at) instead of @.", hint="Check it and type the @.")
    if typed.count("@") > 1:
        raise BadUsage("There is more than one address here.", hint="Give each address an entry of its own.")
    if "<" in typed or ">" in typed:
        raise BadUsage("The address carries a display name or angle brackets.", hint=_ONE_ADDRESS)
    if len(typed) > 254:
        raise BadUsage("The address is longer than the 254 characters of RFC 5321.", hint=_ONE_ADDRESS)


def _fold(text: str) -> str:
    # casefold() can leave NFC (it decomposes some letters), hence once before and once after
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain

    import idna  # never the codec of the standard library: its IDNA 2003 turns ß into ss

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain
