"""Calls with their terms, lines and deciders, and the proposals that two coordinators turn into them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Row, UniqueConstraint, delete, insert, select, update
from sqlmodel import Field, SQLModel

from conversations.events import Json
from storage.db import Conflict, table
from storage.types import Time


class CallRow(SQLModel, table=True):
    """One call: `spec` holds its terms as conversations/call_spec.py writes them, with every extension applied."""

    __tablename__ = "call"

    id: str = Field(primary_key=True, max_length=22)
    title: str = Field(max_length=120)
    state: str = Field(max_length=20, index=True)
    starts_on: date
    ends_on: date
    spec: Any = Field(sa_column=Column(JSON, nullable=False))
    proposed_at: datetime = Field(sa_type=Time)
    opened_at: datetime | None = Field(default=None, sa_type=Time)
    closed_at: datetime | None = Field(default=None, sa_type=Time)
    demo: bool = False


class LineRow(SQLModel, table=True):
    """One budget line; its money is the pot of kind "line" with its id."""

    __tablename__ = "budget_line"
    __table_args__ = (UniqueConstraint("call_id", "name"),)

    id: str = Field(primary_key=True, max_length=22)
    call_id: str = Field(foreign_key="call.id", max_length=22)
    position: int
    name: str = Field(max_length=80)
    enterprise_id: str = Field(default="", max_length=22)
    area: str = Field(default="", max_length=10)
    contracts: Any = Field(sa_column=Column(JSON, nullable=False))
    sources: Any = Field(sa_column=Column(JSON, nullable=False))


class DeciderRow(SQLModel, table=True):
    """A person named by a call to decide: for one enterprise, or (empty) among the association's managers."""

    __tablename__ = "decider"
    __table_args__ = (UniqueConstraint("call_id", "enterprise_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="call.id", max_length=22)
    enterprise_id: str = Field(default="", max_length=22)
    person_id: str = Field(max_length=22, index=True)


class ProposalRow(SQLModel, table=True):
    """A step that needs a second coordinator; `outcome` is empty while it waits."""

    __tablename__ = "proposal"

    id: str = Field(primary_key=True, max_length=22)
    call_id: str = Field(foreign_key="call.id", max_length=22, index=True)
    kind: str = Field(max_length=8)
    payload: Any = Field(sa_column=Column(JSON, nullable=False))
    proposed_by: str = Field(max_length=22)
    proposed_at: datetime = Field(sa_type=Time)
    outcome: str = Field(default="", max_length=10, index=True)
    settled_by: str = Field(default="", max_length=22)
    settled_at: datetime | None = Field(default=None, sa_type=Time)


CALLS, LINES, DECIDERS, PROPOSALS = table(CallRow), table(LineRow), table(DeciderRow), table(ProposalRow)
_C, _L, _D, _P = CALLS.c, LINES.c, DECIDERS.c, PROPOSALS.c


def add_call(
    conn: Connection, key: str, title: str, state: str, starts_on: date, ends_on: date, spec: Json, at: datetime
) -> None:
    """The call is known; nobody can ask of it before it is open."""
    conn.execute(
        insert(CALLS).values(
            id=key, title=title, state=state, starts_on=starts_on, ends_on=ends_on, spec=spec, proposed_at=at
        )
    )


def call_by_id(conn: Connection, key: str, hold: bool = False) -> Row[Any] | None:
    """The call with this id; with `hold` it is neither extended nor closed until this transaction ends."""
    query = select(CALLS).where(_C.id == key)
    return conn.execute(query.with_for_update(read=True) if hold else query).first()


def calls_in(conn: Connection, state: str) -> list[Row[Any]]:
    """The calls in this state, the oldest first."""
    return list(conn.execute(select(CALLS).where(_C.state == state).order_by(_C.starts_on, _C.id)))


def all_calls(conn: Connection) -> list[Row[Any]]:
    """Every call, the last proposed first."""
    return list(conn.execute(select(CALLS).order_by(_C.proposed_at.desc(), _C.id)))


def move_call(conn: Connection, key: str, before: str, values: dict[str, Any]) -> None:
    """The call has these values now. Raises Conflict where it is not in the state `before` any more."""
    if not conn.execute(update(CALLS).where(_C.id == key, _C.state == before).values(**values)).rowcount:
        raise Conflict("the call moved meanwhile")


def add_line(
    conn: Connection,
    *,
    key: str,
    call_id: str,
    position: int,
    name: str,
    enterprise_id: str,
    area: str,
    contracts: list[str],
    sources: list[list[str | int]],
) -> None:
    """One more line of the call."""
    conn.execute(
        insert(LINES).values(
            id=key,
            call_id=call_id,
            position=position,
            name=name,
            enterprise_id=enterprise_id,
            area=area,
            contracts=contracts,
            sources=sources,
        )
    )


def lines_of(conn: Connection, call_id: str) -> list[Row[Any]]:
    """The lines of a call in the order in which they pay."""
    return list(conn.execute(select(LINES).where(_L.call_id == call_id).order_by(_L.position, _L.id)))


def line_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The line with this id."""
    return conn.execute(select(LINES).where(_L.id == key)).first()


def add_decider(conn: Connection, call_id: str, enterprise_id: str, person_id: str) -> None:
    """The call names this person."""
    conn.execute(insert(DECIDERS).values(call_id=call_id, enterprise_id=enterprise_id, person_id=person_id))


def deciders_of(conn: Connection, call_id: str) -> dict[str, list[str]]:
    """The people a call names, by enterprise ("" for the association's)."""
    found: dict[str, list[str]] = {}
    rows = conn.execute(select(_D.enterprise_id, _D.person_id).where(_D.call_id == call_id).order_by(_D.id))
    for enterprise, person in rows:
        found.setdefault(enterprise, []).append(person)
    return found


def forget_decider(conn: Connection, person_id: str) -> None:
    """No call names this person any more; requests sent to her are for the association to decide."""
    conn.execute(delete(DECIDERS).where(_D.person_id == person_id))


def add_proposal(
    conn: Connection, key: str, call_id: str, kind: str, payload: Json, by: str, at: datetime
) -> None:
    """The proposal waits for a second coordinator."""
    conn.execute(
        insert(PROPOSALS).values(
            id=key, call_id=call_id, kind=kind, payload=payload, proposed_by=by, proposed_at=at
        )
    )


def proposal_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The proposal with this id."""
    return conn.execute(select(PROPOSALS).where(_P.id == key)).first()


def proposals_waiting(conn: Connection) -> list[Row[Any]]:
    """The proposals that wait for a second coordinator, the oldest first."""
    return list(conn.execute(select(PROPOSALS).where(_P.outcome == "").order_by(_P.proposed_at, _P.id)))


def settle_proposal(conn: Connection, key: str, outcome: str, by: str, at: datetime) -> None:
    """The proposal is settled, once. Raises Conflict where it was settled before."""
    changed = conn.execute(
        update(PROPOSALS)
        .where(_P.id == key, _P.outcome == "")
        .values(outcome=outcome, settled_by=by, settled_at=at)
    ).rowcount
    if not changed:
        raise Conflict("the proposal was settled meanwhile")
