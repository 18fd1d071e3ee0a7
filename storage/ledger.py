"""The ledger: one row for each move of money or state, never changed, each sealed with the hash of the one before.

It names ids only, no person and no text. The head row is locked last in every turn that writes here, so the rows have
no gap and one order.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from conversations.events import Json
from conversations.rules.vouchers_money import Delta
from storage.db import Conflict, table
from storage.types import Time

GENESIS = "0" * 64


class LedgerRow(SQLModel, table=True):
    """One move: what went from which state to which, by whom in what quality, why, and what money moved with it.

    `amounts` is canonical JSON: "pots" the changes of pots, other names what the move itself is worth. `key` names
    the outside cause (a payment file, a command), so that it counts once.
    """

    __tablename__ = "ledger"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Time)
    thing: str = Field(max_length=12)
    subject: str = Field(max_length=22, index=True)
    before: str = Field(max_length=20)
    after: str = Field(max_length=20)
    actor: str = Field(default="", max_length=22)
    hat: str = Field(max_length=12)
    reason: str = Field(default="", max_length=40)
    amounts: str = Field(sa_type=Text)
    key: str | None = Field(default=None, unique=True, max_length=80)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class HeadRow(SQLModel, table=True):
    """The last row of the ledger."""

    __tablename__ = "ledger_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int
    hash: str = Field(max_length=64)


LEDGER, HEAD = table(LedgerRow), table(HeadRow)
_L, _H = LEDGER.c, HEAD.c


@dataclass(frozen=True, slots=True)
class Entry:
    """A move to be written."""

    thing: str
    subject: str
    before: str
    after: str
    actor: str
    hat: str
    reason: str = ""
    pots: Sequence[Delta] = ()
    worth: Mapping[str, Json] | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row whose seal does not fit, and what is wrong with it."""

    seq: int
    why: str


def append(conn: Connection, entries: Sequence[Entry], at: datetime) -> None:
    """The moves are written in this order. Raises Conflict where a `key` was written before."""
    if not entries:
        return
    seq, previous = _lock_head(conn)
    for entry in entries:
        if entry.key is not None and written(conn, entry.key):
            raise Conflict("this was done before")
        seq += 1
        values = {
            "seq": seq,
            "at": at.astimezone(UTC),
            "thing": entry.thing,
            "subject": entry.subject,
            "before": entry.before,
            "after": entry.after,
            "actor": entry.actor,
            "hat": entry.hat,
            "reason": entry.reason,
            "amounts": _amounts(entry),
            "key": entry.key,
            "previous": previous,
        }
        previous = _seal(values)
        conn.execute(insert(LEDGER).values(**values, hash=previous))
    conn.execute(update(HEAD).where(_H.id == 1).values(seq=seq, hash=previous))


def written(conn: Connection, key: str) -> bool:
    """True if the move with this outside cause is in the ledger."""
    return conn.execute(select(_L.seq).where(_L.key == key)).first() is not None


def rows(conn: Connection, after: int = 0) -> Iterator[Row[Any]]:
    """The rows behind this number, in order."""
    yield from conn.execute(select(LEDGER).where(_L.seq > after).order_by(_L.seq))


def rows_since(conn: Connection, at: datetime) -> list[Row[Any]]:
    """The rows written at this moment or later, in order."""
    return list(conn.execute(select(LEDGER).where(_L.at >= at).order_by(_L.seq)))


def history(conn: Connection, subject: str) -> list[Row[Any]]:
    """The rows of one thing, in order."""
    return list(conn.execute(select(LEDGER).where(_L.subject == subject).order_by(_L.seq)))


def last(conn: Connection) -> Row[Any] | None:
    """The number and the seal (`hash`) of the last row."""
    return conn.execute(select(HEAD).where(_H.id == 1)).first()


def sealed(conn: Connection, seal: str) -> bool:
    """True if a row has this seal."""
    return conn.execute(select(_L.seq).where(_L.hash == seal)).first() is not None


def verify(conn: Connection) -> Broken | None:
    """None if no row was changed, removed or added out of order; else the first that does not fit."""
    previous, expected = GENESIS, 0
    for row in rows(conn):
        expected += 1
        held = dict(row._mapping)
        seal = held.pop("hash")
        if row.seq != expected:
            return Broken(expected, "a row is missing")
        if held["previous"] != previous:
            return Broken(expected, "it does not follow the row before")
        if _seal(held) != seal:
            return Broken(expected, "it was changed")
        previous = str(seal)
    head = conn.execute(select(_H.seq, _H.hash).where(_H.id == 1)).first()
    if (expected, previous) != ((0, GENESIS) if head is None else (head.seq, head.hash)):
        return Broken(expected, "rows are missing at the end")
    return None


def _lock_head(conn: Connection) -> tuple[int, str]:
    """The last number and seal; nobody else appends until this transaction ends."""
    query = select(_H.seq, _H.hash).where(_H.id == 1).with_for_update()
    head = conn.execute(query).first()
    if head is None:
        # the very first row; of two that come at once the second waits here for the first
        fresh = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        conn.execute(fresh(HEAD).values(id=1, seq=0, hash=GENESIS).on_conflict_do_nothing())
        head = conn.execute(query).one()
    return int(head.seq), str(head.hash)


def _amounts(entry: Entry) -> str:
    pots: list[Json] = [
        [d.pot.kind, d.pot.call_id, d.pot.key, d.total_cents, d.reserved_cents, d.spent_cents] for d in entry.pots
    ]
    data: dict[str, Json] = {**(entry.worth or {})}
    if pots:
        data["pots"] = pots
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _seal(values: Mapping[str, object]) -> str:
    plain = {name: v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for name, v in values.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
