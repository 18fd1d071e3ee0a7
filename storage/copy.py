"""A whole database copied into another one of the other kind or the same, and both compared row by row.

Everything is copied as it is stored: what is encrypted stays encrypted with the same key, so that no plain text is
made on the way. The copy is one transaction of the target: it is there whole and verified, or not at all.

CopyError: what stands in the way, in words for the operator.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, func, literal, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from storage import migrate
from storage.crypto import KeyRing
from storage.db import Database, StorageError
from storage.outbox import NODES
from storage.rotation import key_troubles
from storage.schema import METADATA
from storage.sums import Sum, Told, batches, raw, sums

ALIVE: Final = timedelta(seconds=30)
"""A process that gave a sign of life since then is running."""


class CopyError(StorageError):
    """The copy cannot be made, or is not the same as what it was made from."""


def opened(url: str, keys: KeyRing, must_exist: bool) -> Database:
    """The database of this address. Raises CopyError, which repeats no password, for an address that is none and for
    a file that must exist and does not."""
    try:
        parsed = make_url(url)
        if must_exist and parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
            raise CopyError(f"there is no file {parsed.database}.")
        return Database(url, keys)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        example = "postgresql://wis@localhost/wis or sqlite:////srv/wis/data/wis.db"
        raise CopyError(f"this is no address of a database; write it like {example}.") from error


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
                _agree(copied, dict(sums(conn, lambda table, rows: None)))
        except DBAPIError as error:
            first = next(iter(str(error.orig).strip().splitlines()), "")
            raise CopyError(f"The other database does not take it: {first}. Nothing was copied.") from error
    return copied


def compare(one: Database, other: Database, told: Told = lambda table, rows: None) -> dict[str, Sum]:
    """What both hold. Raises CopyError, which names each table where they differ."""
    _same_schema(one, other)
    with one.read() as conn:
        first = dict(sums(conn, told))
    with other.read() as conn:
        second = dict(sums(conn, told))
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
    there, names = raw(table, conn.dialect.name), [column.name for column in table.columns]
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    (key,) = [column.name for column in table.primary_key] if own else ("",)
    later: list[dict[str, Any]] = []
    found = Sum()
    with batches(seen, table) as parts:
        for rows in parts:
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
