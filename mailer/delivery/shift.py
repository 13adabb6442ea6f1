"""One run of the sender: rounds of flight and books until the work is done, or somebody says stop."""

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from typing import ParamSpec, TypeVar

from mailer.delivery.carrier import Carrier
from mailer.delivery.claims import Claim
from mailer.delivery.company import TICK_SECONDS, Company
from mailer.delivery.ledger import Answer, Ledger, Turn
from mailer.delivery.outbox import Result
from mailer.delivery.tally import Tally
from mailer.delivery.transport import Line, RelayDown
from subscribers.errors import TryLater
from subscribers.trouble import database_trouble

log = logging.getLogger("rundbrief.sender")
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds to leave an unwell relay alone, growing
LANDING_SECONDS = 4.0  # so long a stop waits for replies that are due
LOOK_SECONDS = 0.5  # between two looks at what is due, dead or done
COUNT_SECONDS = 10.0  # between two counts of what is left
AHEAD = 20  # letters claimed ahead for each line,
AT_LEAST = 500  # but at least so many: a claim costs as much as 50 letters of it, and no dot leaves meanwhile
SLOW_SECONDS, SLOW_FOR_SECONDS = 0.003, 5.0  # a flight that takes so long is written beside the loop
SELDOM = 20_000  # objects between two looks of the garbage collector: a letter leaves none behind
LOCKED_TRIES = 3  # each waits as long for the database as `subscribers.database` says

P = ParamSpec("P")
T = TypeVar("T")


