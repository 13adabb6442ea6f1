"""From a claim to a letter: the frozen rendering of a mailing, compiled once, filled for one person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from mailer.compose.rendering import Variant
from mailer.compose.slots import SlotProblem
from mailer.delivery import mailing
from mailer.delivery.claims import Claim, Reader
from mailer.delivery.headers import HeaderProblem
from mailer.delivery.message import Envelope, Message, message_id
from mailer.delivery.personal import Recipient
from mailer.delivery.smtp import is_safe
from mailer.delivery.transport import Letter, Receipt
from subscribers.address import envelope_address
from subscribers.person import Person
from subscribers.salutation import salutation

if TYPE_CHECKING:
    from mailer.delivery.dkim import Signer


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release of a mailing as the sender needs it: compiled once, kept while the mailing is under way."""

    number: int  # of the mailing
    messages: dict[str, Message]
    envelope: Envelope
    sender: str  # of the envelope
    due_at: datetime
    stale: timedelta
    relay: str


def prepare(
    connection: Connection,
    number: int,
    release: int,
    signer_of: "Callable[[str], Signer | None]",
) -> Prepared:
    """What was frozen as this release of a mailing, ready to be filled.

    Raises:
        TryLater: nothing is kept of it.
    """
    row = mailing.find(connection, str(number))
    variants, pictures, envelope = mailing.frozen(connection, number, release)
    signer = signer_of(row.newsletter)
    return Prepared(
        number=number,
        messages={key: Message(variant, pictures, envelope, signer) for key, variant in variants.items()},
        envelope=envelope,
        sender=envelope_address(envelope.from_address),
        due_at=row.due_at,
        stale=row.stale,
        relay=row.relay,
    )


def write_letter(one: Claim, prepared: Prepared, secret: bytes) -> Letter | Receipt:
    """The letter of a claim; a receipt that says why not, where one person's data do not fit."""
    envelope = prepared.envelope
    try:
        template = prepared.messages[one.variant]
        recipient = recipient_of(one.person, one.unsubscribe_token, envelope, template.variant)
        identity = message_id(secret, one.mailing_id, one.id, prepared.sender.rpartition("@")[2])
        wire = template.wire(recipient, message_id=identity, date=prepared.due_at)
    except (SlotProblem, HeaderProblem) as problem:
        return Receipt("failed", "mail", 0, problem.message)  # the others go on
    if not is_safe(recipient.address):
        return Receipt("failed", "mail", 0, "the address holds characters that SMTP does not take")
    return Letter(one.id, prepared.sender, recipient.address, wire, sum(map(len, wire)))


def recipient_of(person: Person | Reader, token: str, envelope: Envelope, variant: Variant) -> Recipient:
    """A person as a mail needs them, greeted in the voice of the letter; preview and proof call the same."""
    url = f"{envelope.public_url}/u/{token}"
    greeting = salutation(person, tone=variant.tone, language=variant.language or envelope.language)
    return Recipient(
        address=envelope_address(person.email),
        name=f"{person.vorname} {person.nachname}".strip(),
        values={"greeting": greeting, "unsubscribe": url},
        unsubscribe_url=url,
    )
