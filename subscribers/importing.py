"""A list taken into the address book: first what would happen, row by row, then the same for good."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, update

from subscribers.agreements import UnreadAnswers
from subscribers.bulk import lock, writing_much
from subscribers.cells import Candidate, RowReader, Terms
from subscribers.deciding import Ready, decide, prepare
from subscribers.errors import BadUsage, Problem
from subscribers.fields import NO_FIELDS, Fields
from subscribers.headers import Columns, read_header
from subscribers.import_report import Report, Tally
from subscribers.merging import Batch, merge
from subscribers.schema import import_batch, subscriber, subscription
from subscribers.sheet import Refusal, Sheet

__all__ = ["Meaning", "Report", "apply_import", "import_list", "plan_import"]

_SLICE = 2_000


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the caller says about the list.

    Args:
        columns: headers with their fields.
        fields: the fields that the workspace declares.
        fill_only: what is known of a person stays; only empty fields are filled.
    """

    columns: dict[str, str] = field(default_factory=dict)
    fields: Fields = field(default_factory=lambda: NO_FIELDS)
    fill_only: bool = False


_PLAIN = Meaning()


def plan_import(
    connection: Connection,
    sheet: Sheet,
    newsletter: str,
    *,
    secret: bytes,
    now: datetime,
    terms: Terms,
    meaning: Meaning = _PLAIN,
) -> Report:
    """What an import would do now; nothing is written.

    Raises:
        Problem: the file has no column of addresses.
        BadUsage: the consent lies in the future, or a mapping names what is not there.
    """
    columns, tally = _columns(sheet, meaning), Tally()
    for rows in _slices(sheet, columns, terms, now, meaning, tally, secret):
        decide(connection, rows, newsletter, tally, fill_only=meaning.fill_only)
    return tally.report(sheet, newsletter, columns)


def apply_import(
    connection: Connection,
    sheet: Sheet,
    newsletter: str,
    *,
    secret: bytes,
    now: datetime,
    terms: Terms,
    meaning: Meaning = _PLAIN,
) -> Report:
    """Do what `plan_import` reports, as one batch in one transaction; once more, it changes nothing.

    A file without one usable row makes no batch.

    Raises:
        Problem: the file has no column of addresses.
        BadUsage: the consent lies in the future, or a mapping names what is not there.
    """
    columns, tally = _columns(sheet, meaning), Tally()
    slices = _slices(sheet, columns, terms, now, meaning, tally, secret)
    batch = _write(lambda: nullcontext(connection), sheet, newsletter, columns, slices, tally, now, meaning)
    return _finish(connection, tally.report(sheet, newsletter, columns, batch))


def import_list(
    engine: Engine,
    sheet: Sheet,
    newsletter: str,
    *,
    secret: bytes,
    now: datetime,
    terms: Terms,
    meaning: Meaning = _PLAIN,
) -> Report:
    """Do the same in slices, each in a transaction of its own: a list of any length, and nobody waits long.

    When it is interrupted the batch is there with what was written so far: it can be taken back, or the same
    list imported once more, which completes it.

    Raises:
        Problem: the file has no column of addresses, or cannot be read to its end.
        BadUsage: the consent lies in the future, or a mapping names what is not there.
    """
    columns, tally = _columns(sheet, meaning), Tally()
    slices = _slices(sheet, columns, terms, now, meaning, tally, secret)
    with writing_much(engine) as opened:
        batch = _write(opened, sheet, newsletter, columns, slices, tally, now, meaning)
    with engine.begin() as connection:
        return _finish(connection, tally.report(sheet, newsletter, columns, batch))


def _columns(sheet: Sheet, meaning: Meaning) -> Columns:
    columns = read_header(sheet.header, meaning.columns, meaning.fields)
    if not columns.emails:
        found = ", ".join(name.strip()[:40] for name in sheet.header[:20])
        hint = 'Name the column of the addresses E-Mail in the first line, or add --map "Column=email".'
        place = f"{sheet.file}:{sheet.header_line or 1}"
        raise Problem(f"No column of addresses among: {found}.", place=place, hint=hint)
    return columns