class Shift:
    """Carriers and books, together.

    Args:
        at_most: letters to claim in all; None is no limit.
        until_done: end when nothing is left that could leave now.
    """

    def __init__(
        self,
        ledger: Ledger,
        carriers: Mapping[str, Callable[[Callable[[bool], None]], Carrier]],
        tally: Tally,
        stop: Event,
        *,
        clock: Callable[[], datetime],
        watch: Callable[[Tally], None] | None,
        until_done: bool,
        at_most: int | None,
    ) -> None:
        self._ledger, self._tally, self._stop, self._clock, self._watch = ledger, tally, stop, clock, watch
        self._until_done, self._at_most = until_done, at_most
        self._loop = asyncio.get_running_loop()
        self._company = Company()
        self._carriers = {name: make(self._company.nudge) for name, make in carriers.items()}
        self._company.carriers = self._carriers.values()
        self._thread = ThreadPoolExecutor(1, "books")
        self._results: list[Result] = []  # not booked yet
        self._away: dict[str, float] = {}  # relays that rest, and until when
        self._dry_until: dict[str, float] = {}  # nothing more waits for this relay before then
        self._next_look = self._next_count = 0.0
        self._flight_seconds = self._slow_until = 0.0  # as flights went of late; until when it is not tried
        self._expanding = False
        self._again_at: datetime | None = None
        self._tries = 0

    async def work(self, idle_seconds: float) -> bool:
        """Until stopped or done; True if there was anything to do."""
        worked, often = False, gc.get_threshold()
        gc.set_threshold(SELDOM, *often[1:])
        try:
            while not self._stop.is_set():
                try:
                    busy = await self._round()
                except RelayDown:
                    raise
                except Exception as error:
                    await self._weather(error)
                    continue
                worked |= busy
                if not busy and not await self._wait_for_more(idle_seconds):
                    break
            return worked
        finally:
            self._company.end()
            gc.set_threshold(*often)
            try:
                await self._land()
            finally:
                await self._books(self._ledger.close)
                self._thread.shutdown()

    async def _round(self) -> bool:
        """Look, fly, write; False when nothing was there to do."""
        await self._wake_rested()
        await self._look()
        for name, carrier in self._carriers.items():
            if carrier.broken:
                raise carrier.broken
            if carrier.down and name not in self._away:
                await self._let_rest(name, carrier, carrier.down)
        if self._in_hand:
            await self._company.wait()
        flight = self._flight()
        await self._enter(flight)
        await self._enter(self._claim())  # behind the flight: while it is written, the other side has work
        for carrier in self._carriers.values():
            while carrier.too_large:
                await self._books(self._ledger.hold, *carrier.too_large.popitem())
        await self._expand()
        return bool(flight.results or flight.ready) or self._expanding or self._in_hand

    async def _enter(self, turn: Turn) -> None:
        """Write a turn into the books, and do what they answer."""
        if not (turn.results or turn.ready or turn.wants):
            return
        lines = {name: list(carrier.ready_lines) for name, carrier in self._carriers.items() if turn.ready}
        try:
            answer = self._at_once(turn)
            if answer is None:
                answer = await self._books(self._ledger.turn, turn)
        except BaseException:
            self._results = [*turn.results, *self._results]
            raise
        self._tries = 0
        self._apply(turn, answer, lines)

    def _at_once(self, turn: Turn) -> Answer | None:
        """A plain flight without the hop to another thread, which would take longer than such a flight does.

        A slow disk or a busy machine must not stall the lines: then the hop is worth its price for a while.
        """
        began = time.monotonic()
        if began < self._slow_until:
            return None
        answer = self._ledger.flight(turn)
        self._flight_seconds += (time.monotonic() - began - self._flight_seconds) / 32
        if self._flight_seconds > SLOW_SECONDS:
            self._slow_until, self._flight_seconds = began + SLOW_FOR_SECONDS, 0.0
        return answer

    @property
    def _in_hand(self) -> bool:
        return not all(carrier.is_empty for carrier in self._carriers.values())

    async def _look(self) -> None:
        if self._loop.time() < self._next_look:
            return
        if await self._books(self._ledger.look) and not self._expanding:
            self._expanding = True
            await self._expand()
        if self._watch:
            if self._loop.time() >= self._next_count:
                self._tally.left = await self._books(self._ledger.left)
                self._next_count = self._loop.time() + COUNT_SECONDS
            self._watch(self._tally)
        self._next_look = self._loop.time() + LOOK_SECONDS

    async def _expand(self) -> None:
        """One slice of the audience between two flights; of a single step all of it."""
        while self._expanding and not self._stop.is_set():
            briefly = self._at_most is None and self._in_hand
            self._expanding = await self._books(self._ledger.expand, briefly=briefly)
            self._dry_until.clear()
            if self._at_most is None:
                return

    def _flight(self) -> Turn:
        """What has come, and what is ready."""
        results, ready = self._results, list[Claim]()
        self._results = []
        for carrier in self._carriers.values():
            results += carrier.hand_over()
            ready += carrier.waiting()
        return Turn(results, ready)

    def _claim(self) -> Turn:
        """More letters, where few are left."""
        wants = {name: self._want(name, carrier) for name, carrier in self._carriers.items()}
        return Turn(wants={name: want for name, want in wants.items() if want > 0})

    def _want(self, name: str, carrier: Carrier) -> int:
        ahead = max(AHEAD * carrier.connections, AT_LEAST)
        if name in self._away or len(carrier.stock) > ahead // 2:
            return 0
        if self._loop.time() < self._dry_until.get(name, 0.0):
            return 0
        want = ahead - len(carrier.stock)
        return want if self._at_most is None else min(want, self._at_most)

    def _apply(self, turn: Turn, answer: Answer, lines: Mapping[str, list[Line]]) -> None:
        if answer.again_at and (self._again_at is None or answer.again_at > self._again_at):
            self._again_at = answer.again_at
        for name, carrier in self._carriers.items():
            carrier.launch(lines.get(name, ()), answer.allowed)
            if answer.ours is not None:
                carrier.keep(answer.ours)
            loads = answer.loads.get(name, [])
            carrier.supply(loads)
            if len(loads) < turn.wants.get(name, 0):
                # The pace gives half a second of credit; who asks less often than that leaves some unused.
                paced = self._again_at is not None and self._again_at > self._clock()
                self._dry_until[name] = self._loop.time() + (TICK_SECONDS if paced else LOOK_SECONDS)
            if self._at_most is not None:
                self._at_most -= len(loads)
        if len(answer.allowed) < len(turn.ready):
            self._dry_until.clear()  # what went back is claimed again at once
        self._tell(turn.results)

    def _tell(self, results: Sequence[Result]) -> None:
        self._tally.add(results)
        for each in results:
            if each.receipt.outcome != "sent":
                claim, receipt = each.claim, each.receipt
                what = claim.id, claim.mailing_id, receipt.outcome, receipt.phase, receipt.code or "no reply"
                log.warning("delivery %d of mailing %d %s in phase %s: %s", *what)

    # --- when something is wrong

    async def _let_rest(self, name: str, carrier: Carrier, down: RelayDown) -> None:
        """A relay that takes no mail: nobody is marked, what was claimed for it goes back."""
        down.relay = name
        carrier.rest()
        await self._settle({key for each in self._carriers.values() for key in each.holds})
        if down.permanent:
            await self._books(self._ledger.refused, name, str(down))
        if down.permanent or self._until_done:
            raise down
        pause = PAUSES[min(carrier.rests, len(PAUSES) - 1)]
        carrier.rests += 1
        self._away[name] = self._loop.time() + pause
        await self._books(self._ledger.away, name, str(down))
        log.warning("the relay takes no mail now (%s); trying again in %.0f s", down, pause)

    async def _wake_rested(self) -> None:
        for name, until in list(self._away.items()):
            if self._loop.time() >= until:
                del self._away[name]
                self._carriers[name].start_again()
                await self._books(self._ledger.away, name, None)

    async def _weather(self, error: Exception) -> None:
        """The books cannot be written now: withdraw everything, wait, write; in the end give up."""
        self._tries += 1
        if not _passes(error) or self._tries > LOCKED_TRIES:
            raise error
        log.warning("the database is not to be had (%s); trying again", database_trouble(error) or error)
        for carrier in self._carriers.values():
            carrier.rest()
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await self._settle({key for each in self._carriers.values() for key in each.holds})
        except Exception as again:
            return await self._weather(again)
        for carrier in self._carriers.values():
            carrier.start_again()
        return None

    async def _settle(self, but: set[int]) -> None:
        """Book what has come, give back what was not tried."""
        for carrier in self._carriers.values():
            self._results += carrier.hand_over()
        results, self._results = self._results, []
        try:
            await self._books(self._ledger.settle, results, but)
        except BaseException:
            self._results = results
            raise
        self._tell(results)

    async def _wait_for_more(self, idle_seconds: float) -> bool:
        """Nothing to do now; False when that is the end."""
        if self._until_done:
            if self._again_at is None:
                return False
            if self._again_at <= self._clock():
                self._again_at = None  # a last look
                self._dry_until.clear()
            idle_seconds = TICK_SECONDS
        elif not self._away:
            await asyncio.gather(*(carrier.hang_up() for carrier in self._carriers.values()))
        limit = self._loop.time() + idle_seconds
        while self._loop.time() < limit and not self._stop.is_set():
            await asyncio.sleep(min(TICK_SECONDS, idle_seconds))
        return True

    async def _land(self) -> None:
        """The end: what is not dispatched stays here, what is gets its reply, everything is booked."""
        landings = (carrier.land(self._stop, LANDING_SECONDS) for carrier in self._carriers.values())
        await asyncio.gather(*landings)
        await self._settle(set())
        if not self._stop.is_set():
            await self._books(self._ledger.look)

    async def _books(self, write: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._loop.run_in_executor(self._thread, lambda: write(*args, **kwargs))


def _passes(error: Exception) -> bool:
    """The same again may succeed: locked, unreachable, or chosen to end a deadlock."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(database_trouble(error), TryLater) or state in ("40001", "40P01")
