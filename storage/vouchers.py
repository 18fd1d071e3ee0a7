"""Vouchers, the tokens of their QR pictures, and the wrong codes that partners gave.

A code is found by its keyed hash; it is kept encrypted beside it, because its owner must be able to see it again.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from conversations.rules.vouchers_moves import ISSUED
from storage.db import Conflict, table
from storage.types import Secret, Time


class VoucherRow(SQLModel, table=True):
    """One voucher: face = used + returned + residual; B is used whole or not at all."""

    __tablename__ = "voucher"
    __table_args__ = (
        CheckConstraint("face_cents > 0", name="face"),
        CheckConstraint("used_cents >= 0 and returned_cents >= 0", name="signs"),
        CheckConstraint("used_cents + returned_cents <= face_cents", name="never_over"),
        CheckConstraint("kind <> 'B' or used_cents in (0, face_cents)", name="b_is_whole"),
    )

    id: str = Field(primary_key=True, max_length=22)
    request_id: str = Field(foreign_key="request.id", unique=True, max_length=22)
    person_id: str = Field(max_length=22, index=True)
    call_id: str = Field(foreign_key="call.id", max_length=22, index=True)
    line_id: str = Field(foreign_key="budget_line.id", max_length=22)
    kind: str = Field(max_length=1)
    category: str = Field(max_length=24)
    state: str = Field(max_length=20, index=True)
    face_cents: int = Field(sa_column=Column(BigInteger, nullable=False))
    used_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    returned_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    code_hash: str = Field(unique=True, max_length=64)
    code: str | None = Field(default=None, sa_column=Column(Secret("voucher.code")))
    issued_at: datetime = Field(sa_type=Time)
    expires_on: date = Field(index=True)
    closed_at: datetime | None = Field(default=None, sa_type=Time)


class PresentationRow(SQLModel, table=True):
    """A QR picture that may be used once until `expires_at`."""

    __tablename__ = "presentation"

    id: int | None = Field(default=None, primary_key=True)
    voucher_id: str = Field(foreign_key="voucher.id", max_length=22, index=True)
    token_hash: str = Field(unique=True, max_length=64)
    expires_at: datetime = Field(sa_type=Time)


class WrongCodeRow(SQLModel, table=True):
    """A code that a partner gave and that exists nowhere."""

    __tablename__ = "wrong_code"
    __table_args__ = (Index(None, "provider_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    provider_id: str = Field(max_length=22)
    at: datetime = Field(sa_type=Time)


VOUCHERS, PRESENTATIONS, WRONG_CODES = table(VoucherRow), table(PresentationRow), table(WrongCodeRow)
_V, _P, _W = VOUCHERS.c, PRESENTATIONS.c, WRONG_CODES.c


def add_voucher(conn: Connection, **values: Any) -> None:
    """The voucher exists."""
    conn.execute(insert(VOUCHERS).values(used_cents=0, returned_cents=0, **values))


def voucher_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The voucher with this id."""
    return conn.execute(select(VOUCHERS).where(_V.id == key)).first()


def voucher_of_request(conn: Connection, request_id: str) -> Row[Any] | None:
    """The voucher this request led to."""
    return conn.execute(select(VOUCHERS).where(_V.request_id == request_id)).first()


def voucher_by_code(conn: Connection, code_hash: str) -> Row[Any] | None:
    """The voucher with this code's hash."""
    return conn.execute(select(VOUCHERS).where(_V.code_hash == code_hash)).first()


def voucher_by_token(conn: Connection, token_hash: str, at: datetime) -> Row[Any] | None:
    """The voucher whose QR picture holds this token and may still be used."""
    query = select(VOUCHERS).join(PRESENTATIONS, _P.voucher_id == _V.id)
    return conn.execute(query.where(_P.token_hash == token_hash, _P.expires_at > at)).first()


def vouchers_of(conn: Connection, person_id: str) -> list[Row[Any]]:
    """A person's vouchers, the newest first."""
    return list(
        conn.execute(select(VOUCHERS).where(_V.person_id == person_id).order_by(_V.issued_at.desc(), _V.id))
    )


def unused_requests(conn: Connection, call_id: str) -> list[str]:
    """The requests of a call whose voucher nothing has happened to yet."""
    query = select(_V.request_id).where(_V.call_id == call_id, _V.state == ISSUED, _V.used_cents == 0)
    return list(conn.execute(query).scalars())


def move_voucher(conn: Connection, seen: Row[Any], values: dict[str, Any]) -> None:
    """The voucher has these values now. Raises Conflict where its state or money is not as it was seen."""
    same = (_V.state == seen.state, _V.used_cents == seen.used_cents, _V.returned_cents == seen.returned_cents)
    if not conn.execute(update(VOUCHERS).where(_V.id == seen.id, *same).values(**values)).rowcount:
        raise Conflict("the voucher moved meanwhile")


def present(conn: Connection, voucher_id: str, token_hash: str, until: datetime) -> None:
    """The token may be used once until then; earlier ones are void."""
    conn.execute(delete(PRESENTATIONS).where(_P.voucher_id == voucher_id))
    conn.execute(insert(PRESENTATIONS).values(voucher_id=voucher_id, token_hash=token_hash, expires_at=until))


def use_token(conn: Connection, voucher_id: str, token_hash: str, at: datetime) -> None:
    """The token is used up. Raises Conflict where it is void."""
    same = (_P.voucher_id == voucher_id, _P.token_hash == token_hash, _P.expires_at > at)
    if not conn.execute(delete(PRESENTATIONS).where(*same)).rowcount:
        raise Conflict("the picture was used or is too old")


def presented_until(conn: Connection, voucher_ids: list[str]) -> dict[str, datetime]:
    """Until when the QR pictures of these vouchers may be used."""
    query = select(_P.voucher_id, _P.expires_at).where(_P.voucher_id.in_(voucher_ids))
    return {row.voucher_id: row.expires_at for row in conn.execute(query)}


def note_wrong_code(conn: Connection, provider_id: str, at: datetime) -> None:
    """One more wrong code of this partner."""
    conn.execute(insert(WRONG_CODES).values(provider_id=provider_id, at=at))


def wrong_codes(conn: Connection, provider_id: str, since: datetime) -> tuple[int, datetime | None]:
    """How many wrong codes this partner gave since then, and when the first was."""
    query = select(func.count(), func.min(_W.at)).where(_W.provider_id == provider_id, _W.at > since)
    count, first = conn.execute(query).one()
    return int(count), first
