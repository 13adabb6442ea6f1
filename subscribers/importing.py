"""A list taken into the address book: first what would happen, row by row, then the same for good."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from subscribers.ahead import ahead
from subscribers.bulk import writing_much
from subscribers.cells import Terms
from subscribers.csvfile import CsvRows
from subscribers.errors import BadUsage, Problem
from subscribers.fields import NO_FIELDS, Fields
from subscribers.headers import Columns, read_header
from subscribers.import_report import Report
from subscribers.sheet import Sheet
from subscribers.staging import Staged
from subscribers.underway import UnderWay
from subscribers.usable import Portion, Task, portions

__all__ = ["Meaning", "Report", "apply_import", "import_list", "plan_import"]

_LARGE = 2_000_000  # bytes of a file for which a second process pays


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
    task = _task(sheet, terms, now, meaning, secret)
    taken = UnderWay(task, newsletter, fill_only=meaning.fill_only)
    with _found(task) as some:
        for piece in some:
            taken.look_at(connection, piece)
    return taken.report()


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
    task = _task(sheet, terms, now, meaning, secret)
    taken = UnderWay(task, newsletter, fill_only=meaning.fill_only)
    with _found(task) as some:
        for piece in some:
            taken.write(lambda: nullcontext(connection), piece)
    return taken.finish(connection)


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
    task = _task(sheet, terms, now, meaning, secret)
    taken = UnderWay(task, newsletter, fill_only=meaning.fill_only)
    with _found(task) as some, writing_much(engine) as writer:
        for piece in some:
            if isinstance(piece, Staged) and writer.raw is not None:
                taken.take_over(writer.opened, writer.raw, piece)
            else:
                taken.write(writer.opened, piece)
    with engine.begin() as connection:
        return taken.finish(connection)


def _columns(sheet: Sheet, meaning: Meaning) -> Columns:
    columns = read_header(sheet.header, meaning.columns, meaning.fields)
    if not columns.emails:
        found = ", ".join(name.strip()[:40] for name in sheet.header[:20])
        hint = 'Name the column of the addresses E-Mail in the first line, or add --map "Column=email".'
        place = f"{sheet.file}:{sheet.header_line or 1}"
        raise Problem(f"No column of addresses among: {found}.", place=place, hint=hint)
    return columns


def _task(sheet: Sheet, terms: Terms, now: datetime, meaning: Meaning, secret: bytes) -> Task:
    columns = _columns(sheet, meaning)
    if terms.consented_on is not None and terms.consented_on > now:
        raise BadUsage("The day of the consent lies in the future.")
    return Task(sheet, columns, terms, now, dict(meaning.fields), secret)


def _found(task: Task) -> AbstractContextManager[Iterator[Staged | Portion]]:
    """The usable rows; those of a long list come from a second process."""
    rows = task.sheet.rows
    long = isinstance(rows, CsvRows) and rows.size > _LARGE
    return ahead(task) if long else nullcontext(portions(task))
