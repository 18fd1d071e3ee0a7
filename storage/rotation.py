"""Keys and what is stored: whether the ring reads it, and encrypting again with the current key in small steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)

from storage.crypto import CryptoError, KeyRing, UnknownKey
from storage.db import Database
from storage.schema import METADATA
from storage.types import Secret, SecretBytes, SecretJson

BATCH = 200

Encrypted = Table
"""A table that holds encrypted columns."""


@dataclass(slots=True)
class Rotated:
    """What became of a table: values encrypted again, values that no key of the ring can read, rows left for the
    next pass because somebody else was writing them."""

    changed: int = 0
    unreadable: int = 0
    left: int = 0


def columns() -> list[Encrypted]:
    """The tables that hold encrypted columns."""
    return [table for table in METADATA.sorted_tables if _secret(table)]


def waiting(conn: Connection, table: Table, keys: KeyRing) -> int:
    """How many rows of the table hold a value that was not encrypted with the current key."""
    return int(conn.execute(select(func.count()).select_from(table).where(_stale(table, keys))).scalar_one())


def rotate_table(database: Database, table: Table, done: Callable[[int], None] = lambda rows: None) -> Rotated:
    """Every value of the table that a key of the ring can read is encrypted with the current one.

    Each step of BATCH rows is a transaction, told to `done`; a stop in between loses nothing, and a second run goes
    on from there. It never waits for a row that somebody else is writing, so it can stop nobody either.
    """
    pk, names, keys = list(table.primary_key.columns), _secret(table), database.keys
    raw = [type_coerce(table.c[name], LargeBinary).label(name) for name in names]
    first = select(*pk, *raw).where(_stale(table, keys)).order_by(*pk).limit(BATCH)
    outcome = Rotated()
    last: tuple[Any, ...] | None = None
    while True:
        query = first if last is None else first.where(tuple_(*pk) > tuple_(*map(literal, last)))
        with database.write() as conn:
            # on SQLite this is the only writer; on PostgreSQL the rows must not change between reading and writing
            rows = conn.execute(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                new = {}
                for name, purpose in names.items():
                    token = getattr(row, name)
                    if token is not None and not token.startswith(_head(keys.current_id)):
                        try:
                            new[name] = keys.encrypt(keys.decrypt(token, purpose), purpose)
                        except CryptoError:
                            outcome.unreadable += 1
                if new:
                    values = {name: type_coerce(token, LargeBinary) for name, token in new.items()}
                    here = and_(*(key == value for key, value in zip(pk, row[: len(pk)], strict=True)))
                    conn.execute(update(table).where(here).values(**values))
                    outcome.changed += len(new)
        done(len(rows))
        if len(rows) < BATCH:
            break
        last = tuple(rows[-1][: len(pk)])
    with database.read() as conn:
        outcome.left = waiting(conn, table, keys)
    return outcome


def key_troubles(conn: Connection, keys: KeyRing, whole: bool = False) -> list[str]:
    """A sentence for each key that is missing, with the columns that need it, and for each column that is damaged.

    The oldest and the newest value of every encrypted column are tried; `whole` looks at the key of all others too.
    """
    missing: dict[str, list[str]] = {}
    told: list[str] = []
    for table in columns():
        for name, purpose in _secret(table).items():
            for token in _samples(conn, keys, table, name, whole):
                try:
                    keys.decrypt(token, purpose)
                except UnknownKey:
                    missing.setdefault(keys.key_of(token), []).append(purpose)
                except CryptoError as error:
                    told.append(f"{error}; or a key of WIS_SECRET_KEYS is another one than before under its old name")
    if lookup := _foreign_lookup(conn, keys):
        missing.setdefault(lookup, []).append("the look-up of people and codes")
    mine = ", ".join(keys.ids)
    return [
        f"WIS_SECRET_KEYS holds {mine}, but {', '.join(dict.fromkeys(needs))} need the key {key_id}: put it back, at"
        " the end (docs/howto/keys.md; the key of a demonstration is in demo.key in DATA_DIR)"
        for key_id, needs in missing.items()
    ] + list(dict.fromkeys(told))


def check_keys(database: Database) -> None:
    """The ring reads what is stored. Raises UnknownKey with all that is wrong."""
    with database.read() as conn:
        troubles = key_troubles(conn, database.keys)
    if troubles:
        raise UnknownKey("\n".join(troubles))


def _samples(conn: Connection, keys: KeyRing, table: Table, name: str, whole: bool) -> set[bytes]:
    pk, raw = list(table.primary_key.columns), type_coerce(table.c[name], LargeBinary)
    filled = select(raw).where(table.c[name].is_not(None)).limit(1)
    queries = [filled.order_by(*pk), filled.order_by(*(key.desc() for key in pk))]
    if whole:
        queries.append(filled.where(*(~_headed(raw, key_id) for key_id in keys.ids)))
    found = (conn.execute(query).scalar() for query in queries)
    return {bytes(token) for token in found if token is not None}


def _foreign_lookup(conn: Connection, keys: KeyRing) -> str:
    """The id of another key than ours with which something is looked up, "" if there is none."""
    for table in METADATA.sorted_tables:
        for column in table.columns:
            if column.name.endswith("_hash"):
                mine = func.substr(column, 1, len(keys.lookup_id) + 1) == f"{keys.lookup_id}:"
                other = conn.execute(select(column).where(~mine).limit(1)).scalar()
                if other is not None:
                    return str(other).partition(":")[0]
    return ""


def _stale(table: Table, keys: KeyRing) -> ColumnElement[bool]:
    return or_(
        *(
            and_(table.c[name].is_not(None), ~_headed(type_coerce(table.c[name], LargeBinary), keys.current_id))
            for name in _secret(table)
        )
    )


def _headed(raw: ColumnElement[Any], key_id: str) -> ColumnElement[bool]:
    head = _head(key_id)
    return func.substr(raw, 1, len(head), type_=LargeBinary) == literal(head, LargeBinary)


def _head(key_id: str) -> bytes:
    """How a token of this key begins."""
    return bytes([len(key_id)]) + key_id.encode()


def _secret(table: Table) -> dict[str, str]:
    """The encrypted columns of a table with their purposes."""
    return {
        column.name: column.type.purpose
        for column in table.columns
        if isinstance(column.type, Secret | SecretBytes | SecretJson)
    }
