"""What an import does with each row of a list, in numbers and line by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from subscribers.headers import Columns
from subscribers.sheet import Refusal, Sheet

MOST_LISTED = 100_000  # of each kind; the counts go on
_SAMPLES = 2


@dataclass(frozen=True, slots=True)
class Report:
    """What an import does, or did when it has a batch; every row of the file is counted once.

    Args:
        unconfirmed: new people whose own list says that they never confirmed: kept as pending.
        pending: people of this file who are not mailed afterwards, because no consent is proven.
        suppressed: addresses that the list itself reports as left or bounced: put on the suppression list.
        left: those among the refused who left or objected.
        sample: two rows as they were read, where possible with umlauts: {line, text}.
        stopped: those among the refused whose address was replaced, bounced or forgotten.
        proven: those who were on the newsletter and whose consent this list proves, too.
        changes: what stands in a field and what will, for people who are known.
        not_listed: of which lists only the first 100,000 are here, and how many are missing.
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
    left: int = 0
    stopped: int = 0
    proven: int = 0
    refused: tuple[Refusal, ...] = ()
    duplicate_lines: tuple[dict[str, int], ...] = ()
    changes: tuple[dict[str, Any], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    not_listed: dict[str, int] = field(default_factory=dict)
    batch: int | None = None
    sample: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON."""
        return asdict(self)

    @property
    def refusals(self) -> int:
        """How many rows were refused, listed or not."""
        return len(self.refused) + self.not_listed.get("refused", 0)

    @property
    def usable(self) -> int:
        """How many rows could be taken."""
        return self.new + self.changed + self.unchanged + self.unconfirmed + self.suppressed


@dataclass(slots=True)
class Tally:
    """Counts the rows on their way; its lists have an end, so that memory does not grow with the file."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    duplicates: list[dict[str, int]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    not_listed: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def count(self, kind: str) -> None:
        """One more row of this kind."""
        self.counts[kind] += 1

    def refuse(self, line: int, reason: str) -> None:
        """A row that is not taken."""
        self._keep("refused", self.refused, Refusal(line, reason))

    def refuse_who_left(self, line: int, reason: str, kind: str = "left") -> None:
        """A row that is not taken because the person said no, or the address is out of use (`stopped`)."""
        self.count(kind)
        self.refuse(line, reason)

    def sample(self, line: int, text: str) -> None:
        """A row to look at; the first two are kept, and give way to rows with umlauts."""
        kept = self.samples
        if len(kept) < _SAMPLES:
            kept.append({"line": line, "text": text})
        elif not text.isascii() and (plain := [one for one in kept if one["text"].isascii()]):
            kept.remove(plain[-1])
            kept.append({"line": line, "text": text})

    def wants_sample(self, cells: Sequence[str]) -> bool:
        """Whether this row would be shown."""
        if len(self.samples) < _SAMPLES:
            return True
        return any(one["text"].isascii() for one in self.samples) and not "".join(cells).isascii()

    def duplicate(self, line: int, first: int) -> None:
        """A row whose address stood in an earlier line."""
        self.count("duplicates")
        self._keep("duplicate_lines", self.duplicates, {"line": line, "first": first})

    def warn(self, line: int, text: str) -> None:
        """Something that a person should look at."""
        self._keep("warnings", self.warnings, {"line": line, "text": text})

    def change(self, line: int, email: str, name: str, old: str, new: str) -> None:
        """One field of a known person."""
        row = {"line": line, "email": email, "field": name, "old": old, "new": new}
        self._keep("changes", self.changes, row)

    def report(self, sheet: Sheet, newsletter: str, columns: Columns, batch: int | None = None) -> Report:
        """All of it as a value."""
        counts: Mapping[str, int] = self.counts
        names = ("new", "changed", "unchanged", "duplicates", "unconfirmed", "suppressed", "empty")
        return Report(
            file=sheet.file,
            newsletter=newsletter,
            encoding=sheet.encoding,
            delimiter=sheet.delimiter,
            mapping=columns.mapping,
            ignored=columns.ignored,
            **{name: counts[name] for name in (*names, "pending", "left", "stopped", "proven")},
            refused=tuple(sorted(self.refused, key=lambda one: one.line)),
            duplicate_lines=tuple(self.duplicates),
            changes=tuple(self.changes),
            warnings=tuple(sorted(self.warnings, key=lambda one: int(one["line"]))),
            not_listed=dict(self.not_listed),
            batch=batch,
            sample=tuple(self.samples),
        )

    def _keep(self, name: str, kept: list[Any], one: Any) -> None:
        if len(kept) < MOST_LISTED:
            kept.append(one)
        else:
            self.not_listed[name] += 1
