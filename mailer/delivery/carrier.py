"""The lines to one relay and the letters on them: who carries what, who is ready, what came of it."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable
from threading import Event
from typing import NamedTuple

from mailer.delivery.claims import Claim
from mailer.delivery.letters import Prepared, write_letter
from mailer.delivery.outbox import Result
from mailer.delivery.transport import Letter, Line, Receipt, RelayDown, Transport

TROUBLES = 3  # lines lost in a row, with no letter taken in between, before the relay counts as down
FEWER_SECONDS = 60.0  # so long a relay that refuses further lines is asked for no more of them


class Load(NamedTuple):
    """A claim and the mailing it belongs to."""

    claim: Claim
    prepared: Prepared


class Carrier:
    """Fulfils `transport.Listener` for all lines of one relay.

    Args:
        connections: how many lines there may be.
        wake: called when somebody should look: a line is ready, a try has ended, the relay is down; with
            whether that should be at once.
    """

    def __init__(
        self, transport: Transport, connections: int, secret: bytes, wake: Callable[[bool], None]
    ) -> None:
        self._transport, self.connections, self._secret, self._nudge = transport, connections, secret, wake
        self.stock: deque[Load] = deque()
        self.ready_lines: list[Line] = []
        self.results: list[Result] = []
        self.down: RelayDown | None = None
        self.broken: Exception | None = None
        self.too_large: dict[int, str] = {}  # mailing -> why this relay takes none of its letters
        self._loads: dict[int, Load] = {}  # by delivery: announced or travelling
        self._on: dict[Line, Letter | None] = {}  # the announced letter of each open line
        self._opening: set[asyncio.Task[None]] = set()
        self._returned: dict[int, int] = {}
        self._troubles = 0
        self.rests = 0  # how often it was left alone, one time after the other
        self._limit, self._limited_until = connections, 0.0
        self._resting = False

    @property
    def in_hand(self) -> int:
        """Letters that are announced or travelling."""
        return len(self._loads)

    @property
    def is_empty(self) -> bool:
        """Nothing is left to do here."""
        return not (self.stock or self._loads or self.results)

    @property
    def holds(self) -> set[int]:
        """The deliveries that are announced or travelling."""
        return set(self._loads)

    def hand_over(self) -> list[Result]:
        """What came of tries since the last time."""
        results, self.results = self.results, []
        return results

    def supply(self, loads: Collection[Load]) -> None:
        """More letters to carry. What was given back and is claimed again may still be in hand: nothing is
        taken twice, and of two in the stock the newer one counts. The fence knows what an older one says.
        """
        if loads:
            newer = {load.claim.id for load in loads}
            self.stock = deque(load for load in self.stock if load.claim.id not in newer)
            self.stock.extend(load for load in loads if load.claim.id not in self._loads)
        self.feed()

    def feed(self) -> None:
        """Give every free line a letter, and open more lines where letters wait."""
        for line in [line for line, letter in self._on.items() if letter is None]:
            self.free(line)
        if self.down or self._resting:
            return
        now = asyncio.get_running_loop().time()
        limit = self._limit if now < self._limited_until else self.connections
        # The first line alone: what stops it would stop all.
        limit = limit if self._on else min(limit, 1)
        wanted = min(len(self.stock), limit - len(self._on) - len(self._opening))
        for _ in range(wanted):
            task = asyncio.create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        try:
            line = await self._transport.open(self)
        except RelayDown as down:
            if self._on and not down.permanent:
                self._limit = len(self._on)
                self._limited_until = asyncio.get_running_loop().time() + FEWER_SECONDS
            else:
                self.down = down
                self._wake()
        except Exception as error:  # a bug must not end in a task that nobody asks
            self.broken = error
            self._wake()
        else:
            if self._resting:
                line.close()
            else:
                self._on[line] = None
                self.feed()

    # --- what the lines say

    def ready(self, line: Line) -> None:
        self.ready_lines.append(line)
        self._wake()

    def settled(self, line: Line, letter: Letter, receipt: Receipt) -> None:
        load = self._loads.pop(letter.key)
        if self._on.get(line) is letter:
            self._on[line] = None
        if receipt.code and receipt.scope != "host":
            self._troubles = self.rests = 0
        self._returned.pop(letter.key, None)
        self._note(load, receipt)

    def free(self, line: Line) -> None:
        if line not in self._on or self.down or self._resting or self._refused:
            return
        if (letter := self._take(line)) is not None:
            self._on[line] = letter
            line.announce(letter)

    def gone(self, line: Line, untouched: Letter | None, why: RelayDown, *, idle: bool) -> None:
        self._on.pop(line, None)
        if line in self.ready_lines:
            self.ready_lines.remove(line)
        if untouched is not None:
            self._put_back(untouched, why)
        if not idle:
            self._troubles += 1
        if self._troubles >= TROUBLES or why.permanent:
            self.down = why
            self._wake()
        elif not self._resting:
            self.feed()

    def _put_back(self, letter: Letter, why: RelayDown) -> None:
        """The letter was announced in vain. Once is the relay's trouble, twice may be its own."""
        load = self._loads.pop(letter.key)
        self._returned[letter.key] = self._returned.get(letter.key, 0) + 1
        if self._returned[letter.key] > 1:
            del self._returned[letter.key]
            self._note(load, Receipt("deferred", "mail", 0, str(why), "host"))
        else:
            self.stock.append(load)

    def _take(self, line: Line) -> Letter | None:
        """The next letter from the stock, written for its person."""
        while self.stock:
            load = self.stock.popleft()
            written = write_letter(load.claim, load.prepared, self._secret)
            if isinstance(written, Receipt):
                self._note(load, written)
            elif line.largest and written.size > line.largest:
                number = load.prepared.number
                self.too_large[number] = (
                    f"the relay takes messages of up to {line.largest} octets, this one has {written.size}"
                )
                self.drop(number)
            else:
                self._loads[written.key] = load
                return written
        return None

    @property
    def _refused(self) -> bool:
        """We ourselves were refused, and the books have not said yet whether to go on."""
        return any(result.receipt.scope == "sender" for result in self.results)

    def _note(self, load: Load, receipt: Receipt) -> None:
        claim, prepared = load
        self.results.append(Result(claim, receipt, prepared.due_at, prepared.stale, prepared.relay))
        self._wake()

    def _wake(self) -> None:
        """Somebody should look, and at once when most lines are ready, or nothing can go on. The others keep
        the other side busy until this flight has left.
        """
        self._nudge(4 * len(self.ready_lines) >= 3 * len(self._on) or self.down is not None)

    # --- the flight

    def waiting(self) -> list[Claim]:
        """The claims whose letters are ready, in the order of `ready_lines`."""
        return [self._loads[self._letter(line).key].claim for line in self.ready_lines]

    def launch(self, lines: Iterable[Line], allowed: set[int]) -> int:
        """Let the letters go that the books allow, each with the next one behind it; how many went."""
        went = 0
        for line in lines:
            if line not in self._on:
                continue  # lost while the books were written; its result is noted
            self.ready_lines.remove(line)
            letter = self._letter(line)
            if letter.key in allowed:
                following = None if self._resting else self._take(line)
                self._on[line] = following
                line.dispatch(following)
                went += 1
            else:
                del self._loads[letter.key], self._on[line]
                line.close()
        self.feed()
        return went

    def _letter(self, line: Line) -> Letter:
        letter = self._on[line]
        assert letter is not None
        return letter

    def drop(self, mailing: int) -> None:
        """Forget what waits of a mailing; the books take it back."""
        self.stock = deque(load for load in self.stock if load.claim.mailing_id != mailing)

    def keep(self, ours: set[int]) -> None:
        """Forget what waits and is not ours any more."""
        self.stock = deque(load for load in self.stock if load.claim.id in ours)

    # --- the end

    def rest(self) -> None:
        """Withdraw what is not dispatched and take nothing new; what is dispatched waits for its reply."""
        self._resting = True
        self.stock.clear()
        self.ready_lines.clear()
        for line, letter in list(self._on.items()):
            if letter is not None:
                del self._loads[letter.key]
                self._on[line] = None
                if line.withdraw():
                    del self._on[line]

    def start_again(self) -> None:
        """After `rest`: letters may come again."""
        self._resting, self.down, self._troubles = False, None, 0

    async def hang_up(self) -> None:
        """Close the lines; nothing is on them."""
        lines, self._on = self._on, {}
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*(line.quit() for line in lines), *self._opening, return_exceptions=True)

    async def land(self, stop: Event, seconds: float) -> None:
        """The end: every reply that is due, or after a stop those that come within `seconds`; the rest is in
        doubt.
        """
        self.rest()
        loop, limit = asyncio.get_running_loop(), None
        while self._loads and (limit is None or loop.time() < limit):
            await asyncio.sleep(0.01)
            if limit is None and stop.is_set():
                limit = loop.time() + seconds
        for load in self._loads.values():
            self._note(load, Receipt("in_doubt", "dot", 0, "the sender was stopped before the reply came"))
        self._loads.clear()
        await self.hang_up()
        self.stock.clear()
