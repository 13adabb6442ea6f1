"""How fast letters may leave: per group of domains and over all, obeyed by all processes of one database.

GCRA (ITU-T I.371): a row holds the moment at which the next letter would be on time. A letter may go when
that moment is at most `BURST` ahead, and moves it on by one interval; so in any window of w seconds no more
than rate x (w + BURST) + 1 letters go. The others get a moment of their own, one behind the other.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, or_, select, update

from mailer.delivery.schema import pace
from subscribers.upsert import insert_new

BURST = timedelta(seconds=0.5)
# Letters that would wait longer are looked at again then: whoever was promised a moment may be cancelled.
HORIZON = timedelta(minutes=10)
SLOWEST = 0.2  # per second; below that a mailing never ends
UNLIMITED = 10.0  # where the slowing starts for a domain without a limit
_SETTLE = timedelta(seconds=30)  # one crowd of refusals slows once
_RECOVERY = 1.1, timedelta(minutes=10)  # so much faster after each such time
_SECOND = 1_000_000
_SLOWED = select(pace.c.key).where(pace.c.slowed_at.is_not(None)).limit(1)

# Domains of one provider, which counts them together.
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "gmail.com": ("googlemail.com",),
    "outlook.com": ("outlook.de", "hotmail.com", "hotmail.de", "live.com", "live.de", "msn.com"),
    "web.de": ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.eu", "email.de"),
    "t-online.de": ("magenta.de",),
    "yahoo.com": ("yahoo.de", "ymail.com", "aol.com", "aol.de"),
    "icloud.com": ("me.com", "mac.com"),
}
_KNOWN = {domain: name for name, domains in PROVIDERS.items() for domain in domains}


class _Reader(Protocol):
    @property
    def email(self) -> str: ...


class _Claim(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def person(self) -> _Reader: ...


Claim = TypeVar("Claim", bound=_Claim)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one relay.

    Args:
        rate: letters per second over all; None is as fast as it goes.
        rates: letters per second by domain; each counts for the whole group of the domain.
        groups: further domains that count as one with the named one, beside the known providers.
        relay: its name, which keeps its rows apart from those of other relays.
    """

    rate: float | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    relay: str = ""

    def key_of(self, address: str) -> str:
        """The row of an address: its relay and the group of its domain."""
        return f"{self.relay}/{self._group(address.rpartition('@')[2].lower())}"

    @property
    def key_of_all(self) -> str:
        """The row of all letters of the relay."""
        return f"{self.relay}/*"

    def per_second(self) -> dict[str, float]:
        """What is limited: row -> letters per second; of two limits for one group the lower one holds."""
        found = {self.key_of_all: self.rate} if self.rate else dict[str, float]()
        for domain, rate in self.rates.items():
            key = self.key_of(f"@{domain}")
            found[key] = min(rate, found.get(key, rate))
        return found

    def _group(self, domain: str) -> str:
        for name, domains in self.groups.items():
            if domain in domains:
                domain = name
        return _KNOWN.get(domain, domain)


@dataclass(slots=True)
class _Line:
    """One row while letters are given their moments."""

    interval_us: int
    next_us: int
    promised_us: int

    def is_free(self, now_us: int) -> bool:
        return self.next_us <= now_us + _microseconds(BURST)

    def take(self, now_us: int) -> None:
        self.next_us = max(self.next_us, now_us) + self.interval_us

    def promise(self, number: int, now_us: int) -> datetime:
        """The next moment that nobody was promised yet; beyond the horizon some moment behind it."""
        horizon = _microseconds(HORIZON)
        moment = max(self.promised_us, self.next_us, now_us) + self.interval_us
        if moment > now_us + horizon:
            return _moment(now_us + horizon + number % 1000 * horizon // 1000)
        self.promised_us = moment
        return _moment(moment)


def reserve(
    connection: Connection, claims: Sequence[Claim], limits: Limits, now: datetime
) -> tuple[list[Claim], list[tuple[Claim, datetime]]]:
    """Which letters may go now, in their order, and when the others are to be claimed again.

    Call it in the transaction of the claim: the rows stay locked until it ends. They are locked in the order
    of their keys, so that two processes never wait for each other.
    """
    usual = limits.per_second()
    if not usual and connection.scalar(_SLOWED) is None:
        return list(claims), []
    lines = _read(connection, usual, now)
    going, waiting, now_us = list[Claim](), list[tuple[Claim, datetime]](), _microseconds_since_1970(now)
    for one in claims:
        keys = limits.key_of(one.person.email), limits.key_of_all
        own = [lines[key] for key in keys if key in lines]
        if full := next((line for line in own if not line.is_free(now_us)), None):
            waiting.append((one, full.promise(one.id, now_us)))
            continue
        for line in own:
            line.take(now_us)
        going.append(one)
    for key, line in lines.items():
        moments = {"tat_us": line.next_us, "promised_us": line.promised_us}
        connection.execute(update(pace).where(pace.c.key == key).values(moments))
    return going, waiting


def slow_down(connection: Connection, key: str, now: datetime, limits: Limits | None = None) -> None:
    """A server said that it is too much: half as many from here on, for every process, and after a restart.

    Args:
        key: `limits.key_of(address)`, or `limits.key_of_all` when the relay itself said so.
    """
    connection.execute(insert_new(connection, pace).values(key=key))
    row = connection.execute(select(pace).where(pace.c.key == key).with_for_update()).one()
    if row.slowed_at and now - row.slowed_at < _SETTLE:
        return
    usual = (limits or Limits()).per_second().get(key, UNLIMITED)
    rate = max(min(_recovered(row, now) or usual, usual) / 2, SLOWEST)
    connection.execute(update(pace).where(pace.c.key == key).values(rate=rate, slowed_at=now))


def slowed(connection: Connection, now: datetime) -> dict[str, float]:
    """Who gets less than usual now: row -> letters per second."""
    rows = connection.execute(select(pace).where(pace.c.slowed_at.is_not(None)).order_by(pace.c.key))
    return {row.key: _recovered(row, now) for row in rows}


def _read(connection: Connection, usual: Mapping[str, float], now: datetime) -> dict[str, _Line]:
    """The rows that are limited or slowed down, locked; one that is new is made."""
    query = select(pace).where(or_(pace.c.key.in_(usual), pace.c.slowed_at.is_not(None)))
    query = query.order_by(pace.c.key).with_for_update()
    rows = connection.execute(query).all()
    if missing := sorted(set(usual) - {row.key for row in rows}):
        for key in missing:
            connection.execute(insert_new(connection, pace).values(key=key))
        rows = connection.execute(query).all()
    lines = {}
    for row in rows:
        rate = usual.get(row.key)
        if row.slowed_at:
            slow = _recovered(row, now)
            if slow < (rate or UNLIMITED):
                rate = slow
            else:
                connection.execute(update(pace).where(pace.c.key == row.key).values(rate=0, slowed_at=None))
        if rate:
            lines[row.key] = _Line(math.ceil(_SECOND / rate), row.tat_us, row.promised_us)
    return lines


def _recovered(row: Any, now: datetime) -> float:
    """The pace of a row that was slowed down, as far as it has recovered; 0 when it never was."""
    factor, every = _RECOVERY
    return float(row.rate * factor ** ((now - row.slowed_at) / every)) if row.slowed_at else 0.0


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _microseconds_since_1970(moment: datetime) -> int:
    return _microseconds(moment - datetime(1970, 1, 1, tzinfo=UTC))


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
