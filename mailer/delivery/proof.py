"""A proof: one letter to a colleague, marked as such, with the same filling and relay, outside the books."""

import asyncio
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from mailer.compose.rendering import Embedded, Variant
from mailer.delivery.headers import plain_field
from mailer.delivery.letters import recipient_of
from mailer.delivery.message import Envelope, Message
from mailer.delivery.transport import Letter, Line, Receipt, RelayDown, Transport
from subscribers.address import envelope_address
from subscribers.person import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.delivery.dkim import Signer

NOBODY = "0" * 32  # no subscription has this token: the link in a proof unsubscribes nobody
FIELD = "X-Rundbrief-Proof"
_PREFIX = {"de": "[Probe]", "en": "[Proof]"}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof shows: a variant, with its pictures and its sender, as one person would read it."""

    variant: Variant
    pictures: "Sequence[Embedded]"
    envelope: Envelope
    reader: Person


def write_proof(proof: Proof, to: str, now: datetime, signer: "Signer | None" = None) -> Letter:
    """The letter to the colleague; it greets the reader of the proof, and its link belongs to nobody.

    Raises:
        SlotProblem, HeaderProblem: the reader's data do not fit into the letter.
    """
    language = proof.variant.language or proof.envelope.language
    prefix = _PREFIX.get(language, _PREFIX["en"])
    # RFC 3834 section 5: nobody's absence note should answer a machine.
    envelope = replace(proof.envelope, auto_submitted="auto-generated")
    variant = replace(proof.variant, subject=f"{prefix} {proof.variant.subject}")
    shown = recipient_of(proof.reader, NOBODY, envelope, variant)
    recipient = shown._replace(address=envelope_address(to), name="")
    sender = envelope_address(envelope.from_address)
    # Different each time, so that a second look is not hidden as a copy of the first one.
    identity = f"<proof.{secrets.token_hex(12)}@{sender.rpartition('@')[2]}>"
    message = Message(variant, proof.pictures, envelope, signer)
    wire = message.wire(recipient, message_id=identity, date=now)
    wire = [plain_field(FIELD, f"variant={variant.key}"), *wire]
    return Letter(1, sender, recipient.address, wire, sum(map(len, wire)))


def as_file(letter: Letter) -> bytes:
    """The bytes of an .eml file: what travels, without the dots of SMTP (RFC 5321 section 4.5.2)."""
    return re.sub(rb"(?m)^\.\.", b".", b"".join(letter.wire))


def hand_over(transport: Transport, letter: Letter) -> Receipt:
    """Carry one letter and wait for the answer.

    Raises:
        RelayDown: the relay does not take mail now, or not from us.
    """
    return asyncio.run(_hand_over(transport, letter))


async def _hand_over(transport: Transport, letter: Letter) -> Receipt:
    listener = _OneLetter()
    line = await transport.open(listener)
    line.announce(letter)
    try:
        return await listener.answer
    finally:
        await line.quit()


class _OneLetter:
    """Fulfils `transport.Listener` for a single letter; there are no books to write before it leaves."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()

    def ready(self, line: Line) -> None:
        line.dispatch(None)

    def settled(self, line: Line, letter: Letter, receipt: Receipt) -> None:
        if not self.answer.done():
            self.answer.set_result(receipt)

    def free(self, line: Line) -> None:
        pass

    def gone(self, line: Line, untouched: Letter | None, why: RelayDown, *, idle: bool) -> None:
        if not self.answer.done():
            self.answer.set_exception(why)
