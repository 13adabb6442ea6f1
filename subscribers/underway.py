"""An import under way: what came of its rows so far, its batch once there is one, and the pace it keeps."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, insert, update

from subscribers.bulk import Pace, lock
from subscribers.deciding import decide
from subscribers.import_report import Report, Tally
from subscribers.merging import Batch, merge
from subscribers.schema import import_batch, subscriber, subscription
from subscribers.staging import Staged, rows_of
from subscribers.taking import taking
from subscribers.usable import Portion, Ready, Task, add_up

Opened = Callable[[], AbstractContextManager[Connection]]


class UnderWay:
    """Takes the pieces of a list one after the other."""

    def __init__(self, task: Task, newsletter: str, *, fill_only: bool) -> None:
        self._task, self._newsletter, self._fill_only = task, newsletter, fill_only
        self._batch: Batch | None = None
        self._pace = Pace()
        self._tally = Tally()
        for line, text in task.sheet.remarks:
            self._tally.warn(line, text)
        for name in task.columns.repeated:
            text = f"Several columns are called {name}: look at what was taken, or rename them."
            self._tally.warn(task.sheet.header_line, text)

    def look_at(self, connection: Connection, piece: Staged | Portion) -> None:
        """What would become of these rows; nothing is written."""
        for rows in self._rows(piece):
            decide(connection, rows, self._newsletter, self._tally, fill_only=self._fill_only)

    def write(self, opened: Opened, piece: Staged | Portion) -> None:
        """Decide on rows and write them, a transaction for each slice."""
        for rows in self._rows(piece):
            with self._slice(opened, len(rows)) as connection:
                decided = decide(connection, rows, self._newsletter, self._tally, fill_only=self._fill_only)
                if self._batch or any(decided):
                    merge(connection, decided, self._begun(connection))

    def take_over(self, opened: Opened, raw: Any, staged: Staged) -> None:
        """The same with a staged file, on the SQLite connection that `opened` opens transactions on."""
        with taking(raw, staged) as file:
            while file.left:
                rows = min(self._pace.rows, file.left)
                with self._slice(opened, rows) as connection:
                    file.take(
                        connection,
                        rows,
                        self._newsletter,
                        self._tally,
                        lambda: self._begun(connection),
                        fill_only=self._fill_only,
                    )

    def report(self) -> Report:
        """What came of the list."""
        task = self._task
        self._tally.changes.sort(key=itemgetter("line"))  # a long list is not taken in its own order
        batch = self._batch.id if self._batch else None
        return self._tally.report(task.sheet, self._newsletter, task.columns, batch)

    def finish(self, connection: Connection) -> Report:
        """The same, kept with the batch."""
        report = self.report()
        mine = update(import_batch).where(import_batch.c.id == report.batch)
        connection.execute(mine.values(counts=_counts(report)))
        return report

    def _rows(self, piece: Staged | Portion) -> Iterator[Sequence[Ready]]:
        if isinstance(piece, Staged):
            yield from rows_of(piece, lambda: self._pace.rows)
            return
        add_up(self._tally, piece.found)
        rows = piece.rows
        while rows:
            some, rows = rows[: self._pace.rows], rows[self._pace.rows :]
            yield some

    @contextmanager
    def _slice(self, opened: Opened, rows: int) -> Iterator[Connection]:
        with opened() as connection:
            began = time.monotonic()
            lock(connection, subscriber, subscription)
            yield connection
        self._pace.took(rows, time.monotonic() - began)

    def _begun(self, connection: Connection) -> Batch:
        """The batch, which is made when the first row is written."""
        if self._batch is None:
            task = self._task
            row = {
                "file": task.sheet.file,
                "sha256": task.sheet.sha256,
                "newsletter": self._newsletter,
                "at": task.now,
                "counts": {"unfinished": 1},
                "mapping": task.columns.mapping,
            }
            made = insert(import_batch).values(row).returning(import_batch.c.id)
            number = connection.execute(made).scalar_one()
            self._batch = Batch(number, self._newsletter, task.now, task.sheet.file, task.fields)
        return self._batch


def _counts(report: Report) -> dict[str, int]:
    counts = {name: value for name, value in report.as_dict().items() if isinstance(value, int)}
    return {**counts, "refused": report.refusals}
