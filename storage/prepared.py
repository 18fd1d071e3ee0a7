"""Statements of every turn: compiled once, then handed to the driver as they are.

SQLAlchemy's own way from a ready statement to the driver takes two to four times as long (5 to 30 microseconds more,
measured on SQLite in a tight loop), one that is built each time longer still; a turn has a dozen of them.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Table, Update, bindparam, insert
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]
Statement = Select[Any] | Insert | Update | Delete


class Prepared:
    """One statement with its `bindparam`s; what it returns are named tuples, converted as the columns' types say.

    It raises what SQLAlchemy would raise. A list of values (IN) cannot be a parameter here.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def all(self, conn: Connection, **values: Any) -> list[Any]:
        """Every row."""
        compiled, cursor = self._run(conn, values)
        return [compiled.row(found) for found in cursor.fetchall()]

    def first(self, conn: Connection, **values: Any) -> Any | None:
        """The first row, if there is one."""
        compiled, cursor = self._run(conn, values)
        # to the end, or the statement would still be open at the commit
        found = cursor.fetchall()
        return compiled.row(found[0]) if found else None

    def run(self, conn: Connection, **values: Any) -> int:
        """How many rows were written."""
        return int(self._run(conn, values)[1].rowcount)

    def _run(self, conn: Connection, values: dict[str, Any]) -> "tuple[_Compiled, Any]":
        dialect = conn.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None or compiled.dialect is not dialect:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return compiled, execute(conn, compiled.sql, compiled.given(values))


def insertion(table: Table, *columns: str) -> Prepared:
    """The statement that writes one row with these columns."""
    c = table.c
    return Prepared(insert(table).values({name: bindparam(name, type_=c[name].type) for name in columns}))


def execute(conn: Connection, sql: str, given: Any = ()) -> Any:
    """The driver's cursor after it has executed this. Raises DBAPIError, as SQLAlchemy does."""
    driver: Any = conn.connection.driver_connection
    try:
        return driver.execute(sql, given)
    except Exception as error:
        dialect: Any = conn.dialect
        if not isinstance(error, dialect.dbapi.Error):
            raise
        lost = dialect.is_disconnect(error, driver, None)
        if lost:
            conn.invalidate(error)
        kind = dialect.dbapi.Error
        raise DBAPIError.instance(sql, (), error, kind, True, lost, dialect) from error


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in one dialect, with what its types do to values on the way in and out."""

    dialect: Dialect
    sql: str
    fixed: list[Any] | dict[str, Any]
    inward: tuple[tuple[str, Convert | None, tuple[Any, ...]], ...]
    outward: tuple[tuple[int, Convert], ...]
    row_type: Callable[..., Any]

    def given(self, values: dict[str, Any]) -> Any:
        """The values as the driver wants them: by place, or by name. Raises KeyError where one is missing."""
        bound: Any = self.fixed.copy()
        for name, convert, places in self.inward:
            value = values[name] if convert is None else convert(values[name])
            for place in places:
                bound[place] = value
        return bound

    def row(self, found: Sequence[Any]) -> Any:
        """The row under the names of its columns."""
        if not self.outward:
            return self.row_type(*found)
        values = list(found)
        for place, convert in self.outward:
            values[place] = convert(values[place])
        return self.row_type(*values)


def _compile(statement: Statement, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    order: list[str] | None = compiled.positiontup
    fixed: Any = {} if order is None else [None] * len(order)
    inward = []
    for bind, name in compiled.bind_names.items():
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        places = (name,) if order is None else tuple(i for i, known in enumerate(order) if known == name)
        if bind.required:
            inward.append((name, convert, places))
            continue
        for place in places:
            fixed[place] = bind.effective_value if convert is None else convert(bind.effective_value)
    columns = list(statement.exported_columns)
    converts = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return _Compiled(
        dialect,
        str(compiled),
        fixed,
        tuple(inward),
        tuple((place, convert) for place, convert in enumerate(converts) if convert is not None),
        namedtuple("Row", [column.key for column in columns]),  # type: ignore[misc]
    )
