"""Statements for many rows at once, compiled once and given to the driver as they are.

SQLAlchemy's own way of binding costs more than the database does for a letter; these statements are still
written with it, so that both databases get their own form.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import ARRAY, Connection, Integer, Select, bindparam, func, select
from sqlalchemy.sql.dml import UpdateBase

from subscribers.schema import Moment

_PARAMSTYLES = {"sqlite": "qmark", "postgresql": "format"}
_MOMENTS: dict[str, Callable[[Any], Any] | None] = {}  # asked for in each turn, hence kept
Row = tuple[Any, ...]
Statement: TypeAlias = UpdateBase | Select[Any]


class Prepared:
    """A statement whose values are tuples.

    Args:
        statement: or how it is made from a list of ids, which is bound as one value, "ids", see `listed`.
        names: the bound parameters in the order in which a row gives them; any others are constants.
    """

    def __init__(self, statement: Statement | Callable[[Select[Any]], Statement], *names: str) -> None:
        self._statement, self._names = statement, names
        self._forms: dict[str, tuple[str, Callable[[Row], Row]]] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Once for each row of values; how many rows of the table were touched in all."""
        if not rows:
            return 0
        sql, order = self._forms.get(connection.dialect.name) or self._form(connection)
        return connection.exec_driver_sql(sql, list(map(order, rows))).rowcount

    def rows(self, connection: Connection, *values: Any) -> Sequence[Any]:
        """What a query finds."""
        sql, order = self._forms.get(connection.dialect.name) or self._form(connection)
        return connection.exec_driver_sql(sql, order(values)).all()

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
        statement = self._statement(_IDS[name]) if callable(self._statement) else self._statement
        compiled = statement.compile(dialect=dialect, column_keys=list(self._names))
        own = {each: compiled.params[each] for each in compiled.positiontup or () if each not in self._names}
        places = {each: place for place, each in enumerate((*self._names, *own))}
        wanted, constants = [places[each] for each in compiled.positiontup or ()], (*own.values(),)
        pick = itemgetter(*wanted) if len(wanted) > 1 else lambda row: tuple(row[place] for place in wanted)
        order = (lambda row: pick((*row, *constants))) if own else pick
        self._forms[name] = compiled.string, order
        return self._forms[name]


def stored(connection: Connection, value: datetime) -> Any:
    """A moment as the driver of this database takes it."""
    name = connection.dialect.name
    if name not in _MOMENTS:
        _MOMENTS[name] = Moment().dialect_impl(connection.dialect).bind_processor(connection.dialect)
    process = _MOMENTS[name]
    return process(value) if process else value


def listed(connection: Connection, ids: Sequence[int]) -> Any:
    """Ids as one value: for a list of values SQLite would have to read another statement each time."""
    return json.dumps(ids) if connection.dialect.name == "sqlite" else list(ids)


_IDS: dict[str, Select[Any]] = {
    "sqlite": select(func.json_each(bindparam("ids")).table_valued("value").c.value),
    "postgresql": select(func.unnest(bindparam("ids", type_=ARRAY(Integer)))),
}
