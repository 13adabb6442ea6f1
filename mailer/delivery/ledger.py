"""The books of a running sender: each turn is one transaction that notes what came of the last letters, says
for good which ones leave now (the fence), and claims the next.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, func, select

from mailer.delivery import breaker, mailing, outbox, pace, reaper
from mailer.delivery.carrier import Load
from mailer.delivery.claims import TAKEN, UNDER_WAY, WAITING, Claim, claim
from mailer.delivery.expansion import Expansion
from mailer.delivery.flight import PlainFlights, driver_of
from mailer.delivery.letters import Prepared, prepare
from mailer.delivery.outbox import Result
from mailer.delivery.pace import Limits
from mailer.delivery.schema import delivery
from mailer.delivery.schema import mailing as mailings
from subscribers.errors import TryLater

if TYPE_CHECKING:
    from mailer.delivery.dkim import Signer

log = logging.getLogger("rundbrief.sender")
RENEW_AFTER = timedelta(seconds=20)  # a third of the lease
# Ids that one step of the expansion looks at; a small one takes no longer than the other side needs for the
# letters of a flight, so that no line waits for it.
SMALL_SLICE, LARGE_SLICE = 500, 20_000


@dataclass(frozen=True, slots=True)
class Turn:
    """What goes into the books: results, letters that ask to leave, how many more each relay could take."""

    results: Sequence[Result] = ()
    ready: Sequence[Claim] = ()
    wants: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Answer:
    """What the books say."""

    allowed: set[int] = field(default_factory=set)
    loads: dict[str, list[Load]] = field(default_factory=dict)  # by relay
    ours: set[int] | None = None  # what is still claimed by us, where something was taken back
    again_at: datetime | None = None  # the latest moment that pace.py gave to a letter


class Ledger:
    """One worker's hand in the books; each method is called by one thread at a time.

    Args:
        limits: of each relay, by its name.
        signer_of: what signs the letters of a newsletter.
        clock: gives the present moment (aware UTC).
    """

    def __init__(
        self,
        engine: Engine,
        limits: Mapping[str, Limits],
        *,
        signer_of: "Callable[[str], Signer | None]",
        clock: Callable[[], datetime],
    ) -> None:
        self._engine, self._limits, self._signer_of, self._clock = engine, limits, signer_of, clock
        self.token = secrets.token_hex(16)
        self._prepared: dict[tuple[int, int], Prepared] = {}  # by mailing and release
        self._renewed = clock()
        self._expansion: Expansion | None = None
        self._after = 0  # how far it has come
        self._connection: Connection | None = None
        self._flights: PlainFlights | None = None

    @contextmanager
    def _transaction(self, *, readonly: bool = False) -> Iterator[Connection]:
        """On a connection that is kept: to fetch one costs as much as a letter, and each has a cache of its
        own. A readonly one keeps no writer waiting.
        """
        if self._connection is None:
            self._connection = self._engine.connect()
            driver = driver_of(self._connection)
            self._flights = PlainFlights(self._connection, driver) if driver else None
        self._connection.execution_options(readonly=readonly)
        try:
            with self._connection.begin():
                yield self._connection
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._flights = None

    def look(self) -> bool:
        """Take over from the dead, begin what is due, close what is done. True while a mailing expands."""
        now = self._clock()
        with self._transaction(readonly=True) as connection:
            due = mailing.list_mailings(connection, "due", "expanding")
        with self._transaction() as connection:
            reaper.reap(connection, now, self.token)
            for each in due:
                mailing.move(connection, each.id, "due", "expanding")
            for number in reaper.finish(connection, now):
                self._prepared = {key: each for key, each in self._prepared.items() if key[0] != number}
                log.info("mailing %d done", number)
        return bool(due)

    def expand(self, *, briefly: bool) -> bool:
        """One slice of one mailing's audience, a small one if letters wait for it, as they do for the first;
        False when there is no more of any.
        """
        if self._expansion is None and not self._begin_expansion():
            return False
        expansion, now = self._expansion, self._clock()
        assert expansion is not None
        size = SMALL_SLICE if briefly or not self._after else LARGE_SLICE
        with self._transaction() as connection:  # short transactions: other writers get their turn
            last = expansion.step(connection, self._after, now, size)
            if last is None and mailing.move(connection, expansion.number, "expanding", "sending"):
                log.info("mailing %d expanded", expansion.number)
        if last is None or last == self._after:  # through, or approved anew with other variants
            self._expansion = None
        else:
            self._after = last
        return True

    def _begin_expansion(self) -> bool:
        with self._transaction(readonly=True) as connection:
            for each in mailing.list_mailings(connection, "expanding")[:1]:
                self._expansion, self._after = Expansion(connection, each), 0
        return self._expansion is not None

    def flight(self, turn: Turn) -> Answer | None:
        """A turn that is a plain flight, and nothing more is due; else None, and nothing is changed. It never
        waits for another process.
        """
        now = self._clock()
        if turn.wants or self._flights is None or self._must_renew(now):
            return None
        written = self._flights.write(turn.results, turn.ready, self.token, now)
        return Answer({one.id for one in turn.ready}) if written else None

    def turn(self, turn: Turn) -> Answer:
        """One transaction: book, ask, claim."""
        return self.flight(turn) or self._whole_turn(turn)

    def _whole_turn(self, turn: Turn) -> Answer:
        now, answer, claims = self._clock(), Answer(), dict[str, list[Claim]]()
        with self._transaction() as connection:
            held = self._book(connection, turn.results, now)
            answer.allowed = outbox.fence(connection, turn.ready, self.token, now)
            if held or len(answer.allowed) < len(turn.ready):
                answer.ours = outbox.still_ours(connection, self.token)
            for relay, size in turn.wants.items():
                claims[relay] = self._claim(connection, relay, size, now, answer)
            if self._must_renew(now):
                outbox.renew(connection, self.token, now)
                self._renewed = now
        for relay, some in claims.items():
            answer.loads[relay] = self._load(some)
        return answer

    def _must_renew(self, now: datetime) -> bool:
        return now - self._renewed > RENEW_AFTER or now < self._renewed

    def settle(self, results: Sequence[Result], but: set[int]) -> None:
        """Book what has come, and give back all that was not tried, `but` these."""
        with self._transaction() as connection:
            self._book(connection, results, self._clock())
            outbox.give_back(connection, self.token, but)

    def hold(self, number: int, reason: str) -> None:
        """Stop a mailing that cannot go on."""
        with self._transaction() as connection:
            self._hold(connection, number, reason)

    def refused(self, relay: str, text: str) -> None:
        """The relay refuses us for good: stop what would go through it, so that nobody knocks in vain."""
        with self._transaction() as connection:
            for each in mailing.list_mailings(connection, "due", "expanding", "sending"):
                if each.relay == relay:
                    self._hold(connection, each.id, breaker.login_refused(text, each.id))

    def away(self, relay: str, text: str | None) -> None:
        """Let everybody see that a relay takes no mail now, or (None) that it does again."""
        with self._transaction() as connection:
            if text is None:
                breaker.relay_back(connection, relay)
            else:
                breaker.relay_away(connection, relay, text)

    def left(self) -> int:
        """How many letters of the mailings under way have not been sent."""
        running = select(mailings.c.id).where(mailings.c.state.in_(UNDER_WAY))
        waiting = select(func.count()).where(delivery.c.mailing_id.in_(running), WAITING)
        # Few, along their own index. Without MATERIALIZED SQLite walked through all letters of a mailing.
        taken = select(delivery.c.mailing_id).where(TAKEN).cte("taken").prefix_with("MATERIALIZED")
        travelling = select(func.count()).select_from(taken).where(taken.c.mailing_id.in_(running))
        with self._transaction(readonly=True) as connection:
            return (connection.scalar(waiting) or 0) + (connection.scalar(travelling) or 0)

    def _book(self, connection: Connection, results: Sequence[Result], now: datetime) -> bool:
        """Note the results and what follows from them; True if a mailing had to be held."""
        outbox.book(connection, results, self.token, now)
        refused, held = [each for each in results if each.receipt.code >= 400], False
        for number in {each.claim.mailing_id for each in refused if each.receipt.code >= 500}:
            if reason := breaker.after(connection, number, now):
                self._hold(connection, number, reason)
                held = True
        for each in refused:
            if each.receipt.slow:
                limits = self._limits[each.relay]
                pace.slow_down(connection, limits.key_of(each.claim.person.email), now, limits)
        return held

    def _hold(self, connection: Connection, number: int, reason: str) -> None:
        states = ("due", "expanding", "sending")
        if mailing.move(connection, number, states, "held", reason=reason):
            log.warning("mailing %d is held: %s", number, reason)
            outbox.return_stopped(connection, self.token)

    def _claim(
        self, connection: Connection, relay: str, size: int, now: datetime, answer: Answer
    ) -> list[Claim]:
        claims = claim(connection, size, self.token, now, relay)
        going, waiting = pace.reserve(connection, claims, self._limits[relay], now)
        outbox.put_off(connection, waiting, self.token)
        if waiting:
            latest = max(until for _, until in waiting)
            answer.again_at = max(latest, answer.again_at or latest)
        return going

    def _load(self, claims: Sequence[Claim]) -> list[Load]:
        """The claims with their releases; what has lost its rendering this very moment goes back."""
        voided = set[int]()
        for number, release in {_key(one) for one in claims}.difference(self._prepared):
            try:
                with self._transaction(readonly=True) as connection:
                    made = prepare(connection, number, release, self._signer_of)
                self._prepared[number, release] = made
            except TryLater:
                voided.add(number)
        if voided:
            with self._transaction() as connection:
                outbox.give_back_of(connection, self.token, voided)
        return [Load(one, self._prepared[_key(one)]) for one in claims if one.mailing_id not in voided]


def _key(one: Claim) -> tuple[int, int]:
    return one.mailing_id, one.release
