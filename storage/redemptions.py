"""Charges of partners on vouchers."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Index, Row, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from storage.db import Conflict, table
from storage.types import Time


class RedemptionRow(SQLModel, table=True):
    """One charge: started by a partner, confirmed by the voucher's owner; a voucher has one open charge at most."""

    __tablename__ = "redemption"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        Index(
            "uq_redemption_one_open",
            "voucher_id",
            unique=True,
            sqlite_where=text("state = 'started'"),
            postgresql_where=text("state = 'started'"),
        ),
    )

    id: str = Field(primary_key=True, max_length=22)
    voucher_id: str = Field(foreign_key="voucher.id", max_length=22, index=True)
    provider_id: str = Field(max_length=22, index=True)
    amount_cents: int = Field(sa_column=Column(BigInteger, nullable=False))
    state: str = Field(max_length=20, index=True)
    reason: str = Field(default="", max_length=24)
    started_at: datetime = Field(sa_type=Time)
    moved_at: datetime = Field(sa_type=Time)
    confirmed_at: datetime | None = Field(default=None, sa_type=Time)


REDEMPTIONS = table(RedemptionRow)
_R = REDEMPTIONS.c


def add_redemption(conn: Connection, **values: Any) -> None:
    """The charge exists. Raises Conflict where another is open on its voucher: it would be confirmed by mistake."""
    try:
        conn.execute(insert(REDEMPTIONS).values(**values))
    except IntegrityError as error:
        raise Conflict("another charge on this voucher is open") from error


def redemption_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The charge with this id."""
    return conn.execute(select(REDEMPTIONS).where(_R.id == key)).first()


def redemptions_on(conn: Connection, voucher_ids: list[str]) -> list[Row[Any]]:
    """The charges on these vouchers, the newest first."""
    query = select(REDEMPTIONS).where(_R.voucher_id.in_(voucher_ids)).order_by(_R.started_at.desc(), _R.id)
    return list(conn.execute(query))


def redemptions_by(conn: Connection, provider_id: str, limit: int = 50) -> list[Row[Any]]:
    """The charges of one partner, the newest first."""
    query = select(REDEMPTIONS).where(_R.provider_id == provider_id).order_by(_R.started_at.desc(), _R.id)
    return list(conn.execute(query.limit(limit)))


def sums_by(conn: Connection, provider_id: str, start: datetime, end: datetime) -> dict[str, tuple[int, int]]:
    """For each state: how many charges of hers were confirmed from `start` to before `end`, and their cents."""
    query = (
        select(_R.state, func.count(), func.sum(_R.amount_cents))
        .where(_R.provider_id == provider_id, _R.confirmed_at >= start, _R.confirmed_at < end)
        .group_by(_R.state)
    )
    return {state: (int(count), int(cents)) for state, count, cents in conn.execute(query)}


def move_redemption(conn: Connection, key: str, before: str, values: dict[str, Any]) -> None:
    """The charge has these values now. Raises Conflict where it left the state `before`."""
    if not conn.execute(update(REDEMPTIONS).where(_R.id == key, _R.state == before).values(**values)).rowcount:
        raise Conflict("the charge moved meanwhile")
