"""The plain flight: what was taken is booked and what leaves is fenced, right on SQLite's driver.

Nearly all flights are plain, and SQLAlchemy's way through a transaction costs several times what SQLite needs
for it. So the statements are compiled once (see prepared.py) and run here as they are. What is not plain
stays undone here, and `Ledger.turn` does it with all its care.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.delivery import worker
from mailer.delivery.claims import Claim
from mailer.delivery.outbox import FENCE, NOTE, SENDING_LEASE, SENT, Result, by_release
from mailer.delivery.prepared import stored


class PlainFlights:
    """The flights of one connection.

    Args:
        connection: stays open and in no transaction while this is used.
        driver: its connection below, see `driver_of`.
    """

    def __init__(self, connection: Connection, driver: sqlite3.Connection) -> None:
        self._connection, self._driver = connection, driver
        self._sent, self._note, self._fence = (each.sql(connection) for each in (SENT, NOTE, FENCE))
        self._patience = int(driver.execute("PRAGMA busy_timeout").fetchone()[0])  # milliseconds
        self._worker = worker.own_name()

    def write(self, results: Sequence[Result], ready: Sequence[Claim], token: str, now: datetime) -> bool:
        """Book and fence all of it. False, and nothing is changed, if that is not possible on the spot:
        somebody may not get the letter any more, a try has failed, another process writes, the disk is full.
        """
        if any(each.receipt.outcome != "sent" for each in results):
            return False
        at, until = stored(self._connection, now), stored(self._connection, now + SENDING_LEASE)
        sent, tries = self._rows(results, token, at)
        driver, written = self._driver, False
        try:
            self._begin()
            if results:
                driver.executemany(self._sent, sent)
                driver.executemany(self._note, tries)
            if self._pass(ready, token, until):
                driver.execute("COMMIT")
                written = True
        except sqlite3.Error:
            pass  # the long way tells what is wrong, if it still is
        finally:
            if not written:
                driver.rollback()
        return written

    def _pass(self, ready: Sequence[Claim], token: str, until: Any) -> bool:
        """Whether all these may leave; then they are noted as leaving."""
        passed = 0
        for release, ids in by_release(ready).items():
            passed += self._driver.execute(self._fence, (until, json.dumps(ids), token, release)).rowcount
        return passed == len(ready)

    def _begin(self) -> None:
        """The lock or an error, at once: the loop must not wait for another process."""
        self._driver.execute("PRAGMA busy_timeout = 0")
        try:
            self._driver.execute("BEGIN IMMEDIATE")
        finally:
            self._driver.execute(f"PRAGMA busy_timeout = {self._patience}")

    def _rows(self, results: Sequence[Result], token: str, at: Any) -> tuple[list[Any], list[Any]]:
        sent, tries = [], []
        for claim, receipt, *_ in results:
            number, text = claim.id, receipt.text
            sent.append((text, at, number, token))
            said = receipt.phase, receipt.code, receipt.enhanced, text
            tries.append((number, claim.attempts, self._worker, at, *said))
        return sent, tries


def driver_of(connection: Connection) -> sqlite3.Connection | None:
    """SQLite's connection below; None on another database, and in memory, where each thread has its own."""
    raw, place = connection.connection.dbapi_connection, connection.engine.url.database
    return raw if isinstance(raw, sqlite3.Connection) and place not in (None, "", ":memory:") else None
