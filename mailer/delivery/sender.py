"""The sending loop: take over from the dead, expand what is due, carry a batch, close what is done.

Between two steps nothing is held: a stop gives the untouched claims back, and a kill leaves only rows that
the next start explains.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from sqlalchemy import Engine

from mailer.compose.edition import Variant
from mailer.compose.slots import SlotProblem
from mailer.delivery import audience, mailing, outbox
from mailer.delivery.headers import HeaderProblem
from mailer.delivery.message import Envelope, Message, Recipient, message_id
from mailer.delivery.outbox import Claim
from mailer.delivery.smtp import Line, Receipt, Relay, RelayDown
from subscribers.address import envelope_address
from subscribers.database import reading
from subscribers.errors import TryLater
from subscribers.person import Person
from subscribers.salutation import salutation

log = logging.getLogger("rundbrief.sender")
BATCH = 50
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds to leave an unwell relay alone, growing


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mailing as the loop needs it: compiled once, kept while it is under way."""

    messages: dict[str, Message]
    envelope: Envelope
    due_at: datetime
    sha256: str


class Sender:
    """One worker with one connection.

    Args:
        clock: gives the present moment (aware UTC).
        stop: set it, and the loop ends after the letter in hand.
    """

    def __init__(
        self,
        engine: Engine,
        relay: Relay,
        secret: bytes,
        *,
        clock: Callable[[], datetime],
        stop: Event,
    ) -> None:
        self._engine, self._relay, self._secret = engine, relay, secret
        self._clock, self._stop = clock, stop
        self._line: Line | None = None
        self._prepared: dict[int, Prepared] = {}
        self._troubles = 0
        self.partly = False  # some letter failed or is in doubt

    def run(self, *, until_done: bool = False, idle_seconds: float = 0.5) -> None:
        """Work until stopped; with `until_done`, end when nothing is left that could leave now.

        Raises:
            RelayDown: the relay refuses for good (log-in, TLS, sender), so that a person has to look; with
                `until_done` also when it does not answer now.
        """
        try:
            while not self._stop.is_set():
                try:
                    busy = self.step()
                except RelayDown as down:
                    if down.permanent or until_done:
                        raise
                    self._wait_for_relay(down)
                    continue
                if not busy:
                    if until_done:
                        return
                    self._hang_up()
                    self._stop.wait(idle_seconds)
        finally:
            self._hang_up()

    def step(self) -> bool:
        """One round; False when there was nothing to do."""
        now = self._clock()
        with self._engine.begin() as connection:
            outbox.reap(connection, now)
        expanded = self._expand()
        carried = self._carry_batch()
        with self._engine.begin() as connection:
            for number in outbox.finish(connection, self._clock()):
                self._prepared.pop(number, None)
                log.info("mailing %d done", number)
        return expanded or carried

    def _expand(self) -> bool:
        with reading(self._engine) as connection:
            waiting = mailing.list_mailings(connection, "due", "expanding")
        for each in waiting:
            with self._engine.begin() as connection:
                mailing.move(connection, each.id, "due", "expanding")
            after: int | None = 0
            while after is not None and not self._stop.is_set():
                with self._engine.begin() as connection:  # short transactions: other writers get their turn
                    after = audience.expand(connection, each, after, self._clock())
            if after is None:
                with self._engine.begin() as connection:
                    if mailing.move(connection, each.id, "expanding", "sending"):
                        log.info("mailing %d expanded", each.id)
        return bool(waiting)

    def _carry_batch(self) -> bool:
        token = secrets.token_hex(16)
        with self._engine.begin() as connection:
            claims = outbox.claim(connection, BATCH, token, self._clock())
            refusing = outbox.skip_refusing(connection, token) if claims else 0
        if not claims:
            return False
        try:
            for number in {one.mailing_id for one in claims}:
                self._prepare(number)
            for one in claims:
                if self._stop.is_set():
                    break
                self._carry(one, token)
        except TryLater:
            pass  # an approval was taken back this very moment; the claims are given back below
        finally:
            with self._engine.begin() as connection:
                outbox.give_back(connection, token)
        if refusing:
            log.info("%d skipped: unsubscribed or suppressed meanwhile", refusing)
        return True

    def _carry(self, one: Claim, token: str) -> None:
        prepared = self._prepared[one.mailing_id]
        try:
            template = prepared.messages[one.variant]
            recipient = recipient_of(one.person, one.unsubscribe_token, prepared.envelope, template.variant)
            identity = message_id(
                self._secret, one.mailing_id, one.id, prepared.envelope.from_address.rpartition("@")[2]
            )
            message = template.fill(recipient, message_id=identity, date=prepared.due_at)
        except (SlotProblem, HeaderProblem) as problem:
            # One person's data must not stop the others.
            self._book(one, token, Receipt("failed", "mail", 0, problem.message), prepared.due_at)
            return
        receipt = self._connected().carry(
            envelope_address(prepared.envelope.from_address),
            recipient.address,
            message,
            lambda: self._fence(one, token),
            smtputf8=not recipient.address.isascii(),
        )
        if receipt.outcome != "skipped":  # a withdrawn one was settled by the fence
            self._book(one, token, receipt, prepared.due_at)
        if not self._line or not self._line.alive:
            self._line = None
        self._troubles = 0

    def _fence(self, one: Claim, token: str) -> bool:
        with self._engine.begin() as connection:
            return outbox.fence(connection, one, token, self._clock())

    def _book(self, one: Claim, token: str, receipt: Receipt, due_at: datetime) -> None:
        with self._engine.begin() as connection:
            outbox.book(connection, one, token, receipt, self._clock(), due_at)
        if receipt.outcome != "sent":
            self.partly = self.partly or receipt.outcome in ("failed", "in_doubt")
            log.warning(
                "delivery %d %s in phase %s: %d", one.id, receipt.outcome, receipt.phase, receipt.code
            )

    def _prepare(self, number: int) -> None:
        with reading(self._engine) as connection:
            row = mailing.find(connection, str(number))
            if (known := self._prepared.get(number)) and known.sha256 == row.content_sha256:
                return
            variants, pictures, envelope = mailing.frozen(connection, number)
        messages = {key: Message(variant, pictures, envelope) for key, variant in variants.items()}
        self._prepared[number] = Prepared(messages, envelope, row.due_at, row.content_sha256 or "")

    def _connected(self) -> Line:
        if self._line is None or not self._line.alive:
            self._line = Line(self._relay)
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.quit()
            self._line = None

    def _wait_for_relay(self, down: RelayDown) -> None:
        pause = PAUSES[min(self._troubles, len(PAUSES) - 1)]
        self._troubles += 1
        self._hang_up()
        log.warning("the relay takes no mail now (%s); trying again in %.0f s", down, pause)
        self._stop.wait(pause)


def recipient_of(person: Person, token: str, envelope: Envelope, variant: Variant) -> Recipient:
    """A person as a mail needs them, greeted in the voice of the letter; preview and proof call the same."""
    url = f"{envelope.public_url}/u/{token}"
    greeting = salutation(person, tone=variant.tone, language=variant.language or envelope.language)
    return Recipient(
        address=envelope_address(person.email),
        name=f"{person.vorname} {person.nachname}".strip(),
        values={"greeting": greeting, "unsubscribe": url},
        unsubscribe_url=url,
    )
