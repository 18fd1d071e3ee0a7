"""Requests for a voucher: what was asked, where it stands, who works on it, and its place in the queue."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Index, Row, delete, insert, select, update
from sqlmodel import Field, SQLModel

from conversations.rules.vouchers_moves import DRAFT, OPEN_REQUEST, WAITLISTED
from storage.db import Conflict, table
from storage.types import Secret, Time


class RequestRow(SQLModel, table=True):
    """One request. `person_id` stays when its person is erased: it then names nobody.

    `held_cents` is what the pots keep for it while the waiting list offers it money; `line_id` the line that pays or
    keeps it; `decider_id` the firm's own manager it was sent to, `escalated` that
    the association decides instead; `follows` the request whose reversal opened it.
    """

    __tablename__ = "request"
    __table_args__ = (
        Index(None, "call_id", "state", "queue_at"),
        CheckConstraint("amount_cents >= 0", name="amount"),
        CheckConstraint("held_cents in (0, amount_cents)", name="held"),
    )

    id: str = Field(primary_key=True, max_length=22)
    person_id: str = Field(max_length=22, index=True)
    call_id: str = Field(foreign_key="call.id", max_length=22)
    enterprise_id: str = Field(default="", max_length=22)
    contract: str = Field(default="", max_length=16)
    state: str = Field(max_length=20, index=True)
    area: str = Field(default="", max_length=10)
    category: str = Field(default="", max_length=24)
    amount_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    starts_on: date | None = None
    ends_on: date | None = None
    provider: str = Field(default="", sa_column=Column(Secret("request.provider")))
    note: str = Field(default="", sa_column=Column(Secret("request.note")))
    deciders: str = Field(default="association", max_length=12)
    decider_id: str = Field(default="", max_length=22, index=True)
    escalated: bool = False
    notice_version: str = Field(default="", max_length=40)
    notice_at: datetime | None = Field(default=None, sa_type=Time)
    line_id: str = Field(default="", max_length=22)
    held_cents: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    offered_at: datetime | None = Field(default=None, sa_type=Time)
    offer_taken: bool = False
    score: int | None = None
    submitted_at: datetime | None = Field(default=None, sa_type=Time)
    queue_at: datetime | None = Field(default=None, sa_type=Time)
    taken_by: str = Field(default="", max_length=22)
    taken_at: datetime | None = Field(default=None, sa_type=Time)
    asked: str = Field(default="", max_length=24)
    asked_text: str = Field(default="", sa_column=Column(Secret("request.asked_text")))
    asked_at: datetime | None = Field(default=None, sa_type=Time)
    keeps_place: bool = True
    answer_text: str = Field(default="", sa_column=Column(Secret("request.answer_text")))
    reason: str = Field(default="", max_length=24)
    decided_by: str = Field(default="", max_length=22)
    decided_at: datetime | None = Field(default=None, sa_type=Time)
    follows: str = Field(default="", max_length=22)
    updated_at: datetime = Field(sa_type=Time)


REQUESTS = table(RequestRow)
_R = REQUESTS.c


def put_draft(conn: Connection, key: str, person_id: str, values: dict[str, Any], at: datetime) -> None:
    """The draft has these values. Raises Conflict where it is not hers, or was sent meanwhile."""
    held = conn.execute(select(_R.person_id, _R.state).where(_R.id == key)).first()
    if held is None:
        conn.execute(
            insert(REQUESTS).values(
                id=key, person_id=person_id, state=DRAFT, amount_cents=0, held_cents=0, updated_at=at
            ).values(**values)
        )
        return
    move(conn, key, DRAFT, {**values, "updated_at": at}, person_id=person_id)


def discard_draft(conn: Connection, key: str, person_id: str) -> None:
    """The draft is gone; what was sent stays."""
    conn.execute(delete(REQUESTS).where(_R.id == key, _R.person_id == person_id, _R.state == DRAFT))


def request_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The request with this id."""
    return conn.execute(select(REQUESTS).where(_R.id == key)).first()


def requests_of(conn: Connection, person_id: str, limit: int = 50) -> list[Row[Any]]:
    """A person's requests and drafts, the newest first."""
    query = select(REQUESTS).where(_R.person_id == person_id).order_by(_R.updated_at.desc(), _R.id).limit(limit)
    return list(conn.execute(query))


def requests_in(conn: Connection, states: frozenset[str], limit: int = 200) -> list[Row[Any]]:
    """The requests in one of these states, the longest waiting first."""
    query = select(REQUESTS).where(_R.state.in_(sorted(states))).order_by(_R.queue_at, _R.id).limit(limit)
    return list(conn.execute(query))


def requests_in_call(conn: Connection, call_id: str, states: frozenset[str]) -> list[Row[Any]]:
    """The requests of a call in one of these states, the longest waiting first."""
    query = select(REQUESTS).where(_R.call_id == call_id, _R.state.in_(sorted(states)))
    return list(conn.execute(query.order_by(_R.queue_at, _R.id)))


def waiting_for(conn: Connection, decider_id: str, states: frozenset[str]) -> list[Row[Any]]:
    """The requests that wait for this firm's own manager."""
    query = select(REQUESTS).where(_R.decider_id == decider_id, _R.escalated.is_(False), _R.state.in_(sorted(states)))
    return list(conn.execute(query.order_by(_R.queue_at, _R.id)))


def sent_to(conn: Connection, decider_id: str, limit: int = 100) -> list[Row[Any]]:
    """The requests that were sent to this firm's own manager, the longest waiting first."""
    query = select(REQUESTS).where(_R.decider_id == decider_id, _R.state != DRAFT)
    return list(conn.execute(query.order_by(_R.queue_at, _R.id).limit(limit)))


def decided_since(conn: Connection, states: frozenset[str], at: datetime, limit: int = 100) -> list[Row[Any]]:
    """The requests in one of these states that were decided since then, the newest first."""
    query = select(REQUESTS).where(_R.state.in_(sorted(states)), _R.decided_at > at)
    return list(conn.execute(query.order_by(_R.decided_at.desc(), _R.id).limit(limit)))


def open_count(conn: Connection, person_id: str, call_id: str) -> int:
    """How many requests of a person are not decided yet in a call."""
    query = select(_R.id).where(
        _R.person_id == person_id, _R.call_id == call_id, _R.state.in_(sorted(OPEN_REQUEST))
    )
    return len(conn.execute(query).all())


def asked_in(conn: Connection, call_id: str) -> int:
    """How many cents are asked for in a call and not decided, nor kept for anybody."""
    query = select(_R.amount_cents, _R.held_cents).where(
        _R.call_id == call_id, _R.state.in_(sorted(OPEN_REQUEST))
    )
    return sum(row.amount_cents - row.held_cents for row in conn.execute(query))


def waiting(conn: Connection, call_id: str, order: str) -> list[Row[Any]]:
    """The waiting list of a call in its order: by time, or by score and then time."""
    ranks = (_R.score.is_(None), _R.score.desc()) if order == "score" else ()
    query = select(REQUESTS).where(_R.call_id == call_id, _R.state == WAITLISTED)
    return list(conn.execute(query.order_by(*ranks, _R.queue_at, _R.id)))


def move(conn: Connection, key: str, before: str, values: dict[str, Any], **where: Any) -> None:
    """The request has these values now. Raises Conflict where it left the state `before`, or differs from `where`."""
    same = [_R[name] == value for name, value in where.items()]
    if not conn.execute(update(REQUESTS).where(_R.id == key, _R.state == before, *same).values(**values)).rowcount:
        raise Conflict("the request moved meanwhile")
