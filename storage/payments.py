"""Payments: one for each claim and each confirmed charge, split by source; what became of them at the bank."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Row, UniqueConstraint, insert, select, update
from sqlmodel import Field, SQLModel

from conversations.rules.vouchers_moves import TO_PAY
from storage.db import Conflict, table
from storage.types import Secret, Time


class PaymentRow(SQLModel, table=True):
    """One payment to a worker (a claim) or a partner (a charge); `batch` names the file it went out in."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("(claim_id is null) <> (redemption_id is null)", name="one_cause"),
    )

    id: str = Field(primary_key=True, max_length=22)
    call_id: str = Field(foreign_key="call.id", max_length=22, index=True)
    line_id: str = Field(foreign_key="budget_line.id", max_length=22)
    person_id: str = Field(max_length=22, index=True)
    claim_id: str | None = Field(default=None, foreign_key="claim.id", unique=True, max_length=22)
    redemption_id: str | None = Field(default=None, foreign_key="redemption.id", unique=True, max_length=22)
    amount_cents: int = Field(sa_column=Column(BigInteger, nullable=False))
    vat_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    state: str = Field(max_length=20, index=True)
    name: str = Field(default="", sa_column=Column(Secret("payment.name")))
    iban: str = Field(default="", sa_column=Column(Secret("payment.iban")))
    invoice: str = Field(default="", sa_column=Column(Secret("payment.invoice")))
    reference: str = Field(default="", max_length=80)
    batch: str = Field(default="", max_length=40, index=True)
    reason: str = Field(default="", max_length=24)
    made_at: datetime = Field(sa_type=Time)
    paid_on: date | None = None
    updated_at: datetime = Field(sa_type=Time)


class PartRow(SQLModel, table=True):
    """What one source gives of a payment; the parts add up to it."""

    __tablename__ = "payment_part"
    __table_args__ = (
        UniqueConstraint("payment_id", "source"),
        CheckConstraint("cents >= 0", name="cents"),
    )

    id: int | None = Field(default=None, primary_key=True)
    payment_id: str = Field(foreign_key="payment.id", max_length=22)
    source: str = Field(max_length=40)
    cents: int = Field(sa_column=Column(BigInteger, nullable=False))


PAYMENTS, PARTS = table(PaymentRow), table(PartRow)
_P, _S = PAYMENTS.c, PARTS.c


def add_payment(conn: Connection, parts: dict[str, int], **values: Any) -> None:
    """The payment exists, with its parts by source."""
    conn.execute(insert(PAYMENTS).values(**values))
    for source, cents in parts.items():
        conn.execute(insert(PARTS).values(payment_id=values["id"], source=source, cents=cents))


def payment_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The payment with this id."""
    return conn.execute(select(PAYMENTS).where(_P.id == key)).first()


def payment_for(conn: Connection, claim_id: str = "", redemption_id: str = "") -> Row[Any] | None:
    """The payment of a claim or of a charge."""
    where = _P.claim_id == claim_id if claim_id else _P.redemption_id == redemption_id
    return conn.execute(select(PAYMENTS).where(where)).first()


def payments_in(conn: Connection, states: frozenset[str], limit: int = 500) -> list[Row[Any]]:
    """The payments in one of these states, the oldest first."""
    query = select(PAYMENTS).where(_P.state.in_(sorted(states))).order_by(_P.made_at, _P.id).limit(limit)
    return list(conn.execute(query))


def payments_to(conn: Connection, person_id: str, states: frozenset[str]) -> list[Row[Any]]:
    """The payments to one person in one of these states, the oldest first."""
    query = select(PAYMENTS).where(_P.person_id == person_id, _P.state.in_(sorted(states)))
    return list(conn.execute(query.order_by(_P.made_at, _P.id)))


def parts_of(conn: Connection, payment_ids: list[str]) -> dict[str, dict[str, int]]:
    """What each source gives of these payments."""
    found: dict[str, dict[str, int]] = {}
    query = select(_S.payment_id, _S.source, _S.cents).where(_S.payment_id.in_(payment_ids)).order_by(_S.id)
    for payment, source, cents in conn.execute(query):
        found.setdefault(payment, {})[source] = cents
    return found


def move_payment(conn: Connection, key: str, before: str, values: dict[str, Any]) -> None:
    """The payment has these values now. Raises Conflict where it left the state `before`."""
    if not conn.execute(update(PAYMENTS).where(_P.id == key, _P.state == before).values(**values)).rowcount:
        raise Conflict("the payment moved meanwhile")


def payments_of_batch(conn: Connection, batch: str) -> list[Row[Any]]:
    """The payments that went out in this file, in its order."""
    return list(conn.execute(select(PAYMENTS).where(_P.batch == batch).order_by(_P.made_at, _P.id)))


def name_batch(conn: Connection, keys: list[str], batch: str) -> None:
    """These payments went out in this file. Raises Conflict where one was paid, failed or in a file already."""
    waiting = (_P.state == TO_PAY, _P.batch == "")
    for key in keys:
        if not conn.execute(update(PAYMENTS).where(_P.id == key, *waiting).values(batch=batch)).rowcount:
            raise Conflict("a payment moved meanwhile")


def forget_name(conn: Connection, key: str) -> None:
    """The payment bears no name and no account any more."""
    conn.execute(update(PAYMENTS).where(_P.id == key).values(name="", iban=""))


def name_account(conn: Connection, person_id: str, states: frozenset[str], values: dict[str, Any]) -> None:
    """What is still to be paid to this person has this name or account."""
    conn.execute(update(PAYMENTS).where(_P.person_id == person_id, _P.state.in_(sorted(states))).values(**values))
