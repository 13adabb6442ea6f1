"""A knock at a relay's door: the whole way in that a letter takes, and out again without one."""

import asyncio

from mailer.delivery.transport import Letter, Line, Receipt, RelayDown, Transport


def knock(transport: Transport) -> None:
    """Connect, secure and log in as for a letter, then say goodbye.

    Raises:
        RelayDown: a letter would not get in either.
    """
    asyncio.run(_knock(transport))


async def _knock(transport: Transport) -> None:
    line = await transport.open(_Nobody())
    await line.quit()


class _Nobody:
    """Fulfils `transport.Listener`: there is no letter whose fate could be told."""

    def ready(self, line: Line) -> None:
        """Nothing is announced."""

    def settled(self, line: Line, letter: Letter, receipt: Receipt) -> None:
        """Nothing is announced."""

    def free(self, line: Line) -> None:
        """Nothing waits."""

    def gone(self, line: Line, untouched: Letter | None, why: RelayDown, *, idle: bool) -> None:
        """It may hang up as soon as it likes."""
