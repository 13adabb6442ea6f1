"""Statements for many rows at once, compiled once and given to the driver as they are.

SQLAlchemy's own way of binding costs more than the database does for a letter; these statements are still
written with it, so that both databases get their own form.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.dml import UpdateBase

from subscribers.schema import Moment

_PARAMSTYLES = {"sqlite": "qmark", "postgresql": "format"}
_MOMENTS: dict[str, Callable[[Any], Any] | None] = {}  # asked for in each turn, hence kept
Row = tuple[Any, ...]


class Prepared:
    """A statement whose rows are tuples.

    Args:
        names: the bound parameters in the order in which a row gives them; the statement has no others.
    """

    def __init__(self, statement: UpdateBase, *names: str) -> None:
        self._statement, self._names = statement, names
        self._forms: dict[str, tuple[str, Callable[[Row], Row]]] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Once for each row; how many rows of the table were touched in all."""
        if not rows:
            return 0
        sql, order = self._forms.get(connection.dialect.name) or self._form(connection)
        return connection.exec_driver_sql(sql, list(map(order, rows))).rowcount

    def sql(self, connection: Connection) -> str:
        """Its text for this database, which takes the values in the order of the names.

        Raises:
            ValueError: the statement names them in another order.
        """
        compiled, order = self._forms.get(connection.dialect.name) or self._form(connection)
        if tuple(order(self._names)) != self._names:
            raise ValueError(f"the order of this statement is {order(self._names)}")
        return compiled

    def _form(self, connection: Connection) -> tuple[str, Callable[[Row], Row]]:
        name = connection.dialect.name
        dialect = type(connection.dialect)(paramstyle=_PARAMSTYLES[name])  # type: ignore[call-arg]
        compiled = self._statement.compile(dialect=dialect, column_keys=list(self._names))
        positions = [self._names.index(each) for each in compiled.positiontup or ()]
        self._forms[name] = compiled.string, itemgetter(*positions)
        return self._forms[name]


def stored(connection: Connection, value: datetime) -> Any:
    """A moment as the driver of this database takes it."""
    name = connection.dialect.name
    if name not in _MOMENTS:
        _MOMENTS[name] = Moment().dialect_impl(connection.dialect).bind_processor(connection.dialect)
    process = _MOMENTS[name]
    return process(value) if process else value
