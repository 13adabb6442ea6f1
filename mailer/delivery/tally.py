"""How far a sender has come, in counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailer.delivery.outbox import Result


@dataclass(slots=True)
class Tally:
    """How far the sender has come."""

    counts: dict[str, int] = field(default_factory=dict)  # outcome -> tries since the start
    left: int = 0  # letters of the mailings under way that have not left

    @property
    def partly(self) -> bool:
        """Some letter failed or is in doubt."""
        return bool(self.counts.get("failed") or self.counts.get("in_doubt"))

    def add(self, results: Sequence[Result]) -> None:
        for each in results:
            outcome = each.receipt.outcome
            self.counts[outcome] = self.counts.get(outcome, 0) + 1
            self.left -= outcome != "deferred"
