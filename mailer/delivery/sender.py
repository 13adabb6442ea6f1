"""The sending loop: one event loop with all connections, one thread for the books, a turn of both at a time.

Letters are announced on every line; those the other side waits for form a flight. One transaction writes down
what came of the last flight and says for good that this one leaves; only then the final dots go out. Between
two turns nothing is held: a stop gives the untouched claims back, and a kill leaves at most one letter for
each connection in doubt.
"""

import asyncio
import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from mailer.delivery.carrier import Carrier
from mailer.delivery.ledger import Ledger
from mailer.delivery.letters import recipient_of
from mailer.delivery.pace import Limits
from mailer.delivery.shift import Shift
from mailer.delivery.smtp import Relay, SmtpTransport
from mailer.delivery.tally import Tally
from mailer.delivery.transport import Transport

if TYPE_CHECKING:
    from mailer.delivery.dkim import Signer

__all__ = ["Route", "Sender", "Tally", "recipient_of"]

CONNECTIONS = 10
STEP = 50  # letters of one `step`


@dataclass(frozen=True, slots=True)
class Route:
    """A way out: a transport, how many lines it may have, how fast letters may go."""

    transport: Transport
    connections: int = CONNECTIONS
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def to(cls, relay: Relay, connections: int = CONNECTIONS, limits: Limits | None = None) -> "Route":
        """By SMTP."""
        return cls(SmtpTransport(relay), connections, limits or Limits(relay=""))


class Sender:
    """One worker.

    Args:
        routes: the ways out by the name that a mailing's `relay` gives, "" being the usual one; or a relay.
        signer_of: what signs the letters of a newsletter; nothing where the relay does.
        clock: gives the present moment (aware UTC).
        stop: set it, and the loop ends after the flight in hand.
        watch: told now and then how far it has come.
    """

    def __init__(
        self,
        engine: Engine,
        routes: Relay | Mapping[str, Route],
        secret: bytes,
        *,
        clock: Callable[[], datetime],
        stop: Event,
        signer_of: "Callable[[str], Signer | None]" = lambda _: None,
        watch: Callable[[Tally], None] | None = None,
    ) -> None:
        self._routes = {"": Route.to(routes)} if isinstance(routes, Relay) else dict(routes)
        limits = {name: route.limits for name, route in self._routes.items()}
        self.ledger = Ledger(engine, limits, signer_of=signer_of, clock=clock)
        self._secret, self._clock, self._stop, self._watch = secret, clock, stop, watch
        self.tally = Tally()

    @property
    def partly(self) -> bool:
        """Some letter failed or is in doubt."""
        return self.tally.partly

    def run(self, *, until_done: bool = False, idle_seconds: float = 0.5) -> None:
        """Work until stopped; with `until_done`, end when nothing is left that could leave now.

        Raises:
            RelayDown: the relay refuses for good (log-in, TLS), so that a person has to look; with
                `until_done` also when it does not answer now.
        """
        gc.freeze()  # what is loaded stays; the collector would walk through it for every few letters
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._work(until_done=until_done, at_most=None, idle_seconds=idle_seconds))
        finally:
            gc.unfreeze()

    def step(self) -> bool:
        """One round: expand what is due, carry one batch; False when there was nothing to do.

        Raises:
            RelayDown: the relay takes no mail.
        """
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(self._work(until_done=True, at_most=STEP, idle_seconds=0))

    async def _work(self, *, until_done: bool, at_most: int | None, idle_seconds: float) -> bool:
        shift = Shift(
            self.ledger,
            {name: partial(self._carrier, route) for name, route in self._routes.items()},
            self.tally,
            self._stop,
            clock=self._clock,
            watch=self._watch,
            until_done=until_done,
            at_most=at_most,
        )
        return await shift.work(idle_seconds)

    def _carrier(self, route: Route, wake: Callable[[bool], None]) -> Carrier:
        return Carrier(route.transport, route.connections, self._secret, wake)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where it is installed: a little less processor time for each letter."""
    try:
        import uvloop
    except ImportError:
        return None
    made: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return made
