"""A whole database copied into another one of the other kind or the same, and both compared row by row.

Everything is copied as it is stored: what is encrypted stays encrypted with the same key, so that no plain text is
made on the way. The copy is one transaction of the target: it is there whole and verified, or not at all.

CopyError: what stands in the way, in words for the operator.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import JSON as POSTGRES_JSON
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from storage import migrate
from storage.db import Database, StorageError
from storage.outbox import NODES
from storage.rotation import key_troubles
from storage.schema import METADATA
from storage.types import Secret, SecretBytes, SecretJson

ROWS: Final = 500
"""Rows in hand at once; of a table with files, whose rows may have 20 MB, FILES."""
FILES: Final = 4
ALIVE: Final = timedelta(seconds=30)
"""A process that gave a sign of life since then is running."""


class CopyError(StorageError):
    """The copy cannot be made, or is not the same as what it was made from."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds: the number of rows, and a sum over the digests of all of them, in whatever order."""

    rows: int = 0
    digest: int = 0

    def plus(self, row: Sequence[Any]) -> "Sum":
        """With one row more."""
        return Sum(self.rows + 1, (self.digest + int.from_bytes(_digest(row), "big")) % 2**256)

    def __str__(self) -> str:
        return f"{self.digest:064x}"[:16]


Told = Callable[[str, int], None]
"""Called with the name of a table and how many of its rows are done."""


def copy(source: Database, target: Database, at: datetime, told: Told = lambda table, rows: None) -> dict[str, Sum]:
    """The target, which was empty, holds what the source holds, and the sums of every table agree.

    Raises CopyError before anything is written where the source is in use or has another schema, where the target
    holds anything, and where the keys do not fit; and after all is undone where something cannot be stored or does
    not come back as it was. A copy that was broken off has left nothing, and is begun again.
    """
    _same_schema(source, target)
    with source.read() as seen:
        _check_source(seen, source, at)
        try:
            with target.write() as conn:
                _check_empty(conn)
                copied = {}
                for table in METADATA.sorted_tables:
                    copied[table.name] = _copy_table(seen, conn, table, told)
                    _set_sequence(seen, conn, table)
                # what was written is read back before it counts
                _agree(copied, dict(_sums(conn, lambda table, rows: None)))
        except DBAPIError as error:
            first = next(iter(str(error.orig).strip().splitlines()), "")
            raise CopyError(f"The other database does not take it: {first}. Nothing was copied.") from error
    return copied


def compare(one: Database, other: Database, told: Told = lambda table, rows: None) -> dict[str, Sum]:
    """What both hold. Raises CopyError, which names each table where they differ."""
    _same_schema(one, other)
    with one.read() as conn:
        first = dict(_sums(conn, told))
    with other.read() as conn:
        second = dict(_sums(conn, told))
    _agree(first, second)
    return first


def _agree(one: dict[str, Sum], other: dict[str, Sum]) -> None:
    different = [
        f"{name} ({found.rows} rows and {other[name].rows})" if found.rows != other[name].rows else name
        for name, found in one.items()
        if found != other[name]
    ]
    if different:
        raise CopyError(f"The two databases are not the same in: {', '.join(different)}.")


def _same_schema(source: Database, target: Database) -> None:
    if source.engine.url == target.engine.url:
        raise CopyError("Both addresses are the same database.")
    for database, name in ((source, "database to copy from"), (target, "database to copy to")):
        if (found := migrate.current(database)) != migrate.newest():
            raise CopyError(f"The {name} has the schema {found}, this program needs {migrate.newest()}.")


def _check_source(conn: Connection, source: Database, at: datetime) -> None:
    if conn.execute(select(NODES.c.id).where(NODES.c.beat_at >= at - ALIVE).limit(1)).first() is not None:
        raise CopyError("The bot is running, or ended less than 30 seconds ago: what it writes now would be lost.")
    if troubles := key_troubles(conn, source.keys, whole=True):
        raise CopyError("\n".join(troubles))


def _check_empty(conn: Connection) -> None:
    any_row = (select(literal(1)).select_from(table).limit(1) for table in METADATA.sorted_tables)
    full = [t.name for t, q in zip(METADATA.sorted_tables, any_row, strict=True) if conn.execute(q).first()]
    if full:
        raise CopyError(f"The database to copy to is not empty: {', '.join(full)}. Make a new one for the copy.")


def _copy_table(seen: Connection, conn: Connection, table: Table, told: Told) -> Sum:
    """Every row is in the target; a row that names another one of its own table does so once all are there."""
    there, names = _raw(table, conn.dialect.name), [column.name for column in table.columns]
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    (key,) = [column.name for column in table.primary_key] if own else ("",)
    later: list[dict[str, Any]] = []
    found = Sum()
    with _batches(seen, table) as batches:
        for rows in batches:
            values = [dict(zip(names, row, strict=True)) for row in rows]
            for row in rows:
                found = found.plus(row)
            for value in values:
                if links := {name: value[name] for name in own if value[name] is not None}:
                    later.append({key: value[key], **links})
                    value.update(dict.fromkeys(own))
            conn.execute(there.insert(), values)
            told(table.name, found.rows)
    for value in later:
        conn.execute(update(there).where(there.c[key] == value.pop(key)).values(**value))
    return found


