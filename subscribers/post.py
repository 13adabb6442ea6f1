"""What the address book asks of whoever sends the letters; it knows the answers, not the sender."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Select, false, select

from subscribers.schema import subscriber


class PostOffice(Protocol):
    """Where the letters are booked."""

    def letters_to(self, connection: Connection, subscriber_id: int) -> list[dict[str, Any]]:
        """Every letter to one person, with its tries and receipts (DSGVO Art. 15)."""

    def forget(self, connection: Connection, people: Sequence[int]) -> int:
        """Remove what servers said about these people, keep the counts; how many letters there were."""

    def reached_since(self, newsletter: str, since: datetime) -> Select[tuple[int]]:
        """The ids of the people who got a letter of this newsletter since then."""


class NoPostOffice:
    """Nobody sends letters: the address book by itself."""

    def letters_to(self, connection: Connection, subscriber_id: int) -> list[dict[str, Any]]:
        """None."""
        return []

    def forget(self, connection: Connection, people: Sequence[int]) -> int:
        """Nothing to remove."""
        return 0

    def reached_since(self, newsletter: str, since: datetime) -> Select[tuple[int]]:
        """Nobody."""
        return select(subscriber.c.id).where(false())
