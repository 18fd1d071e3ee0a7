"""Who was told of which request, so that nobody is told twice and a manager who cannot be reached is replaced."""

from datetime import datetime

from sqlalchemy import Connection, UniqueConstraint, insert, select
from sqlmodel import Field, SQLModel

from storage.db import table
from storage.types import Time


class AlertRow(SQLModel, table=True):
    """One manager who was told of one request."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("request_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    request_id: str = Field(foreign_key="request.id", max_length=22)
    person_id: str = Field(max_length=22, index=True)
    at: datetime = Field(sa_type=Time)


ALERTS = table(AlertRow)
_A = ALERTS.c


def note_alert(conn: Connection, request_id: str, person_id: str, at: datetime) -> None:
    """She was told of the request."""
    known = conn.execute(select(_A.id).where(_A.request_id == request_id, _A.person_id == person_id)).first()
    if known is None:
        conn.execute(insert(ALERTS).values(request_id=request_id, person_id=person_id, at=at))


def alerted(conn: Connection, request_id: str) -> list[str]:
    """Who was told of the request, in order."""
    return list(conn.execute(select(_A.person_id).where(_A.request_id == request_id).order_by(_A.id)).scalars())


def alerts_to(conn: Connection, person_id: str) -> list[str]:
    """The requests she was told of."""
    return list(conn.execute(select(_A.request_id).where(_A.person_id == person_id).order_by(_A.id)).scalars())


def told_since(conn: Connection, person_id: str, since: datetime) -> int:
    """How many requests she was told of since then."""
    return len(conn.execute(select(_A.id).where(_A.person_id == person_id, _A.at > since)).all())
