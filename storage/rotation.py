"""Encrypting again: every encrypted column with the current key, in small transactions."""

from typing import Any

from sqlalchemy import LargeBinary, Table, and_, select, tuple_, type_coerce, update

from storage.db import Database
from storage.schema import METADATA
from storage.types import Secret, SecretBytes, SecretJson

BATCH = 200


def columns() -> list[Table]:
    """The tables that hold encrypted columns."""
    return [table for table in METADATA.sorted_tables if _secret(table)]


def rotate_table(database: Database, table: Table) -> int:
    """Every value of the table that was encrypted with another key is encrypted with the current one; how many.

    Raises UnknownKey where a key is missing; what was done before stays done.
    """
    keys, names = list(table.primary_key.columns), _secret(table)
    changed = 0
    last: tuple[Any, ...] | None = None
    while True:
        with database.write() as conn:
            raw = [type_coerce(table.c[name], LargeBinary).label(name) for name in names]
            query = select(*keys, *raw).order_by(*keys).limit(BATCH)
            if last is not None:
                query = query.where(tuple_(*keys) > tuple_(*last))
            rows = conn.execute(query).all()
            for row in rows:
                here = and_(*(key == value for key, value in zip(keys, row[: len(keys)], strict=True)))
                new = {}
                for name, purpose in names.items():
                    token = getattr(row, name)
                    if token is not None and database.keys.key_of(token) != database.keys.current_id:
                        new[name] = database.keys.encrypt(database.keys.decrypt(token, purpose), purpose)
                if new:
                    values = {name: type_coerce(token, LargeBinary) for name, token in new.items()}
                    conn.execute(update(table).where(here).values(**values))
                    changed += len(new)
        if len(rows) < BATCH:
            return changed
        last = tuple(rows[-1][: len(keys)])


def _secret(table: Table) -> dict[str, str]:
    """The encrypted columns of a table with their purposes."""
    return {
        column.name: column.type.purpose
        for column in table.columns
        if isinstance(column.type, Secret | SecretBytes | SecretJson)
    }