def _slices(
    sheet: Sheet,
    columns: Columns,
    terms: Terms,
    now: datetime,
    meaning: Meaning,
    tally: Tally,
    secret: bytes,
) -> Iterator[list[Ready]]:
    """The usable rows, each address once: the first row wins."""
    if terms.consented_on is not None and terms.consented_on > now:
        raise BadUsage("The day of the consent lies in the future.")
    for line, text in sheet.remarks:
        tally.warn(line, text)
    for name in columns.repeated:
        text = f"Several columns are called {name}: look at what was taken, or rename them."
        tally.warn(sheet.header_line, text)
    reader = RowReader(columns, terms, now, meaning.fields)
    with closing(sqlite3.connect("")) as seen:  # on the disk, and gone with the connection
        seen.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;")
        seen.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        some: list[Candidate] = []
        for one in _candidates(sheet, columns, reader, tally):
            some.append(one)
            if len(some) == _SLICE:
                yield prepare(_once(seen, some, tally), secret)
                some = []
        if some:
            yield prepare(_once(seen, some, tally), secret)


def _candidates(sheet: Sheet, columns: Columns, reader: RowReader, tally: Tally) -> Iterator[Candidate]:
    width, unread = len(columns.header), UnreadAnswers(columns)
    for record in sheet.rows():
        if isinstance(record, Refusal):
            tally.refuse(record.line, record.reason)
            continue
        cells = record.cells
        if not any(cells) or not any(cell.strip() for cell in cells):
            tally.count("empty")
            continue
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            reason = (
                "The row has more cells than the header: a delimiter inside a value needs quotation marks."
            )
            tally.refuse(record.line, reason)
            continue
        unread.see(cells)
        if tally.wants_sample(cells):
            tally.sample(record.line, _shown(cells, columns))
        try:
            yield reader.read(record)
        except Problem as problem:
            tally.refuse(record.line, str(problem))
    for remark in unread.remarks():
        tally.warn(sheet.header_line, remark)


def _shown(cells: Sequence[str], columns: Columns) -> str:
    """A row for people who check whether it was read as it is meant."""
    some = (
        f"{name}={cells[at].strip()[:40]}"
        for at, name in columns.taken
        if at < len(cells) and cells[at].strip()
    )
    return "; ".join(some)


def _once(seen: sqlite3.Connection, some: Sequence[Candidate], tally: Tally) -> Iterator[Candidate]:
    """Those whose address did not stand in an earlier row."""
    marks = ",".join("?" * len(some))
    keys = [one.address.key for one in some]
    first = dict(seen.execute(f"SELECT key, line FROM seen WHERE key IN ({marks})", keys))  # noqa: S608
    fresh: dict[str, int] = {}
    for one in some:
        key = one.address.key
        before = first.get(key) or fresh.get(key)
        if before is None:
            fresh[key] = one.line
            yield one
        else:
            tally.duplicate(one.line, before)
    seen.executemany("INSERT INTO seen VALUES (?, ?)", fresh.items())


def _write(
    opened: Callable[[], AbstractContextManager[Connection]],
    sheet: Sheet,
    newsletter: str,
    columns: Columns,
    slices: Iterator[list[Ready]],
    tally: Tally,
    now: datetime,
    meaning: Meaning,
) -> int | None:
    batch: Batch | None = None
    for rows in slices:
        with opened() as connection:
            lock(connection, subscriber, subscription)
            steps = decide(connection, rows, newsletter, tally, fill_only=meaning.fill_only)
            if batch is None and steps:
                batch = _begin(connection, sheet, newsletter, columns, now, meaning)
            if batch is not None:
                merge(connection, steps, batch)
    return batch.id if batch else None


def _finish(connection: Connection, report: Report) -> Report:
    mine = update(import_batch).where(import_batch.c.id == report.batch)
    connection.execute(mine.values(counts=_counts(report)))
    return report


def _begin(
    connection: Connection, sheet: Sheet, newsletter: str, columns: Columns, now: datetime, meaning: Meaning
) -> Batch:
    row = {
        "file": sheet.file,
        "sha256": sheet.sha256,
        "newsletter": newsletter,
        "at": now,
        "counts": {"unfinished": 1},
        "mapping": columns.mapping,
    }
    made = insert(import_batch).values(row).returning(import_batch.c.id)
    number = connection.execute(made).scalar_one()
    return Batch(number, newsletter, now, sheet.file, meaning.fields)


def _counts(report: Report) -> dict[str, int]:
    counts = {name: value for name, value in report.as_dict().items() if isinstance(value, int)}
    return {**counts, "refused": report.refusals}
