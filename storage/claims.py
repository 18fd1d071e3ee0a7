"""Claims: receipts to be refunded. Each receipt is payable once, in whatever call; nearly equal ones are flagged."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Row, delete, insert, select, update
from sqlmodel import Field, SQLModel

from conversations.rules.vouchers_moves import DRAFT
from storage.db import Conflict, table
from storage.types import Secret, Time


class ClaimRow(SQLModel, table=True):
    """One receipt. `fingerprint` is set while it may be paid, and unique; `like_number` (same supplier and
    number) and `like_amount` (same day and amount) find its near duplicates."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("gross_cents >= 0 and vat_cents >= 0 and vat_cents <= gross_cents", name="gross"),
        CheckConstraint("accepted_cents >= 0 and accepted_cents <= gross_cents", name="accepted"),
    )

    id: str = Field(primary_key=True, max_length=22)
    voucher_id: str = Field(foreign_key="voucher.id", max_length=22, index=True)
    person_id: str = Field(max_length=22, index=True)
    state: str = Field(max_length=20, index=True)
    supplier: str = Field(default="", sa_column=Column(Secret("claim.supplier")))
    supplier_tax_id: str = Field(default="", sa_column=Column(Secret("claim.supplier_tax_id")))
    number: str = Field(default="", sa_column=Column(Secret("claim.number")))
    issued_on: date | None = None
    gross_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    vat_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    traceable: str = Field(default="", max_length=12)
    fingerprint: str | None = Field(default=None, unique=True, max_length=64)
    like_number: str = Field(default="", max_length=64, index=True)
    like_amount: str = Field(default="", max_length=64, index=True)
    alike: bool = False
    accepted_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    accepted_by: str = Field(default="", max_length=22)
    asked: str = Field(default="", max_length=24)
    asked_text: str = Field(default="", sa_column=Column(Secret("claim.asked_text")))
    answer_text: str = Field(default="", sa_column=Column(Secret("claim.answer_text")))
    reason: str = Field(default="", max_length=24)
    taken_by: str = Field(default="", max_length=22)
    taken_at: datetime | None = Field(default=None, sa_type=Time)
    submitted_at: datetime | None = Field(default=None, sa_type=Time)
    updated_at: datetime = Field(sa_type=Time)


CLAIMS = table(ClaimRow)
_C = CLAIMS.c


def put_claim(conn: Connection, key: str, person_id: str, values: dict[str, Any], at: datetime) -> None:
    """The draft has these values. Raises Conflict where it is not hers, or was sent meanwhile."""
    if conn.execute(select(_C.id).where(_C.id == key)).first() is None:
        conn.execute(
            insert(CLAIMS).values(
                id=key, person_id=person_id, state=DRAFT, gross_cents=0, vat_cents=0, accepted_cents=0, updated_at=at
            ).values(**values)
        )
        return
    move_claim(conn, key, DRAFT, {**values, "updated_at": at}, person_id=person_id)


def discard_claim(conn: Connection, key: str, person_id: str) -> None:
    """The draft is gone; what was sent stays."""
    conn.execute(delete(CLAIMS).where(_C.id == key, _C.person_id == person_id, _C.state == DRAFT))


def claim_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The claim with this id."""
    return conn.execute(select(CLAIMS).where(_C.id == key)).first()


def claims_of(conn: Connection, person_id: str) -> list[Row[Any]]:
    """A person's claims and drafts, the newest first."""
    return list(
        conn.execute(select(CLAIMS).where(_C.person_id == person_id).order_by(_C.updated_at.desc(), _C.id))
    )


def claims_on(conn: Connection, voucher_id: str) -> list[Row[Any]]:
    """The claims and drafts on one voucher."""
    return list(conn.execute(select(CLAIMS).where(_C.voucher_id == voucher_id).order_by(_C.id)))


def claims_in(conn: Connection, states: frozenset[str], limit: int = 100) -> list[Row[Any]]:
    """The claims in one of these states, the longest waiting first."""
    query = select(CLAIMS).where(_C.state.in_(sorted(states))).order_by(_C.submitted_at, _C.id).limit(limit)
    return list(conn.execute(query))


def alike(conn: Connection, key: str, like_number: str, like_amount: str) -> bool:
    """True if another claim that was sent has nearly the same receipt."""
    same = (_C.like_number == like_number) | (_C.like_amount == like_amount)
    query = select(_C.id).where(same, _C.id != key, _C.state != DRAFT)
    return conn.execute(query.limit(1)).first() is not None


def claimed(conn: Connection, fingerprint: str) -> bool:
    """True if this receipt is being or was paid already."""
    return conn.execute(select(_C.id).where(_C.fingerprint == fingerprint)).first() is not None


def move_claim(conn: Connection, key: str, before: str, values: dict[str, Any], **where: Any) -> None:
    """The claim has these values now. Raises Conflict where it left the state `before`, or differs from `where`."""
    same = [_C[name] == value for name, value in where.items()]
    if not conn.execute(update(CLAIMS).where(_C.id == key, _C.state == before, *same).values(**values)).rowcount:
        raise Conflict("the claim moved meanwhile")
