"""The rows of a table as they are stored, and a sum over them that is the same on both kinds of database."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSON as POSTGRES_JSON
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from storage.schema import METADATA
from storage.types import Secret, SecretBytes, SecretJson

ROWS: Final = 500
"""Rows in hand at once; of a table with files, whose rows may have 20 MB, FILES."""
FILES: Final = 4

Told = Callable[[str, int], None]
"""Called with the name of a table and how many of its rows are done."""


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


def sums(conn: Connection, told: Told) -> Iterator[tuple[str, Sum]]:
    """What each table holds, one after the other."""
    for table in METADATA.sorted_tables:
        found = Sum()
        with batches(conn, table) as parts:
            for rows in parts:
                for row in rows:
                    found = found.plus(row)
                told(table.name, found.rows)
        yield table.name, found


@contextmanager
def batches(conn: Connection, table: Table) -> Iterator[Iterator[Sequence[Sequence[Any]]]]:
    """The rows as they are stored, a few at a time, whatever the size of the table."""
    files = any(isinstance(column.type, SecretBytes | LargeBinary) for column in table.columns)
    query: Select[Any] = select(raw(table, conn.dialect.name))
    with conn.execute(query.execution_options(yield_per=FILES if files else ROWS)) as result:
        yield result.partitions()


def raw(table: Table, dialect: str) -> Table:
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
