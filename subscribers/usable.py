"""The usable rows of a list: read, checked, each address once, and ready to be written."""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from subscribers.agreements import UnreadAnswers
from subscribers.cells import Candidate, RowReader, Terms
from subscribers.consent import Consent
from subscribers.errors import Problem
from subscribers.fields import Fields
from subscribers.headers import Columns
from subscribers.import_report import MOST_LISTED, Tally
from subscribers.keyhash import key_hash
from subscribers.roster import standing
from subscribers.sheet import Refusal, Sheet
from subscribers.words import GONE_STATES, UNCLEAR

PORTION = 1_000
_LONGEST_SHOWN = 60  # characters of a cell in a sample


class Ready(NamedTuple):
    """A row with all that can be worked out before anybody is locked out.

    Args:
        person: address, key, keyed hash, whether it needs SMTPUTF8, the texts, their folded twins.
        token: the one of the subscription, if it is a new one.
        state: what the row makes of a new subscription, with its basis.
        consents, stopped, remarks, labels, attributes, own, own_since, declined: see `cells.Candidate`.
    """

    line: int
    person: tuple[Any, ...]
    token: str
    state: str
    basis: str
    consents: tuple[Consent, ...]
    stopped: str = ""
    remarks: Sequence[str] = ()
    labels: tuple[tuple[str, str], ...] = ()
    attributes: Mapping[str, str] = {}
    own: str = ""
    own_since: datetime | None = None
    declined: bool = False

    @property
    def email(self) -> str:
        """The address as it is sent to."""
        return str(self.person[0])

    @property
    def key(self) -> str:
        """What the person is known by."""
        return str(self.person[1])

    @property
    def hashed(self) -> str:
        """The keyed hash of the mailbox."""
        return str(self.person[2])


class Portion(NamedTuple):
    """Some of the rows, and what was found beside them on the way."""

    rows: Sequence[Ready]
    found: Tally


@dataclass(frozen=True, slots=True)
class Task:
    """A list and how it is meant."""

    sheet: Sheet
    columns: Columns
    terms: Terms
    now: datetime
    fields: Fields
    secret: bytes = field(repr=False)


def portions(task: Task, most: int = PORTION) -> Iterator[Portion]:
    """The usable rows, each address once: the first row wins.

    Raises:
        Problem: the file cannot be read to its end.
    """
    tally = Tally()
    with closing(sqlite3.connect("")) as seen:  # on the disk, and gone with the connection
        seen.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;")
        seen.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        some: list[Candidate] = []
        for one in _candidates(task, tally):
            some.append(one)
            if len(some) == most:
                yield Portion(_ready(_once(seen, some, tally), task.secret), _taken_out(tally))
                some = []
        yield Portion(_ready(_once(seen, some, tally), task.secret), _taken_out(tally))


def _candidates(task: Task, tally: Tally) -> Iterator[Candidate]:
    columns = task.columns
    read = RowReader(columns, task.terms, task.now, task.fields).read
    width, unread, sampling = len(columns.header), UnreadAnswers(columns), True
    for record in task.sheet.rows():
        if isinstance(record, Refusal):
            tally.refuse(record.line, record.reason)
            continue
        line, cells = record
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            reason = (
                "The row has more cells than the header: a delimiter inside a value needs quotation marks."
            )
            tally.refuse(line, reason)
            continue
        unread.see(cells)
        if sampling and tally.wants_sample(cells) and any(cell.strip() for cell in cells):
            tally.sample(line, _shown(cells, columns))
            sampling = len(tally.samples) < 2 or any(one["text"].isascii() for one in tally.samples)
        try:
            yield read(record)
        except Problem as problem:
            if any(cell.strip() for cell in cells):
                tally.refuse(line, str(problem))
            else:
                tally.count("empty")
    for remark in unread.remarks():
        tally.warn(task.sheet.header_line, remark)


def _shown(cells: Sequence[str], columns: Columns) -> str:
    """A row for people who check whether it was read as it is meant."""
    some = (
        f"{name}={text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN].rstrip() + '…'}"
        for at, name in columns.taken
        if at < len(cells) and (text := cells[at].strip())
    )
    return "; ".join(some)


def _once(seen: sqlite3.Connection, some: Sequence[Candidate], tally: Tally) -> list[Candidate]:
    """Those whose address did not stand in an earlier row."""
    lines: dict[str, int] = {}
    for one in some:
        lines.setdefault(one.address.key, one.line)
    before = seen.total_changes
    seen.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", sorted(lines.items()))
    if seen.total_changes - before == len(some):
        return [*some]
    fresh = []
    for one in some:
        key = one.address.key
        (first,) = seen.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()
        if first == one.line:
            fresh.append(one)
        else:
            tally.duplicate(one.line, first)
    return fresh


def _ready(some: Sequence[Candidate], secret: bytes) -> list[Ready]:
    """With hashes, tokens and standing."""
    noise, together = os.urandom(14 * len(some)).hex(), os.urandom(2).hex()
    ready = []
    for at, one in enumerate(some):
        hashed = key_hash(secret, one.address.key)
        person = (one.address.email, one.address.key, hashed, one.address.smtputf8, *one.texts)
        # tokens of a portion are neighbours in their index: 112 bits stay random
        token = together + noise[28 * at : 28 * at + 28]
        ready.append(
            Ready(
                *(one.line, person, token, *_standing(one), one.consents, one.stopped, one.remarks),
                *(one.labels, one.attributes, one.own, one.own_since, one.declined),
            )
        )
    return ready


def _standing(one: Candidate) -> tuple[str, str]:
    """The state that a row gives; our own export may make it less, never more."""
    state, basis = standing(one.consents[-1] if one.consents else None)
    if one.own in GONE_STATES or (one.own == "paused" and state == "active"):
        return one.own, basis
    if one.own == "pending" and state == "active":
        return "pending", UNCLEAR
    return state, basis


def _taken_out(tally: Tally) -> Tally:
    """What was found since the last time; the samples stay, because later rows may be better ones."""
    taken = Tally(
        tally.counts,
        tally.refused,
        tally.duplicates,
        warnings=tally.warnings,
        not_listed=tally.not_listed,
        samples=[*tally.samples],
    )
    tally.counts, tally.not_listed = Counter(), Counter()
    tally.refused, tally.duplicates, tally.warnings = [], [], []
    return taken


def add_up(tally: Tally, found: Tally) -> None:
    """Put what was found with a portion into the tally of the whole list."""
    tally.counts.update(found.counts)
    tally.not_listed.update(found.not_listed)
    tally.samples = found.samples
    lists: Sequence[tuple[str, list[Any], list[Any]]] = (
        ("refused", tally.refused, found.refused),
        ("duplicate_lines", tally.duplicates, found.duplicates),
        ("warnings", tally.warnings, found.warnings),
    )
    for name, kept, more in lists:
        room = max(MOST_LISTED - len(kept), 0)
        kept.extend(more[:room])
        if len(more) > room:
            tally.not_listed[name] += len(more) - room