def _sums(conn: Connection, told: Told) -> Iterator[tuple[str, Sum]]:
    for table in METADATA.sorted_tables:
        found = Sum()
        with _batches(conn, table) as batches:
            for rows in batches:
                for row in rows:
                    found = found.plus(row)
                told(table.name, found.rows)
        yield table.name, found


@contextmanager
def _batches(conn: Connection, table: Table) -> Iterator[Iterator[Sequence[Sequence[Any]]]]:
    """The rows as they are stored, a few at a time, whatever the size of the table."""
    files = any(isinstance(column.type, SecretBytes | LargeBinary) for column in table.columns)
    query: Select[Any] = select(_raw(table, conn.dialect.name))
    with conn.execute(query.execution_options(yield_per=FILES if files else ROWS)) as result:
        yield result.partitions()


def _raw(table: Table, dialect: str) -> Table:
    """The table with the types its values are stored as: nothing is decrypted, and JSON stays the text it is."""
    known = _RAW.setdefault(dialect, MetaData())
    if table.name not in known.tables:
        columns = [Column(c.name, _type(c.type, dialect), primary_key=c.primary_key) for c in table.columns]
        Table(table.name, known, *columns)
    return known.tables[table.name]


_RAW: dict[str, MetaData] = {}


class _Json(str):
    """JSON as text."""


class _JsonText(TypeDecorator[str]):
    """JSON as the text that is kept; so a JSON null and nothing at all stay two things."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: Any) -> Any:
        """Text also of a lone number, which SQLite keeps as a number."""
        return type_coerce(cast(column, Text), self)

    def process_result_value(self, value: str | None, dialect: Dialect) -> _Json | None:
        """Known as JSON."""
        return None if value is None else _Json(value)


class _PostgresJson(_JsonText):
    cache_ok = True

    def bind_expression(self, bindparam: Any) -> Any:
        """Text becomes JSON on the server."""
        return cast(bindparam, POSTGRES_JSON)


def _type(kind: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    if isinstance(kind, Secret | SecretBytes | SecretJson):
        return LargeBinary()
    if isinstance(kind, JSON):
        return _PostgresJson() if dialect == "postgresql" else _JsonText()
    return kind


def _digest(row: Sequence[Any]) -> bytes:
    """The same for the same values on both kinds of database, and for no others."""
    digest = hashlib.sha256()
    for value in row:
        told = _canonical(value)
        digest.update(len(told).to_bytes(8, "big") + told)
    return digest.digest()


def _number(text: str) -> float | int:
    return int(found) if (found := float(text)).is_integer() else found


def _canonical(value: Any) -> bytes:
    match value:
        case None:
            return b"-"
        case bytes() | memoryview():
            return b"b" + bytes(value)
        case _Json():
            # SQLite keeps a lone 3600.0 as 3600
            return b"j" + json.dumps(json.loads(value, parse_float=_number)).encode()
        case str():
            return b"s" + value.encode("utf-8", "surrogatepass")
        case datetime():
            return b"t" + value.astimezone(UTC).isoformat().encode()
        case date():
            return b"d" + value.isoformat().encode()
        case bool() | int():
            return b"i" + str(int(value)).encode()
        case float():
            return b"f" + repr(value).encode()
        case _:
            raise TypeError(f"a value of type {type(value).__name__} has no canonical form")


def _set_sequence(seen: Connection, conn: Connection, table: Table) -> None:
    """The next number the target gives is one that was never given, not even to a row that is gone."""
    column = table.autoincrement_column
    if column is None:
        return
    last = max(_last_number(seen, table, column), conn.execute(select(func.max(column))).scalar() or 0)
    if not last:
        return
    if conn.dialect.name == "postgresql":
        if (sequence := _sequence(conn, table, column)) is not None:
            onward = text("SELECT setval(CAST(:sequence AS regclass), :last)")
            conn.execute(onward, {"sequence": sequence, "last": last})
    elif table.dialect_options["sqlite"]["autoincrement"]:
        conn.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        new = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
        conn.execute(new, {"name": table.name, "last": last})


def _last_number(conn: Connection, table: Table, column: Column[Any]) -> int:
    """The last number that was given; 0 if none was."""
    if conn.dialect.name == "postgresql":
        sequence = _sequence(conn, table, column)
        if sequence is None:
            return 0
        given = conn.execute(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"))
        return int(given.scalar_one())
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    told = conn.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}).scalar()
    return int(told or 0)


def _sequence(conn: Connection, table: Table, column: Column[Any]) -> str | None:
    query = text("SELECT pg_get_serial_sequence(:table, :column)")
    name = conn.execute(query, {"table": f'"{table.name}"', "column": column.name}).scalar()
    return None if name is None else str(name)
