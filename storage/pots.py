"""Pots of money: every limit of a call is a row that one conditional UPDATE takes from, never more than it holds.

Callers change pots in the order of conversations/rules/vouchers_money.py (LOCK_ORDER), before the voucher.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    UniqueConstraint,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from conversations.rules.vouchers_money import Delta, Pot, PotKey, pot_key
from storage.db import Conflict, table


class PotRow(SQLModel, table=True):
    """One limit of one call: its total, a line, or what a person, family, firm or category may get of it."""

    __tablename__ = "pot"
    __table_args__ = (
        UniqueConstraint("call_id", "kind", "key"),
        CheckConstraint("reserved_cents >= 0", name="reserved"),
        CheckConstraint("spent_cents >= 0", name="spent"),
        CheckConstraint("reserved_cents + spent_cents <= total_cents", name="never_over"),
    )

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="call.id", max_length=22)
    kind: str = Field(max_length=10)
    key: str = Field(max_length=64)
    total_cents: int = Field(sa_column=Column(BigInteger, nullable=False))
    reserved_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    spent_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


POTS = table(PotRow)
_P = POTS.c


class Full(Conflict):
    """There is not enough left in a pot."""

    def __init__(self, pot: PotKey) -> None:
        super().__init__(f"there is not enough left: {pot.kind}")
        self.pot = pot


def make(conn: Connection, pot: PotKey, total_cents: int) -> bool:
    """The pot exists; False if it did already (its total is left as it was)."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    values = {"call_id": pot.call_id, "kind": pot.kind, "key": pot.key, "total_cents": total_cents}
    new = insert(POTS).values(**values, reserved_cents=0, spent_cents=0).on_conflict_do_nothing()
    return conn.execute(new.returning(_P.id)).first() is not None


def read(conn: Connection, pot: PotKey) -> Pot | None:
    """The pot as it is now; None where there is no such limit."""
    row = conn.execute(
        select(_P.total_cents, _P.reserved_cents, _P.spent_cents).where(*_here(pot))
    ).first()
    return None if row is None else Pot(*row)


def read_many(conn: Connection, call_ids: Sequence[str], kinds: Iterable[str]) -> dict[PotKey, Pot]:
    """All pots of these kinds in these calls."""
    rows = conn.execute(
        select(_P.kind, _P.call_id, _P.key, _P.total_cents, _P.reserved_cents, _P.spent_cents).where(
            _P.call_id.in_(call_ids), _P.kind.in_(list(kinds))
        )
    )
    return {pot_key(r.kind, r.call_id, r.key): Pot(*r[3:]) for r in rows}


def reserve(conn: Connection, pots: Iterable[PotKey], cents: int) -> list[Delta]:
    """Every pot has this much more reserved. Raises Full where one does not hold it; then none may be kept."""
    done = []
    for pot in sorted(pots):
        changed = conn.execute(
            update(POTS)
            .where(*_here(pot), _P.reserved_cents + _P.spent_cents + cents <= _P.total_cents)
            .values(reserved_cents=_P.reserved_cents + cents)
        ).rowcount
        if not changed:
            raise Full(pot)
        done.append(Delta(pot, reserved_cents=cents))
    return done


def change(conn: Connection, pots: Iterable[PotKey], reserved: int, spent: int) -> list[Delta]:
    """Every pot has this much more (or less) reserved and spent; it must have been granted before.

    Raises Conflict where a pot never held it.
    """
    done = []
    for pot in sorted(pots):
        changed = conn.execute(
            update(POTS)
            .where(
                *_here(pot),
                _P.reserved_cents + reserved >= 0,
                _P.spent_cents + spent >= 0,
                _P.reserved_cents + _P.spent_cents + reserved + spent <= _P.total_cents,
            )
            .values(reserved_cents=_P.reserved_cents + reserved, spent_cents=_P.spent_cents + spent)
        ).rowcount
        if not changed:
            raise Full(pot)
        done.append(Delta(pot, reserved_cents=reserved, spent_cents=spent))
    return done


def enlarge(conn: Connection, pot: PotKey, cents: int) -> Delta:
    """The pot holds this much more. Raises Conflict where it does not exist."""
    if not conn.execute(update(POTS).where(*_here(pot)).values(total_cents=_P.total_cents + cents)).rowcount:
        raise Conflict("there is no such pot")
    return Delta(pot, total_cents=cents)


def _here(pot: PotKey) -> tuple[ColumnElement[bool], ...]:
    return _P.call_id == pot.call_id, _P.kind == pot.kind, _P.key == pot.key
