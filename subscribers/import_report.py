"""What an import does with each row of a list, in numbers and line by line."""

from dataclasses import asdict, dataclass
from typing import Any

from subscribers.csvfile import Refusal


@dataclass(frozen=True, slots=True)
class Report:
    """What an import does, or did when it has a batch; every row of the file is counted once.

    Args:
        unconfirmed: new people whose own list says that they never confirmed: kept as pending.
        pending: people of this file who are not mailed afterwards, because no consent is proven.
        suppressed: addresses that the list itself reports as left or bounced: put on the suppression list.
    """

    file: str
    newsletter: str
    encoding: str
    delimiter: str
    mapping: dict[str, str]
    ignored: tuple[str, ...]
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    unconfirmed: int = 0
    suppressed: int = 0
    empty: int = 0
    pending: int = 0
    refused: tuple[Refusal, ...] = ()
    duplicate_lines: tuple[dict[str, int], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    batch: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON."""
        return asdict(self)

    @property
    def usable(self) -> int:
        """How many rows could be taken."""
        return self.new + self.changed + self.unchanged + self.unconfirmed + self.suppressed
